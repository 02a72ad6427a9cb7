"""Networks side by side, stage by stage: the table of He et al. 2015 (Table 1), of any networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, takewhile, zip_longest
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.arithmetic import Size
from resnet_viz.count import tally
from resnet_viz.errors import RequestError, choose
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.ops import category_of
from resnet_viz.reports.table import Column, Table, escape_latex
from resnet_viz.scene import Item, Line, Run, Scene, Text
from resnet_viz.sources import Network, to_graph
from resnet_viz.spec.kinds import ATTENTIONS
from resnet_viz.themes import THEMES

__all__ = ["FORMATS", "Architectures", "Cell", "table"]


class Cell(NamedTuple):
    """What a network does in a row: convolutions in brackets, so many times, or plain words."""

    lines: tuple[str, ...]
    times: Size = 1
    bracketed: bool = False


@dataclass(frozen=True)
class Architectures:
    """A table of networks; a notebook shows it as HTML.

    Attributes:
        networks: the names, one column each.
        rows: the name of each row, its output size, and the cells of each network in it.
        macs: of each network, in all.
    """

    networks: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[tuple[Cell, ...], ...]], ...]
    macs: tuple[int, ...]

    def to(self, format: str) -> str:
        """Return the table as `text`, `md`, `latex`, `html` or `svg`.

        Raises:
            RequestError: the format is none of these.
        """
        return choose("format", format, FORMATS)(self)

    def _repr_html_(self) -> str:
        return self.to("html")


def table(networks: Sequence[Network], input: Any = None) -> Architectures:
    """Return the table of networks with stages.

    Args:
        networks: as `report` takes them, but no modules.
        input: the shape that all are given; their own if None.

    Raises:
        RequestError: a network is unknown or has no stages, or their sizes differ in a row.

    >>> made = table(["resnet18", "resnet34"])
    >>> made.to("text").splitlines()[4].split("  ")[-1].strip()
    '[3×3, 64; 3×3, 64] × 3'
    """
    if not networks:
        raise RequestError("networks: none given (must be one or more)")
    graphs = [to_graph(network, input) for network in networks]
    columns = [list(_rows(graph)) for graph in graphs]
    rows = []
    for line in zip_longest(*columns):
        if None in line or len({row[:2] for row in line}) > 1:
            raise RequestError(
                "networks: their stages or sizes differ (must be the same in every row: "
                + "; ".join(f"{g.name} {_sizes(c)}" for g, c in zip(graphs, columns, strict=True))
                + ")"
            )
        name, size, _ = line[0]
        rows.append((name, size, tuple(cells for _, _, cells in line)))
    names = tuple(graph.name for graph in graphs)
    return Architectures(names, tuple(rows), tuple(int(tally(graph).macs) for graph in graphs))


_Row = tuple[str, str, tuple[Cell, ...]]


def _sizes(rows: list[_Row]) -> str:
    return ", ".join(size for _, size, _ in rows)


def _rows(graph: Graph) -> Iterator[_Row]:
    """Yield the stem, the stages and the head of a network.

    What halves the size in the stem stands in the row of its output size, as in the paper.
    """
    scopes = [child for child in graph.root.children if isinstance(child, Scope)]
    stages = [scope for scope in scopes if scope.kind == "stage"]
    ends = {scope.kind: scope for scope in scopes}
    if not stages or "stem" not in ends or "head" not in ends:
        raise RequestError(f"{graph.name}: has no stages (a table is of networks with a spec)")
    layers = [node for node in ends["stem"].nodes() if _counts(node)]
    size = _size(layers[0].output)
    first = list(takewhile(lambda node: _size(node.output) == size, layers))
    yield "conv1", size, tuple(Cell((_words(node),)) for node in first)
    carried = tuple(Cell((_words(node),)) for node in layers[len(first) :])
    for number, stage in enumerate(stages, start=2):
        last = list(stage.nodes())[-1]
        yield f"conv{number}_x", _size(last.output), (*carried, *_cells(stage))
        carried = ()
    head = ", ".join(_words(node) for node in ends["head"].nodes() if _counts(node))
    yield "", "1×1", (Cell((head,)),)


def _counts(node: Node) -> bool:
    return category_of(node.op) in ("conv", "pool", "linear")


def _size(shape: tuple[Size, ...]) -> str:
    return "×".join(map(str, shape[-2:]))


def _words(node: Node) -> str:
    if category_of(node.op) == "linear":
        return f"{node.attrs['out_features']}-d fc"
    if node.op.startswith("adaptive"):
        return "average pool"
    kernel, stride = "×".join(map(str, node.attrs["kernel"])), max(node.attrs["stride"])
    if category_of(node.op) == "pool":
        kind = node.op.partition("_")[0].replace("avg", "average")
        return f"{kernel} {kind} pool, stride {stride}"
    groups = f", C={node.attrs['groups']}" if node.attrs["groups"] > 1 else ""
    in_stem = node.path.startswith(("conv1", "maxpool"))
    strided = f", stride {stride}" if in_stem and stride > 1 else ""
    return f"{kernel}, {node.attrs['out_channels']}{groups}{strided}"


def _cells(stage: Scope) -> Iterator[Cell]:
    """Yield the blocks of a stage, those with the same convolutions on their main path as one."""
    blocks = [child for child in stage.children if isinstance(child, Scope)]
    bodies = [(tuple(_main(block)), block.repeat) for block in blocks]
    for lines, same in groupby(bodies, key=lambda body: body[0]):
        yield Cell(lines, sum(times for _, times in same), bracketed=True)
    for child in stage.children:
        if isinstance(child, Node):
            yield Cell((_words(child),))


def _main(block: Scope) -> Iterator[str]:
    """Yield the layers of a block's body, and its gate as Hu et al. 2018, Table 1, write it."""
    for child in block.children:
        if isinstance(child, Node):
            if _counts(child):
                yield _words(child)
        elif child.kind in ATTENTIONS:
            layers = [node for node in child.nodes() if category_of(node.op) == "conv"]
            if child.kind == "se":
                yield f"fc, [{', '.join(str(node.attrs['out_channels']) for node in layers)}]"
            else:
                yield f"{child.kind}, {layers[0].attrs['kernel'][0]}"


