"""What is written in a box, how much room that takes, and how wide text is."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resnet_viz.graph import Node
from resnet_viz.labels import label, name_of
from resnet_viz.layout.metrics import BOX, NOTE
from resnet_viz.scene import Run
from resnet_viz.view import Leaf, Words

__all__ = ["Look", "look_of", "width"]


class Look(NamedTuple):
    """What equal boxes have in common, wherever they stand.

    Attributes:
        name: what the box stands for.
        lines: what is written in it: its own lines, or the name.
        height: how long it is along the flow with those lines and its notes.
    """

    name: str
    lines: tuple[Words, ...]
    height: float


def look_of(leaf: Leaf, language: str) -> Look:
    """Return the look of a box."""
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
    return Look(name, lines, height)


@lru_cache(maxsize=1000)  # so that equal labels are one value, measured once
def _plain(name: str) -> Look:
    return Look(name, ((Run(name),),), BOX.HEIGHT)


def width(words: Words, size: float) -> float:
    """Return how long a line of text is."""
    return sum(run.width(size) for run in words)
