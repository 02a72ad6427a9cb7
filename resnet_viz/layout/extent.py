"""The room that a part of a figure takes, and the gaps between neighbours."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resnet_viz.layout.metrics import GAP, NOTE

__all__ = ["NOTHING", "Extent", "gap"]


class Extent(NamedTuple):
    """Room along the flow, and across it on the negative and the positive side of the middle.

    Attributes:
        scale: of the boxes at either end; gaps grow with the larger neighbour. Words have none.
        levels: how many folds are nested in each other at most, but for those in branches.
    """

    length: float
    negative: float
    positive: float
    scale: tuple[float, float]
    levels: int = 0


NOTHING = Extent(0, 0, 0, (0, 0))


@lru_cache(maxsize=100)  # asked at every box, and there are few scales
def gap(one: float, other: float) -> float:
    """Return the room between neighbours of two scales; words stand closer than boxes."""
    return (GAP if one and other else NOTE.GAP) * max(one, other)
