"""Lay out a figure's parts: chains in series, splits side by side, folds with brackets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from resnet_viz.graph import Node, Scope
from resnet_viz.layout.box_text import width
from resnet_viz.layout.extent import gap
from resnet_viz.layout.flow import DIRECTIONS
from resnet_viz.layout.kinds.fold import bracket_distances, label_room
from resnet_viz.layout.measure import Measure
from resnet_viz.layout.metrics import COLUMN_GAP, FONT, LEAD, MARGIN
from resnet_viz.layout.page import in_columns
from resnet_viz.layout.place import Placer, Style
from resnet_viz.scene import Item, Scene, Text
from resnet_viz.themes import Theme
from resnet_viz.view import Chain, Column, Figure, Part, Tick, Words

__all__ = ["MAX_COLUMNS", "lay_out"]

MAX_COLUMNS = 8
"""The most columns into which a figure is cut to fit a page."""

ROWS_GAP = 14.0
"""The gap between the names of rows and the first column."""

TURN = 9.0
"""The distance by which the line between two columns extends past their ends."""


def lay_out(
    figure: Figure,
    theme: Theme,
    direction: str = "up",
    language: str = "en",
    describe: Callable[[Node | Scope], str] = lambda item: "",
    columns: int = 1,
) -> Iterator[Scene]:
    """Yield scenes of a figure: uncut, then its single column cut into two, three and more.

    Columns are side by side across the flow, with their inputs aligned.

    Args:
        figure: the figure to place.
        theme: the colours.
        direction: the direction of the data flow.
        language: the language of the labels.
        describe: the function that returns the tooltip of an operator or scope.
        columns: the most columns into which a single column may be cut.
    """
    flow = DIRECTIONS[direction]
    measure = Measure([column.chain for column in figure.columns], language, flow.horizontal)
    style = Style(flow, theme, measure, describe)
    yield _scene(figure.columns, style, figure.title)
    if len(figure.columns) == 1:
        for count in range(2, columns + 1):
            yield _scene(in_columns(figure.columns[0], measure, count), style, figure.title)


def _scene(columns: tuple[Column, ...], style: Style, title: str) -> Scene:
    flow, measure, theme = style.flow, style.measure, style.theme
    joined = any(column.joined for column in columns)
    lead = max(map(_lead, columns)) + (TURN if joined else 0)
    rows = {name: lead + u for name, u in _rows(columns, measure).items()}
    names = max((width(name, FONT) for name in rows), default=0)
    items: list[Item] = []
    across = names + ROWS_GAP if rows else 0.0
    length = 0.0
    for name, u in rows.items():
        x, y = flow.point(u + FONT, names)
        items.append(Text(x, y, name, FONT, flow.horizontal, "end"))
    before: Placer | None = None
    for column in columns:
        room = _room(column, measure, flow.horizontal)
        if before is not None:
            across += COLUMN_GAP
        placer = Placer(style, across + room.negative)
        if column.joined and before is not None:
            placer.go_on_from(before, across - COLUMN_GAP / 2, lead - TURN, TURN)
        placer.rows = rows
        items.extend(placer.column(column, lead, room.brackets))
        across += room.negative + room.positive
        length = max(length, placer.u + (LEAD.OUT if column.leaves else 0))
        before = placer
    if joined:
        length += TURN
    area = flow.rectangle(-MARGIN, length + MARGIN, -MARGIN, across + MARGIN)
    left, top, wide, high = area
    return Scene(
        width=wide,
        height=high,
        items=tuple(items),
        title=title,
        background=theme.background,
        line=theme.line,
        text=theme.text,
        stroke=theme.stroke,
        origin=(left, top),
        axis="" if joined else "x" if flow.horizontal else "y",
    )


def _rows(columns: tuple[Column, ...], measure: Measure) -> dict[Words, float]:
    """Return the start of each row, such that the rows before it fit in every column."""
    pieces = [_between_ticks(column.chain) for column in columns]
    sizes = {
        tick.name: tick.size
        for column in columns
        for tick in column.chain.parts
        if isinstance(tick, Tick)
    }
    rows: dict[Words, float] = {}
    at = 0.0
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        rows[name] = at
        longest = max(measure.chain(piece.get(name, Chain()), 1).length for piece in pieces)
        at += longest + gap(1, 1)
    return rows


def _between_ticks(chain: Chain) -> dict[Words, Chain]:
    """Return the parts of each row, without those before the first row."""
    rows: dict[Words, tuple[Part, ...]] = {(): ()}
    name: Words = ()
    for part in chain.parts:
        if isinstance(part, Tick):
            name = part.name
            rows[name] = ()
        else:
            rows[name] += (part,)
    return {name: Chain(parts) for name, parts in rows.items()}


def _lead(column: Column) -> float:
    """Return the space before a column's first part."""
    return (LEAD.LABEL + LEAD.IN if column.foot else 0) + (LEAD.TITLE if column.title else 0)


class _Room(NamedTuple):
    """The extent of a column, from its first part, and the distances of its brackets."""

    length: float
    negative: float
    positive: float
    brackets: list[float]


def _room(column: Column, measure: Measure, horizontal: bool) -> _Room:
    extent = measure.chain(column.chain, 1)
    brackets = bracket_distances(column.chain, 1, measure)
    outermost = brackets[-1] + label_room(column.chain, measure) if brackets else 0
    foot = width(column.foot, FONT)
    turned = horizontal and foot > LEAD.LABEL
    half = max(0 if horizontal and not turned else foot, width(column.title, FONT)) / 2
    return _Room(
        extent.length + (LEAD.OUT if column.leaves else 0),
        max(extent.negative, outermost if horizontal else 0, half),
        max(extent.positive, 0 if horizontal else outermost, half),
        brackets,
    )
