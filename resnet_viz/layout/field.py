"""Lay out receptive fields: squares on the grid of an image, and shades for the gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resnet_viz.layout.paint import LIGHT
from resnet_viz.scene import Box, Item, Line, Run, Scene, Text
from resnet_viz.themes import Theme

__all__ = ["Field", "lay_out_fields"]

SIDE = 120.0
"""The side of an image in points."""

GAP, MARGIN = 18.0, 6.0
FONT, SMALL = 9.0, 7.0
DOT = 2.0
LINES = 7
"""The number of cells per axis of the visible grid."""


class Field(NamedTuple):
    """The receptive field of one part of a network.

    Attributes:
        title: the path of the part.
        size: the size of the field as text.
        share: the side of the field divided by that of the image; above 1 if it is larger.
        middle: the centre of the field on each axis, as a fraction of the image's side.
        strengths: the gradient of each cell of the image, in rows, scaled to at most 1; empty if
            not measured.
    """

    title: str
    size: str
    share: float
    middle: float
    strengths: Sequence[Sequence[float]] = ()


def lay_out_fields(fields: Sequence[Field], theme: Theme, title: str) -> Scene:
    """Return one image per field, side by side, each with the outline of its field."""
    items: list[Item] = []
    for i, field in enumerate(fields):
        items += _panel(field, i * (SIDE + GAP), theme)
    width = len(fields) * (SIDE + GAP) - GAP
    items.append(Text(width / 2, -32, (Run(title),), FONT))
    return Scene(
        width=width + 2 * MARGIN,
        height=SIDE + 60 + 2 * MARGIN,
        items=tuple(items),
        title=title,
        background=theme.background,
        line=theme.line,
        text=theme.text,
        stroke=theme.stroke,
        origin=(-MARGIN, -42 - MARGIN),
    )


def _panel(field: Field, left: float, theme: Theme) -> list[Item]:
    """Return the image of one field: its cells, the grid, the field's outline and the words."""
    items: list[Item] = []
    for row, strengths in enumerate(field.strengths):
        cell = SIDE / len(strengths)
        for column, strength in enumerate(strengths):
            step = int(strength * len(LIGHT) - 1e-9)
            if strength > 1 / 64:
                items.append(
                    Box(
                        left + column * cell,
                        row * cell,
                        cell,
                        cell,
                        fill=LIGHT[step],
                        outlined=False,
                    )
                )
    for k in range(1, LINES):
        at = SIDE * k / LINES
        items.append(Line(((left + at, 0), (left + at, SIDE)), colour=theme.muted, width=0.25))
        items.append(Line(((left, at), (left + SIDE, at)), colour=theme.muted, width=0.25))
    items.append(Box(left, 0, SIDE, SIDE))
    begin = max(SIDE * (field.middle - field.share / 2), 0)
    side = min(SIDE * (field.middle + field.share / 2), SIDE) - begin
    dot = SIDE * field.middle - DOT / 2
    items.append(Box(left + begin, begin, side, side, colour=theme.fills["activation"]))
    items.append(Box(left + dot, dot, DOT, DOT, fill=theme.line))
    items.append(Text(left + SIDE / 2, -12, (Run(field.title),), FONT))
    items.append(Text(left + SIDE / 2, SIDE + 10, (Run(field.size),), SMALL, colour=theme.muted))
    return items
