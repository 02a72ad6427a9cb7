"""Decompose a scope into chains and splits: its nodes as a series-parallel graph."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.ops import category_of
from resnet_viz.scene import Run
from resnet_viz.text.labels import ROLES
from resnet_viz.view.detail import Detail
from resnet_viz.view.parts import Chain, Frame, Given, Leaf, Module, Part, Split, leaves

__all__ = ["EVERYTHING", "HIDDEN", "compose", "compose_graph", "joins_parameters"]

HIDDEN = frozenset({"flatten", "unflatten"})
"""Operators that no figure draws, because they only change how a tensor is indexed."""

_OUTSIDE = -1


EVERYTHING = Detail()


def compose(
    scope: Scope, detail: Detail = EVERYTHING, closed: Callable[[Scope], Leaf] = Leaf
) -> Chain:
    """Return a scope's children as a chain; scopes among them become modules.

    Args:
        scope: the scope to decompose.
        detail: which scopes inside to open. A scope that is not opened, or is no series-parallel
            graph, becomes a leaf.
        closed: the function that makes a leaf of such a scope.

    Raises:
        NotSeriesParallel: the children are no series-parallel graph.
    """
    return _Composer(detail, closed).inside(_wired(scope, {}), 0)


def compose_graph(
    graph: Graph, detail: Detail = EVERYTHING, closed: Callable[[Scope], Leaf] = Leaf
) -> Chain:
    """Return a network as a chain; see `compose`.

    Raises:
        NotSeriesParallel: the network is no series-parallel graph with one input and one output.
    """
    if len(graph.outputs) != 1 or len(graph.inputs) != 1:
        raise NotSeriesParallel(
            "{name}: has {inputs} inputs and {outputs} outputs (no series-parallel graph)",
            name=graph.name,
            inputs=len(graph.inputs),
            outputs=len(graph.outputs),
        )
    return compose(graph.root, detail, closed)


class _Wired(NamedTuple):
    """A node or scope with the nodes that it reads, by number.

    Nodes are numbered in the order in which they run, so that a scope is a range of numbers. Values
    from outside the whole graph have negative numbers.

    Attributes:
        start: the number of its first node.
        stop: the number of the first node after it.
        reads: the numbers of the outside nodes that it reads.
        parts: the children, without scopes that have no nodes.
    """

    item: Node | Scope
    start: int
    stop: int
    reads: Collection[int]
    parts: tuple[_Wired, ...] = ()


def _wired(scope: Scope, numbers: dict[str, int], start: int = 0) -> _Wired:
    """Return a scope with the nodes that it reads; `numbers` has the numbers of earlier paths."""
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
    """Return the number of a path's value, or a new negative number for a value from outside."""
    number = numbers.get(path)
    if number is None:
        number = numbers[path] = -1 - len(numbers)
    return number


