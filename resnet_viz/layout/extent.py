"""Define the extent of a figure's parts, and the gaps between neighbours."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resnet_viz.layout.metrics import GAP, NOTE

__all__ = ["NOTHING", "Extent", "gap"]


class Extent(NamedTuple):
    """The length along the flow, and the extent across it on both sides of the middle.

    Attributes:
        scale: the scales of the boxes at the two ends; 0 for words. Gaps grow with the larger
            neighbour.
        levels: the deepest nesting of folds, without those in branches.
    """

    length: float
    negative: float
    positive: float
    scale: tuple[float, float]
    levels: int = 0


NOTHING = Extent(0, 0, 0, (0, 0))


@lru_cache(maxsize=100)  # called for every box, but there are few scales
def gap(one: float, other: float) -> float:
    """Return the gap between neighbours with the given scales; it is smaller next to words."""
    return (GAP if one and other else NOTE.GAP) * max(one, other)
