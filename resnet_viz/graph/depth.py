"""Measure how deep a graph is nested, and raise Python's recursion limit to walk through it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from resnet_viz.graph.model import Scope

__all__ = ["depth_of", "room_for"]

FRAMES = 12
"""Python stack frames that one level of nesting may take in any walk."""

SHALLOW = 40
"""Levels of nesting for which Python's default recursion limit is enough."""


def depth_of(scope: Scope) -> int:
    """Return the largest number of scopes nested in each other.

    >>> depth_of(Scope("", "network", (Scope("a", "stage", ()),)))
    2
    """
    level, depth = [scope], 0
    while level:
        depth += 1
        level = [child for one in level for child in one.children if isinstance(child, Scope)]
    return depth


@contextmanager
def room_for(levels: int) -> Iterator[None]:
    """Raise Python's recursion limit for a walk through `levels` nested scopes."""
    if levels <= SHALLOW:
        yield
        return
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + FRAMES * levels)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
