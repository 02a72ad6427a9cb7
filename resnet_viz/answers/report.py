"""A network to its report: totals, and rows that sum to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol, Self, TypeVar

from resnet_viz.answers.formats import FORMATS
from resnet_viz.answers.tabular import Column, Table, Tabular, show_cell
from resnet_viz.arithmetic import Size
from resnet_viz.count import (
    CONVENTIONS,
    Convention,
    Layers,
    Tally,
    count_layers,
    receptive_fields,
    tally,
    weigh,
    weigh_activations,
)
from resnet_viz.errors import RequestError, check_flag, match, show
from resnet_viz.graph import Graph
from resnet_viz.graph.depth import depth_of, room_for
from resnet_viz.graph.model import DEPTHS
from resnet_viz.ops import Shape
from resnet_viz.ops.operator import spell
from resnet_viz.sources import Network, to_graph

__all__ = ["DEPTHS", "Report", "Row", "parts_at", "report", "report_graph", "row_name"]


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the network, all its repeats included.

    Attributes:
        path: PyTorch's module path; of a repeat, that of its first copy.
        kind: what it is: `stem`, `stage`, a block kind, an operator.
        repeat: how many of them in a row the row stands for.
        output: the shape that leaves it.
        params: elements of its parameters.
        macs: multiply-adds of its convolutions and matrix products.
        activations: elements that its convolutions and fully connected layers put out.
        receptive_field: how many input pixels, in each direction, one element that leaves it
            depends on; None if it depends on the whole image.
        cost: by the report's convention.
        measures: further numbers that were asked for, by their names in `metrics.METRICS`.
    """

    path: str
    kind: str
    repeat: Size
    output: Shape
    params: Size
    macs: Size
    activations: Size
    receptive_field: Size | None
    cost: Size
    measures: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report(Tabular):
    """What a network costs.

    Attributes:
        network: its name.
        inputs: the shape of each input.
        totals: `layers`, `params`, `trainable_params`, `macs`, `flops` (two per multiply-add) and
            `activations`, exact; the cost by the convention, under its name, and as `acts` what its
            tool calls activations, where it prints such.
        rows: parts of the network whose `params`, `macs`, `activations` and `cost` sum to the
            totals.
        layers: the layer count with its derivation.
        convention: how `cost` is counted.
        unknown: operators whose cost nobody knows; `macs` are then at least what is said.
        means: how a module was traced; see `Graph`.
        columns: which numbers a reader's table has; those of parameters, cost and activations if
            empty.
    """

    network: str
    inputs: tuple[Shape, ...]
    totals: Mapping[str, Size]
    rows: tuple[Row, ...]
    layers: Layers
    convention: str = "macs"
    unknown: tuple[str, ...] = ()
    means: str = ""
    columns: tuple[str, ...] = ()

    @property
    def input(self) -> Shape:
        """The shape of the first input."""
        return self.inputs[0]

    def to_table(self, *, derive: bool = False) -> Table:
        """Return the report as a table; with `derive` it says where the layer count comes from.

        Raises:
            RequestError: the report is on many networks at once.
        """
        if not all(isinstance(total, (int, float)) for total in self.totals.values()):
            raise RequestError("a report on many networks has no text (use its totals and rows)")
        derivation = [self.layers.derive()] if derive else []
        name = self.convention
        shapes = ", ".join(map(spell, self.inputs))
        title = f"{self.network}, input {shapes}" if shapes else f"{self.network}, parameters alone"
        return Table(
            title=title,
            columns=_chosen(self.columns) if self.columns else _columns(self.convention),
            rows=self.rows,
            totals={**self.totals, _COST.get(name, name): self.totals[name]},
            sentences=(_sentence(self), *derivation),
            comment="; ".join((title, *derivation)),
            facts={
                "network": self.network,
                "input": list(self.input) if len(self.inputs) == 1 else self.inputs,
                "totals": dict(self.totals),
                **({"derivation": derivation[0]} if derive else {}),
                **({"convention": self.convention} if self.convention != "macs" else {}),
                **({"unknown": self.unknown} if self.unknown else {}),
                **({"means": self.means} if self.means else {}),
            },
        )

    def to(self, format: str, *, derive: bool = False) -> str:
        """Return the report in a format: `text`, `md`, `csv`, `json`, `latex` or `html`.

        With `derive` it says where the layer count comes from.

        Raises:
            RequestError: the format is unknown, or `csv`, which holds nothing but rows, was asked
                for a derivation.
        """
        name = match("format", format, FORMATS)
        if check_flag("derive", derive) and name == "csv":
            raise RequestError(
                "csv holds rows only: no derivation (must be text, md, json, latex or html)"
            )
        return FORMATS[name](self.to_table(derive=derive))


