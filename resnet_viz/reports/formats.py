"""A report to text: for a screen, Markdown, CSV, JSON and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from resnet_viz.arithmetic import Size
from resnet_viz.errors import RequestError, choose
from resnet_viz.ops.operator import spell
from resnet_viz.reports.table import Column, Table, escape_markdown

if TYPE_CHECKING:
    from resnet_viz.reports.report import Report, Row

__all__ = ["FORMATS", "render", "shape_table"]


def render(report: Report, format: str, derive: bool) -> str:
    """Return a report in a format; see `Report.to`."""
    write = choose("format", format, FORMATS)
    if not all(type(total) is int for total in report.totals.values()):
        raise RequestError("a report on many networks has no text (use its totals and rows)")
    return write(report, derive)


def shape_table(report: Report) -> str:
    """Return the shapes that leave the parts of a network, for a screen."""
    table = Table(
        (Column("path"), Column("kind"), Column("output"), Column("receptive field", right=True)),
        (
            ("input", "", ", ".join(map(spell, report.inputs)), "1"),
            *(
                (_name(row), row.kind, spell(row.output), _pixels(row.receptive_field))
                for row in report.rows
            ),
        ),
    )
    return table.text()


def _text(report: Report, derive: bool) -> str:
    lines = [_heading(report), "", _table(report).text(), _sentence(report)]
    if derive:
        lines.append(report.layers.derive())
    return "\n".join(lines) + "\n"


def _markdown(report: Report, derive: bool) -> str:
    lines = [
        f"**{escape_markdown(_heading(report))}**",
        "",
        _table(report).markdown(),
        _sentence(report),
    ]
    if derive:
        lines += ["", report.layers.derive()]
    return "\n".join(lines) + "\n"


def _csv(report: Report, derive: bool) -> str:
    if derive:
        raise RequestError(
            "csv holds rows only: no derivation (must be text, md, json, latex or html)"
        )
    rows = [_plain_row(report, row) for row in report.rows]
    cells = tuple(
        tuple(
            "x".join(map(str, value)) if isinstance(value, tuple) else _plain(value)
            for value in row.values()
        )
        for row in rows
    )
    return Table(tuple(map(Column, rows[0])), cells).csv()


def _json(report: Report, derive: bool) -> str:
    import json

    data = {
        "network": report.network,
        "input": list(report.input) if len(report.inputs) == 1 else report.inputs,
        "totals": dict(report.totals),
        **({"derivation": report.layers.derive()} if derive else {}),
        **({"convention": report.convention} if report.convention != "macs" else {}),
        **({"unknown": report.unknown} if report.unknown else {}),
        "rows": [_plain_row(report, row) for row in report.rows],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _latex(report: Report, derive: bool) -> str:
    note = f"{_heading(report)}; {report.layers.derive()}" if derive else _heading(report)
    return _table(report).latex(note)


def _html(report: Report, derive: bool) -> str:
    sentence = f"{_sentence(report)} {report.layers.derive()}" if derive else _sentence(report)
    return _table(report).html(f"{_heading(report)}: {sentence}")


FORMATS: Mapping[str, Callable[[Report, bool], str]] = MappingProxyType(
    {"text": _text, "md": _markdown, "csv": _csv, "json": _json, "latex": _latex, "html": _html}
)
"""Each format's name and what writes it."""

_ROW_KEYS = ("path", "kind", "repeat", "output", "params", "macs", "activations")


def _plain_row(report: Report, row: Row) -> dict[str, object]:
    """Return a row as names and values."""
    values = {key: getattr(row, key) for key in (*_ROW_KEYS, "receptive_field")}
    if report.convention not in values:
        values[report.convention] = row.cost
    return values


_COST = {"macs": "MACs", "flops": "FLOPs"}


def _table(report: Report) -> Table:
    """Return the rows and the totals as a table for readers."""
    columns = (
        Column("path"),
        Column("kind"),
        Column("output"),
        Column("params", right=True),
        Column(_COST.get(report.convention, report.convention), right=True),
        Column("activations", right=True),
    )
    rows = tuple(
        (
            _name(row),
            row.kind,
            spell(row.output),
            _number(row.params),
            _number(row.cost),
            _number(row.activations),
        )
        for row in report.rows
    )
    totals = report.totals
    total = (
        "total",
        "",
        "",
        _number(totals["params"]),
        _number(totals[report.convention]),
        _number(totals["activations"]),
    )
    return Table(columns, rows, total)


def _name(row: Row) -> str:
    name = row.path or "network"
    return f"{name} (×{row.repeat})" if type(row.repeat) is not int or row.repeat > 1 else name


def _heading(report: Report) -> str:
    return f"{report.network}, input {', '.join(map(spell, report.inputs))}"


def _sentence(report: Report) -> str:
    totals = report.totals
    least = "at least " if report.unknown else ""
    sentence = (
        f"{_number(totals['layers'])} layers, {_number(totals['params'])} parameters, {least}"
        f"{_number(totals['macs'])} MACs = {_number(totals['flops'])} FLOPs (two per multiply-add)"
    )
    if report.unknown:
        sentence += f"; nobody knows the cost of {', '.join(report.unknown)}"
    if report.convention not in _COST:
        cost = _number(totals[report.convention])
        sentence += f"; as {report.convention} counts: {cost}"
    return sentence


def _number(value: Size) -> str:
    return f"{value:,}" if type(value) is int else str(value)


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _pixels(field: Size | None) -> str:
    return "whole image" if field is None else _number(field)
