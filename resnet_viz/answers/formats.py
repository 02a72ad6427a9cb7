"""Write a table as text, Markdown, CSV, JSON, LaTeX or HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.answers.columns import Table

__all__ = ["FORMATS", "escape_latex", "escape_markdown", "one_line"]


class _Grid(NamedTuple):
    """The cells of a table for readers, each one line of text; `total` may be empty."""

    headings: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]


def _grid(table: Table) -> _Grid:
    columns = table.shown_columns
    total: tuple[str, ...] = ()
    if table.totals:
        keys = ((column, column.name or column.heading) for column in columns)
        first, *rest = (c.show(table.totals[key]) if key in table.totals else "" for c, key in keys)
        total = (first or "total", *rest)
    return _Grid(
        headings=tuple(one_line(column.heading) for column in columns),
        right=tuple(column.right for column in columns),
        rows=tuple(
            tuple(one_line(column.show(column.value(row))) for column in columns)
            for row in table.rows
        ),
        total=total,
    )


def one_line(text: str) -> str:
    r"""Return a text on one line, with control characters replaced.

    >>> one_line("a\nb"), one_line("a\x1b[1m")
    ('a b', 'a?[1m')
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)


def _text(table: Table) -> str:
    """Write columns separated by spaces, for a fixed-width font."""
    grid = _grid(table)
    every = (grid.headings, *grid.rows, *([grid.total] if grid.total else []))
    widths = [max(len(cell) for cell in cells) for cells in zip(*every, strict=True)]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))

    def line(cells: tuple[str, ...]) -> str:
        placed = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, grid.right, strict=True)
        )
        return "  ".join(placed).rstrip()

    lines = [one_line(table.title), ""] if table.title else []
    lines += [line(grid.headings), rule, *map(line, grid.rows)]
    if grid.total:
        lines += [rule, line(grid.total)]
    said = (*table.sentences, *table.points)
    lines += ["", *map(one_line, said)] if said else []
    return "\n".join(lines) + "\n"


def _markdown(table: Table) -> str:
    """Write a pipe table, as GitHub and pandoc read it."""
    grid = _grid(table)

    def line(cells: tuple[str, ...], mark: str = "") -> str:
        shown = (escape_markdown(cell) for cell in cells)
        return "| " + " | ".join(f"{mark}{cell}{mark}" if cell else "" for cell in shown) + " |"

    lines = [f"**{escape_markdown(one_line(table.title))}**", ""] if table.title else []
    rule = "|" + "|".join("---:" if right else "---" for right in grid.right) + "|"
    lines += [line(grid.headings), rule, *map(line, grid.rows)]
    if grid.total:
        lines.append(line(grid.total, "**"))
    for sentence in table.sentences:
        lines += ["", escape_markdown(one_line(sentence))]
    if table.points:
        lines += ["", *(f"- {escape_markdown(one_line(point))}" for point in table.points)]
    return "\n".join(lines) + "\n"


def _csv(table: Table) -> str:
    """Write the rows, without the total, as comma-separated values (RFC 4180)."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = table.data_columns
    writer.writerow(_field(column.name) for column in columns)
    writer.writerows([_field(column.value(row)) for column in columns] for row in table.rows)
    return out.getvalue()


def _field(value: object) -> str:
    """Return a value as a CSV field: a shape as `64x56x56`, and no text as a formula.

    Spreadsheets run a field that begins with `=`, `+`, `-`, `@`, a tab or a line end, quoted or not
    (OWASP, CSV Injection); a leading apostrophe makes it a text.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value
    if isinstance(value, tuple):
        several = bool(value) and isinstance(value[0], tuple)
        return ",".join(map(_field, value)) if several else "x".join(map(str, value))
    return str(value)


def _json(table: Table) -> str:
    """Write one object: the facts, followed by the rows."""
    import json

    columns = table.data_columns
    rows = table.records
    if rows is None:
        rows = [{column.name: column.value(row) for column in columns} for row in table.rows]
    return json.dumps({**table.facts, "rows": rows}, indent=2, ensure_ascii=False) + "\n"


def _latex(table: Table) -> str:
    """Write a `tabular` environment that uses the package booktabs."""
    grid = _grid(table)

    def line(cells: tuple[str, ...]) -> str:
        # A row must not begin with `[` or `*`: after `\\` they would be read as its argument
        guard = "{}" if cells[0].startswith(("[", "*")) else ""
        return f"  {guard}{' & '.join(map(escape_latex, cells))} \\\\"

    lines = [
        f"% {one_line(table.comment or table.title)}",
        rf"\begin{{tabular}}{{{''.join('r' if right else 'l' for right in grid.right)}}}",
        r"  \toprule",
        line(grid.headings),
        r"  \midrule",
        *map(line, grid.rows),
    ]
    if grid.total:
        lines += [r"  \midrule", line(grid.total)]
    return "\n".join([*lines, r"  \bottomrule", r"\end{tabular}"]) + "\n"


def _html(table: Table) -> str:
    """Write a plain table without styles, so that a notebook applies its own."""
    from html import escape  # lazy: most tables are printed as text

    grid = _grid(table)

    def line(cells: Sequence[str], tag: str) -> str:
        placed = (
            f'<{tag} style="text-align:{"right" if right else "left"}">{escape(cell)}</{tag}>'
            for cell, right in zip(cells, grid.right, strict=True)
        )
        return f"<tr>{''.join(placed)}</tr>"

    points = [f"{'; '.join(table.points)}."] if table.points else []
    said = " ".join((*table.sentences, *points))
    caption = ": ".join(part for part in (table.title, said) if part)
    lines = [
        "<table>",
        *([f"<caption>{escape(one_line(caption))}</caption>"] if caption else []),
        f"<thead>{line(grid.headings, 'th')}</thead>",
        "<tbody>",
        *(line(row, "td") for row in grid.rows),
        "</tbody>",
    ]
    if grid.total:
        lines.append(f"<tfoot>{line(grid.total, 'th')}</tfoot>")
    return "\n".join([*lines, "</table>"]) + "\n"


FORMATS: Mapping[str, Callable[[Table], str]] = MappingProxyType(
    {"text": _text, "md": _markdown, "csv": _csv, "json": _json, "latex": _latex, "html": _html}
)
"""The function that writes each format, by name."""

_MARKDOWN = str.maketrans({character: f"\\{character}" for character in "\\`*_|<>[]"})

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "_": r"\_",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "$": r"\$",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "|": r"\textbar{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "×": r"$\times$",
        "−": r"$-$",
        "→": r"$\to$",
    }
)


def escape_markdown(cell: str) -> str:
    """Return a text with Markdown's special characters escaped."""
    return cell.translate(_MARKDOWN)


def escape_latex(cell: str) -> str:
    """Return a text with LaTeX's special characters escaped."""
    return cell.translate(_LATEX)
