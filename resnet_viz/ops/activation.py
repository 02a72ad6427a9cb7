"""Activation functions: any shape to itself, element by element."""

from __future__ import annotations

from resnet_viz.arithmetic import product
from resnet_viz.ops.operator import Operator, Outcome, Shape

__all__ = ["NAMES", "OPERATORS"]


def activate(x: Shape) -> Outcome:
    """Any shape to itself."""
    return Outcome((x,), terms={"activation_outputs": product(x)})


NAMES = (
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "sigmoid",
    "tanh",
    "hardswish",
    "hardsigmoid",
    "hardtanh",
    "softplus",
    "softmax",
)

OPERATORS = tuple(Operator(name, "activation", activate) for name in NAMES)
