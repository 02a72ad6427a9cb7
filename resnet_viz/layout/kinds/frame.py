"""Lay out a frame: a chain in a dashed rectangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import FRAME
from resnet_viz.scene import Box
from resnet_viz.view import Frame

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


def extent(frame: Frame, scale: float, measure: Measure) -> Extent:
    """Return the extent of a frame around its chain."""
    body = measure.branch(frame.body, scale)
    length = body.length + (FRAME.BEFORE + FRAME.BEHIND) * scale
    beside = FRAME.BESIDE * scale
    return Extent(length, body.negative + beside, body.positive + beside, (scale, scale))


def place(frame: Frame, scale: float, placer: Placer, length: float = 0) -> None:
    """Place a chain in a dashed frame with at least the given length."""
    begin = placer.advance(scale)
    size = extent(frame, scale, placer.measure)
    end = begin + max(size.length, length)
    low, high = placer.v - size.negative, placer.v + size.positive
    placer.items.append(Box(*placer.flow.rectangle(begin, end, low, high), dashed=True))
    placer.u = begin + FRAME.BEFORE * scale + max(length - size.length, 0) / 2
    placer.scale = None
    placer.bracketed(frame.body, scale)
    placer.u, placer.scale = end, scale
