"""Activation functions: any shape to itself, element by element."""

from __future__ import annotations

from resnet_viz.arithmetic import product
from resnet_viz.ops.operator import Operator, Outcome, Shape

__all__ = ["OPERATORS"]


def activate(x: Shape) -> Outcome:
    """Any shape to itself."""
    return Outcome((x,), terms={"activation_outputs": product(x)})


OPERATORS = (Operator("relu", "activation", activate),)
