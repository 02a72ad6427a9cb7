"""A scene to SVG: plain elements that every viewer and editor reads, with ids and titles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from resnet_viz.memory import no_collection
from resnet_viz.scene import SUBSCRIPT, Box, Circle, Group, Item, Line, Point, Scene, Text

__all__ = ["to_svg", "write"]

SANS = "Helvetica, Arial, 'Liberation Sans', 'Noto Sans CJK SC', 'PingFang SC', sans-serif"
SERIF = "Times, 'Times New Roman', 'Liberation Serif', 'Noto Serif CJK SC', serif"

_FACES = {
    "sans": "",
    "serif": f' font-family="{SERIF}"',
    "serif-italic": f' font-family="{SERIF}" font-style="italic"',
    "serif-bold": f' font-family="{SERIF}" font-weight="bold"',
}

_DASHES = {"": "", "dashed": ' stroke-dasharray="4 4"', "dotted": ' stroke-dasharray="1 2.5"'}

_DROP = 0.2
"""How far an index is lower, as part of the font size."""

_BASELINE = 0.35
"""From the middle of capitals and figures down to the baseline, as part of the font size."""


def to_svg(scene: Scene) -> str:
    """Return a scene as one SVG document; the same scene gives the same text."""
    left, top = scene.origin
    box = f"{_n(left)} {_n(top)} {_n(scene.width)} {_n(scene.height)}"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(scene.width * scene.scale)}pt" '
        f'height="{_n(scene.height * scene.scale)}pt" viewBox="{box}" role="img" '
        f'font-family="{SANS}" text-anchor="middle">\n',
        f"<title>{escape(scene.title)}</title>\n",
        f'<path fill="{scene.background}" d="M{_n(left)} {_n(top)}h{_n(scene.width)}'
        f'v{_n(scene.height)}h{_n(-scene.width)}z"/>\n',
        f'<g fill="none" stroke="{scene.line}" stroke-width="{_n(scene.stroke)}" '
        f'stroke-linecap="round" stroke-linejoin="round">\n',
    ]
    with no_collection():
        for item in scene.items:
            _item(item, scene, out)
    out.append("</g>\n</svg>\n")
    return "".join(out)


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of an SVG file."""
    return to_svg(scene).encode()


def _item(item: Item, scene: Scene, out: list[str]) -> None:
    """Append what an item is written as."""
    if isinstance(item, Group):
        out.append(f"<g{_id(item.id)}>{_said(item)}\n")
        for inner in item.items:
            _item(inner, scene, out)
        out.append("</g>\n")
    elif isinstance(item, Box):
        out.append(_box(item))
    elif isinstance(item, Circle):
        out.append(_circle(item))
    elif isinstance(item, Line):
        out.append(f'<path{_DASHES[item.dash]} d="{_path(item)}"/>\n')
        if item.dash and item.barbs:
            out.append(f'<path d="{_head(item)}"/>\n')
    else:
        out.append(_text(item, scene))


def _box(box: Box) -> str:
    fill = f' fill="{box.fill}"' if box.fill else ""
    dash = ' stroke-dasharray="4 4"' if box.dashed else ""
    dash += "" if box.outlined else ' stroke="none"'
    place = f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
    return _closed(f"<rect{_id(box.id)} {place}{fill}{dash}", "rect", box)


def _circle(circle: Circle) -> str:
    fill = f' fill="{circle.fill}"' if circle.fill else ""
    x, y, arm = circle.x, circle.y, circle.arm
    place = f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(circle.radius)}"'
    shape = _closed(f"<circle{_id(circle.id)} {place}{fill}", "circle", circle)
    if circle.sign == "+":
        sign = f"M{_n(x - arm)} {_n(y)}H{_n(x + arm)}M{_n(x)} {_n(y - arm)}V{_n(y + arm)}"
    else:
        arm *= 0.75
        ends = ((x - arm, y - arm), (x + arm, y + arm), (x - arm, y + arm), (x + arm, y - arm))
        sign = "M{}L{}M{}L{}".format(*map(_p, ends))
    return f'{shape}<path stroke-width="{_n(max(0.5, circle.arm * 0.35))}" d="{sign}"/>\n'


def _closed(tag: str, name: str, item: Box | Circle) -> str:
    return f"{tag}>{_said(item)}</{name}>\n" if item.title else f"{tag}/>\n"


