"""Cache across traces the results of leaves' rules, and the tensors that functions save.

A network has hundreds of leaves, but few different ones; the cache halves the time of a trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from resnet_viz.ops import Memory, Shape
from resnet_viz.tracing.saving import Saving

__all__ = ["MEMO", "SAVINGS", "Recipe"]

MAX_ENTRIES = 10_000

T = TypeVar("T")


class Recipe(NamedTuple):
    """The node of a leaf's call, without its path, input and parameters.

    Attributes:
        in_place: whether the input becomes the output.
        made: the output shape as a `torch.Size`.
        memory: the memory behaviour, if it is not that of the operator.
    """

    op: str
    outputs: tuple[Shape, ...]
    attrs: Mapping[str, Any]
    terms: Mapping[str, Any]
    in_place: bool
    made: Any
    memory: Memory | None


class Memo(dict[Any, T]):
    """Values by everything on which they depend."""

    def keep(self, key: Any, value: T) -> T:
        """Store and return a value; if there are too many, clear the cache first."""
        if len(self) >= MAX_ENTRIES:
            self.clear()
        self[key] = value
        return value


MEMO: Memo[Recipe] = Memo()
"""Recipes by class, input, settings, and parameter shapes."""

SAVINGS: Memo[Saving | None] = Memo()
"""Savings by function and arguments; None if the function does not run on meta tensors."""
