"""Themes: the colours and strokes of a figure, one table entry each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["THEMES", "Theme"]


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
    shape: str,
    stroke: float = 1.0,
) -> Theme:
    """Return a theme: convolutions light, activations and pooling strong, the rest plain."""
    fills = {
        "conv": light,
        "norm": plain,
        "activation": strong,
        "pool": strong,
        "linear": plain,
        "merge": strong,
        "shape": shape,
        "matmul": light,
        "other": plain,
    }
    return Theme(name, background, line, line, MappingProxyType(fills), stroke)


THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        theme.name: theme
        for theme in (
            _theme("d2l", "#ffffff", "#000000", "#b2d9ff", "#66bfff", "#ffffff", "#e4e4e4"),
            _theme("paper", "#ffffff", "#000000", "#f0f0f0", "#d8d8d8", "#ffffff", "#fbf3dc", 0.75),
            _theme("mono", "#ffffff", "#000000", "#dddddd", "#aaaaaa", "#ffffff", "#f2f2f2"),
            _theme("dark", "#15181e", "#e8ecf2", "#274b73", "#22659f", "#15181e", "#3a3f4a"),
        )
    }
)
"""`d2l` has the book's colours, `dark` is for slides, `mono` for print, `paper` for line art."""
