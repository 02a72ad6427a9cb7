"""The memo of leaves: what a rule made of an input, kept from trace to trace.

A network has hundreds of leaves and few that differ; with the memo a trace takes half as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from resnet_viz.ops import Shape

__all__ = ["MEMO", "Recipe"]

MAX_RECIPES = 10_000


class Recipe(NamedTuple):
    """The one node of a leaf's call, but for its path, input and parameters.

    Attributes:
        in_place: whether the input becomes the output.
        made: the output's shape, as torch has it.
    """

    op: str
    outputs: tuple[Shape, ...]
    attrs: Mapping[str, Any]
    terms: Mapping[str, Any]
    in_place: bool
    made: Any


class Memo(dict[Any, Recipe]):
    """Recipes by all that they depend on: class, input, settings, and the shapes that they read."""

    def keep(self, key: Any, recipe: Recipe) -> None:
        """Remember a recipe; of too many, forget all before."""
        if len(self) >= MAX_RECIPES:
            self.clear()
        self[key] = recipe


MEMO = Memo()
