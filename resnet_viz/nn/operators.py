"""The operators of the catalogue in PyTorch: each as a module, or as a function of tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.graph import Node

__all__ = ["FUNCTIONS", "MODULES", "function_of", "is_module", "module_of"]


def _conv(kind: Callable[..., nn.Module]) -> Callable[[Node], nn.Module]:
    def make(node: Node) -> nn.Module:
        attrs, weight = node.attrs, node.params[0].shape
        return kind(
            weight[1] * attrs["groups"],
            attrs["out_channels"],
            attrs["kernel"],
            stride=attrs["stride"],
            padding=attrs["padding"],
            dilation=attrs["dilation"],
            groups=attrs["groups"],
            bias=attrs["bias"],
        )

    return make


def _batch_norm(node: Node) -> nn.Module:
    return nn.BatchNorm2d(node.attrs["features"])


def _linear(node: Node) -> nn.Module:
    features = node.params[0].shape[1]
    return nn.Linear(features, node.attrs["out_features"], bias=node.attrs["bias"])


def _max_pool(node: Node) -> nn.Module:
    attrs = node.attrs
    return nn.MaxPool2d(attrs["kernel"], attrs["stride"], attrs["padding"], attrs["dilation"])


def _adaptive_avg_pool(node: Node) -> nn.Module:
    return nn.AdaptiveAvgPool2d(node.attrs["size"])


MODULES: Mapping[str, Callable[[Node], nn.Module]] = MappingProxyType(
    {
        "conv2d": _conv(nn.Conv2d),
        "batch_norm": _batch_norm,
        "relu": lambda node: nn.ReLU(),
        "max_pool2d": _max_pool,
        "adaptive_avg_pool2d": _adaptive_avg_pool,
        "linear": _linear,
    }
)
"""Operators that are modules: what makes one, of a node."""


def _add(a: Tensor, b: Tensor) -> Tensor:
    return a + b


def _activate(x: Tensor, *, name: str) -> Tensor:
    """Call an activation as a function: looked up now, because counters put theirs in its place."""
    activated: Tensor = getattr(F, name)(x)
    return activated


def _flatten(x: Tensor, *, start: int) -> Tensor:
    return x.flatten(start)


def _subsample(x: Tensor, *, steps: tuple[int, ...]) -> Tensor:
    every: tuple[Any, ...] = (..., *(slice(None, None, step) for step in steps))
    return x[every]


def _pad(x: Tensor, *, amounts: tuple[int, ...]) -> Tensor:
    return F.pad(x, amounts)


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"add": _add, "flatten": _flatten, "subsample": _subsample, "pad": _pad}
)
"""Operators that are functions of tensors and of the operator's attributes."""


def is_module(node: Node) -> bool:
    """Tell whether a node is a module's call, and not a function's."""
    return node.op in MODULES and not node.attrs.get("functional")


def module_of(node: Node) -> nn.Module:
    """Return the module of a node that is one."""
    return MODULES[node.op](node)


def function_of(node: Node) -> Callable[..., Any]:
    """Return the function of a node that is no module."""
    if node.attrs.get("functional"):
        return partial(_activate, name=node.op)
    function = FUNCTIONS[node.op]
    return partial(function, **node.attrs) if node.attrs else function
