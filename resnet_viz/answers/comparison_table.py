"""Print a comparison of two networks as sentences and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

from resnet_viz.answers.compare import SIDES, STATUSES, Comparison, Row, Total
from resnet_viz.answers.report import Report
from resnet_viz.answers.tabular import Column, Table
from resnet_viz.ops.operator import spell

__all__ = ["comparison_table", "signed"]


def comparison_table(comparison: Comparison) -> Table:
    """Return a comparison as a table."""
    return Table(
        title=_heading(comparison),
        columns=_chosen(comparison) if comparison.columns else _COLUMNS,
        rows=comparison.rows,
        totals={**_total_row(comparison.totals), **_measured_totals(comparison)},
        points=tuple(_sentences(comparison)),
        comment="; ".join((_heading(comparison), *_sentences(comparison))),
        facts={
            "before": _named(comparison.before),
            "after": _named(comparison.after),
            "depth": comparison.depth,
            "totals": {
                name: {**total._asdict(), "difference": total.difference}
                for name, total in comparison.totals.items()
            },
        },
        records=tuple(map(_record, comparison.rows)),
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
    one, other = (
        0.0
        if part is None
        else each.get(part.path, 0.0) * (1 if name == "intensity" else part.repeat)
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


def _what(row: Row) -> str:
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
    yield Column("", "what changed", _what)


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
