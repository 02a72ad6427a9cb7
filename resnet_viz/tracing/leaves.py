"""PyTorch's own modules to operators, without calling their `forward`.

Only exact types are listed: a subclass may do something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from torch import nn

from resnet_viz.nn.layers import (
    BlurPool2d,
    DropPath,
    EvoNorm2d,
    FilterResponseNorm2d,
    StdConv2d,
)
from resnet_viz.tracing import rules

if TYPE_CHECKING:
    from resnet_viz.tracing.tracer import Tracer

__all__ = ["LEAVES"]

Leaf = Callable[..., Any]


def _conv(rank: int) -> Leaf:
    rule = rules.conv(rank)

    def leaf(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
        if m.padding_mode != "zeros":
            return NotImplemented
        sizes = (m.stride, m.padding, m.dilation, m.groups)
        return rule(tracer, x, m.weight, m.bias, *sizes, name=name)

    return leaf


def _conv_transpose(rank: int) -> Leaf:
    rule = rules.conv_transpose(rank)

    def leaf(tracer: Tracer, name: str, m: Any, x: Any, output_size: Any = None) -> Any:
        if output_size is not None:
            return NotImplemented
        sizes = (m.stride, m.padding, m.output_padding, m.groups, m.dilation)
        return rule(tracer, x, m.weight, m.bias, *sizes, name=name)

    return leaf


def _linear(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
    return rules.linear(tracer, x, m.weight, m.bias, name=name)


def _batch_norm(*ranks: int) -> Leaf:
    def leaf(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
        rules.has_rank(tracer, name, x, *ranks)
        rules.fits(tracer, name, x, 1 - len(x.shape), m.num_features, "channels")
        return rules.batch_norm(tracer, x, None, None, m.weight, m.bias, name=name)

    return leaf


def _normalize(op: str) -> Leaf:
    rule = rules.normalize(op)

    def leaf(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
        how = m.normalized_shape if op == "layer_norm" else m.num_groups
        return rule(tracer, x, how, m.weight, m.bias, name=name)

    return leaf


def _activation(op: str) -> Leaf:
    rule = rules.activation(op)

    def leaf(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
        return rule(tracer, x, name=name, inplace=getattr(m, "inplace", False))

    return leaf


def _pool(kind: str, rank: int) -> Leaf:
    rule = rules.pool(kind, rank)

    def leaf(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
        return rule(
            tracer,
            x,
            m.kernel_size,
            m.stride,
            m.padding,
            dilation=getattr(m, "dilation", 1),
            ceil_mode=m.ceil_mode,
            return_indices=getattr(m, "return_indices", False),
            name=name,
        )

    return leaf


def _adaptive(kind: str, rank: int) -> Leaf:
    rule = rules.adaptive(kind, rank)

    def leaf(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
        indices = getattr(m, "return_indices", False)
        return rule(tracer, x, m.output_size, return_indices=indices, name=name)

    return leaf


def _dropout(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
    return tracer.node("dropout", [x], {}, name=name)


def _flatten(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
    return rules.flatten(tracer, x, m.start_dim, m.end_dim, name=name)


def _standardized(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
    sizes = (m.stride, m.padding, m.dilation, m.groups)
    rule = rules.conv(2)
    return rule(tracer, x, m.weight, m.bias, *sizes, name=name, standardized=True)


def _blur(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
    one = (1, 1)
    steps = (m.stride, m.stride)
    attrs = {"kernel": (3, 3), "stride": steps, "padding": one, "dilation": one}
    return tracer.node("blur_pool2d", [x], attrs, name=name)


def _own_activation(op: str, more: str, *settings: str) -> Leaf:
    """Return the rule of a norm with an activation of its own, by a parameter of that name."""

    def leaf(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
        third = getattr(m, more)
        attrs = {"features": m.features, "activated": third is not None}
        attrs |= {setting: getattr(m, setting) for setting in settings}
        return tracer.node(op, [x], attrs, name=name, params=[m.weight, m.bias, third])

    return leaf


def _drop_path(tracer: Tracer, name: str, m: Any, x: Any) -> Any:
    return tracer.node("drop_path", [x], {}, name=name)


def _identity(tracer: Tracer, name: str, m: Any, x: Any, *rest: Any, **more: Any) -> Any:
    return x


LEAVES: Mapping[type, Leaf] = {
    nn.Conv1d: _conv(1),
    nn.Conv2d: _conv(2),
    nn.Conv3d: _conv(3),
    nn.ConvTranspose1d: _conv_transpose(1),
    nn.ConvTranspose2d: _conv_transpose(2),
    nn.ConvTranspose3d: _conv_transpose(3),
    nn.Linear: _linear,
    nn.BatchNorm1d: _batch_norm(2, 3),
    nn.BatchNorm2d: _batch_norm(4),
    nn.BatchNorm3d: _batch_norm(5),
    nn.LayerNorm: _normalize("layer_norm"),
    nn.GroupNorm: _normalize("group_norm"),
    nn.ReLU: _activation("relu"),
    nn.ReLU6: _activation("relu6"),
    nn.LeakyReLU: _activation("leaky_relu"),
    nn.ELU: _activation("elu"),
    nn.SELU: _activation("selu"),
    nn.GELU: _activation("gelu"),
    nn.SiLU: _activation("silu"),
    nn.Mish: _activation("mish"),
    nn.Sigmoid: _activation("sigmoid"),
    nn.Tanh: _activation("tanh"),
    nn.Hardswish: _activation("hardswish"),
    nn.Hardsigmoid: _activation("hardsigmoid"),
    nn.Hardtanh: _activation("hardtanh"),
    nn.Softplus: _activation("softplus"),
    nn.Softmax: _activation("softmax"),
    nn.MaxPool1d: _pool("max", 1),
    nn.MaxPool2d: _pool("max", 2),
    nn.MaxPool3d: _pool("max", 3),
    nn.AvgPool1d: _pool("avg", 1),
    nn.AvgPool2d: _pool("avg", 2),
    nn.AvgPool3d: _pool("avg", 3),
    nn.AdaptiveAvgPool1d: _adaptive("avg", 1),
    nn.AdaptiveAvgPool2d: _adaptive("avg", 2),
    nn.AdaptiveAvgPool3d: _adaptive("avg", 3),
    nn.AdaptiveMaxPool2d: _adaptive("max", 2),
    nn.Dropout: _dropout,
    nn.Dropout2d: _dropout,
    nn.Dropout3d: _dropout,
    nn.Flatten: _flatten,
    nn.Identity: _identity,
    StdConv2d: _standardized,
    BlurPool2d: _blur,
    FilterResponseNorm2d: _own_activation("filter_response_norm", "tau"),
    EvoNorm2d: _own_activation("evo_norm", "v", "groups"),
    DropPath: _drop_path,
}
"""What each of PyTorch's modules, and of `nn.layers`, is in the catalogue."""
