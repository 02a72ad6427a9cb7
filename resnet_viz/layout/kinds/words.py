"""Lay out words without a box: notes beside the line, marks on it, and ticks of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.layout.box_text import width
from resnet_viz.layout.extent import NOTHING, Extent, gap
from resnet_viz.layout.metrics import FONT, NOTE
from resnet_viz.scene import Text
from resnet_viz.view import Mark, Note, Tick, Words

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = [
    "mark_extent",
    "note_extent",
    "place_mark",
    "place_note",
    "place_tick",
    "tick_extent",
]


def note_extent(note: Note, scale: float, measure: Measure) -> Extent:
    """Return the extent of words beside the line."""
    sides = [
        width(words, _size_of(words)) + NOTE.BESIDE if words else 0.0
        for words in (note.other, note.words)
    ]
    return Extent(NOTE.ROOM, sides[0], sides[1], (0, 0))


def place_note(note: Note, scale: float, placer: Placer) -> None:
    """Place words beside the line, which continues."""
    u = placer.advance(0)
    for words, side, anchor in ((note.words, 1, "start"), (note.other, -1, "end")):
        if words:
            size = _size_of(words)
            colour = "" if size == FONT else placer.theme.muted
            x, y = placer.flow.point(u + NOTE.ROOM / 2, placer.v + side * NOTE.BESIDE)
            placer.items.append(
                Text(
                    x=x,
                    y=y,
                    runs=words,
                    size=size,
                    turned=placer.turned,
                    anchor=anchor,
                    colour=colour,
                )
            )
    placer.u, placer.scale = u + NOTE.ROOM, 0


def _size_of(words: Words) -> float:
    """Return the font size of a note's words; formulas are as large as labels."""
    return FONT if any(run.face != "sans" for run in words) else NOTE.FONT


def mark_extent(mark: Mark, scale: float, measure: Measure) -> Extent:
    """Return the extent of words on the line."""
    half = width(mark.words, FONT) / 2
    return Extent(NOTE.ROOM, half, half, (1, 1))


def place_mark(mark: Mark, scale: float, placer: Placer) -> None:
    """Place words on the line."""
    u = placer.advance(1)
    placer.arrow((u, placer.v), 1, "")
    placer.text(u + NOTE.ROOM / 2, placer.v, mark.words, placer.turned)
    placer.leave(u + NOTE.ROOM, "", 1)


def tick_extent(tick: Tick, scale: float, measure: Measure) -> Extent:
    """Return an empty extent: a tick only marks the start of a row."""
    return NOTHING


def place_tick(tick: Tick, scale: float, placer: Placer) -> None:
    """Continue at the position where all columns start the row."""
    start = placer.rows.get(tick.name)
    if start is not None:
        placer.u = start - (0 if placer.scale is None else gap(placer.scale, 1))
