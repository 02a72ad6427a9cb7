"""A figure's parts to a scene: chains in a row, splits side by side, folds under brackets."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from resnet_viz.errors import RequestError
from resnet_viz.graph import Node, Scope
from resnet_viz.layout.caption import captioned
from resnet_viz.layout.flow import DIRECTIONS
from resnet_viz.layout.measure import Measure, gap
from resnet_viz.layout.metrics import COLUMN_GAP, FONT, GROUND, LEAD, MARGIN
from resnet_viz.layout.page import Page, in_columns
from resnet_viz.layout.place import Placer, Style
from resnet_viz.layout.words import width
from resnet_viz.scene import Item, Scene, Text
from resnet_viz.themes import Theme
from resnet_viz.view import Chain, Column, Figure, Part, Tick, Words

__all__ = ["lay_out"]

MOST_COLUMNS = 8

LEAST_SCALE = 0.4
"""Of a figure on a page: labels of nine points keep three and a half."""

ROWS_GAP = 14.0
"""Between the names of rows and the first column."""

TURN = 9.0
"""How far the line from one column to the next goes past their ends."""


def lay_out(
    figure: Figure,
    theme: Theme,
    direction: str = "up",
    language: str = "en",
    describe: Callable[[Node | Scope], str] = lambda item: "",
    highlight: str = "",
    page: Page | None = None,
    title: str = "",
    caption: str = "",
) -> Scene:
    """Return a scene of a figure.

    Columns stand side by side across the flow, their inputs in line.

    Args:
        figure: what to place.
        theme: its colours.
        direction: where data flows.
        language: of the labels.
        describe: what is said of an operator or scope to those who point at it.
        highlight: the path of what to mark.
        page: what it is to fit, if necessary in several columns.
        title: written above.
        caption: written below.

    Raises:
        RequestError: it cannot be read on such a page.
    """
    flow = DIRECTIONS[direction]
    measure = Measure([column.chain for column in figure.columns], language)
    style = Style(flow, theme, measure, describe, highlight)

    def made(columns: tuple[Column, ...]) -> Scene:
        return captioned(_scene(columns, style, figure.title), title, caption)

    if page is None:
        return made(figure.columns)
    scenes = [made(figure.columns)]
    if len(figure.columns) == 1:
        for count in range(2, MOST_COLUMNS + 1):
            scenes.append(made(in_columns(figure.columns[0], measure, count)))
    scales = [min(1, page.width / scene.width, page.height / scene.height) for scene in scenes]
    best = max(range(len(scenes)), key=lambda i: (round(scales[i], 3), -i))
    if scales[best] < LEAST_SCALE:
        raise RequestError(
            f"page: {page.name!r} has {page.width:g} x {page.height:g} points (the figure would "
            f"shrink to {scales[best]:.0%}, must keep {LEAST_SCALE:.0%}: fold, or show less)"
        )
    return scenes[best]._replace(scale=round(scales[best], 4))


def _scene(columns: tuple[Column, ...], style: Style, title: str) -> Scene:
    flow, measure, theme = style.flow, style.measure, style.theme
    joined = any(column.joined for column in columns)
    lead = max(map(_lead, columns)) + (TURN if joined else 0)
    rows = {name: lead + u for name, u in _rows(columns, measure).items()}
    names = max((width(name, FONT) for name in rows), default=0)
    grounds: list[Item] = []
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
        grounds.extend(placer.grounds)
        across += room.negative + room.positive
        length = max(length, placer.u + (LEAD.OUT if column.foot else 0))
        before = placer
    margin = MARGIN + (GROUND if style.highlight else 0)
    if joined:
        length += TURN
    area = flow.rectangle(-margin, length + margin, -margin, across + margin)
    left, top, wide, high = area
    return Scene(
        wide,
        high,
        (*grounds, *items),
        title,
        theme.background,
        theme.line,
        theme.text,
        theme.stroke,
        (left, top),
        axis="" if joined else "x" if flow.horizontal else "y",
    )


def _rows(columns: tuple[Column, ...], measure: Measure) -> dict[Words, float]:
    """Return where each row begins so that those before it have room in every column."""
    pieces = [_between_ticks(column.chain) for column in columns]
    names = max((list(piece) for piece in pieces), key=len)
    names = [name for name in names if name] + [
        name for piece in pieces for name in piece if name and name not in names
    ]
    rows: dict[Words, float] = {}
    at = 0.0
    for name in sorted(dict.fromkeys(names), key=names.index):
        rows[name] = at
        longest = max(measure.chain(piece.get(name, Chain()), 1).length for piece in pieces)
        at += longest + gap(1, 1)
    return rows


def _between_ticks(chain: Chain) -> dict[Words, Chain]:
    """Return the parts of each row; those before the first one are in none."""
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
    """Return the room before a column's first part."""
    return (LEAD.LABEL + LEAD.IN if column.foot else 0) + (LEAD.TITLE if column.title else 0)


class _Room(NamedTuple):
    """The room that a column takes, from its first part on, and where its brackets are."""

    length: float
    negative: float
    positive: float
    brackets: list[float]


def _room(column: Column, measure: Measure, horizontal: bool) -> _Room:
    extent = measure.chain(column.chain, 1)
    brackets = measure.brackets(column.chain, horizontal)
    outermost = brackets[-1] + measure.label_room(column.chain, horizontal) if brackets else 0
    foot = width(column.foot, FONT)
    turned = horizontal and foot > LEAD.LABEL
    half = max(0 if horizontal and not turned else foot, width(column.title, FONT)) / 2
    return _Room(
        extent.length + (LEAD.OUT if column.foot else 0),
        max(extent.negative, outermost if horizontal else 0, half),
        max(extent.positive, 0 if horizontal else outermost, half),
        brackets,
    )
