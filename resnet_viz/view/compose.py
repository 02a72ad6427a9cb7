"""A scope to chains and splits: its nodes as a series-parallel composition."""

from __future__ import annotations

from collections.abc import Callable

from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.ops import category_of
from resnet_viz.view.parts import Chain, Fold, Frame, Leaf, Mark, Module, Note, Part, Split, Tick

__all__ = ["HIDDEN", "compose", "compose_graph", "leaves", "mapped"]

HIDDEN = frozenset({"flatten"})
"""Operators that no figure draws: they only change how a tensor is indexed."""

_OUTSIDE = -1


def compose(scope: Scope, depth: int | None = None) -> Chain:
    """Return a scope's children as a chain; scopes among them become modules.

    Args:
        scope: what is looked into.
        depth: how many levels of scopes inside are looked into as well; None for all. A scope that
            is not, or that is no composition, becomes a leaf.

    Raises:
        NotSeriesParallel: the children are no series-parallel graph.
    """
    return _compose(scope, depth, {})


def compose_graph(graph: Graph, depth: int | None = None) -> Chain:
    """Return a network as a chain; see `compose`.

    Raises:
        NotSeriesParallel: it is no series-parallel graph from one input to one output.
    """
    if len(graph.outputs) != 1 or len(graph.inputs) != 1:
        raise NotSeriesParallel(
            f"{graph.name}: has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs "
            "(no series-parallel graph)"
        )
    return compose(graph.root, depth)


_Paths = tuple[frozenset[str], frozenset[str]]
"""The paths of what is inside a part, and of what that reads outside it."""


def _compose(scope: Scope, depth: int | None, seen: dict[int, _Paths]) -> Chain:
    children = list(scope.children)
    while True:
        # A module that hands on its input has nothing inside, and is not seen.
        children = [c for c in children if isinstance(c, Node) or _paths(c, seen)[0]]
        paths = [_paths(child, seen) for child in children]
        read = frozenset().union(*[reads for _, reads in paths])
        sources = _sources(paths, read)
        opened = [
            isinstance(child, Scope)
            and child.carry is None
            and (len(before) > 1 or len(inside & read) > 1)
            for child, (inside, _), before in zip(children, paths, sources, strict=True)
        ]
        if depth == 0 or not any(opened):
            break
        children = _dissolved(children, opened)
    if depth != 0 or not scope.path:
        outside = read.difference(*[inside for inside, _ in paths])
        if len(outside) > 1:
            raise NotSeriesParallel(
                f"{scope.path or 'the network'}: several values enter it (no series-parallel graph)"
            )
    scope = scope._replace(children=tuple(children))
    return _Composer(scope, sources, depth, seen).chain(list(range(len(children))), _OUTSIDE)


def _dissolved(children: list[Scope | Node], opened: list[bool]) -> list[Scope | Node]:
    """Return the children with some scopes' own in their place.

    Those are scopes into which several values go, or out of which several come: a decoder that
    takes what comes from below and from beside; the lines meet at an operator inside it.
    """
    found: list[Scope | Node] = []
    for child, dissolves in zip(children, opened, strict=True):
        if dissolves and isinstance(child, Scope):
            found.extend(child.children)
        else:
            found.append(child)
    return found


def _paths(child: Node | Scope, seen: dict[int, _Paths]) -> _Paths:
    """Return what is inside a part and what it reads, each scope looked through once."""
    if isinstance(child, Node):
        return frozenset((child.path,)), frozenset(child.inputs)
    if id(child) not in seen:
        parts = [_paths(part, seen) for part in child.children]
        inside = frozenset().union(*[part[0] for part in parts])
        reads = frozenset().union(*[part[1] for part in parts])
        seen[id(child)] = (inside, reads - inside)
    return seen[id(child)]


def _sources(paths: list[_Paths], read: frozenset[str]) -> list[list[int]]:
    """Return which other children each child reads, by their numbers."""
    owner = {path: i for i, (inside, _) in enumerate(paths) for path in inside & read}
    return [
        [owner.get(path, _OUTSIDE) for path in reads]
        if len(reads) == 1
        else sorted({owner.get(path, _OUTSIDE) for path in reads})
        for _, reads in paths
    ]


