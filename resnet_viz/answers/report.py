"""Count a network: totals, and the rows that sum to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from resnet_viz.answers.formats import FORMATS
from resnet_viz.answers.parts import parts_at, row_name
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

__all__ = ["Report", "Row", "report", "report_graph"]


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the network, including all repeats.

    Attributes:
        path: PyTorch's module path; for a repeat, that of its first copy.
        kind: `stem`, `stage`, a block kind or an operator.
        repeat: the number of consecutive copies that the row covers.
        output: the output shape.
        params: the number of its parameters' elements.
        macs: the multiply-adds of its convolutions and matrix products.
        activations: output elements of its convolutions and fully connected layers.
        receptive_field: the number of input pixels per axis on which one output element depends;
            None if it depends on the whole image.
        cost: the cost by the report's convention.
        measures: further requested numbers, by name in `metrics.METRICS`.
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
    """The cost of a network.

    Attributes:
        network: the name of the network.
        inputs: the shape of each input.
        totals: `layers`, `params`, `trainable_params`, `macs`, `flops` (two per multiply-add) and
            `activations`, all exact; the cost by the convention, under the convention's name; and
            `acts`, the activations by the convention's tool, if it prints any.
        rows: the parts of the network; their `params`, `macs`, `activations` and `cost` sum to the
            totals.
        layers: the layer count with its derivation.
        convention: the convention by which `cost` is counted.
        unknown: operators whose cost is unknown; `macs` is then a lower bound.
        means: how a module was traced; see `Graph`.
        note: a remark on the file from which the network was read; empty if there is none.
        columns: the numbers in the table for readers; parameters, cost and activations if empty.
    """

    network: str
    inputs: tuple[Shape, ...]
    totals: Mapping[str, Size]
    rows: tuple[Row, ...]
    layers: Layers
    convention: str = "macs"
    unknown: tuple[str, ...] = ()
    means: str = ""
    note: str = ""
    columns: tuple[str, ...] = ()

    @property
    def input(self) -> Shape:
        """The shape of the first input."""
        return self.inputs[0]

    def to_table(self, *, derive: bool = False) -> Table:
        """Return the report as a table; with `derive`, with the derivation of the layer count.

        Raises:
            RequestError: the network has arrays as sizes.
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
                **({"note": self.note} if self.note else {}),
            },
        )

    def to(self, format: str, *, derive: bool = False) -> str:
        """Return the report in a format: `text`, `md`, `csv`, `json`, `latex` or `html`.

        With `derive`, it includes the derivation of the layer count.

        Raises:
            RequestError: the format is unknown, or `derive` is set for `csv`, which has only rows.
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
        input: for a spec, `(C, H, W)`, or `(N, C, H, W)` for a batch (default: its own); for a
            module, the full shape or example inputs, see `resnet_viz.trace`. Without an input, only
            the parameters of a module are counted.
        depth: the level of the rows: `network`, `stage`, `block` or `op`.
        convention: the convention of the cost, `macs` or that of a tool; see `count.CONVENTIONS`.
        open_head: whether to show the operators of the head at every depth.
        means: how a module is traced: `stand-ins`, `fake` or `run`; see `resnet_viz.trace`.
        columns: the numbers in the table, as a sequence or a comma-separated text: `params`,
            `macs`, `activations`, `memory` (bytes saved for backward in float32), `time`
            (microseconds on the rtx4090), `intensity`, `receptive-field`.

    Raises:
        RequestError: the network or a column is unknown, the spec is wrong, or the input does not
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
    """Return the names of columns, from a sequence or a comma-separated text.

    Raises:
        RequestError: a column is unknown.
    """
    names = columns.split(",") if isinstance(columns, str) else columns
    if not isinstance(names, Iterable):
        raise RequestError("columns: {columns} (must be names)", columns=show(columns))
    stripped = (name.strip() if isinstance(name, str) else name for name in names)
    found = [name for name in stripped if name != ""]
    if not found:
        return ()
    from resnet_viz.answers.metrics import METRICS  # lazy: most reports choose no columns

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
    """Count a graph without unrolling it; see `report`."""
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
        if name != "intensity":  # a ratio, which has no sum
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
        note=graph.note,
        columns=columns,
    )


def measures_of(graph: Graph, columns: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Return the numbers by path for each column that is no count."""
    if not columns:
        return {}
    from resnet_viz.answers.metrics import MEASURED, METRICS

    return {name: METRICS[name].numbers(graph) for name in columns if name in MEASURED}


def _measures(row: Row, measured: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return a row's further numbers: for all copies if they have a sum, else for one copy."""
    from resnet_viz.answers.metrics import of_all

    return {
        name: of_all(name, numbers.get(row.path, 0), row.repeat)
        for name, numbers in measured.items()
    }


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
    """Return the columns of a report: the convention's cost, and MACs in data formats."""
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
    """Return the columns of a report with chosen numbers."""
    return (
        Column("path", ""),
        Column("", "path", row_name),
        Column("kind", "kind"),
        Column("repeat", ""),
        Column("output", "output"),
        *map(_number_column, names),
    )


def _number_column(name: str) -> Column:
    from resnet_viz.answers.metrics import MEASURED

    heading = {"macs": "MACs", "time": "time (µs)", "memory": "memory (bytes)"}.get(name, name)
    if name in MEASURED:
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
    if report.note:
        sentence += f"; {report.note}"
    return sentence
