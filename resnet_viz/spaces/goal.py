"""Define a search's goal and limits, and its outcome: the best known choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from resnet_viz.spaces.tables import Chosen

__all__ = ["Choice", "Goal", "Limit", "Outcome"]

Array = Any


class Limit(NamedTuple):
    """A budget: `sign · cost` of a column must not exceed `bound`."""

    column: int
    sign: int
    bound: int


class Goal(NamedTuple):
    """The objective to maximize: the minimum of `sign · cost` over some columns."""

    columns: tuple[int, ...]
    sign: int

    def value(self, costs: Array) -> Array:
        """Return the value of each row of costs."""
        return np.min([self.sign * costs[..., column] for column in self.columns], axis=0)


class Choice(NamedTuple):
    """A found network.

    Attributes:
        value: the value of the goal.
        costs: the costs by column.
        setting: the index of its setting.
        chosen: the index of the shape and the number of blocks of each stage.
    """

    value: int
    costs: tuple[int, ...]
    setting: int
    chosen: Chosen


@dataclass
class Outcome:
    """The best known choices, best first, and whether they are proved to be optimal."""

    wanted: int
    choices: dict[Choice, None] = field(default_factory=dict)
    proved: bool = False
    interrupted: bool = False

    @property
    def worst(self) -> float:
        """The value that a new choice must exceed."""
        if len(self.choices) < self.wanted:
            return -np.inf
        return min(choice.value for choice in self.choices)

    def reaches(self, best: float) -> bool:
        """Return whether the known choices are as good as any with the given bound."""
        return bool(self.worst >= np.floor(best))

    def add(self, choices: Iterable[Choice]) -> None:
        """Add choices and keep the best ones."""
        self.choices.update(dict.fromkeys(choices))
        best = sorted(self.choices, key=lambda choice: (-choice.value, choice))[: self.wanted]
        self.choices = dict.fromkeys(best)
