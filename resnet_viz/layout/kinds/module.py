"""A module: a scope that is looked into, as one group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import SMALL
from resnet_viz.scene import Group
from resnet_viz.view import Module

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


def extent(module: Module, scale: float, measure: Measure) -> Extent:
    """Return the room of what is inside."""
    return measure.chain(module.body, SMALL if module.small else scale)


def place(module: Module, scale: float, placer: Placer) -> None:
    """Place what is inside, as one group."""
    outer, placer.items = placer.items, []
    placer.chain(module.body, SMALL if module.small else scale)
    if placer.items:
        scope = module.scope
        title = f"{scope.path}: {scope.kind}" if scope.path else scope.kind
        inside = tuple(placer.items)
        outer.append(Group(inside, placer.id_of(scope), title, placer.describe(scope)))
    placer.items = outer