def report(
    network: Network,
    input: Any = None,
    *,
    depth: str = "block",
    convention: str = "macs",
    open_head: bool = False,
    means: str | None = None,
    columns: str | Iterable[str] = (),
) -> Report:
    """Count a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        input: of a spec `(C, H, W)`, or `(N, C, H, W)` where a batch is meant, its own if None; of
            a module its whole shape, or example inputs, see `resnet_viz.trace`; without one, a
            module's parameters are counted alone.
        depth: what the rows are: `network`, `stage`, `block` or `op`.
        convention: how the cost is counted: `macs`, or as a tool does; see `count.CONVENTIONS`.
        open_head: show the operators of the head at any depth.
        means: how a module is traced: `stand-ins`, `fake` or `run`; see `resnet_viz.trace`.
        columns: which numbers the table has, as a sequence or with commas between them: `params`,
            `macs`, `activations`, `memory` (bytes saved for backward, single floats), `time`
            (microseconds on the rtx4090), `intensity`, `receptive-field`.

    Raises:
        RequestError: there is no such network or column, the spec is wrong or the input does not
            fit it.

    >>> resnet50 = report("resnet50", (3, 224, 224))
    >>> resnet50.totals["params"], resnet50.totals["macs"]
    (25557032, 4089184256)
    """
    match("depth", depth, DEPTHS)
    match("convention", convention, CONVENTIONS)
    chosen = column_names(columns)
    graph = to_graph(network, input, means=means, alone=True)
    return report_graph(
        graph, depth=depth, convention=convention, open_head=open_head, columns=chosen
    )


def column_names(columns: object) -> tuple[str, ...]:
    """Return the names of columns, from a sequence or a text with commas.

    Raises:
        RequestError: there is no such column.
    """
    names = columns.split(",") if isinstance(columns, str) else columns
    if not isinstance(names, Iterable):
        raise RequestError("columns: {columns} (must be names)", columns=show(columns))
    stripped = (name.strip() if isinstance(name, str) else name for name in names)
    found = [name for name in stripped if name != ""]
    if not found:
        return ()
    from resnet_viz.answers.metrics import METRICS  # here, because most reports have none

    legal = {"activations": None, **METRICS}
    return tuple(dict.fromkeys(match("column", name, legal) for name in found))


def report_graph(
    graph: Graph,
    *,
    depth: str = "block",
    convention: str = "macs",
    open_head: bool = False,
    columns: tuple[str, ...] = (),
) -> Report:
    """Count a graph with its repeats as they are; see `report`."""
    levels = DEPTHS[match("depth", depth, DEPTHS)]
    convention = match("convention", convention, CONVENTIONS)
    how = CONVENTIONS[convention]
    check_flag("open_head", open_head)
    with room_for(depth_of(graph.root)):
        total, layers = tally(graph), count_layers(graph)
        fields = receptive_fields(graph)
        opened = ("head",) if open_head else ()
        measured = measures_of(graph, columns)
        rows = tuple(
            dataclasses.replace(row, measures=_measures(row, measured)) if measured else row
            for row in (_row(part, fields, how) for part in parts_at(total, levels, opened))
        )
    totals = {
        "layers": layers.total,
        "params": total.params,
        "trainable_params": total.trainable,
        "macs": total.macs,
        "flops": 2 * total.macs,
        "activations": total.activations,
    }
    if convention not in totals:
        totals[convention] = weigh(total.terms, how)
    if how.activations:
        totals["acts"] = weigh_activations(total.terms, how)
    for name in measured:
        if name != "intensity":  # which adds up to nothing
            totals[name] = sum(row.measures[name] for row in rows)
    unknown = {node.op for node in graph.nodes() if "unknown_calls" in node.terms}
    return Report(
        network=graph.name,
        inputs=graph.inputs,
        totals=totals,
        rows=rows,
        layers=layers,
        convention=convention,
        unknown=tuple(sorted(unknown)),
        means=graph.means,
        columns=columns,
    )