class _Composer:
    """Composes scopes with the given detail; see `compose`."""

    def __init__(self, detail: Detail, closed: Callable[[Scope], Leaf]) -> None:
        self.detail, self.closed = detail, closed

    def inside(self, whole: _Wired, level: int) -> Chain:
        """Return the content of a scope, nested `level` deep, as a chain.

        Opened scopes with several inputs or outputs are dissolved. A decoder block, for example,
        reads the layer below and a skip connection, which meet at an operator inside it.
        """
        parts = whole.parts
        while True:
            sources = _sources(parts)
            opened = [
                i
                for i, scope in _with_several_ends(parts, sources)
                if self.detail.opens(scope, level)
            ]
            if not opened:
                break
            parts = tuple(
                inner
                for i, part in enumerate(parts)
                for inner in (part.parts if i in opened else (part,))
            )
        name = whole.item.path or "the network"
        if len(whole.reads) > 1:
            raise NotSeriesParallel(
                "{name}: several values enter it (no series-parallel graph)", name=name
            )
        try:
            cuts = _known_cuts(sources) if len(sources) <= _USUAL else _cuts(sources)
        except _TwoEnds as ends:
            first, second = (parts[i].item.path if i >= 0 else "its input" for i in ends.args)
            raise NotSeriesParallel(
                "{name}: no series-parallel graph (two outputs leave it: {first} and {second})",
                name=name,
                first=first,
                second=second,
            ) from None
        except _Crossing as crossing:
            path = parts[crossing.args[0]].item.path
            raise NotSeriesParallel(
                "{path}: its inputs cross (no series-parallel graph)", path=path
            ) from None
        return self.chain(cuts, parts, level)

    def chain(self, cuts: tuple[_Cut, ...], parts: Sequence[_Wired], level: int) -> Chain:
        """Return the parts at the given cuts, and the splits before them, as a chain."""
        shown: list[Part] = []
        for member, rows in cuts:
            child = parts[member].item
            if not rows:
                part = self.part(parts[member], level)
                if part is not None:
                    shown.append(part)
            elif isinstance(child, Scope) and self.detail.opens(child, level):
                raise NotSeriesParallel(
                    "{path}: several values enter it (no series-parallel graph)", path=child.path
                )
            else:
                split = _split([self.chain(row, parts, level) for row in rows], child)
                if isinstance(child, Node) and child.op in ROLES:
                    split = split._replace(roles=_roles(rows, parts[member], parts))
                shown.append(split)
        return Chain(tuple(shown))

    def part(self, part: _Wired, level: int) -> Part | None:
        """Return one part: a module, or a leaf if it is not opened or not series-parallel."""
        child = part.item
        if isinstance(child, Node):
            if child.op in HIDDEN:
                return None
            return _given(child) if joins_parameters(child) else Leaf(child)
        if not self.detail.opens(child, level):
            return self.closed(child)
        try:
            return Module(child, self.inside(part, level + 1))
        except NotSeriesParallel:
            return self.closed(child)


def joins_parameters(node: Node) -> bool:
    """Return whether an operator adds or concatenates parameters to its input."""
    return node.op in ("add", "cat") and bool(node.params)


def _given(node: Node) -> Given:
    names = ", ".join(param.name.rpartition(".")[2] for param in node.params)
    return Given(Leaf(node), (Run(names),))


_Sources = tuple[tuple[int, ...], ...]
"""For each part of a row, the indices of the parts that it reads; _OUTSIDE is the input."""


def _sources(parts: Sequence[_Wired]) -> _Sources:
    """Return the indices of the parts that each part reads."""
    starts = [part.start for part in parts]
    sources = []
    for part in parts:
        places = tuple([bisect(starts, number) - 1 for number in part.reads])
        sources.append(places if len(places) < 2 else tuple(sorted(set(places))))
    return tuple(sources)


def _with_several_ends(parts: Sequence[_Wired], sources: _Sources) -> Iterator[tuple[int, Scope]]:
    """Yield the index and scope of each scope with several inputs or outputs."""
    if not any(part.parts for part in parts):
        return
    starts = [part.start for part in parts]
    read = {number for part in parts for number in part.reads}
    leaving = Counter(bisect(starts, number) - 1 for number in read)
    for i, part in enumerate(parts):
        several = len(sources[i]) > 1 or leaving[i] > 1
        if several and isinstance(part.item, Scope) and part.item.carry is None:
            yield i, part.item


class _Cut(NamedTuple):
    """A member of a row through which all paths pass (a cut vertex).

    Attributes:
        rows: the parallel branches between the previous cut and this one; empty in a series.
    """

    member: int
    rows: tuple[tuple[_Cut, ...], ...] = ()


class _TwoEnds(Exception):  # noqa: N818  # named for the row's property
    """The row has two outputs."""


class _Crossing(Exception):  # noqa: N818  # named for the lines' property
    """The lines to a member cross."""


def _cuts(sources: _Sources) -> tuple[_Cut, ...]:
    """Return the cuts of a row.

    Raises:
        _TwoEnds: the row has two outputs.
        _Crossing: the lines to a member cross.
    """
    return _cuts_between(sources, range(len(sources)), _OUTSIDE)


_USUAL = 100
"""The longest row whose cuts are cached: that of a block, not all blocks of a deep network."""

