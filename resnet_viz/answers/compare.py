"""Compare two networks: differences of totals, and of parts paired by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.answers.comparison import SIDES, Comparison, Part, Row
from resnet_viz.answers.report import column_names, measures_of, report_graph
from resnet_viz.count import Tally, tally
from resnet_viz.errors import RequestError, match
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.align import align, differences, operators, pair
from resnet_viz.graph.model import DEPTHS
from resnet_viz.sources import Network, to_graph

__all__ = ["Comparison", "compare"]


def compare(
    before: Network,
    after: Network,
    input: Any = None,
    *,
    depth: str = "block",
    columns: str | Iterable[str] = (),
    means: str | None = None,
) -> Comparison:
    """Compare two networks, part by part.

    Parts with equal paths are paired. A repeated block is one row, even if the networks repeat it a
    different number of times. Blocks and stages that only one network has are added or removed. A
    part has changed if its operators, their attributes, parameters or connections, its number of
    repeats, or its input or output shapes differ. The name of a scope's class alone does not
    matter.

    Args:
        before: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        after: the other network, given in any of these ways.
        input: the input of both, as for `resnet_viz.report`; if None, each has its own; of
            modules, the parameters alone are then compared.
        depth: the level of the rows: `network`, `stage`, `block` or `op`.
        columns: the numbers in the table, as in `resnet_viz.report`.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: a network or column is unknown, the input does not fit a network, or a network
            has arrays as sizes.

    >>> compared = compare("resnet18", "resnet34")
    >>> compared.totals["params"].difference
    10108160
    >>> compared.rows[2].path, compared.rows[2].changes
    ('layer1.1', ('repeat', 'params', 'macs'))
    """
    depth = match("depth", depth, DEPTHS)
    levels, chosen = DEPTHS[depth], column_names(columns)
    graphs = [to_graph(network, input, means=means, alone=True) for network in (before, after)]
    one, other = (report_graph(graph, depth=depth) for graph in graphs)
    for report in (one, other):
        if not all(type(total) is int for total in report.totals.values()):
            raise RequestError(
                "{network}: many networks at once (must be one)", network=report.network
            )
    aligned = align(*graphs)
    pairing = _Pairing(aligned.before, aligned.after)
    shown = [row for row in pairing.rows(levels, closed=False) if row.status != "same"]
    differing = {
        side: tuple(
            dict.fromkeys(
                paths.get(part.path, part.path)
                for part in (getattr(row, side) for row in shown)
                if part is not None and part.path in pairing.paths
            )
        )
        for side, paths in zip(SIDES, aligned.originals, strict=True)
    }
    rows = tuple(pairing.rows(levels, closed=levels is not None))
    measured = [measures_of(graph, chosen) for graph in (aligned.before, aligned.after)]
    return Comparison(
        before=one,
        after=other,
        depth=depth,
        rows=rows,
        differing=MappingProxyType(differing),
        columns=chosen,
        measures={name: tuple(side[name] for side in measured) for name in measured[0]},
    )


# Pairing


class _Side(NamedTuple):
    """A part of one network with its sums; `item` is None for the row of unused parameters."""

    item: Node | Scope | None
    sums: Tally
    siblings: frozenset[str] = frozenset()
    """The paths of the operators in the same scope."""

    @property
    def path(self) -> str:
        return self.sums.path

    def opens(self, levels: int | None, closed: bool) -> bool:
        """Return whether the rows show its children instead of the part itself, as in a report."""
        if not isinstance(self.item, Scope) or not self.item.children or levels == 0:
            return False
        return not (closed and self.item.kind in ("stem", "head"))

    def children(self) -> Iterator[_Side]:
        assert isinstance(self.item, Scope)
        items: list[Node | Scope | None] = list(self.item.children)
        items += [None] * (len(self.sums.children) - len(items))
        siblings = operators(self.item)
        for item, sums in zip(items, self.sums.children, strict=True):
            yield _Side(item, sums, siblings)


_Pair = tuple["_Side | None", "_Side | None"]


class _Pairing:
    """Pairs the parts of two aligned networks.

    Attributes:
        paths: the paths of all parts that a figure may show.
    """

    def __init__(self, before: Graph, after: Graph) -> None:
        self.roots = [_Side(graph.root, tally(graph)) for graph in (before, after)]
        self.shapes = [graph.shapes() for graph in (before, after)]
        self.paths = {part.path for graph in (before, after) for part in graph.root.parts()} - {""}

    def rows(self, levels: int | None, closed: bool) -> Iterator[Row]:
        """Yield the rows at a depth; if `closed`, stem and head are one row each."""
        for before, after in _pairs(self.roots[0], self.roots[1], levels, closed):
            yield self._row(before, after)

    def _row(self, before: _Side | None, after: _Side | None) -> Row:
        one, other = self._part(before, 0), self._part(after, 1)
        if one is None or other is None:
            status = "added" if one is None else "removed"
            path = (one or other).path  # type: ignore[union-attr]
            return Row(path=path, status=status, changes=(), before=one, after=other)
        assert before is not None
        assert after is not None
        changes = _changes(before, after, one, other)
        status = "changed" if changes else "same"
        return Row(path=one.path, status=status, changes=changes, before=one, after=other)

    def _part(self, side: _Side | None, number: int) -> Part | None:
        if side is None:
            return None
        sums, shapes = side.sums, self.shapes[number]
        return Part(
            path=sums.path,
            kind=sums.kind,
            repeat=sums.repeat,
            inputs=tuple(shapes[source] for source in dict.fromkeys(_reads(side.item))),
            output=sums.output,
            params=sums.params,
            macs=sums.macs,
            activations=sums.activations,
        )


def _reads(item: Node | Scope | None) -> Iterator[str]:
    """Yield the paths that a part reads from outside."""
    if isinstance(item, Node):
        yield from item.inputs
    elif item is not None:
        inside = {node.path for node in item.nodes()}
        for node in item.nodes():
            yield from (source for source in node.inputs if source not in inside)


def _pairs(
    before: _Side | None, after: _Side | None, levels: int | None, closed: bool
) -> Iterator[_Pair]:
    """Yield the pairs of parts at a depth; parts opened in one network only are not paired."""
    sides = [side for side in (before, after) if side is not None]
    opens = [side.opens(levels, closed) for side in sides]
    if not any(opens):
        yield before, after
        return
    if not all(opens):
        yield from _pairs(before, None, levels, closed)
        yield from _pairs(None, after, levels, closed)
        return
    deeper = None if levels is None else levels - 1
    for one, other in pair(
        *(() if side is None else tuple(side.children()) for side in (before, after))
    ):
        yield from _pairs(one, other, deeper, closed)


# What changed


def _changes(before: _Side, after: _Side, one: Part, other: Part) -> tuple[str, ...]:
    """Return the names of what changed between two parts; see `Row.changes`."""
    inside = dict.fromkeys(
        differences(before.item, after.item, (before.siblings, after.siblings))
        if before.item is not None and after.item is not None
        else ()
    )
    known = ("kind", "repeat", "operators", "connections", "input", "output", "params", "macs")
    words = {
        "repeat": "repeat" in inside or one.repeat != other.repeat,
        "operators": "operators" in inside,
        "connections": "connections" in inside,
        "input": one.inputs != other.inputs,
        "output": one.output != other.output or "output" in inside,
        "params": "params" in inside or one.params != other.params,
        "macs": one.macs != other.macs,
    }
    attributes = sorted(word for word in inside if word not in known)
    changes = [word for word, differs in words.items() if differs]
    at = sum(word in ("repeat", "operators") for word in changes)
    changes[at:at] = attributes
    is_node = isinstance(before.item, Node) or isinstance(after.item, Node)
    if one.kind.lower() != other.kind.lower() and (is_node or inside):
        changes.insert(0, "kind")
    return tuple(changes)
