"""Lay out a leaf: one box and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.graph import Node
from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import CIRCLE, ROLE
from resnet_viz.scene import Circle, Run, Text
from resnet_viz.text.labels import ROLES, SIGNS
from resnet_viz.view import Leaf

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = [
    "entries",
    "extent",
    "join_length",
    "place",
    "place_join",
    "place_role",
    "sign_of",
]


def extent(leaf: Leaf, scale: float, measure: Measure) -> Extent:
    """Return the extent of a box."""
    half = measure.width * scale / 2
    height = measure.text_of(leaf).height
    room = ROLE.ROOM if scale == 1 and _roles(leaf) else 0
    return Extent(height * scale + room, half, half, (scale, scale))


def place(leaf: Leaf, scale: float, placer: Placer) -> None:
    """Place a box, with its label unless it is small."""
    u, id = placer.advance(scale), placer.id_of(leaf.item)
    roles = _roles(leaf) if scale == 1 else ()
    if roles:
        begun, source = placer.line, placer.source
        for role, across in zip(roles, entries(len(roles)), strict=True):
            v, placer.source = placer.v + across, "" if across else source
            fork = [(u, placer.v), (u, v)] if across else [*begun, (u, v)]
            place_role(role, fork if begun else [], (u + ROLE.ROOM, v), id, placer)
        u += ROLE.ROOM
    placer.arrow((u, placer.v), scale, id)
    height = placer.measure.text_of(leaf).height * scale
    placer.box(leaf, id, u, height, scale)
    placer.leave(u + height, id, scale)


def _roles(leaf: Leaf) -> tuple[str, ...]:
    """Return the roles in which an operator reads one value; none if it has no roles."""
    if not isinstance(leaf.item, Node):
        return ()
    roles = ROLES.get(leaf.item.op, ())
    return roles if len(leaf.item.inputs) >= len(roles) else ()


def entries(count: int) -> list[float]:
    """Return how far across the flow from a box's middle each of several arrows ends."""
    return [(i - (count - 1) / 2) * ROLE.BETWEEN for i in range(count)]


def place_role(
    role: str,
    line: list[tuple[float, float]],
    tip: tuple[float, float],
    target: str,
    placer: Placer,
) -> None:
    """Place an arrow along a line to a tip, and its role beside it."""
    placer.line = line
    placer.arrow(tip, 1, target)
    x, y = placer.flow.point(tip[0] - ROLE.ROOM / 2, tip[1] + ROLE.BESIDE)
    placer.items.append(Text(x, y, (Run(role),), ROLE.FONT, colour=placer.theme.muted))


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