_known_cuts = lru_cache(maxsize=200)(_cuts)  # many blocks of a network are wired alike


def _cuts_between(sources: _Sources, members: Sequence[int], entry: int) -> tuple[_Cut, ...]:
    """Return the cuts of the members, which read each other and the entry, in running order.

    A member where every open line ends is a cut: all paths pass through it. The members between two
    cuts are parallel branches.
    """
    cuts: list[_Cut] = []
    uses = dict.fromkeys((entry, *members), 0)
    for member in members:
        for source in sources[member]:
            if source in uses:
                uses[source] += 1
    between: list[int] = []
    before, open_lines = entry, uses[entry]
    for member in members:
        ending = len([source for source in sources[member] if source in uses])
        if ending == open_lines:
            cuts.append(_Cut(member, _rows(sources, before, between, member)))
            before, between, open_lines = member, [], max(uses[member], 1)
        else:
            between.append(member)
            open_lines += max(uses[member], 1) - ending  # an unread value is an output
    if between:
        raise _TwoEnds(before if before in members else _OUTSIDE, between[-1])
    return tuple(cuts)


def _rows(
    sources: _Sources, before: int, between: list[int], member: int
) -> tuple[tuple[_Cut, ...], ...]:
    """Return the parallel rows between two cuts; empty if there are none."""
    if not between:
        return ()
    groups = _branches(sources, between)
    if any(sum(one in sources[member] for one in group) != 1 for group in groups):
        raise _Crossing(member)
    rows = [_cuts_between(sources, group, before) for group in groups]
    if before in sources[member]:
        rows.append(())
    if len(rows) < 2:
        raise _Crossing(member)
    return tuple(rows)


def _roles(
    rows: tuple[tuple[_Cut, ...], ...], join: _Wired, parts: Sequence[_Wired]
) -> tuple[tuple[str, ...], ...]:
    """Return the roles in which a join reads each row; an empty row is the value before all."""
    assert isinstance(join.item, Node)
    reads = list(zip(join.reads, ROLES[join.item.op], strict=False))
    ends = [parts[row[-1].member] for row in rows if row]
    found = []
    for row in rows:
        own = [parts[row[-1].member]] if row else []
        found.append(
            tuple(
                role
                for number, role in reads
                if any(end.start <= number < end.stop for end in own or ends) == bool(row)
            )
        )
    return tuple(found)


def _split(branches: list[Chain], join: Node | Scope) -> Split:
    """Return branches in drawing order: the value before its gate, the body before its shortcut.

    More than two branches, or those of any other join, are drawn evenly side by side.
    """
    op = join.op if isinstance(join, Node) else ""
    if op == "mul" and len(branches) == 2:
        branches.sort(key=_weight)
        return Split(tuple(branches), Leaf(join))
    if op == "add" and len(branches) == 2:
        branches.sort(key=_weight, reverse=True)
        body, shortcut = branches
        several = sum(1 for _ in leaves(body)) > 1
        return Split((Chain((Frame(body),)) if several else body, shortcut), Leaf(join))
    return Split(tuple(branches), Leaf(join), even=True)


def _branches(sources: _Sources, members: list[int]) -> list[list[int]]:
    """Return the connected groups of members."""
    groups: dict[int, list[int]] = {}
    group_of: dict[int, int] = {}
    for member in members:
        joined = sorted({group_of[source] for source in sources[member] if source in group_of})
        first = joined[0] if joined else member
        groups.setdefault(first, []).append(member)
        group_of[member] = first
        for other in joined[1:]:
            for moved in groups.pop(other):
                groups[first].append(moved)
                group_of[moved] = first
            groups[first].sort()
    return list(groups.values())


def _weight(chain: Chain) -> tuple[int, int]:
    """Return the weight of a branch, the heavier being the body: convolutions, then operators."""
    nodes = [leaf.item for leaf in leaves(chain)]
    convs = sum(isinstance(node, Scope) or category_of(node.op) == "conv" for node in nodes)
    return convs, len(nodes)
