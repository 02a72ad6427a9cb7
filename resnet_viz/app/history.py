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
        gesture: what the last step was part of.
    """

    past: list[ResNetSpec] = field(default_factory=list)
    future: list[ResNetSpec] = field(default_factory=list)
    gesture: object = None

    def step(self, now: ResNetSpec, then: ResNetSpec, gesture: object = None) -> None:
        """Note that another network is shown; a step back or on again is one in the lists.

        Args:
            now: the network that was shown.
            then: the one that is shown instead.
            gesture: what the step is part of; steps of one gesture are undone together.
        """
        if then == now:
            return
        is_same = gesture is not None and gesture == self.gesture
        self.gesture = gesture
        if is_same and self.past:
            if then == self.past[-1]:  # back where the gesture began
                self.past.pop()
                self.gesture = None
            self.future.clear()
        elif self.past and then == self.past[-1]:
            self.past.pop()
            self.future.append(now)
        elif self.future and then == self.future[-1]:
            self.future.pop()
            self.past.append(now)
        else:
            self.past.append(now)
            self.future.clear()
        del self.past[:-MAX_STEPS], self.future[:-MAX_STEPS]
