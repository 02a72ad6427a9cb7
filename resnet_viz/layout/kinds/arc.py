"""Lay out an arc: a chain with a curved line past it, as papers draw a shortcut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import ARC, ARROW
from resnet_viz.scene import Line
from resnet_viz.view import Arc

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


def extent(arc: Arc, scale: float, measure: Measure) -> Extent:
    """Return the extent of a chain with an arc beside it."""
    body = measure.chain(arc.body, scale)
    return body._replace(
        length=body.length + _room(arc, scale), positive=body.positive + ARC.BESIDE * scale
    )


def _room(arc: Arc, scale: float) -> float:
    """Return the room before the chain, which keeps the arc's start away from arrowheads."""
    return 0 if arc.inside else ARC.ROOM * scale


def place(arc: Arc, scale: float, placer: Placer) -> None:
    """Place a chain, and an arc from before it to after it, or at its side."""
    placer.u += _room(arc, scale)
    begin, middle = placer.advance(scale), placer.v
    out = middle + extent(arc, scale, placer.measure).positive
    side = out - ARC.BESIDE * scale if arc.inside else middle
    placer.chain(arc.body, scale)
    begin += (ARC.SIDE if arc.inside else -ARC.LEAVE) * scale
    end = placer.u + (-ARC.SIDE if arc.inside else ARC.ARRIVE) * scale
    corners = [(begin, side), (begin, out), (end, out), (end, side + ARROW.ROOM * scale)]
    placer.items.append(
        Line(
            points=tuple(placer.flow.point(u, v) for u, v in corners),
            radius=ARC.CORNER * scale,
            head=(ARROW.LENGTH * scale, ARROW.HALF * scale),
            dash="dotted" if arc.dotted else "",
        )
    )
