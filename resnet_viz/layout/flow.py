"""Define the directions of the data flow, which map positions along and across it to the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["DIRECTIONS", "Flow"]


class Flow(NamedTuple):
    """A direction of the flow on the page.

    Shortcuts are on the positive side across the flow: to the right of a vertical flow, and below a
    horizontal one.

    Attributes:
        point: the function from a position along and across the flow to a point on the page.
        horizontal: whether the flow is horizontal, in either direction.
    """

    point: Callable[[float, float], tuple[float, float]]
    horizontal: bool

    @property
    def along(self) -> tuple[float, float]:
        """The unit vector of the flow on the page."""
        return self.point(1, 0)

    def rectangle(
        self, u0: float, u1: float, v0: float, v1: float
    ) -> tuple[float, float, float, float]:
        """Return left, top, width and height on the page of a rectangle in flow coordinates."""
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
"""The directions in which data may flow through a figure."""
