"""The table of networks side by side: blocks as matrices in brackets, in LaTeX, HTML and SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, zip_longest
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.answers.formats import escape_latex
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.arithmetic import Size
from resnet_viz.scene import Item, Line, Run, Scene, Text
from resnet_viz.themes import THEMES

__all__ = ["Architectures", "Cell", "billions"]

HEADINGS = ("layer name", "output size")
MACS_ROW = "FLOPs (multiply-adds)"
"""The paper's term for what this project calls MACs."""


class Cell(NamedTuple):
    """A network's cell in a row: bracketed convolutions with their repeats, or plain words."""

    lines: tuple[str, ...]
    times: Size = 1
    bracketed: bool = False


@dataclass(frozen=True)
class Architectures(Tabular):
    """A table of networks; a notebook shows it as HTML.

    Attributes:
        networks: the names of the networks, one column each.
        rows: the name of each row, its output size, and each network's cells in it.
        macs: the total multiply-adds of each network.
    """

    networks: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[tuple[Cell, ...], ...]], ...]
    macs: tuple[int, ...]

    OWN_FORMATS = MappingProxyType(
        {
            "latex": lambda table: _latex(table),
            "html": lambda table: _html(table),
            "svg": lambda table: _svg(table),
        }
    )

    def to_table(self) -> Table:
        """Return the table with each cell on one line, for formats without tall brackets."""
        return Table(
            title="",
            columns=(
                Column("layer", HEADINGS[0], itemgetter(0)),
                Column("output_size", HEADINGS[1], itemgetter(1)),
                *(Column(n, n, itemgetter(i)) for i, n in enumerate(self.networks, start=2)),
            ),
            rows=tuple(_flat(self.rows)),
            totals={
                "layer": MACS_ROW,
                **dict(zip(self.networks, map(billions, self.macs), strict=True)),
            },
            facts={"macs": dict(zip(self.networks, self.macs, strict=True))},
        )


def billions(macs: int) -> str:
    """Return a number of multiply-adds as the paper prints it.

    >>> billions(1814073344), billions(40_551_808)
    ('1.8×10^9', '0.04×10^9')
    """
    amount = macs / 1e9
    return f"{amount:.1f}×10^9" if amount >= 0.1 else f"{amount:.2f}×10^9"


def _flat(rows: Iterable[tuple[str, str, tuple[tuple[Cell, ...], ...]]]) -> Iterator[Any]:
    """Yield rows of texts; the lines below a row's first line leave its name and size empty."""
    for name, size, cells in rows:
        for i, line in enumerate(zip_longest(*cells)):
            shown = ("" if cell is None else _plain(cell) for cell in line)
            yield (name if i == 0 else "", size if i == 0 else "", *shown)


def _plain(cell: Cell) -> str:
    if not cell.bracketed:
        return cell.lines[0]
    return f"[{'; '.join(cell.lines)}] × {cell.times}"


def _spans(cells: Sequence[object]) -> Iterator[tuple[Any, int]]:
    """Yield each run of equal cells in a row once, with the number of columns it spans."""
    for cell, same in groupby(cells):
        yield cell, len(list(same))


def _latex(table: Architectures) -> str:
    """Return the table in LaTeX, which needs the package amsmath."""
    number = len(table.networks)

    def cell_of(cell: Cell | None) -> str:
        if cell is None:
            return ""
        lines = [escape_latex(line).replace("×", r"$\times$") for line in cell.lines]
        if not cell.bracketed:
            return lines[0]
        inside = r" \\ ".join(rf"\text{{{line}}}" for line in lines)
        matrix = rf"\left[\begin{{array}}{{c}}{inside}\end{{array}}\right]"
        depth = 7 * len(cell.lines)
        strut = rf"\rule[-{depth}pt]{{0pt}}{{{2 * depth + 6}pt}}"
        return rf"${matrix}\times {cell.times}${strut}"

    def line(cells: Sequence[Any], write: Callable[[Any], str]) -> str:
        parts = [
            rf"\multicolumn{{{span}}}{{c|}}{{{write(cell)}}}" if span > 1 else write(cell)
            for cell, span in _spans(cells)
        ]
        return " & ".join(parts)

    out = [
        "% needs \\usepackage{amsmath}",
        rf"\begin{{tabular}}{{|c|c|{'c|' * number}}}",
        r"\hline",
        " & ".join(["layer name", "output size", *map(escape_latex, table.networks)])
        + r" \\ \hline",
    ]
    for name, size, cells in table.rows:
        for i, row in enumerate(zip_longest(*cells)):
            head = [escape_latex(name), size.replace("×", r"$\times$")] if i == 0 else ["", ""]
            more = i + 1 < max(map(len, cells))
            rule = rf"\cline{{3-{number + 2}}}" if more else r"\hline"
            out.append(" & ".join([*head, line(row, cell_of)]) + rf" \\ {rule}")
    flops = (billions(macs).replace("×10^9", r"$\times10^9$") for macs in table.macs)
    out += [" & ".join([r"\multicolumn{2}{|c|}{" + MACS_ROW + "}", *flops]) + r" \\ \hline"]
    return "\n".join([*out, r"\end{tabular}"]) + "\n"


_STYLE = (
    "border-collapse:collapse;text-align:center",
    "border:1px solid;padding:4px 8px",
    "display:inline-block;border:solid;border-width:0 1px;border-radius:4px;padding:0 6px;"
    "vertical-align:middle",
)


