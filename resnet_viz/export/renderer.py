"""Prepare a scene for vl-convert, the renderer of PNG and PDF files.

vl-convert includes Liberation Sans, whose widths are Helvetica's, and reads the machine's fonts. If
no font has a character, it draws an empty box or nothing. To find such characters, each one is
rendered by vl-convert and compared with a character that is in no font.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from types import ModuleType

from resnet_viz.errors import RequestError, show
from resnet_viz.export.svg import SANS, SERIF, escape, to_svg
from resnet_viz.scene import Group, Item, Scene, Text

__all__ = ["drawable", "renderer"]

_TIMES = "Times, 'Times New Roman', 'Liberation Serif', 'Nimbus Roman', 'TeX Gyre Termes', Tinos"
_STACKS = {"sans": SANS, "serif": f"{_TIMES}, 'Liberation Sans'"}
"""The font stacks; for serifs, only fonts with the widths of Times, then the built-in font."""

_CHINESE = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei'"
_IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
_APART = re.compile(f"{_IDEOGRAPHS.pattern}|ℱ")
_PIECES = re.compile(f"{_APART.pattern}|(?:(?!{_APART.pattern}).)+", re.DOTALL)
_TEXT = re.compile("<text .*?</text>", re.DOTALL)

_STYLES = {
    "sans": "",
    "serif": "",
    "serif-italic": ' font-style="italic"',
    "serif-bold": ' font-weight="bold"',
}
_PLAIN = {"ℱ": "F"}
"""What is written for a character that no font has; the others are refused."""

_NOWHERE = "\U000f1234"  # a private-use character that is in no font
_NAMED = 8  # the most missing characters that an error names


def renderer(suffix: str) -> ModuleType:
    """Return the module of vl-convert.

    Raises:
        RequestError: vl-convert is not installed.
    """
    try:
        import vl_convert  # lazy: an SVG needs no renderer
    except ImportError:
        raise RequestError(
            "{suffix} files need vl-convert-python (pip install 'resnet-viz[figures]')",
            suffix=suffix,
        ) from None
    module: ModuleType = vl_convert
    return module


def drawable(scene: Scene) -> str:
    """Return a scene as SVG in fonts that the renderer has, with one pixel per point of paper.

    For characters that a text's font lacks, the renderer takes the first font that has them.
    Chinese text names Chinese fonts, so that it is not set in a Japanese font. It is a separate
    text, because in a mixed text the renderer would set digits in the Chinese font, too. So is ℱ.

    If no font has the widths of Times, serif text is set in Liberation Sans, scaled down to be no
    wider than planned.

    Raises:
        RequestError: no font has some of the characters.
    """
    used = {(c, run.face) for text in _texts(scene) for run in text.runs for c in run.text}
    lost = _lost({(escape(c), face) for c, face in used if not c.isascii()})
    _check(lost - _PLAIN.keys())
    if any(face != "sans" for _, face in used) and _times_is_missing():
        scene = scene._replace(items=tuple(map(_narrowed, scene.items)))
    scene = scene._replace(items=tuple(_by_script(scene.items)))
    plain = str.maketrans({character: _PLAIN[character] for character in lost & _PLAIN.keys()})
    svg = to_svg(scene).translate(plain).replace('pt"', '"', 2).replace(SERIF, _STACKS["serif"])
    chinese = f"<tspan font-family=\"{_CHINESE}, 'Liberation Sans'\">\\g<0></tspan>"
    return _TEXT.sub(lambda text: _IDEOGRAPHS.sub(chinese, text[0]), svg)


def _by_script(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items with mixed texts split into texts of one script each, at the same places."""
    for item in items:
        if isinstance(item, Group):
            yield item._replace(items=tuple(_by_script(item.items)))
        elif isinstance(item, Text) and any(_APART.search(run.text) for run in item.runs):
            yield from _cut(item)
        else:
            yield item


def _cut(text: Text) -> Iterator[Text]:
    """Yield the consecutive pieces of a text, each of one script and face."""
    x, y, _, _ = text.bounds
    for run in text.runs:
        for piece in _PIECES.findall(run.text):
            spaces = len(piece) - len(piece.lstrip())  # XML drops leading spaces
            for part in (piece[:spaces], piece[spaces:]):
                one = run._replace(text=part)
                if part.strip():
                    place = text._replace(y=y) if text.turned else text._replace(x=x)
                    yield place._replace(runs=(one,), anchor="start")
                width = one.width(text.size)
                x, y = (x, y + width) if text.turned else (x + width, y)


def _texts(scene: Scene) -> list[Text]:
    return [item for item in scene.walk() if isinstance(item, Text)]


def _lost(used: set[tuple[str, str]]) -> set[str]:
    """Return the characters that no font has."""
    nothing = {face: {_look(_NOWHERE, face), _look("", face)} for _, face in used}
    return {c for c, face in used if _shows(c) and _look(c, face) in nothing[face]}


def _check(missing: set[str]) -> None:
    """Raise an error that names the missing characters, if there are any."""
    if not missing:
        return
    lost = sorted(missing)
    packages = sorted(set(map(_package, lost)))
    message = "no font on this machine shows {lost} (apt install {packages}, or draw an .svg)"
    if len(lost) > _NAMED:
        message = (
            "no font on this machine shows {lost} and {more} more (apt install {packages}, or draw "
            "an .svg)"
        )
    raise RequestError(
        message,
        lost=show("".join(lost[:_NAMED])),
        more=len(lost) - _NAMED,
        packages=" ".join(packages),
    )


def _shows(character: str) -> bool:
    """Return whether a character is visible: not a space, joiner or control character."""
    kind = unicodedata.category(character)
    return kind[0] not in "ZCM" or kind in ("Cn", "Co")


def _package(character: str) -> str:
    """Return the Debian package of a font that has a character."""
    if ord(character) >= 0x1F000 and unicodedata.category(character) == "So":
        return "fonts-noto-color-emoji"
    wide = unicodedata.east_asian_width(character) in "WF"
    return "fonts-noto-cjk" if wide else "fonts-noto-core"


def _look(character: str, face: str) -> bytes:
    """Return a character rendered as an image."""
    return _picture(character, _STACKS[face.partition("-")[0]], _STYLES[face])


def _times_is_missing() -> bool:
    return _picture("x", _STACKS["serif"], "") == _picture("x", "'Liberation Sans'", "")


def _picture(text: str, fonts: str, style: str) -> bytes:
    picture: bytes = renderer("").svg_to_png(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><text x="4" y="24" '
        f'font-size="20" font-family="{fonts}"{style}>{text}</text></svg>'
    )
    return picture


def _narrowed(item: Item) -> Item:
    """Return an item whose serif text is scaled to keep its width in the sans face."""
    if isinstance(item, Group):
        return item._replace(items=tuple(map(_narrowed, item.items)))
    if isinstance(item, Text) and any(run.face != "sans" for run in item.runs):
        sans = sum(run._replace(face="sans").width(item.size) for run in item.runs)
        return item._replace(size=round(item.size * min(1.0, item.width / (1.12 * sans or 1)), 3))
    return item
