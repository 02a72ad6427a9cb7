"""A table of cells to text, Markdown, CSV, LaTeX and HTML."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Column", "Table", "escape_latex", "escape_markdown"]


class Column(NamedTuple):
    """A column's heading, and whether its cells are numbers that line up on the right."""

    heading: str
    right: bool = False


class Table(NamedTuple):
    """Rows of cells, as many as there are columns; `total` is a last row set apart."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the table in columns of spaces, for a fixed-width screen."""
        headings = tuple(column.heading for column in self.columns)
        every = (headings, *self.rows, *([self.total] if self.total else []))
        widths = [max(len(cell) for cell in cells) for cells in zip(*every, strict=True)]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))

        def line(cells: tuple[str, ...]) -> str:
            placed = (
                cell.rjust(width) if column.right else cell.ljust(width)
                for cell, width, column in zip(cells, widths, self.columns, strict=True)
            )
            return "  ".join(placed).rstrip()

        lines = [line(headings), rule, *map(line, self.rows)]
        if self.total:
            lines += [rule, line(self.total)]
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """Return the table in Markdown, as GitHub and pandoc read it."""

        def line(cells: tuple[str, ...], mark: str = "") -> str:
            shown = (escape_markdown(cell) for cell in cells)
            return "| " + " | ".join(f"{mark}{cell}{mark}" if cell else "" for cell in shown) + " |"

        headings = tuple(column.heading for column in self.columns)
        rule = "|" + "|".join("---:" if column.right else "---" for column in self.columns) + "|"
        lines = [line(headings), rule, *map(line, self.rows)]
        if self.total:
            lines.append(line(self.total, "**"))
        return "\n".join(lines) + "\n"

    def csv(self) -> str:
        """Return the rows, without the total, as comma-separated values (RFC 4180)."""
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(column.heading for column in self.columns)
        writer.writerows(self.rows)
        return out.getvalue()

    def latex(self, note: str) -> str:
        """Return a LaTeX tabular, to be set with the package booktabs; the note is a comment."""

        def line(cells: tuple[str, ...]) -> str:
            return "  " + " & ".join(map(escape_latex, cells)) + r" \\"

        align = "".join("r" if column.right else "l" for column in self.columns)
        headings = tuple(column.heading for column in self.columns)
        lines = [
            f"% {note}",
            rf"\begin{{tabular}}{{{align}}}",
            r"  \toprule",
            line(headings),
            r"  \midrule",
            *map(line, self.rows),
        ]
        if self.total:
            lines += [r"  \midrule", line(self.total)]
        return "\n".join([*lines, r"  \bottomrule", r"\end{tabular}"]) + "\n"

    def html(self, caption: str) -> str:
        """Return an HTML table, plain, so that a notebook gives it its own looks."""
        from html import escape  # here, because most tables are for a screen

        def line(cells: tuple[str, ...], tag: str) -> str:
            placed = (
                f'<{tag} style="text-align:{"right" if column.right else "left"}">'
                f"{escape(cell)}</{tag}>"
                for cell, column in zip(cells, self.columns, strict=True)
            )
            return f"<tr>{''.join(placed)}</tr>"

        headings = tuple(column.heading for column in self.columns)
        lines = [
            "<table>",
            f"<caption>{escape(caption)}</caption>",
            f"<thead>{line(headings, 'th')}</thead>",
            "<tbody>",
            *(line(row, "td") for row in self.rows),
            "</tbody>",
        ]
        if self.total:
            lines.append(f"<tfoot>{line(self.total, 'th')}</tfoot>")
        return "\n".join([*lines, "</table>"]) + "\n"


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
        "×": r"$\times$",
        "−": r"$-$",
        "→": r"$\to$",
    }
)


def escape_markdown(cell: str) -> str:
    """Return a text as Markdown shows it to the letter."""
    return cell.translate(_MARKDOWN)


def escape_latex(cell: str) -> str:
    """Return a text as LaTeX sets it to the letter."""
    return cell.translate(_LATEX)