# Formats

_HEADINGS = ("layer name", "output size")


def billions(macs: int) -> str:
    """Return a number of multiply-adds as the paper prints it.

    >>> billions(1814073344), billions(40_551_808)
    ('1.8×10^9', '0.04×10^9')
    """
    amount = macs / 1e9
    return f"{amount:.1f}×10^9" if amount >= 0.1 else f"{amount:.2f}×10^9"


def _plain(cell: Cell) -> str:
    if not cell.bracketed:
        return cell.lines[0]
    return f"[{'; '.join(cell.lines)}] × {cell.times}"


def _flat(made: Architectures) -> Table:
    rows = []
    for name, size, cells in made.rows:
        for i, line in enumerate(zip_longest(*cells)):
            shown = (_plain(cell) if cell is not None else "" for cell in line)
            rows.append((name if i == 0 else "", size if i == 0 else "", *shown))
    headings = (*_HEADINGS, *made.networks)
    total = ("FLOPs (multiply-adds)", "", *map(billions, made.macs))
    return Table(tuple(map(Column, headings)), tuple(rows), total)


def _text(made: Architectures) -> str:
    return _flat(made).text()


def _markdown(made: Architectures) -> str:
    return _flat(made).markdown()


def _spans(cells: Sequence[object]) -> Iterator[tuple[Any, int]]:
    """Yield equal cells in a row once, with how many columns they span."""
    for cell, same in groupby(cells):
        yield cell, len(list(same))


def _latex(made: Architectures) -> str:
    number = len(made.networks)

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
        " & ".join(["layer name", "output size", *map(escape_latex, made.networks)])
        + r" \\ \hline",
    ]
    for name, size, cells in made.rows:
        for i, row in enumerate(zip_longest(*cells)):
            head = [escape_latex(name), size.replace("×", r"$\times$")] if i == 0 else ["", ""]
            more = i + 1 < max(map(len, cells))
            rule = rf"\cline{{3-{number + 2}}}" if more else r"\hline"
            out.append(" & ".join([*head, line(row, cell_of)]) + rf" \\ {rule}")
    flops = (billions(macs).replace("×10^9", r"$\times10^9$") for macs in made.macs)
    out += [" & ".join([r"\multicolumn{2}{|c|}{FLOPs (multiply-adds)}", *flops]) + r" \\ \hline"]
    return "\n".join([*out, r"\end{tabular}"]) + "\n"


_STYLE = (
    "border-collapse:collapse;text-align:center",
    "border:1px solid;padding:4px 8px",
    "display:inline-block;border:solid;border-width:0 1px;border-radius:4px;padding:0 6px;"
    "vertical-align:middle",
)


