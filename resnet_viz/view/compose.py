"""A scope to chains and splits: its nodes as a series-parallel composition."""

from __future__ import annotations

from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Node, Scope
from resnet_viz.ops import category_of
from resnet_viz.view.parts import Chain, Leaf, Module, Part, Split

__all__ = ["HIDDEN", "compose"]

HIDDEN = frozenset({"flatten"})
"""Operators that no figure draws: they only change how a tensor is indexed."""

_OUTSIDE = -1


def compose(scope: Scope) -> Chain:
    """Return a scope's children as a chain; scopes among them become modules.

    Raises:
        NotSeriesParallel: the children are no series-parallel graph.
    """
    owner: dict[str, int] = {}
    for i, child in enumerate(scope.children):
        for node in [child] if isinstance(child, Node) else child.nodes():
            owner[node.path] = i
    sources = [
        sorted({owner.get(path, _OUTSIDE) for path in _reads(child)} - {i})
        for i, child in enumerate(scope.children)
    ]
    return _chain(scope, sources, list(range(len(scope.children))), _OUTSIDE)


def _reads(child: Node | Scope) -> set[str]:
    if isinstance(child, Node):
        return set(child.inputs)
    return {path for node in child.nodes() for path in node.inputs}


def _chain(scope: Scope, sources: list[list[int]], members: list[int], entry: int) -> Chain:
    """Compose the members, which read each other and the entry, in the order in which they run.

    A member at which every open line ends is one that everything before it passes through: the
    chain is cut there, and what lies between two cuts runs side by side.
    """
    parts: list[Part] = []
    inside = set(members)
    uses = dict.fromkeys((entry, *members), 0)
    for member in members:
        for source in sources[member]:
            if source in uses:
                uses[source] += 1
    between: list[int] = []
    before, open_lines = entry, uses[entry]
    for member in members:
        ending = sum(source in uses for source in sources[member])
        if ending == open_lines:
            _advance(scope, sources, before, between, member, parts)
            before, between, open_lines = member, [], max(uses[member], 1)
        else:
            between.append(member)
            open_lines += max(uses[member], 1) - ending  # what nothing reads leaves the scope
    if between:
        raise NotSeriesParallel(
            f"{scope.path or 'the network'}: no series-parallel graph (two outputs leave it: "
            f"{scope.children[before].path if before in inside else 'its input'} and "
            f"{scope.children[between[-1]].path})"
        )
    return Chain(tuple(parts))


def _advance(
    scope: Scope,
    sources: list[list[int]],
    before: int,
    between: list[int],
    member: int,
    parts: list[Part],
) -> None:
    """Append what runs between two cuts, and the second cut itself."""
    child = scope.children[member]
    if not between:
        part = _part(child)
        if part is not None:
            parts.append(part)
        return
    if not isinstance(child, Node):
        raise NotSeriesParallel(f"{child.path}: several values enter it (no series-parallel graph)")
    branches = [_chain(scope, sources, branch, before) for branch in _branches(sources, between)]
    if before in sources[member]:
        branches.append(Chain())
    if len(branches) < 2:
        raise NotSeriesParallel(f"{child.path}: its inputs cross (no series-parallel graph)")
    branches.sort(key=_weight, reverse=True)
    parts.append(Split(tuple(branches), Leaf(child)))


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


def _part(child: Node | Scope) -> Part | None:
    if isinstance(child, Scope):
        return Module(child.path, child.kind, compose(child), child.repeat)
    return None if child.op in HIDDEN else Leaf(child)


def _weight(chain: Chain) -> tuple[int, int]:
    """Return what makes a branch the body: its convolutions, then its operators."""
    leaves = [node for part in chain.parts for node in _nodes(part)]
    convs = sum(category_of(node.op) == "conv" for node in leaves)
    return convs, len(leaves)


def _nodes(part: Part) -> list[Node]:
    if isinstance(part, Leaf):
        return [part.node]
    if isinstance(part, Split):
        inner = [node for branch in part.branches for p in branch.parts for node in _nodes(p)]
        return [*inner, part.join.node]
    return [node for inside in part.body.parts for node in _nodes(inside)]
