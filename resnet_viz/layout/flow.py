"""Directions: from places along and across the flow of data to places on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["DIRECTIONS", "Flow"]


class Flow(NamedTuple):
    """Which way the flow goes on the page.

    Shortcuts lie on the positive side across the flow: to the right of a vertical one, below a
    horizontal one.

    Attributes:
        point: returns the place on the page of a place along and across the flow.
        horizontal: whether the flow runs from left to right or back.
    """

    point: Callable[[float, float], tuple[float, float]]
    horizontal: bool

    @property
    def along(self) -> tuple[float, float]:
        """The step on the page of a step along the flow."""
        return self.point(1, 0)

    def rectangle(
        self, u0: float, u1: float, v0: float, v1: float
    ) -> tuple[float, float, float, float]:
        """Return left, top, width and height on the page of an area along and across the flow."""
        (x0, y0), (x1, y1) = self.point(u0, v0), self.point(u1, v1)
        return min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)


DIRECTIONS: Mapping[str, Flow] = MappingProxyType(
    {
        "up": Flow(lambda u, v: (v, -u), horizontal=False),
        "down": Flow(lambda u, v: (v, u), horizontal=False),
        "right": Flow(lambda u, v: (u, v), horizontal=True),
        "left": Flow(lambda u, v: (-u, v), horizontal=True),
    }
)
"""The ways in which data may flow through a figure."""
