"""The operators of the catalogue in PyTorch: each as a module, or as a function of tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.graph import Node
from resnet_viz.nn.layers import (
    BlurPool2d,
    DropPath,
    EvoNorm2d,
    FilterResponseNorm2d,
    StdConv2d,
)

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


def _conv2d(node: Node) -> nn.Module:
    return _conv(StdConv2d if node.attrs.get("standardized") else nn.Conv2d)(node)


def _batch_norm(node: Node) -> nn.Module:
    return nn.BatchNorm2d(node.attrs["features"])


def _group_norm(node: Node) -> nn.Module:
    return nn.GroupNorm(node.attrs["groups"], node.attrs["weight"][0])


def _linear(node: Node) -> nn.Module:
    features = node.params[0].shape[1]
    return nn.Linear(features, node.attrs["out_features"], bias=node.attrs["bias"])


def _max_pool(node: Node) -> nn.Module:
    attrs = node.attrs
    return nn.MaxPool2d(attrs["kernel"], attrs["stride"], attrs["padding"], attrs["dilation"])


def _avg_pool(node: Node) -> nn.Module:
    attrs = node.attrs
    ceil = attrs.get("ceil_mode", False)
    return nn.AvgPool2d(attrs["kernel"], attrs["stride"], attrs["padding"], ceil)


def _blur_pool(node: Node) -> nn.Module:
    return BlurPool2d(node.attrs["stride"][0])


def _activation(kind: Callable[[], nn.Module]) -> Callable[[Node], nn.Module]:
    return lambda node: kind()


def _adaptive_avg_pool(node: Node) -> nn.Module:
    return nn.AdaptiveAvgPool2d(node.attrs["size"])


MODULES: Mapping[str, Callable[[Node], nn.Module]] = MappingProxyType(
    {
        "conv1d": _conv(nn.Conv1d),
        "conv2d": _conv2d,
        "batch_norm": _batch_norm,
        "group_norm": _group_norm,
        "filter_response_norm": lambda node: FilterResponseNorm2d(**node.attrs),
        "evo_norm": lambda node: EvoNorm2d(**node.attrs),
        "relu": _activation(nn.ReLU),
        "relu6": _activation(nn.ReLU6),
        "leaky_relu": _activation(nn.LeakyReLU),
        "elu": _activation(nn.ELU),
        "selu": _activation(nn.SELU),
        "gelu": _activation(nn.GELU),
        "silu": _activation(nn.SiLU),
        "mish": _activation(nn.Mish),
        "hardswish": _activation(nn.Hardswish),
        "softplus": _activation(nn.Softplus),
        "sigmoid": _activation(nn.Sigmoid),
        "dropout": lambda node: nn.Dropout(0.0),
        "drop_path": lambda node: DropPath(0.0),
        "max_pool2d": _max_pool,
        "avg_pool2d": _avg_pool,
        "blur_pool2d": _blur_pool,
        "adaptive_avg_pool2d": _adaptive_avg_pool,
        "linear": _linear,
    }
)
"""Operators that are modules: what makes one, of a node. Rates of dropout are set by `build`."""


def _add(a: Tensor, b: Tensor) -> Tensor:
    return a + b


def _activate(x: Tensor, *, name: str) -> Tensor:
    """Call an activation as a function: looked up now, because counters put theirs in its place."""
    activated: Tensor = getattr(F, name)(x)
    return activated


def _mul(a: Tensor, b: Tensor) -> Tensor:
    return a * b


def _flatten(x: Tensor, *, start: int) -> Tensor:
    return x.flatten(start)


def _unflatten(x: Tensor, *, sizes: tuple[int, ...]) -> Tensor:
    unflattened: Tensor = x.unflatten(-1, sizes)  # type: ignore[no-untyped-call]
    return unflattened


def _subsample(x: Tensor, *, steps: tuple[int, ...]) -> Tensor:
    every: tuple[Any, ...] = (..., *(slice(None, None, step) for step in steps))
    return x[every]


def _pad(x: Tensor, *, amounts: tuple[int, ...]) -> Tensor:
    return F.pad(x, amounts)


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "add": _add,
        "mul": _mul,
        "flatten": _flatten,
        "unflatten": _unflatten,
        "subsample": _subsample,
        "pad": _pad,
    }
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
