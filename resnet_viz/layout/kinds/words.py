"""Words without a box: beside the line, in its way, and where a row of columns begins."""

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
    """Return the room of words beside the line."""
    sides = [
        width(words, _size_of(words)) + NOTE.BESIDE if words else 0.0
        for words in (note.other, note.words)
    ]
    return Extent(NOTE.ROOM, sides[0], sides[1], (0, 0))


def place_note(note: Note, scale: float, placer: Placer) -> None:
    """Write words beside the line, which goes on."""
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
    """Return the size of a note's words: mathematics is as large as labels."""
    return FONT if any(run.face != "sans" for run in words) else NOTE.FONT


def mark_extent(mark: Mark, scale: float, measure: Measure) -> Extent:
    """Return the room of words in the line's way."""
    half = width(mark.words, FONT) / 2
    return Extent(NOTE.ROOM, half, half, (1, 1))


def place_mark(mark: Mark, scale: float, placer: Placer) -> None:
    """Write words in the line's way."""
    u = placer.advance(1)
    placer.arrow((u, placer.v), 1, "")
    placer.text(u + NOTE.ROOM / 2, placer.v, mark.words, placer.turned)
    placer.leave(u + NOTE.ROOM, "", 1)


def tick_extent(tick: Tick, scale: float, measure: Measure) -> Extent:
    """Return no room: a tick only says where a row begins."""
    return NOTHING


def place_tick(tick: Tick, scale: float, placer: Placer) -> None:
    """Go on where all columns begin a row."""
    start = placer.rows.get(tick.name)
    if start is not None:
        placer.u = start - (0 if placer.scale is None else gap(placer.scale, 1))
