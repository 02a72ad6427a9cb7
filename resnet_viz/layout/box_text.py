"""Determine the text in a box, its height, and the width of text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from resnet_viz.graph import Node
from resnet_viz.layout.metrics import BOX, FONT, NOTE
from resnet_viz.scene import Run, Text
from resnet_viz.text.labels import label, name_of
from resnet_viz.view import Leaf, Words

__all__ = ["BoxText", "box_text", "stacked", "width"]


class BoxText(NamedTuple):
    """The text of a box, shared by equal boxes.

    Attributes:
        name: the name of the operator or scope.
        lines: the lines of the label; by default the name.
        height: the length of the box along the flow, with the label and notes.
    """

    name: str
    lines: tuple[Words, ...]
    height: float


def box_text(leaf: Leaf, language: str) -> BoxText:
    """Return the text of a box."""
    item = leaf.item
    if isinstance(item, Node):
        name = label(item.op, item.attrs, language)
    else:
        name = name_of(item.kind, item.path, language)
    plain = _plain(name)
    if not leaf.lines and not leaf.notes:
        return plain
    lines = leaf.lines or plain.lines
    height = BOX.HEIGHT + (len(lines) - 1) * BOX.LINE + len(leaf.notes) * NOTE.LINE
    return BoxText(name, lines, height)


@lru_cache(maxsize=1000)  # equal labels share one value, which is measured once
def _plain(name: str) -> BoxText:
    return BoxText(name, ((Run(name),),), BOX.HEIGHT)


def stacked(
    middle: tuple[float, float],
    lines: tuple[Words, ...],
    notes: tuple[Words, ...],
    turned: bool,
    muted: str,
) -> Iterator[Text]:
    """Yield the lines of a box from top to bottom, or from right to left if text is turned."""
    sized = [(words, FONT, BOX.LINE, "") for words in lines]
    sized += [(words, NOTE.FONT, NOTE.LINE, muted) for words in notes]
    x, y = middle
    down = -sum(line for _, _, line, _ in sized) / 2
    for words, size, line, colour in sized:
        at = down + line / 2
        place = (x - at, y) if turned else (x, y + at)
        yield Text(place[0], place[1], words, size, turned, colour=colour)
        down += line


def width(words: Words, size: float) -> float:
    """Return the width of a line of text."""
    return sum(run.width(size) for run in words)