def measures_of(graph: Graph, columns: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Return the numbers of those columns that are no counts, each by the paths of parts."""
    chosen = [name for name in columns if name in ("memory", "time", "intensity")]
    if not chosen:
        return {}
    from resnet_viz.answers.metrics import METRICS

    return {name: METRICS[name].numbers(graph) for name in chosen}


def _measures(row: Row, measured: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return a row's numbers: of all its copies, but for what does not add up."""
    return {
        name: numbers.get(row.path, 0) * (1 if name == "intensity" else row.repeat)
        for name, numbers in measured.items()
    }


class _Tree(Protocol):
    """A part of a network, with what it is made of."""

    @property
    def kind(self) -> str: ...
    @property
    def children(self) -> tuple[Self, ...]: ...


_Part = TypeVar("_Part", bound=_Tree)


def parts_at(part: _Part, depth: int | None, opened: tuple[str, ...] = ()) -> Iterator[_Part]:
    """Yield the parts of a tree at a depth; stem and head stay whole above the operators."""
    closed = part.kind in ("stem", "head") and part.kind not in opened and depth is not None
    if not part.children or closed or (depth == 0 and part.kind not in opened):
        yield part
        return
    for child in part.children:
        yield from parts_at(child, None if depth is None else max(depth - 1, 0), opened)


def _row(part: Tally, fields: Mapping[str, Size | None], how: Convention) -> Row:
    last = part
    while last.children:
        last = last.children[-1]
    return Row(
        path=part.path,
        kind=part.kind,
        repeat=part.repeat,
        output=part.output,
        params=part.params,
        macs=part.macs,
        activations=part.activations,
        receptive_field=fields.get(last.path),
        cost=weigh(part.terms, how),
    )


_COST = {"macs": "MACs", "flops": "FLOPs"}


def _columns(convention: str) -> tuple[Column, ...]:
    """Return the columns of a report: readers see its convention's cost, programs MACs, too."""
    heading = _COST.get(convention, convention)
    is_macs = convention == "macs"
    return (
        Column("path", ""),
        Column("", "path", row_name),
        Column("kind", "kind"),
        Column("repeat", ""),
        Column("output", "output"),
        Column("params", "params", right=True),
        Column("macs", heading if is_macs else "", right=True),
        *(() if is_macs else (Column("", heading, attrgetter("cost"), right=True),)),
        Column("activations", "activations", right=True),
        Column("receptive_field", ""),
        *(() if is_macs else (Column(convention, "", attrgetter("cost")),)),
    )


def _chosen(names: tuple[str, ...]) -> tuple[Column, ...]:
    """Return the columns of a report whose numbers were chosen."""
    return (
        Column("path", ""),
        Column("", "path", row_name),
        Column("kind", "kind"),
        Column("repeat", ""),
        Column("output", "output"),
        *map(_number_column, names),
    )


def _number_column(name: str) -> Column:
    heading = {"macs": "MACs", "time": "time (µs)", "memory": "memory (bytes)"}.get(name, name)
    if name in ("memory", "time", "intensity"):
        return Column(
            name,
            heading,
            lambda row: row.measures[name],
            show=lambda value: f"{value:,.{name != 'memory':d}f}",
            right=True,
        )
    if name == "receptive-field":
        return Column(
            "receptive_field",
            "receptive field",
            show=_pixels,
            right=True,
        )
    return Column(name, heading, right=True)


def _pixels(field: Size | None) -> str:
    from resnet_viz.answers.metrics import METRICS

    return "whole image" if field is None else METRICS["receptive-field"].show(field)


def row_name(row: Row) -> str:
    """Return a row's path as readers see it, with how often it repeats."""
    name = row.path or "network"
    return f"{name} (×{row.repeat})" if type(row.repeat) is not int or row.repeat > 1 else name


def _sentence(report: Report) -> str:
    totals = {name: show_cell(total) for name, total in report.totals.items()}
    least = "at least " if report.unknown else ""
    sentence = (
        f"{totals['layers']} layers, {totals['params']} parameters, {least}"
        f"{totals['macs']} MACs = {totals['flops']} FLOPs (two per multiply-add)"
    )
    if report.unknown:
        sentence += f"; nobody knows the cost of {', '.join(report.unknown)}"
    if report.convention not in _COST:
        sentence += f"; as {report.convention} counts: {totals[report.convention]}"
    if report.means == "run":
        sentence += "; counted in a run, which took one path through the data"
    return sentence
