"""The networks that a visitor came by, for undo and redo."""

from __future__ import annotations

from dataclasses import dataclass, field

from resnet_viz.spec import ResNetSpec

__all__ = ["History"]

MAX_STEPS = 200


@dataclass
class History:
    """Networks before and after the one that is shown.

    Attributes:
        past: networks before this one, for undo, and
        future: those that undo left; the next one is last in each.
    """

    past: list[ResNetSpec] = field(default_factory=list)
    future: list[ResNetSpec] = field(default_factory=list)

    def step(self, now: ResNetSpec, then: ResNetSpec) -> None:
        """Note that another network is shown; a step back or on again is one in the lists."""
        if then == now:
            return
        if self.past and then == self.past[-1]:
            self.past.pop()
            self.future.append(now)
        elif self.future and then == self.future[-1]:
            self.future.pop()
            self.past.append(now)
        else:
            self.past.append(now)
            self.future.clear()
        del self.past[:-MAX_STEPS], self.future[:-MAX_STEPS]
