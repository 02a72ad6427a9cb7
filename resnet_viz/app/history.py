"""Keep the networks before and after the current one, for undo and redo."""

from __future__ import annotations

from dataclasses import dataclass, field

from resnet_viz.spec import ResNetSpec

__all__ = ["History"]

MAX_STEPS = 200


@dataclass
class History:
    """The networks before and after the current one.

    Attributes:
        past: the networks for undo, the next one last.
        future: the networks for redo, the next one last.
        gesture: the gesture of the last step.
    """

    past: list[ResNetSpec] = field(default_factory=list)
    future: list[ResNetSpec] = field(default_factory=list)
    gesture: object = None

    def step(self, now: ResNetSpec, then: ResNetSpec, gesture: object = None) -> None:
        """Record a step to another network; a step to a neighbour in the lists is undo or redo.

        Args:
            now: the current network.
            then: the network after the step.
            gesture: the gesture of the step; steps of one gesture are undone together.
        """
        if then == now:
            return
        is_same = gesture is not None and gesture == self.gesture
        self.gesture = gesture
        if is_same and self.past:
            if then == self.past[-1]:  # back to the start of the gesture
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
