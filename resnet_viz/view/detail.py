"""Define which scopes of a network a figure opens."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.errors import RequestError, show, unknown
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import DEPTHS, module_path

__all__ = ["BOOK", "Detail", "check_scopes", "count_shown", "levels_of", "nesting"]

BOOK = "book"
"""The depth of the book's form, in which the boxes inside blocks are small."""

MAX_NESTING = 40
"""The most nested levels of scopes that are opened; more would not be readable."""


class Detail(NamedTuple):
    """The scopes that a figure opens; all others are one box each.

    Attributes:
        levels: the number of levels shown: 0 is the network as one box, 1 the top-level scopes;
            None is every operator.
        expand: paths and classes of scopes to open regardless of the level.
        collapse: paths and classes of scopes to show as one box regardless of the level.
        book: whether the boxes inside blocks are small, as the book draws a network.
    """

    levels: int | None = None
    expand: frozenset[str] = frozenset()
    collapse: frozenset[str] = frozenset()
    book: bool = False

    def opens(self, scope: Scope, level: int) -> bool:
        """Return whether the figure opens a scope at the given level of nesting."""
        if level >= MAX_NESTING:
            return False
        names = {scope.path, module_path(scope.path), scope.kind}
        if not self.collapse.isdisjoint(names):
            return False
        if any(name in names or name.startswith(f"{scope.path}.") for name in self.expand):
            return True
        return self.levels is None or level < self.levels - 1


def levels_of(depth: object) -> int | None:
    """Return the number of levels of a depth, given as a name or a number.

    Raises:
        RequestError: the depth is neither.

    >>> levels_of("block"), levels_of("3"), levels_of("op")
    (2, 3, None)
    """
    if isinstance(depth, str):
        if depth in DEPTHS:
            return DEPTHS[depth]
        if depth == BOOK:
            return None
        if depth.isascii() and depth.isdigit() and len(depth) < 5:
            return int(depth)
        raise unknown("depth", depth, [*DEPTHS, BOOK])
    if type(depth) is int and 0 <= depth < 10_000:
        return depth
    raise RequestError(
        "depth: {value} (must be one of {names}, or a number of levels)",
        value=show(depth),
        names=[*DEPTHS, BOOK],
    )


def check_scopes(option: str, wanted: frozenset[str], graph: Graph) -> None:
    """Check that each name is the path or the class of a scope.

    Raises:
        RequestError: a name is neither.
    """
    scopes = [part for part in graph.root.parts() if isinstance(part, Scope) and part.path]
    known = {name for scope in scopes for name in (scope.path, module_path(scope.path), scope.kind)}
    for name in sorted(wanted - known):
        raise unknown(f"scope to {option}", name, sorted(known))


def nesting(scope: Scope) -> int:
    """Return the deepest nesting of scopes inside a scope."""
    deepest, rest = 0, [(scope, 0)]
    while rest:
        one, level = rest.pop()
        deepest = max(deepest, level)
        rest += [(child, level + 1) for child in one.children if isinstance(child, Scope)]
    return deepest


def count_shown(scope: Scope, detail: Detail, most: int, level: int = 0) -> int:
    """Return a lower bound of the boxes of a figure, up to `most`: the different parts of scopes.

    Equal parts of a scope count once, because a figure may fold them.
    """
    if not scope.path and detail.levels == 0:
        return 1
    count = 0
    shown: set[object] = set()
    for child in scope.children:
        if isinstance(child, Node):
            shown.add((child.op, child.outputs, tuple([param.shape for param in child.params])))
        elif detail.opens(child, level):
            count += count_shown(child, detail, most - count, level + 1)
        else:
            shown.add((child.kind, len(child.children)))
        if count + len(shown) >= most:
            return most
    return count + len(shown)
