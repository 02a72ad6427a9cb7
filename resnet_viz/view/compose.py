"""A scope to chains and splits: its nodes as a series-parallel composition."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.ops import category_of
from resnet_viz.view.parts import Chain, Fold, Frame, Leaf, Mark, Module, Note, Part, Split, Tick

__all__ = ["HIDDEN", "compose", "compose_graph", "leaves", "mapped"]

HIDDEN = frozenset({"flatten"})
"""Operators that no figure draws: they only change how a tensor is indexed."""

_OUTSIDE = -1


def compose(
    scope: Scope, depth: int | None = None, closed: Callable[[Scope], Leaf] = Leaf
) -> Chain:
    """Return a scope's children as a chain; scopes among them become modules.

    Args:
        scope: what is looked into.
        depth: how many levels of scopes inside are looked into as well; None for all. A scope that
            is not, or that is no composition, becomes a leaf.
        closed: what makes a leaf of such a scope.

    Raises:
        NotSeriesParallel: the children are no series-parallel graph.
    """
    return _compose(_wired(scope, {}), depth, closed)


def compose_graph(
    graph: Graph, depth: int | None = None, closed: Callable[[Scope], Leaf] = Leaf
) -> Chain:
    """Return a network as a chain; see `compose`.

    Raises:
        NotSeriesParallel: it is no series-parallel graph from one input to one output.
    """
    if len(graph.outputs) != 1 or len(graph.inputs) != 1:
        raise NotSeriesParallel(
            f"{graph.name}: has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs "
            "(no series-parallel graph)"
        )
    return compose(graph.root, depth, closed)


class _Wired(NamedTuple):
    """A node or scope and what it reads, by numbers.

    Nodes are counted in the order in which they run, so that what is inside a scope is a range of
    numbers. What comes from outside everything has negative ones.

    Attributes:
        start: the number of its first node.
        stop: that of the first node behind it.
        reads: the nodes outside that it reads.
        parts: what is inside, but for modules that hand on their input: they are not seen.
    """

    item: Node | Scope
    start: int
    stop: int
    reads: Collection[int]
    parts: tuple[_Wired, ...] = ()


def _wired(scope: Scope, numbers: dict[str, int], start: int = 0) -> _Wired:
    """Return a scope with what it reads; `numbers` holds those of the paths that came before."""
    parts = []
    reads: set[int] = set()
    stop = start
    for child in scope.children:
        if isinstance(child, Node):
            read = [_number(path, numbers) for path in child.inputs]
            numbers[child.path] = stop
            part = _Wired(child, stop, stop + 1, read)
        else:
            part = _wired(child, numbers, stop)
            if part.stop == stop:
                continue
        parts.append(part)
        reads.update(part.reads)
        stop = part.stop
    return _Wired(scope, start, stop, {n for n in reads if n < start}, tuple(parts))


def _number(path: str, numbers: dict[str, int]) -> int:
    """Return the number of what a path names; a new negative one if it comes from outside."""
    number = numbers.get(path)
    if number is None:
        number = numbers[path] = -1 - len(numbers)
    return number


def _compose(whole: _Wired, depth: int | None, closed: Callable[[Scope], Leaf]) -> Chain:
    """Return what is inside a scope as a chain.

    Scopes into which several values go, or out of which several come, are dissolved: a decoder
    takes what comes from below and from beside, and the lines meet at an operator inside it.
    """
    parts = whole.parts
    while True:
        sources = _sources(parts)
        opened = () if depth == 0 else _opened(parts, sources)
        if not opened:
            break
        parts = tuple(
            inner
            for i, part in enumerate(parts)
            for inner in (part.parts if i in opened else (part,))
        )
    scope = whole.item
    if (depth != 0 or not scope.path) and len(whole.reads) > 1:
        raise NotSeriesParallel(
            f"{scope.path or 'the network'}: several values enter it (no series-parallel graph)"
        )
    composer = _Composer(scope.path, parts, sources, depth, closed)
    return composer.chain(range(len(parts)), _OUTSIDE)


def _sources(parts: Sequence[_Wired]) -> list[list[int]]:
    """Return which others each part reads, by their places in the row; _OUTSIDE is before all."""
    starts = [part.start for part in parts]
    sources = []
    for part in parts:
        places = [bisect(starts, number) - 1 for number in part.reads]
        sources.append(places if len(places) < 2 else sorted(set(places)))
    return sources


def _opened(parts: Sequence[_Wired], sources: list[list[int]]) -> set[int]:
    """Return the places of the scopes into which, or out of which, several values go."""
    if not any(part.parts for part in parts):
        return set()
    starts = [part.start for part in parts]
    read = {number for part in parts for number in part.reads}
    leaving = Counter(bisect(starts, number) - 1 for number in read)
    return {
        i
        for i, part in enumerate(parts)
        if isinstance(part.item, Scope)
        and part.item.carry is None
        and (len(sources[i]) > 1 or leaving[i] > 1)
    }


class _Composer:
    """What is inside one scope, with what each part of it reads."""

    def __init__(
        self,
        path: str,
        parts: Sequence[_Wired],
        sources: list[list[int]],
        depth: int | None,
        closed: Callable[[Scope], Leaf],
    ) -> None:
        self.path, self.parts, self.sources = path, parts, sources
        self.depth, self.closed = depth, closed

    def chain(self, members: Sequence[int], entry: int) -> Chain:
        """Compose the members, which read each other and the entry, in the order in which they run.

        A member at which every open line ends is one that everything before it passes through: the
        chain is cut there, and what lies between two cuts runs side by side.
        """
        parts: list[Part] = []
        if [self.sources[member] for member in members] == [[n] for n in (entry, *members[:-1])]:
            for member in members:  # each reads the one before it, as in most chains
                self._advance(entry, [], member, parts)
            return Chain(tuple(parts))
        uses = dict.fromkeys((entry, *members), 0)
        for member in members:
            for source in self.sources[member]:
                if source in uses:
                    uses[source] += 1
        between: list[int] = []
        before, open_lines = entry, uses[entry]
        for member in members:
            ending = len([source for source in self.sources[member] if source in uses])
            if ending == open_lines:
                self._advance(before, between, member, parts)
                before, between, open_lines = member, [], max(uses[member], 1)
            else:
                between.append(member)
                open_lines += max(uses[member], 1) - ending  # what nothing reads leaves the scope
        if between:
            first = self.parts[before].item.path if before in members else "its input"
            raise NotSeriesParallel(
                f"{self.path or 'the network'}: no series-parallel graph (two outputs leave "
                f"it: {first} and {self.parts[between[-1]].item.path})"
            )
        return Chain(tuple(parts))

    def _advance(self, before: int, between: list[int], member: int, parts: list[Part]) -> None:
        """Append what runs between two cuts, and the second cut itself."""
        child = self.parts[member].item
        if not between:
            part = self._part(self.parts[member])
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

    def _part(self, part: _Wired) -> Part | None:
        child = part.item
        if isinstance(child, Node):
            return None if child.op in HIDDEN else Leaf(child)
        if self.depth == 0:
            return self.closed(child)
        try:
            body = _compose(part, None if self.depth is None else self.depth - 1, self.closed)
        except NotSeriesParallel:
            return self.closed(child)
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
        joined = [group_of[source] for source in sources[member] if source in group_of]
        if len(joined) > 1:
            joined = sorted(set(joined))
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
