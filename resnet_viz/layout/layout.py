"""Lay out a figure: measure its columns in a plan, then place their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from resnet_viz.graph import Node, Scope
from resnet_viz.layout.box_text import width
from resnet_viz.layout.extent import gap
from resnet_viz.layout.flow import DIRECTIONS
from resnet_viz.layout.kinds.fold import bracket_distances, label_room
from resnet_viz.layout.measure import Measure, smallest_text
from resnet_viz.layout.metrics import COLUMN_GAP, COMPACT_GAP, FONT, GAP, LEAD, MARGIN
from resnet_viz.layout.page import LEGIBLE, Page, in_columns
from resnet_viz.layout.place import Placer, Style
from resnet_viz.scene import Item, Scene, Text
from resnet_viz.themes import Theme
from resnet_viz.view import Chain, Column, Figure, Part, Tick, Words

__all__ = ["MAX_COLUMNS", "Plan", "plan"]

MAX_COLUMNS = 8
"""The most columns into which a figure is cut to fit a page."""

ROWS_GAP = 14.0
"""The gap between the names of rows and the first column."""

TURN = 9.0
"""The distance by which the line between two columns extends past their ends."""


def plan(
    figure: Figure,
    theme: Theme,
    direction: str = "up",
    language: str = "en",
    describe: Callable[[Node | Scope], str] = lambda item: "",
) -> Plan:
    """Return the plan of a figure: its columns, measured but not placed.

    Args:
        figure: the figure to lay out.
        theme: the colours.
        direction: the direction of the data flow.
        language: the language of the labels.
        describe: a function that returns the tooltip of an operator or scope.
    """
    flow = DIRECTIONS[direction]
    chains = [column.chain for column in figure.columns]
    if figure.compact:
        measures = [Measure([chain], language, flow.horizontal, least=0) for chain in chains]
    else:
        measures = [Measure(chains, language, flow.horizontal)] * len(chains)
    styles = [Style(flow, theme, measure, describe) for measure in measures]
    return Plan(figure.columns, styles, figure.title, COMPACT_GAP if figure.compact else COLUMN_GAP)


class Plan:
    """Columns side by side across the flow, with aligned inputs, and the extent of each."""

    def __init__(
        self, columns: tuple[Column, ...], styles: list[Style], title: str, gap: float
    ) -> None:
        self.columns, self.styles, self.title, self.gap = columns, styles, title, gap
        self.style = styles[0]
        self.joined = any(column.joined for column in columns)
        self.lead = max(map(_lead, columns)) + (TURN if self.joined else 0)
        self.rows = _rows(columns, self.style.measure)
        self.names = max((width(name, FONT) for name in self.rows), default=0.0)
        self.beside = self.names + ROWS_GAP if self.names else 0.0
        self.rooms = list(map(_room, columns, styles))

    def cut(self, count: int) -> Plan:
        """Return the plan with a single column cut into `count`; unchanged if it has several."""
        if count == 1 or len(self.columns) > 1:
            return self
        columns = in_columns(self.columns[0], self.style.measure, count)
        return Plan(columns, self.styles * len(columns), self.title, self.gap)

    def smallest_text(self) -> float:
        """Return the size of the smallest text, in points."""
        return min(smallest_text(column.chain) for column in self.columns)

    def may_fit(self, page: Page, count: int) -> bool:
        """Return whether the plan, cut into `count` columns, may be short enough for a page."""
        room = page.width if self.style.flow.horizontal else page.height
        length = max(self.rooms[0].length, self.lead)
        return length <= count * (room * FONT / LEGIBLE + GAP)

    def outline(self) -> Scene:
        """Return the empty scene, with its size."""
        flow, theme = self.style.flow, self.style.theme
        across = sum(room.negative + room.positive for room in self.rooms)
        across += self.beside + self.gap * (len(self.columns) - 1)
        length = self.lead + max(map(self._length, self.columns, self.rooms))
        length += TURN if self.joined else 0
        left, top, wide, high = flow.rectangle(-MARGIN, length + MARGIN, -MARGIN, across + MARGIN)
        return Scene(
            width=wide,
            height=high,
            items=(),
            title=self.title,
            background=theme.background,
            line=theme.line,
            text=theme.text,
            stroke=theme.stroke,
            origin=(left, top),
            axis="" if self.joined else "x" if flow.horizontal else "y",
        )

    def _length(self, column: Column, room: _Room) -> float:
        """Return the length of a column from its first part on."""
        ticks = [part.name for part in column.chain.parts if isinstance(part, Tick)]
        if not ticks:
            return room.length
        last = _between_ticks(column.chain)[ticks[-1]]
        out = LEAD.OUT if column.leaves else 0
        return self.rows[ticks[-1]] + self.style.measure.chain(last, 1).length + out

    def scene(self) -> Scene:
        """Return the scene with all parts placed."""
        flow, items = self.style.flow, list[Item]()
        rows = {name: self.lead + u for name, u in self.rows.items()}
        for name, u in rows.items() if self.names else ():
            x, y = flow.point(u + FONT, self.names)
            items.append(Text(x=x, y=y, runs=name, size=FONT, turned=flow.horizontal, anchor="end"))
        across = self.beside
        before: Placer | None = None
        for column, style, room in zip(self.columns, self.styles, self.rooms, strict=True):
            if before is not None:
                across += self.gap
            placer = Placer(style, across + room.negative)
            if column.joined and before is not None:
                placer.go_on_from(before, across - self.gap / 2, self.lead - TURN, TURN)
            placer.rows = rows
            items.extend(placer.column(column, self.lead, room.brackets))
            across += room.negative + room.positive
            before = placer
        return self.outline()._replace(items=tuple(items))


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


def _room(column: Column, style: Style) -> _Room:
    measure, horizontal = style.measure, style.flow.horizontal
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