def _html(made: Architectures) -> str:
    whole, box, matrix = _STYLE

    def cell_of(cell: Cell | None) -> str:
        if cell is None:
            return ""
        lines = "<br/>".join(map(escape, cell.lines))
        if not cell.bracketed:
            return lines
        return f'<span style="{matrix}">{lines}</span> × {cell.times}'

    out = [f'<table style="{whole}">', "<thead><tr>"]
    headings = (*_HEADINGS, *made.networks)
    out += [f'<th scope="col" style="{box}">{escape(one)}</th>' for one in headings]
    out.append("</tr></thead><tbody>")
    for name, size, cells in made.rows:
        high = max(map(len, cells))
        for i, row in enumerate(zip_longest(*cells)):
            out.append("<tr>")
            if i == 0:
                out.append(f'<th scope="row" rowspan="{high}" style="{box}">{name}</th>')
                out.append(f'<td rowspan="{high}" style="{box}">{size}</td>')
            for cell, span in _spans(row):
                out.append(f'<td colspan="{span}" style="{box}">{cell_of(cell)}</td>')
            out.append("</tr>")
    out.append(f'<tr><th scope="row" colspan="2" style="{box}">FLOPs (multiply-adds)</th>')
    for macs in made.macs:
        amount = billions(macs).replace("^9", "<sup>9</sup>")
        out.append(f'<td style="{box}">{amount}</td>')
    return "\n".join([*out, "</tr></tbody></table>"]) + "\n"


_SIZE, _LINE, _BESIDE, _BRACKET = 9.0, 12.0, 8.0, 3.0


def _svg(made: Architectures) -> str:
    """Draw the table with the figures' own primitives."""
    from resnet_viz.export.svg import to_svg

    return to_svg(_scene(made))


def _scene(made: Architectures) -> Scene:
    theme = THEMES["d2l"]
    headings = (*_HEADINGS, *made.networks)
    width = max(
        _wide(_plain_width(cell)) for row in made.rows for cells in row[2] for cell in cells
    )
    width = max(width, *(_wide(name) for name in made.networks))
    edges = [0.0, _wide("conv2_x   "), _wide("conv2_x   ") + _wide("output size")]
    edges += [edges[-1] + width * (i + 1) for i in range(len(made.networks))]
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
    for name, size, columns in made.rows:
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
    text(edges[0], edges[2], y + _LINE, "FLOPs (multiply-adds)")
    for i, macs in enumerate(made.macs):
        text(edges[i + 2], edges[i + 3], y + _LINE, billions(macs).replace("^9", "⁹"))
    walls += [(i, y, y + 2 * _LINE) for i in range(len(edges)) if i != 1]
    y += 2 * _LINE
    rule(y)
    items += [Line(((edges[i], top), (edges[i], end))) for i, top, end in walls]
    title = f"architectures: {', '.join(made.networks)}"
    look = (theme.background, theme.line, theme.text, 0.75)
    return Scene(edges[-1] + 4, y + 4, tuple(items), title, *look, (-2, -2))


def _plain_width(cell: Cell) -> str:
    longest = max(cell.lines, key=len)
    return f"[ {longest} ] × {cell.times}" if cell.bracketed else longest


def _wide(words: str) -> float:
    return Text(0, 0, (Run(words),), _SIZE).width + 2 * _BESIDE


def _draw_cell(items: list[Item], across: tuple[float, float], y: float, cell: Cell) -> None:
    middle = (across[0] + across[1]) / 2
    half = len(cell.lines) * _LINE / 2
    if cell.bracketed:
        wide = max(Text(0, 0, (Run(line),), _SIZE).width for line in cell.lines) / 2 + _BRACKET * 2
        times = f"× {cell.times}"
        middle -= (_wide(times) - _BESIDE) / 2
        for side in (-1, 1):
            x = middle + side * wide
            ends = [(x - side * _BRACKET, y - half), (x, y - half), (x, y + half)]
            items.append(Line((*ends, (x - side * _BRACKET, y + half))))
        beside = middle + wide + _BESIDE / 2
        items.append(Text(beside, y, (Run(times),), _SIZE, anchor="start"))
    for i, line in enumerate(cell.lines):
        items.append(Text(middle, y - half + (i + 0.5) * _LINE, (Run(line),), _SIZE))


FORMATS: Mapping[str, Callable[[Architectures], str]] = MappingProxyType(
    {"text": _text, "md": _markdown, "latex": _latex, "html": _html, "svg": _svg}
)
"""Each format's name and what writes it."""
