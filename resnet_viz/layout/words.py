"""What is written in a box, and how wide that is."""

from __future__ import annotations

from functools import lru_cache

from resnet_viz.graph import Node
from resnet_viz.labels import label, name_of
from resnet_viz.scene import Run
from resnet_viz.view import Leaf, Words

__all__ = ["lines_of", "name", "width"]


def lines_of(leaf: Leaf, language: str) -> tuple[Words, ...]:
    """Return the lines of a box: its own, or the name of what it stands for."""
    return leaf.lines or _one_line(name(leaf, language))


@lru_cache(maxsize=1000)  # so that equal labels are one value, measured once
def _one_line(text: str) -> tuple[Words, ...]:
    return ((Run(text),),)


def name(leaf: Leaf, language: str) -> str:
    """Return what a leaf stands for."""
    item = leaf.item
    if isinstance(item, Node):
        return label(item.op, item.attrs, language)
    return name_of(item.kind, item.path, language)


def width(words: Words, size: float) -> float:
    """Return how long a line of text is."""
    return sum(run.width(size) for run in words)
