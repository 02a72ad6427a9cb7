"""Activation functions: any shape to itself, element by element."""

from __future__ import annotations

from collections.abc import Callable

from resnet_viz.arithmetic import product
from resnet_viz.ops.operator import Memory, Operator, Outcome, Shape

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

_OUTPUT = Memory("output")
"""`threshold_backward(grad, result, 0)`: what can be told from the output needs no input."""

_INPUT = Memory("inputs")
"""`gelu_backward(grad, self)`; where the input is overwritten, a copy of it is saved."""

_INPUT_OR_OUTPUT = Memory("inputs", overwritten="output")
"""`elu_backward` takes either: the input, or the output where that has overwritten the input."""

_MEMORY = {
    **dict.fromkeys(("relu", "sigmoid", "tanh", "softmax"), _OUTPUT),
    **dict.fromkeys(("leaky_relu", "elu", "selu"), _INPUT_OR_OUTPUT),
}

OPERATORS = tuple(
    Operator(name, "activation", _activation(name), _MEMORY.get(name, _INPUT)) for name in NAMES
)
