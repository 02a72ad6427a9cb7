"""Define a comparison of two networks: paired parts, totals, and their table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.answers.report import Report
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.errors import choose
from resnet_viz.ops import Shape
from resnet_viz.ops.operator import spell

__all__ = ["SIDES", "STATUSES", "Comparison", "Part", "Row", "Total", "signed"]

SIDES: Mapping[str, str] = MappingProxyType(
    {"before": "the network that is compared", "after": "the one that it is compared with"}
)
"""The names of the two networks of a comparison."""

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "same": "alike in both",
        "changed": "in both, and different",
        "added": "in the second only",
        "removed": "in the first only",
    }
)
"""The statuses of a row, each with its meaning."""


class Part(NamedTuple):
    """A part of one network, including all repeats.

    Attributes:
        path: PyTorch's module path; for a repeat, that of its first copy.
        kind: the kind of a scope, or the operator of a node.
        repeat: the number of consecutive copies that the part covers.
        inputs: the shapes of the values that it reads.
        output: the output shape.
        params: the number of its parameters' elements.
        macs: the multiply-adds of its convolutions and matrix products.
        activations: output elements of its convolutions and fully connected layers.
    """

    path: str
    kind: str
    repeat: int
    inputs: tuple[Shape, ...]
    output: Shape
    params: int
    macs: int
    activations: int


class Row(NamedTuple):
    """A part of either network, or of both.

    Attributes:
        status: `same`, `changed`, `added` or `removed`.
        changes: the names of what changed: `kind`, `repeat`, `operators` (some are only in one
            network), attributes of operators (`stride`, `kernel`, `channels`, …), `connections`
            (operators read other values), `input`, `output`, `params`, `macs`.
        before: the part in the first network; None if it has none.
        after: the part in the second network; None if it has none.
    """

    path: str
    status: str
    changes: tuple[str, ...]
    before: Part | None
    after: Part | None

    @property
    def params(self) -> int:
        """The second network's parameters minus the first's."""
        return self._difference(lambda part: part.params)

    @property
    def macs(self) -> int:
        """The second network's multiply-adds minus the first's."""
        return self._difference(lambda part: part.macs)

    @property
    def activations(self) -> int:
        """The second network's activations minus the first's."""
        return self._difference(lambda part: part.activations)

    def _difference(self, amount: Callable[[Part], int]) -> int:
        after = 0 if self.after is None else amount(self.after)
        return after - (0 if self.before is None else amount(self.before))


class Total(NamedTuple):
    """A total of both networks."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        """The second network's total minus the first's."""
        return self.after - self.before

    @property
    def ratio(self) -> float | None:
        """The second total divided by the first, for display; None if the first is zero."""
        return self.after / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class Comparison(Tabular):
    """The differences between two networks; a notebook shows them as HTML.

    Attributes:
        before: the report of the first network.
        after: the report of the second network.
        depth: the level of the rows: `network`, `stage`, `block` or `op`.
        rows: the parts of both networks, in the order in which they run; the rows' differences sum
            to those of the totals.
        differing: the paths that `changed` returns, by side.
        columns: the numbers in the table for readers; parameters and MACs if empty.
        measures: for each column that is no count, the number of one copy of each part by path,
            in the first and in the second network.
    """

    before: Report
    after: Report
    depth: str
    rows: tuple[Row, ...]
    differing: Mapping[str, tuple[str, ...]]
    columns: tuple[str, ...] = ()
    measures: Mapping[str, tuple[Mapping[str, float], ...]] = field(default_factory=dict)

    @property
    def totals(self) -> Mapping[str, Total]:
        """The `layers`, `params`, `trainable_params`, `macs`, `flops` and `activations` of both."""
        return {
            name: Total(amount, self.after.totals[name])
            for name, amount in self.before.totals.items()
        }

    def changed(self, side: str) -> tuple[str, ...]:
        """Return the paths of one network's parts that are changed or missing in the other.

        The paths are those of the boxes in a figure at the same depth, so that
        `draw(network, depth=…, highlight=comparison.changed("after"))` marks them. There a repeat
        has the path of its first copy, and at depth `block` the operators of stem and head are
        separate boxes.

        Args:
            side: `before` or `after`.

        Raises:
            RequestError: the side is unknown.

        >>> from resnet_viz import compare
        >>> compare("resnet50-v1", "resnet50", depth="op").changed("before")[:3]
        ('layer2.0.conv1', 'layer2.0.bn1', 'layer2.0.relu')
        """
        choose("side", side, SIDES)
        return self.differing[side]

    def to_table(self) -> Table:
        """Return the comparison as a table."""
        heading, sentences = _heading(self), tuple(_sentences(self))
        return Table(
            title=heading,
            columns=_chosen(self) if self.columns else _COLUMNS,
            rows=self.rows,
            totals={**_total_row(self.totals), **_measured_totals(self)},
            points=sentences,
            comment="; ".join((heading, *sentences)),
            facts={
                "before": _named(self.before),
                "after": _named(self.after),
                "depth": self.depth,
                "totals": {
                    name: {**total._asdict(), "difference": total.difference}
                    for name, total in self.totals.items()
                },
            },
            records=tuple(map(_record, self.rows)),
        )


def _chosen(comparison: Comparison) -> tuple[Column, ...]:
    """Return the columns of a table of chosen numbers; data formats keep the counts as well."""
    *columns, what = _COLUMNS
    counts = {f"{name}_{end}" for name in _AMOUNTS for end in (*SIDES, "difference")}
    hidden = {name for name in counts if name.rpartition("_")[0] not in comparison.columns}
    shown = [c._replace(heading="") if c.name in hidden else c for c in columns]
    return (*shown, *_measure_columns(comparison), what)


def _measure_columns(comparison: Comparison) -> Iterator[Column]:
    """Yield three columns for each number that is no count: before, after and difference."""
    for name, numbers in comparison.measures.items():
        for end in (*SIDES, "difference"):
            yield Column(
                f"{name}_{end}",
                f"{name} {end}",
                partial(_measured, name, numbers, end),
                show=lambda value: f"{value:,.1f}".removesuffix(".0"),
                right=True,
            )


def _measured(name: str, numbers: tuple[Mapping[str, float], ...], end: str, row: Row) -> float:
    """Return a number for all copies of a part; for intensity, which is no sum, for one copy."""
    from resnet_viz.answers.metrics import of_all

    one, other = (
        0 if part is None else of_all(name, each.get(part.path, 0), part.repeat)
        for part, each in zip((row.before, row.after), numbers, strict=True)
    )
    return {"before": one, "after": other, "difference": other - one}[end]


def _heading(comparison: Comparison) -> str:
    before, after = comparison.before, comparison.after
    shapes = [", ".join(map(spell, report.inputs)) for report in (before, after)]
    if shapes[0] == shapes[1]:
        line = f"{before.network} → {after.network}, input {shapes[0]}"
    else:
        line = (
            f"{before.network}, input {shapes[0]} → {after.network}, input {shapes[1]} "
            "(inputs differ)"
        )
    return " ".join(line.split())


def signed(number: int) -> str:
    """Return a difference with its sign, as tables show it.

    >>> signed(1234), signed(-1234), signed(0)
    ('+1,234', '−1,234', '0')
    """
    return f"{number:+,}".replace("-", "−") if number else "0"


_SUMMED = {
    "layers": "layers",
    "params": "parameters",
    "macs": "MACs",
    "activations": "activations",
}


def _sentences(comparison: Comparison) -> Iterator[str]:
    """Yield the totals and the number of parts as sentences."""
    for name, word in _SUMMED.items():
        total = comparison.totals[name]
        ratio = "" if not total.difference or total.ratio is None else f", ×{total.ratio:.3g}"
        before, after = (
            f"at least {amount:,}" if name == "macs" and report.unknown else f"{amount:,}"
            for amount, report in (
                (total.before, comparison.before),
                (total.after, comparison.after),
            )
        )
        yield f"{word}: {before} → {after} ({signed(total.difference)}{ratio})"
    counts = ((status, sum(row.status == status for row in comparison.rows)) for status in STATUSES)
    yield "parts: " + ", ".join(f"{count:,} {status}" for status, count in counts)
    unknown = sorted({*comparison.before.unknown, *comparison.after.unknown})
    if unknown:
        yield f"nobody knows the cost of {', '.join(unknown)}"


def _name(row: Row) -> str:
    name = row.path or "network"
    repeats = list(dict.fromkeys(part.repeat for part in (row.before, row.after) if part))
    if repeats == [1]:
        return name
    return f"{name} ({' → '.join(f'×{repeat}' for repeat in repeats)})"


def _change_words(row: Row) -> str:
    """Return what changed, with values before and after for kinds and shapes.

    Differences of counts are in columns of their own, so they are named only if nothing else
    changed.
    """
    if row.before is None or row.after is None:
        (part,) = (part for part in (row.before, row.after) if part)
        return f"{part.kind}, output {spell(part.output)}"
    values = {
        "kind": (row.before.kind, row.after.kind),
        "output": (spell(row.before.output), spell(row.after.output)),
        "input": tuple(", ".join(map(spell, part.inputs)) for part in (row.before, row.after)),
    }
    words = []
    for word in row.changes:
        one, other = values.get(word, ("", ""))
        if word not in _AMOUNTS or not getattr(row, word):
            words.append(f"{word} {one} → {other}" if one != other else word)
    return ", ".join(words or row.changes)


_AMOUNTS = ("params", "macs", "activations")


def _columns() -> Iterator[Column]:
    """Yield the columns: changes in words for readers, every value of both sides for programs."""
    yield Column("path", "")
    yield Column("", "path", _name)
    yield Column("status", "status")
    yield Column("changes", "", _change_names)
    for name in ("kind", "repeat", "output", *_AMOUNTS):
        unit = {"params": "params", "macs": "MACs"}.get(name)
        for side in SIDES:
            heading = f"{unit} {side}" if unit else ""
            read = partial(_read_side, side, name)
            yield Column(f"{name}_{side}", heading, read, right=name in _AMOUNTS)
        if name in _AMOUNTS:
            heading = "difference" if unit else ""
            difference = attrgetter(name)
            yield Column(f"{name}_difference", heading, difference, show=signed, right=True)
    yield Column("", "what changed", _change_words)


def _change_names(row: Row) -> str:
    return " ".join(word.replace(" ", "_") for word in row.changes)


def _read_side(side: str, name: str, row: Row) -> Any:
    part = getattr(row, side)
    return None if part is None else getattr(part, name)


_COLUMNS = tuple(_columns())


def _total_row(totals: Mapping[str, Total]) -> dict[str, int]:
    """Return the totals by column name."""
    return {
        f"{name}_{end}": getattr(totals[name], end)
        for name in _AMOUNTS
        for end in (*SIDES, "difference")
    }


def _measured_totals(comparison: Comparison) -> dict[str, float]:
    """Return the column sums of all chosen numbers but intensity, which is no sum."""
    return {
        column.name: sum(column.value(row) for row in comparison.rows)
        for column in _measure_columns(comparison)
        if not column.name.startswith("intensity")
    }


def _record(row: Row) -> dict[str, object]:
    """Return a row as a JSON object."""
    return {
        "path": row.path,
        "status": row.status,
        "changes": row.changes,
        "before": row.before and row.before._asdict(),
        "after": row.after and row.after._asdict(),
        "difference": {name: getattr(row, name) for name in _AMOUNTS},
    }


def _named(report: Report) -> dict[str, object]:
    """Return the name and input of a report's network as a JSON object."""
    shapes = list(report.input) if len(report.inputs) == 1 else report.inputs
    unknown = {"unknown": report.unknown} if report.unknown else {}
    return {"network": report.network, "input": shapes, **unknown}
