"""How deep a graph is nested, and room on Python's stack for walking through it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from resnet_viz.graph.model import Scope

__all__ = ["depth_of", "room_for"]

FRAMES = 12
"""Calls of Python that one level may take in any walk."""

SHALLOW = 40
"""Levels for which Python's own limit is enough."""


def depth_of(scope: Scope) -> int:
    """Return how many scopes are nested in each other.

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
    """Let Python's calls go so much deeper as many levels need."""
    if levels <= SHALLOW:
        yield
        return
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + FRAMES * levels)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
