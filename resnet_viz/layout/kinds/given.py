"""Lay out a given operator, which joins the line with parameters: their names have an arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.layout.box_text import width
from resnet_viz.layout.extent import Extent
from resnet_viz.layout.kinds.leaf import join_length, place_join, sign_of
from resnet_viz.layout.metrics import GIVEN, NOTE
from resnet_viz.scene import Text
from resnet_viz.view import Given

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


def extent(given: Given, scale: float, measure: Measure) -> Extent:
    """Return the extent of the operator with the arrow and the names beside it."""
    half = _half_width(given, scale, measure)
    length = join_length(given.leaf, scale, measure)
    beside = GIVEN.ARROW + GIVEN.BESIDE + width(given.words, NOTE.FONT) if scale == 1 else 0.0
    return Extent(length, half, half + beside, (scale, scale))


def _half_width(given: Given, scale: float, measure: Measure) -> float:
    if sign_of(given.leaf):
        return join_length(given.leaf, scale, measure) / 2
    return measure.width * scale / 2


def place(given: Given, scale: float, placer: Placer) -> None:
    """Place the operator and, unless it is small, the names and their arrow beside it."""
    u, id = placer.advance(scale), placer.id_of(given.leaf.item)
    length = join_length(given.leaf, scale, placer.measure)
    placer.arrow((u, placer.v), scale, id)
    place_join(given.leaf, u, length, scale, placer)
    if scale == 1:
        middle = u + length / 2
        side = placer.v + _half_width(given, scale, placer.measure)
        placer.line, placer.source = [(middle, side + GIVEN.ARROW)], ""
        placer.arrow((middle, side), scale, id)
        x, y = placer.flow.point(middle, side + GIVEN.ARROW + GIVEN.BESIDE)
        placer.items.append(
            Text(
                x=x,
                y=y,
                runs=given.words,
                size=NOTE.FONT,
                turned=placer.turned,
                anchor="start",
                colour=placer.theme.muted,
            )
        )
    placer.leave(u + length, id, scale)
