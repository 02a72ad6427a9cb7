"""Activation functions, which apply to each element of any shape."""

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
        """Apply an activation to each element; the shape stays.

        There are four cost terms because ptflops counts some activation modules and some activation
        functions, and counts twice where such a module calls such a function.
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
"""`threshold_backward(grad, result, 0)`: the derivative is computed from the output alone."""

_INPUT = Memory("inputs")
"""`gelu_backward(grad, self)`: saves the input; in place, a copy of it."""

_INPUT_OR_OUTPUT = Memory("inputs", overwritten="output")
"""`elu_backward` takes either: saves the input; in place, the output."""

_MEMORY = {
    **dict.fromkeys(("relu", "sigmoid", "tanh", "softmax"), _OUTPUT),
    **dict.fromkeys(("leaky_relu", "elu", "selu"), _INPUT_OR_OUTPUT),
}

OPERATORS = tuple(
    Operator(name, "activation", _activation(name), _MEMORY.get(name, _INPUT)) for name in NAMES
)
