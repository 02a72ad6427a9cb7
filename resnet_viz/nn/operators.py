"""Map the operators of the catalogue to PyTorch modules and back, in one table.

A row has an operator's module, the function that the module calls, and the parts of the module that
the function reads. `build` looks up modules by operator, `trace` operators and functions by module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
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
from resnet_viz.ops.activation import NAMES as ACTIVATIONS

__all__ = ["FUNCTIONS", "MODULES", "ROWS", "TorchOperator", "function_of", "is_module", "module_of"]


class TorchOperator(NamedTuple):
    """An operator of the catalogue in PyTorch.

    Attributes:
        op: the name in the catalogue.
        module: the class whose `forward` is that operator; a subclass may do something else.
        function: the function that `forward` calls with the input; the class itself if `forward` is
            not a single function.
        tensors: the parameters and buffers that the function reads, by argument name.
        settings: the attributes of the module that the function reads, by argument name.
        required: attributes that must have these values; with others, `forward` does more.
        ranks: the numbers of input dimensions that the module accepts; any if empty.
        make: the function that makes the module of a node in a spec's graph; None if no spec uses
            the operator.
    """

    op: str
    module: type[nn.Module]
    function: Callable[..., Any]
    tensors: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    required: Mapping[str, Any] = MappingProxyType({})
    ranks: tuple[int, ...] = ()
    make: Callable[[type[nn.Module], Node], nn.Module] | None = None


# Nodes to modules


def _conv(kind: Callable[..., nn.Module], node: Node) -> nn.Module:
    attrs, weight = node.attrs, node.params[0].shape
    if attrs.get("standardized"):
        kind = StdConv2d
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


def _linear(kind: Callable[..., nn.Module], node: Node) -> nn.Module:
    features = node.params[0].shape[1]
    return kind(features, node.attrs["out_features"], bias=node.attrs["bias"])


def _max_pool(kind: Callable[..., nn.Module], node: Node) -> nn.Module:
    attrs = node.attrs
    return kind(attrs["kernel"], attrs["stride"], attrs["padding"], attrs["dilation"])


def _avg_pool(kind: Callable[..., nn.Module], node: Node) -> nn.Module:
    attrs = node.attrs
    ceil = attrs.get("ceil_mode", False)
    return kind(attrs["kernel"], attrs["stride"], attrs["padding"], ceil)


def _from_attrs(kind: Callable[..., nn.Module], node: Node) -> nn.Module:
    return kind(**node.attrs)


def _without_arguments(kind: Callable[..., nn.Module], node: Node) -> nn.Module:
    return kind()


def _without_rate(kind: Callable[..., nn.Module], node: Node) -> nn.Module:
    return kind(0.0)  # `build` sets the rate


# The table

_AFFINE = ("weight", "bias")
_RANKS = (1, 2, 3)
_CONV = ("stride", "padding", "dilation", "groups")
_CONV_TRANSPOSE = ("stride", "padding", "output_padding", "groups", "dilation")
_MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
_AVG_POOL = ("kernel_size", "stride", "padding", "ceil_mode")
_IN_PLACE = frozenset({"relu", "relu6", "leaky_relu", "elu", "selu", "silu", "mish"})
_IN_PLACE |= {"hardswish", "hardsigmoid", "hardtanh"}
_ACTIVATION_MODULES: Mapping[str, type[nn.Module]] = {
    name.lower(): getattr(nn, name)
    for name in (
        *("ReLU", "ReLU6", "ELU", "SELU", "GELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Hardswish"),
        *("Hardsigmoid", "Hardtanh", "Softplus", "Softmax"),
    )
} | {"leaky_relu": nn.LeakyReLU}


def _convolution(
    op: str, module: type[nn.Module], function: Callable[..., Any], settings: tuple[str, ...]
) -> TorchOperator:
    return TorchOperator(
        op=op,
        module=module,
        function=function,
        tensors=_AFFINE,
        settings=settings,
        required={"padding_mode": "zeros"},
        make=_conv if settings is _CONV else None,
    )


def _batch_norm(module: type[nn.Module], *ranks: int) -> TorchOperator:
    return TorchOperator(
        op="batch_norm",
        module=module,
        function=F.batch_norm,
        tensors=("running_mean", "running_var", *_AFFINE),
        settings=("training",),
        ranks=ranks,
        make=lambda kind, node: kind(node.attrs["features"]),
    )


def _pool(kind: str, rank: int) -> TorchOperator:
    return TorchOperator(
        op=f"{kind}_pool{rank}d",
        module=getattr(nn, f"{kind.title()}Pool{rank}d"),
        function=getattr(F, f"{kind}_pool{rank}d"),
        settings=_MAX_POOL if kind == "max" else _AVG_POOL,
        make=_max_pool if kind == "max" else _avg_pool,
    )


def _adaptive(kind: str, rank: int) -> TorchOperator:
    return TorchOperator(
        op=f"adaptive_{kind}_pool{rank}d",
        module=getattr(nn, f"Adaptive{kind.title()}Pool{rank}d"),
        function=getattr(F, f"adaptive_{kind}_pool{rank}d"),
        settings=("output_size",) if kind == "avg" else ("output_size", "return_indices"),
        make=lambda module, node: module(node.attrs["size"]),
    )


def _activation(name: str) -> TorchOperator:
    return TorchOperator(
        op=name,
        module=_ACTIVATION_MODULES[name],
        function=getattr(F, name),
        settings=("inplace",) if name in _IN_PLACE else (),
        make=_without_arguments,
    )


def _dropout(module: type[nn.Module]) -> TorchOperator:
    return TorchOperator(
        op="dropout",
        module=module,
        function=F.dropout,
        settings=("p", "inplace"),
        make=_without_rate,
    )


ROWS: tuple[TorchOperator, ...] = (
    *(
        _convolution(f"conv{rank}d", module, function, _CONV)
        for rank, module, function in (
            (1, nn.Conv1d, torch.conv1d),
            (2, nn.Conv2d, torch.conv2d),
            (3, nn.Conv3d, torch.conv3d),
        )
    ),
    _convolution("conv2d", StdConv2d, StdConv2d, _CONV),
    *(
        _convolution(f"conv_transpose{rank}d", module, function, _CONV_TRANSPOSE)
        for rank, module, function in (
            (1, nn.ConvTranspose1d, torch.conv_transpose1d),
            (2, nn.ConvTranspose2d, torch.conv_transpose2d),
            (3, nn.ConvTranspose3d, torch.conv_transpose3d),
        )
    ),
    TorchOperator("linear", nn.Linear, F.linear, tensors=_AFFINE, make=_linear),
    _batch_norm(nn.BatchNorm2d, 4),
    _batch_norm(nn.BatchNorm1d, 2, 3),
    _batch_norm(nn.BatchNorm3d, 5),
    TorchOperator(
        "layer_norm", nn.LayerNorm, F.layer_norm, tensors=_AFFINE, settings=("normalized_shape",)
    ),
    TorchOperator(
        op="group_norm",
        module=nn.GroupNorm,
        function=F.group_norm,
        tensors=_AFFINE,
        settings=("num_groups",),
        make=lambda kind, node: kind(node.attrs["groups"], node.attrs["weight"][0]),
    ),
    TorchOperator(
        op="filter_response_norm",
        module=FilterResponseNorm2d,
        function=FilterResponseNorm2d,
        tensors=(*_AFFINE, "tau"),
        make=_from_attrs,
    ),
    TorchOperator(
        op="evo_norm",
        module=EvoNorm2d,
        function=EvoNorm2d,
        tensors=(*_AFFINE, "v"),
        settings=("groups",),
        make=_from_attrs,
    ),
    *map(_activation, ACTIVATIONS),
    _dropout(nn.Dropout),
    _dropout(nn.Dropout2d),
    _dropout(nn.Dropout3d),
    TorchOperator("drop_path", DropPath, DropPath, make=_without_rate),
    *(_pool(kind, rank) for kind in ("max", "avg") for rank in _RANKS),
    TorchOperator(
        op="blur_pool2d",
        module=BlurPool2d,
        function=BlurPool2d,
        settings=("stride",),
        make=lambda kind, node: kind(node.attrs["stride"][0]),
    ),
    *(_adaptive(kind, rank) for kind in ("avg", "max") for rank in _RANKS),
    TorchOperator("flatten", nn.Flatten, torch.flatten, settings=("start_dim", "end_dim")),
    TorchOperator("identity", nn.Identity, nn.Identity),
)
"""The rows of PyTorch's modules and those of `nn.layers`; `build` uses an operator's first row."""

MODULES: Mapping[str, TorchOperator] = MappingProxyType(
    {row.op: row for row in reversed(ROWS) if row.make is not None}
)
"""The row that makes an operator's module, by the operator's name."""


def _add(a: Tensor, b: Tensor) -> Tensor:
    return a + b


def _activate(x: Tensor, *, name: str) -> Tensor:
    """Call an activation as a function, looked up at call time because counting tools patch it."""
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
"""The operators that are functions of tensors and of the operator's attributes."""


def is_module(node: Node) -> bool:
    """Return whether a node is the call of a module, not of a function."""
    return node.op in MODULES and not node.attrs.get("functional")


def module_of(node: Node) -> nn.Module:
    """Return the module of a node that calls one."""
    row = MODULES[node.op]
    assert row.make is not None
    return row.make(row.module, node)


def function_of(node: Node) -> Callable[..., Any]:
    """Return the function of a node that calls one."""
    if node.attrs.get("functional"):
        return partial(_activate, name=node.op)
    function = FUNCTIONS[node.op]
    return partial(function, **node.attrs) if node.attrs else function
