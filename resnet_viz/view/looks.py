"""Assign numbers to parts, equal for parts that look the same."""

from __future__ import annotations

from collections.abc import Hashable

from resnet_viz.graph import Node, Scope
from resnet_viz.view.parts import (
    Arc,
    Chain,
    Fold,
    Frame,
    Given,
    Leaf,
    Module,
    Part,
    Split,
    children,
)

__all__ = ["Looks", "once", "scope_of"]

_SHOWN = ("kernel", "groups", "dilation", "size", "steps")
"""The attributes that distinguish the look of operators of one kind."""


class Looks:
    """Assigns numbers to parts, cached: parts that look the same get the same number.

    Attributes:
        sizes: whether widths, parameters and costs must be equal as well.
        strides: whether strides must be equal.
    """

    def __init__(self, sizes: bool = False, strides: bool = True) -> None:
        self.sizes, self.strides = sizes, strides
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[int, tuple[Part, int]] = {}

    def of(self, part: Part) -> int:
        """Return the number of a part."""
        known = self._known.get(id(part))
        if known is None:  # the part is kept, so that no other one takes its id
            known = self._known[id(part)] = (part, self._number(self._look(part)))
        return known[1]

    def once(self, part: Part) -> int:
        """Return the number of one copy of a scope, which may be repeated."""
        return self.chain(part.body) if isinstance(part, Module) else self.of(once(part))

    def chain(self, chain: Chain) -> int:
        """Return the number of a chain."""
        return self._number(tuple(map(self.of, chain.parts)))

    def _number(self, look: Hashable) -> int:
        return self._numbers.setdefault(look, len(self._numbers))

    def _look(self, part: Part) -> Hashable:
        if isinstance(part, Leaf):
            return self._item(part.item)
        if isinstance(part, Given):
            return ("given", self._item(part.leaf.item))
        inside = tuple(map(self.chain, children(part)))
        if isinstance(part, Split):
            return ("split", *inside, self._item(part.join.item))
        if isinstance(part, Module):
            return ("part", part.scope.repeat, *inside)
        if isinstance(part, Fold):
            return ("part", part.times, *inside)
        return ("part", 1, *inside) if isinstance(part, (Frame, Arc)) else part

    def _item(self, item: Node | Scope) -> int:
        if isinstance(item, Scope):
            return self._number((item.kind, item.repeat, *map(self._item, item.children)))
        attrs = item.attrs
        look = (item.op, self.strides and attrs.get("stride"), *map(attrs.get, _SHOWN))
        if self.sizes:
            params = tuple([param.shape for param in item.params])
            look = (*look, item.outputs, params, *item.terms.values())
        return self._number(look)


def scope_of(part: Part) -> Scope | None:
    """Return the scope that a part represents, or None."""
    if isinstance(part, Module):
        return part.scope
    return part.item if isinstance(part, Leaf) and isinstance(part.item, Scope) else None


def once(part: Part) -> Part:
    """Return one copy of a repeated part."""
    if isinstance(part, Module):
        return part._replace(scope=part.scope._replace(repeat=1))
    if isinstance(part, Leaf) and isinstance(part.item, Scope):
        return part._replace(item=part.item._replace(repeat=1)) if part.item.repeat != 1 else part
    return part