class _Composer:
    """One scope, with what each of its children reads."""

    def __init__(
        self,
        scope: Scope,
        sources: list[list[int]],
        depth: int | None,
        seen: dict[int, _Paths],
    ) -> None:
        self.scope, self.sources, self.depth, self.seen = scope, sources, depth, seen

    def chain(self, members: list[int], entry: int) -> Chain:
        """Compose the members, which read each other and the entry, in the order in which they run.

        A member at which every open line ends is one that everything before it passes through: the
        chain is cut there, and what lies between two cuts runs side by side.
        """
        parts: list[Part] = []
        inside = set(members)
        uses = dict.fromkeys((entry, *members), 0)
        for member in members:
            for source in self.sources[member]:
                if source in uses:
                    uses[source] += 1
        between: list[int] = []
        before, open_lines = entry, uses[entry]
        for member in members:
            ending = sum(source in uses for source in self.sources[member])
            if ending == open_lines:
                self._advance(before, between, member, parts)
                before, between, open_lines = member, [], max(uses[member], 1)
            else:
                between.append(member)
                open_lines += max(uses[member], 1) - ending  # what nothing reads leaves the scope
        if between:
            children = self.scope.children
            raise NotSeriesParallel(
                f"{self.scope.path or 'the network'}: no series-parallel graph (two outputs leave "
                f"it: {children[before].path if before in inside else 'its input'} and "
                f"{children[between[-1]].path})"
            )
        return Chain(tuple(parts))

    def _advance(self, before: int, between: list[int], member: int, parts: list[Part]) -> None:
        """Append what runs between two cuts, and the second cut itself."""
        child = self.scope.children[member]
        if not between:
            part = self._part(child)
            if part is not None:
                parts.append(part)
            return
        if isinstance(child, Scope) and self.depth != 0:
            raise NotSeriesParallel(
                f"{child.path}: several values enter it (no series-parallel graph)"
            )
        groups = _branches(self.sources, between)
        if any(sum(one in self.sources[member] for one in group) != 1 for group in groups):
            raise NotSeriesParallel(f"{child.path}: its inputs cross (no series-parallel graph)")
        branches = [self.chain(group, before) for group in groups]
        if before in self.sources[member]:
            branches.append(Chain())
        if len(branches) < 2:
            raise NotSeriesParallel(f"{child.path}: its inputs cross (no series-parallel graph)")
        parts.append(_split(branches, child))

    def _part(self, child: Node | Scope) -> Part | None:
        if isinstance(child, Node):
            return None if child.op in HIDDEN else Leaf(child)
        if self.depth == 0:
            return Leaf(child)
        try:
            body = _compose(child, None if self.depth is None else self.depth - 1, self.seen)
        except NotSeriesParallel:
            return Leaf(child)
        return Module(child, body)


def _split(branches: list[Chain], join: Node | Scope) -> Split:
    """Return branches as they are drawn: a gate beside what it scales, a body before its shortcut.

    More than two of them, or such as are put side by side by their join, stand side by side.
    """
    op = join.op if isinstance(join, Node) else ""
    if op == "mul" and len(branches) == 2:
        branches.sort(key=_weight)
        return Split(tuple(branches), Leaf(join))
    if op == "add" and len(branches) == 2:
        branches.sort(key=_weight, reverse=True)
        return Split((Chain((Frame(branches[0]),)), *branches[1:]), Leaf(join))
    return Split(tuple(branches), Leaf(join), even=True)


def _branches(sources: list[list[int]], members: list[int]) -> list[list[int]]:
    """Return the members that hang together, group by group."""
    groups: dict[int, list[int]] = {}
    group_of: dict[int, int] = {}
    for member in members:
        joined = sorted({group_of[source] for source in sources[member] if source in group_of})
        home = joined[0] if joined else member
        groups.setdefault(home, []).append(member)
        group_of[member] = home
        for other in joined[1:]:
            for moved in groups.pop(other):
                groups[home].append(moved)
                group_of[moved] = home
            groups[home].sort()
    return list(groups.values())


def _weight(chain: Chain) -> tuple[int, int]:
    """Return what makes a branch the body: its convolutions, then its operators."""
    nodes = [leaf.item for leaf in leaves(chain)]
    convs = sum(isinstance(node, Scope) or category_of(node.op) == "conv" for node in nodes)
    return convs, len(nodes)


def leaves(chain: Chain) -> list[Leaf]:
    """Return the boxes of a chain, in the order in which they run."""
    found: list[Leaf] = []
    for part in chain.parts:
        if isinstance(part, Leaf):
            found.append(part)
        elif isinstance(part, Split):
            for branch in part.branches:
                found += leaves(branch)
            found.append(part.join)
        elif isinstance(part, (Module, Fold, Frame)):
            found += leaves(part.body)
    return found


def mapped(chain: Chain, change: Callable[[Leaf], Leaf]) -> Chain:
    """Return a chain with every box changed, but for the operators that join branches."""
    parts: list[Part] = []
    for part in chain.parts:
        if isinstance(part, Leaf):
            parts.append(change(part))
        elif isinstance(part, Split):
            branches = tuple(mapped(branch, change) for branch in part.branches)
            parts.append(part._replace(branches=branches))
        elif isinstance(part, (Note, Mark, Tick)):
            parts.append(part)
        else:
            parts.append(part._replace(body=mapped(part.body, change)))
    return Chain(tuple(parts))
