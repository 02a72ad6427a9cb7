"""Lay out a module: an opened scope as one group, with a frame if it has a title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.layout.box_text import width
from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import SCOPE, SMALL
from resnet_viz.scene import Box, Group, Text
from resnet_viz.text.labels import scope_title
from resnet_viz.view import Module

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


def extent(module: Module, scale: float, measure: Measure) -> Extent:
    """Return the extent of the content with the frame around it."""
    if not module.title:
        return measure.chain(module.body, SMALL if module.small else scale)
    body = measure.branch(module.body, scale)
    title = width(module.title, SCOPE.TITLE) + 2 * SCOPE.INSET
    negative, positive = body.negative + SCOPE.PAD, body.positive + SCOPE.PAD
    length = body.length + 2 * SCOPE.PAD
    if measure.horizontal:
        return Extent(max(length, title), negative + SCOPE.BAND, positive, (scale, scale))
    left = max(negative, title)  # so that the line in the middle passes the title
    return Extent(length + SCOPE.BAND, left, positive, (scale, scale))


def place(module: Module, scale: float, placer: Placer) -> None:
    """Place the content as one group."""
    outer, placer.items = placer.items, []
    if module.title:
        _place_framed(module, scale, placer)
    else:
        placer.chain(module.body, SMALL if module.small else scale)
    if placer.items:
        scope = module.scope
        title = scope_title(scope.path, scope.kind, placer.measure.language)
        inside = tuple(placer.items)
        outer.append(Group(inside, placer.id_of(scope), title, placer.describe(scope)))
    placer.items = outer


def _place_framed(module: Module, scale: float, placer: Placer) -> None:
    """Place the content in a frame, with the title in the upper left corner."""
    begin, middle = placer.advance(scale), placer.v
    size = extent(module, scale, placer.measure)
    end = begin + size.length
    area = placer.flow.rectangle(begin, end, middle - size.negative, middle + size.positive)
    muted = placer.theme.muted
    placer.items.append(Box(*area, colour=muted))
    left, top = area[0] + SCOPE.INSET, area[1] + SCOPE.BAND / 2 + 1
    placer.items.append(Text(left, top, module.title, SCOPE.TITLE, anchor="start", colour=muted))
    body = placer.measure.chain(module.body, scale).length
    band = 0.0 if placer.turned else SCOPE.BAND
    before = band if placer.flow.along[1] > 0 else 0.0
    placer.u = begin + before + (size.length - band - body) / 2
    placer.scale = None
    placer.bracketed(module.body, scale)
    placer.v, placer.u, placer.scale = middle, end, scale
