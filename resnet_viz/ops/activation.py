"""Activation functions: any shape to itself, element by element."""

from __future__ import annotations

from collections.abc import Callable

from resnet_viz.arithmetic import product
from resnet_viz.ops.operator import Operator, Outcome, Shape

__all__ = ["NAMES", "OPERATORS"]


_MODULES = {
    **dict.fromkeys(("relu", "elu", "gelu"), "activation_outputs"),
    **dict.fromkeys(("relu6", "leaky_relu", "silu", "softmax"), "rare_activation_outputs"),
}
_FUNCTIONS = ("relu", "elu", "gelu", "relu6", "silu", "softmax")


def _activation(name: str) -> Callable[..., Outcome]:
    module = _MODULES.get(name, "other_activation_outputs")
    function = "functional_activation_outputs" if name in _FUNCTIONS else "other_activation_outputs"

    def activate(x: Shape, *, functional: bool = False) -> Outcome:
        """Any shape to itself.

        ptflops counts what some modules do, what some functions do, and where a module of the first
        calls a function of the second, both: hence four terms.
        """
        return Outcome((x,), terms={function if functional else module: product(x)})

    return activate


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

OPERATORS = tuple(Operator(name, "activation", _activation(name)) for name in NAMES)
