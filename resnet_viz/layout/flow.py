"""Directions: from places along and across the flow of data to places on the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["DIRECTIONS", "Flow"]


class Flow(NamedTuple):
    """Where the flow begins on the page, and which way it goes.

    Shortcuts lie on the positive side across the flow: to the right of a vertical one, below a
    horizontal one.
    """

    along: tuple[int, int]
    across: tuple[int, int]

    @property
    def horizontal(self) -> bool:
        """Whether the flow runs from left to right or back."""
        return self.along[0] != 0

    def point(self, u: float, v: float) -> tuple[float, float]:
        """Return the place on the page of a place along and across the flow."""
        return u * self.along[0] + v * self.across[0], u * self.along[1] + v * self.across[1]

    def rectangle(
        self, u0: float, u1: float, v0: float, v1: float
    ) -> tuple[float, float, float, float]:
        """Return left, top, width and height on the page of an area along and across the flow."""
        (x0, y0), (x1, y1) = self.point(u0, v0), self.point(u1, v1)
        return min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)


DIRECTIONS: Mapping[str, Flow] = MappingProxyType(
    {
        "up": Flow((0, -1), (1, 0)),
        "down": Flow((0, 1), (1, 0)),
        "right": Flow((1, 0), (0, 1)),
        "left": Flow((-1, 0), (0, 1)),
    }
)
"""The ways in which data may flow through a figure."""
