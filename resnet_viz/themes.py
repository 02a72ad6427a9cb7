"""Define the themes, the colours and strokes of a figure, and read themes from files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.errors import Message, RequestError, choose, match, show, show_path, unknown

__all__ = ["THEMES", "Theme", "counterparts", "find_theme"]


class Theme(NamedTuple):
    """The colours and strokes of a figure.

    Attributes:
        background: the colour behind the figure.
        line: the colour of outlines, arrows and brackets.
        text: the colour of labels.
        muted: the colour of small notes.
        highlight: the colour behind highlighted parts.
        fills: the fill colours of boxes by operator category (`ops.Operator.category`).
        stages: the fill colours of boxes that are coloured by stage.
        stroke: the width of outlines and arrows, in points.
        corner: the radius of a shortcut's last corner, in points.
    """

    name: str
    background: str
    line: str
    text: str
    muted: str
    highlight: str
    fills: Mapping[str, str]
    stages: tuple[str, ...]
    stroke: float = 1.0
    corner: float = 3.0


_TINTS = ("#fbdcae", "#cdb8ea", "#c4ebcc", "#f2b0b4", "#cfe3fb", "#dccf84")
"""Tints light enough for black labels. Neighbours differ in lightness or along the blue-yellow
axis, so that they stay distinct with the common kinds of colour blindness."""

_GREYS = ("#ffffff", "#e2e2e2", "#c6c6c6", "#f0f0f0", "#d4d4d4", "#b8b8b8")


def _theme(
    name: str,
    ground: tuple[str, str, str, str],
    light: str,
    strong: str,
    shape: str,
    stages: tuple[str, ...],
    stroke: float = 1.0,
) -> Theme:
    """Return a theme with light convolutions, strong activations and pools, and the rest plain.

    `ground` has the colours of background, lines and text, notes, and highlights.
    """
    background, line, muted, highlight = ground
    fills = {
        "conv": light,
        "norm": background,
        "activation": strong,
        "pool": strong,
        "linear": background,
        "merge": strong,
        "shape": shape,
        "matmul": light,
        "other": background,
        "scope": light,
    }
    return Theme(
        name=name,
        background=background,
        line=line,
        text=line,
        muted=muted,
        highlight=highlight,
        fills=MappingProxyType(fills),
        stages=stages,
        stroke=stroke,
    )


_LIGHT = ("#ffffff", "#000000", "#4d4d4d", "#ffe08a")
_DARK = ("#15181e", "#e8ecf2", "#b4bcc8", "#5c4a12")

THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        theme.name: theme
        for theme in (
            _theme("d2l", _LIGHT, "#b2d9ff", "#66bfff", "#e4e4e4", _TINTS),
            _theme("paper", _LIGHT, "#f0f0f0", "#d8d8d8", "#fbf3dc", _TINTS, 0.75),
            _theme("mono", (*_LIGHT[:3], "#cfcfcf"), "#dddddd", "#aaaaaa", "#f2f2f2", _GREYS),
            _theme(
                "dark",
                _DARK,
                "#274b73",
                "#22659f",
                "#3a3f4a",
                ("#6b4a1c", "#4b3f86", "#1d5238", "#8c3a58", "#1f4f86", "#5a5a1c"),
            ),
        )
    }
)
"""The themes: `d2l` has the book's colours, `paper` colours stages, `mono` is for print, and `dark`
for slides."""


def counterparts(theme: Theme, other: Theme) -> tuple[tuple[str, str], ...]:
    """Return pairs of the colours with the same role in two themes.

    >>> dict(counterparts(THEMES["d2l"], THEMES["dark"]))["#b2d9ff"]
    '#274b73'
    """
    pairs = [
        (getattr(theme, n), getattr(other, n))
        for n in ("background", "line", "text", "muted", "highlight")
    ]
    pairs += [(colour, other.fills[category]) for category, colour in theme.fills.items()]
    pairs += zip(theme.stages, other.stages, strict=False)
    return tuple(dict(reversed(pairs)).items())


MAX_BYTES = 65_536
MAX_LINE = 1_000  # a TOML key of thousands of dots takes seconds to read

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def find_theme(name: str | os.PathLike[str] | Theme) -> Theme:
    """Return a theme given by name or TOML file; a `Theme` is returned unchanged.

    A file has the name of a base theme (`base`, by default `d2l`) and the values that differ.

    Raises:
        RequestError: the theme is unknown, or its file cannot be read or is not legal.

    >>> find_theme("mono").stroke
    1.0
    """
    if isinstance(name, Theme):
        return name
    path = str(name)
    if path.endswith(".toml"):
        return _read(path)
    return THEMES[match("theme", name, THEMES)]


def _read(path: str) -> Theme:
    import tomllib  # lazy: a theme's name needs no file reader

    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RequestError(
            "{path}: cannot be read ({reason})",
            path=show_path(path),
            reason=(error.strerror or "").lower(),
        ) from None
    except ValueError as error:  # a NUL character or a lone surrogate in the name
        raise RequestError("{path!r}: cannot be read ({error})", path=path, error=error) from None
    try:
        if len(content) > MAX_BYTES:
            raise RequestError(
                "{path}: too large (a theme has at most {most} bytes)",
                path=show_path(path),
                most=MAX_BYTES,
            )
        if any(len(line) > MAX_LINE for line in content.splitlines()):
            raise RequestError(
                "{path}: a line is longer than {most} characters",
                path=show_path(path),
                most=MAX_LINE,
            )
        table = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RequestError("{path}: no TOML ({error})", path=show_path(path), error=error) from None
    try:
        return _made_of(table)
    except RequestError as error:
        raise RequestError("{path}: {error}", path=show_path(path), error=error) from None


def _made_of(table: Mapping[str, Any]) -> Theme:
    base = choose("base", table.get("base", "d2l"), THEMES)
    changes: dict[str, Any] = {}
    for key, value in table.items():
        if key in ("background", "line", "text", "muted", "highlight"):
            changes[key] = _colour(key, value)
        elif key in ("stroke", "corner"):
            changes[key] = _length(key, value)
        elif key == "fills" and isinstance(value, dict):
            for category in value:
                choose("fills", category, base.fills)
            colours = {name: _colour(f"fills.{name}", value[name]) for name in value}
            changes[key] = MappingProxyType({**base.fills, **colours})
        elif key == "stages" and isinstance(value, list) and value:
            changes[key] = tuple(_colour(f"stages[{i}]", one) for i, one in enumerate(value))
        elif key == "name" and isinstance(value, str):
            changes[key] = value
        elif key != "base":
            if key in Theme._fields:
                kinds = {
                    "fills": Message("a table of colours"),
                    "stages": Message("a list of colours"),
                }
                legal = kinds.get(key, Message("a text"))
                message = "{key}: {value} (must be {legal})"
                raise RequestError(message, key=key, value=show(value), legal=legal)
            raise unknown("theme key", key, ["base", *Theme._fields])
    return base._replace(**changes)


def _colour(key: str, value: object) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise RequestError(
            "{key}: {value} (must be a colour like '#66bfff')", key=key, value=show(value)
        )
    return value.lower()


def _length(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 20:
        raise RequestError(
            "{key}: {value} (must be more than 0 and at most 20 points)", key=key, value=show(value)
        )
    return float(value)
