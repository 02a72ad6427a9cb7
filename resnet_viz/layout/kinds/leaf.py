"""Lay out a leaf: one box and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.graph import Node
from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import CIRCLE
from resnet_viz.scene import Circle
from resnet_viz.text.labels import SIGNS
from resnet_viz.view import Leaf

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "join_length", "place", "place_join", "sign_of"]


def extent(leaf: Leaf, scale: float, measure: Measure) -> Extent:
    """Return the extent of a box."""
    half = measure.width * scale / 2
    return Extent(measure.text_of(leaf).height * scale, half, half, (scale, scale))


def place(leaf: Leaf, scale: float, placer: Placer) -> None:
    """Place a box, with its label unless it is small."""
    u, id = placer.advance(scale), placer.id_of(leaf.item)
    placer.arrow((u, placer.v), scale, id)
    height = placer.measure.text_of(leaf).height * scale
    placer.box(leaf, id, u, height, scale)
    placer.leave(u + height, id, scale)


def sign_of(leaf: Leaf) -> str:
    """Return the sign of an operator that is drawn as a circle; empty if it is drawn as a box."""
    return SIGNS.get(leaf.item.op, "") if isinstance(leaf.item, Node) else ""


def join_length(join: Leaf, scale: float, measure: Measure) -> float:
    """Return the length of the operator that joins a split, a circle with a sign or a box."""
    return (2 * CIRCLE.RADIUS if sign_of(join) else measure.text_of(join).height) * scale


def place_join(join: Leaf, u: float, length: float, scale: float, placer: Placer) -> None:
    """Place the operator that joins a split, starting at u."""
    sign, id, text = sign_of(join), placer.id_of(join.item), placer.measure.text_of(join)
    if not sign:
        placer.box(join, id, u, length, scale)
        return
    x, y = placer.flow.point(u + length / 2, placer.v)
    circle = Circle(
        x=x,
        y=y,
        radius=length / 2,
        fill=placer.theme.fills["merge"],
        sign=sign,
        arm=CIRCLE.PLUS * scale,
        id=id,
        title=f"{join.item.path}: {text.name}",
        desc=placer.describe(join.item),
    )
    placer.items.append(circle)