def _text(text: Text, scene: Scene) -> str:
    x, y = text.x, text.y
    if text.turned:
        place = f'transform="translate({_n(x - text.size * _BASELINE)} {_n(y)}) rotate(90)"'
    else:
        place = f'x="{_n(x)}" y="{_n(y + text.size * _BASELINE)}"'
    if len(text.runs) == 1:
        face, inside = _FACES[text.runs[0].face], escape(text.runs[0].text)
    else:
        inside = "".join(_spans(text))
        face = ' xml:space="preserve"'  # or spaces at the ends of runs are dropped
    anchor = "" if text.anchor == "middle" else f' text-anchor="{text.anchor}"'
    return (
        f'<text {place}{face}{anchor} font-size="{_n(text.size)}" '
        f'fill="{text.colour or scene.text}" stroke="none">{inside}</text>\n'
    )


def _spans(text: Text) -> Iterator[str]:
    """Yield the runs of a text; after an index the next one is raised again."""
    low = False
    for run in text.runs:
        drop = text.size * _DROP * (run.low - low)
        shift = f' dy="{_n(drop)}"' if drop else ""
        size = f' font-size="{_n(text.size * SUBSCRIPT)}"' if run.low else ""
        yield f"<tspan{_FACES[run.face]}{size}{shift}>{escape(run.text)}</tspan>"
        low = run.low


def _path(line: Line) -> str:
    """Return the path data of a line with round corners and an open arrowhead."""
    first, *others = line.points
    if len(others) == 1:
        head = "" if line.dash else _head(line)
        return f"M{_p(first)}{_straight(first, others[0])}{head}"
    out = [f"M{_p(first)}"]
    if line.smooth:
        out += [f"C{' '.join(map(_p, others[i : i + 3]))}" for i in range(0, len(others), 3)]
        return "".join(out) + ("" if line.dash else _head(line))
    for i, point in enumerate(others):
        before = line.points[i]
        if i + 1 == len(others) or not line.radius:
            out.append(_straight(before, point))
            continue
        after = others[i + 1]
        radius = min(line.radius, _span(before, point) / 2, _span(point, after) / 2)
        start, end = _toward(point, before, radius), _toward(point, after, radius)
        out.append(f"{_straight(before, start)}Q{_p(point)} {_p(end)}")
    return "".join(out) + ("" if line.dash else _head(line))


def _head(line: Line) -> str:
    """Return the path data of a line's arrowhead, which is never dashed."""
    barbs = line.barbs
    if not barbs:
        return ""
    one, other = barbs
    return f"M{_p(one)}L{_p(line.points[-1])}L{_p(other)}"


def _straight(start: Point, end: Point) -> str:
    if _n(start[0]) == _n(end[0]):
        return f"V{_n(end[1])}"
    if _n(start[1]) == _n(end[1]):
        return f"H{_n(end[0])}"
    return f"L{_p(end)}"


def _span(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _toward(start: Point, end: Point, distance: float) -> Point:
    part = distance / (_span(start, end) or 1)
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _p(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


@lru_cache(maxsize=10_000)
def _n(number: float) -> str:
    """Return a number with at most three decimals and no needless character."""
    text = str(round(number, 3))
    if text.endswith(".0"):
        return "0" if text == "-0.0" else text[:-2]
    return text


def _id(id: str) -> str:
    return f' id="{escape(id)}"' if id else ""


def _said(item: Box | Circle | Group) -> str:
    title = f"<title>{escape(item.title)}</title>" if item.title else ""
    return f"{title}<desc>{escape(item.desc)}</desc>" if item.desc else title


_SPECIAL = re.compile("[&<>\"'\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    | {chr(code): "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}
    | {"\x7f": "\ufffd", "\ufffe": "\ufffd", "\uffff": "\ufffd"}
    | {chr(code): "\ufffd" for code in range(0xD800, 0xE000)}
    | {chr(code): "\ufffd" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
)


def escape(text: str) -> str:
    """Return a text as XML holds it.

    Characters that XML cannot hold become U+FFFD, and so do those that turn the direction of text.

    >>> escape("a < b & 'c'")
    'a &lt; b &amp; &#39;c&#39;'
    """
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text