def _html(table: Architectures) -> str:
    """Return the table in HTML, with borders as the brackets of blocks."""
    whole, box, matrix = _STYLE

    def cell_of(cell: Cell | None) -> str:
        if cell is None:
            return ""
        lines = "<br/>".join(map(escape, cell.lines))
        if not cell.bracketed:
            return lines
        return f'<span style="{matrix}">{lines}</span> × {cell.times}'

    out = [f'<table style="{whole}">', "<thead><tr>"]
    headings = (*HEADINGS, *table.networks)
    out += [f'<th scope="col" style="{box}">{escape(one)}</th>' for one in headings]
    out.append("</tr></thead><tbody>")
    for name, size, cells in table.rows:
        high = max(map(len, cells))
        for i, row in enumerate(zip_longest(*cells)):
            out.append("<tr>")
            if i == 0:
                out.append(f'<th scope="row" rowspan="{high}" style="{box}">{name}</th>')
                out.append(f'<td rowspan="{high}" style="{box}">{size}</td>')
            for cell, span in _spans(row):
                out.append(f'<td colspan="{span}" style="{box}">{cell_of(cell)}</td>')
            out.append("</tr>")
    out.append(f'<tr><th scope="row" colspan="2" style="{box}">{MACS_ROW}</th>')
    for macs in table.macs:
        amount = billions(macs).replace("^9", "<sup>9</sup>")
        out.append(f'<td style="{box}">{amount}</td>')
    return "\n".join([*out, "</tr></tbody></table>"]) + "\n"


_SIZE, _LINE, _BESIDE, _BRACKET = 9.0, 12.0, 8.0, 3.0


def _svg(table: Architectures) -> str:
    """Return the table as an SVG document."""
    from resnet_viz.export import svg

    return svg.to_svg(_scene(table))


def _scene(table: Architectures) -> Scene:
    theme = THEMES["d2l"]
    headings = (*HEADINGS, *table.networks)
    width = max(
        _text_width(_plain_width(cell)) for row in table.rows for cells in row[2] for cell in cells
    )
    width = max(width, *(_text_width(name) for name in table.networks))
    edges = [0.0, _text_width("conv2_x   "), _text_width("conv2_x   ") + _text_width("output size")]
    edges += [edges[-1] + width * (i + 1) for i in range(len(table.networks))]
    items: list[Item] = []

    def text(left: float, right: float, y: float, words: str) -> None:
        items.append(Text((left + right) / 2, y, (Run(words),), _SIZE))

    def rule(y: float, start: int = 0) -> None:
        items.append(Line(((edges[start], y), (edges[-1], y))))

    y = 0.0
    rule(y)
    for i, heading in enumerate(headings):
        text(edges[i], edges[i + 1], y + _LINE, heading)
    y += 2 * _LINE
    rule(y)
    walls: list[tuple[int, float, float]] = [(i, 0.0, y) for i in range(len(edges))]
    for name, size, columns in table.rows:
        top = y
        for i, row in enumerate(zip_longest(*columns)):
            if i:
                rule(y, 2)
            high = max(len(cell.lines) for cell in row if cell is not None) * _LINE + _LINE
            at = 2
            for cell, span in _spans(row):
                if cell is not None:
                    _draw_cell(items, (edges[at], edges[at + span]), y + high / 2, cell)
                at += span
                walls.append((at, y, y + high))
            y += high
        text(edges[0], edges[1], (top + y) / 2, name)
        text(edges[1], edges[2], (top + y) / 2, size)
        walls += [(i, top, y) for i in (0, 1, 2)]
        rule(y)
    text(edges[0], edges[2], y + _LINE, MACS_ROW)
    for i, macs in enumerate(table.macs):
        text(edges[i + 2], edges[i + 3], y + _LINE, billions(macs).replace("^9", "⁹"))
    walls += [(i, y, y + 2 * _LINE) for i in range(len(edges)) if i != 1]
    y += 2 * _LINE
    rule(y)
    items += [Line(((edges[i], top), (edges[i], end))) for i, top, end in walls]
    title = f"architectures: {', '.join(table.networks)}"
    return Scene(
        width=edges[-1] + 4,
        height=y + 4,
        items=tuple(items),
        title=title,
        background=theme.background,
        line=theme.line,
        text=theme.text,
        stroke=0.75,
        origin=(-2, -2),
    )


def _plain_width(cell: Cell) -> str:
    longest = max(cell.lines, key=len)
    return f"[ {longest} ] × {cell.times}" if cell.bracketed else longest


def _text_width(words: str) -> float:
    return Text(0, 0, (Run(words),), _SIZE).width + 2 * _BESIDE


def _draw_cell(items: list[Item], across: tuple[float, float], y: float, cell: Cell) -> None:
    middle = (across[0] + across[1]) / 2
    half = len(cell.lines) * _LINE / 2
    if cell.bracketed:
        wide = max(Text(0, 0, (Run(line),), _SIZE).width for line in cell.lines) / 2 + _BRACKET * 2
        times = f"× {cell.times}"
        middle -= (_text_width(times) - _BESIDE) / 2
        for side in (-1, 1):
            x = middle + side * wide
            ends = [(x - side * _BRACKET, y - half), (x, y - half), (x, y + half)]
            items.append(Line((*ends, (x - side * _BRACKET, y + half))))
        beside = middle + wide + _BESIDE / 2
        items.append(Text(beside, y, (Run(times),), _SIZE, anchor="start"))
    for i, line in enumerate(cell.lines):
        items.append(Text(middle, y - half + (i + 0.5) * _LINE, (Run(line),), _SIZE))
