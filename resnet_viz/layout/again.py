"""A module that was placed, to one that looks alike: moved, under other names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from resnet_viz.graph import Node, Scope
from resnet_viz.scene import Box, Circle, Group, Item, Line, Text
from resnet_viz.view import Arc, Chain, Fold, Frame, Leaf, Module, Split

__all__ = ["Again", "Placed", "members"]


class Placed(NamedTuple):
    """A module as it was placed.

    Attributes:
        group: its primitives.
        members: the paths of its operators and scopes, as `members` has them.
        begin: where it began along the flow.
        middle: its middle across the flow.
        end: where it ended.
        scale: of its last part.
        line: the points of the line that leaves it.
        source: the id of what that line leaves.
    """

    group: Item
    members: list[str]
    begin: float
    middle: float
    end: float
    scale: float | None
    line: tuple[tuple[float, float], ...]
    source: str


def members(chain: Chain) -> list[Node | Scope]:
    """Return the operators and scopes of a chain; of chains that look alike, in the same order."""
    found: list[Node | Scope] = []
    for part in chain.parts:
        if isinstance(part, Leaf):
            found.append(part.item)
        elif isinstance(part, Split):
            for branch in part.branches:
                found += members(branch)
            found.append(part.join.item)
        elif isinstance(part, (Module, Fold, Frame, Arc)):
            found += members(part.body)
            if isinstance(part, Module):
                found.append(part.scope)
    return found


class Again:
    """What was placed, for other operators and scopes at another place.

    Attributes:
        twins: by the path of what was placed, what takes its place.
        source: the id of what the line leaves that leads in.
    """

    def __init__(
        self,
        shift: tuple[float, float],
        twins: Mapping[str, Node | Scope],
        source: str,
        prefix: str,
        describe: Callable[[Node | Scope], str],
    ) -> None:
        self.dx, self.dy = shift
        self.twins, self.source, self.prefix, self.describe = twins, source, prefix, describe
        self.cut = len(prefix)

    def id(self, id: str) -> str:
        """Return the id of the twin of what has an id; of what is outside, what leads in."""
        twin = self.twins.get(id[self.cut :])
        return self.source if twin is None else self.prefix + twin.path

    def named(self, item: Box | Circle | Group) -> tuple[str, str, str]:
        """Return id, title and description of an item's twin."""
        path = item.id[self.cut :]
        twin = self.twins[path]
        return self.prefix + twin.path, twin.path + item.title[len(path) :], self.describe(twin)

    def moved(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """Return the primitives."""
        dx, dy = self.dx, self.dy
        found: list[Item] = []
        for item in items:
            if isinstance(item, Line):
                points = tuple([(x + dx, y + dy) for x, y in item.points])
                ends = (item.source and self.id(item.source), item.target and self.id(item.target))
                found.append(Line(points, item.radius, item.head, *ends, *item[5:]))
            elif isinstance(item, Text):
                found.append(Text(item.x + dx, item.y + dy, *item[2:]))
            elif isinstance(item, Group):
                found.append(Group(self.moved(item.items), *self.named(item)))
            elif isinstance(item, Box):
                said = self.named(item) if item.id else item[6:9]
                found.append(Box(item.x + dx, item.y + dy, *item[2:6], *said, item.outlined))
            else:
                found.append(Circle(item.x + dx, item.y + dy, *item[2:6], *self.named(item)))
        return tuple(found)
