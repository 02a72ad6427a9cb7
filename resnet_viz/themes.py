"""Themes: the colours and strokes of a figure, one table entry each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.errors import unknown

__all__ = ["THEMES", "Theme", "theme_named"]


class Theme(NamedTuple):
    """How a figure looks.

    Attributes:
        background: behind the figure.
        line: outlines, arrows and brackets.
        text: labels.
        fills: of boxes, by the category of their operator (`ops.Operator.category`).
        stroke: the width of outlines and arrows, in points.
    """

    name: str
    background: str
    line: str
    text: str
    fills: Mapping[str, str]
    stroke: float = 1.0


def _theme(
    name: str,
    background: str,
    line: str,
    light: str,
    strong: str,
    plain: str,
    stroke: float = 1.0,
) -> Theme:
    """Return a theme of three fills: convolutions light, activations and pooling strong."""
    fills = {
        "conv": light,
        "norm": plain,
        "activation": strong,
        "pool": strong,
        "linear": plain,
        "merge": strong,
        "shape": plain,
        "other": plain,
    }
    return Theme(name, background, line, line, MappingProxyType(fills), stroke)


THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        theme.name: theme
        for theme in (
            _theme("d2l", "#ffffff", "#000000", "#b2d9ff", "#66bfff", "#ffffff"),
            _theme("paper", "#ffffff", "#000000", "#ffffff", "#ffffff", "#ffffff", 0.75),
            _theme("mono", "#ffffff", "#000000", "#dddddd", "#aaaaaa", "#ffffff"),
            _theme("dark", "#15181e", "#e8ecf2", "#274b73", "#22659f", "#15181e"),
        )
    }
)
"""`d2l` has the book's colours, `dark` is for slides, `mono` for print, `paper` for line art."""


def theme_named(name: str) -> Theme:
    """Return the theme of that name.

    Raises:
        RequestError: there is none.
    """
    if name not in THEMES:
        raise unknown("theme", name, THEMES)
    return THEMES[name]
