"""Activation functions: any shape to itself, element by element."""

from __future__ import annotations

from resnet_viz.arithmetic import product
from resnet_viz.ops.operator import Operator, Outcome, Shape

__all__ = ["NAMES", "OPERATORS"]


def activate(x: Shape, *, functional: bool = False) -> Outcome:
    """Any shape to itself.

    Some tools count what modules do and not what functions do, or both twice, so that a call of
    `torch.nn.functional.relu` is another term than one of `torch.nn.ReLU`.
    """
    term = "functional_activation_outputs" if functional else "activation_outputs"
    return Outcome((x,), terms={term: product(x)})


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
