"""Rules of convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from resnet_viz.nn.layers import BlurPool2d, StdConv2d
from resnet_viz.tracing.rules.arguments import Rule, check_rank, check_size, expand, lift

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["RULES", "conv", "conv_transpose"]


def conv(rank: int, *, standardized: bool = False) -> Rule:
    """Return the rule of a convolution with `rank` spatial dimensions."""
    op = f"conv{rank}d"

    def rule(
        recorder: Recorder,
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        *,
        name: str = "",
    ) -> Any:
        x, filters = lift(recorder, input, weight)
        kernel, dilations = tuple(filters.shape[2:]), expand(dilation, rank)
        check_size(recorder, name or op, x, -rank - 1, filters.shape[1] * groups, "channels")
        check_rank(recorder, name or op, x, rank + 1, rank + 2)
        if padding == "same":
            span = [d * (k - 1) for k, d in zip(kernel, dilations, strict=True)]
            padding = [total // 2 for total in span]
            if any(total % 2 for total in span):  # torch pads the right side more
                amounts = [(total // 2, total - total // 2) for total in reversed(span)]
                flat = tuple(amount for pair in amounts for amount in pair)
                x, padding = recorder.node("pad", [x], {"amounts": flat}), 0
        attrs = {
            "out_channels": filters.shape[0],
            "kernel": kernel,
            "stride": expand(stride, rank),
            "padding": expand(0 if padding == "valid" else padding, rank),
            "dilation": dilations,
            "groups": groups,
            "bias": bias is not None,
        }
        if standardized:
            attrs["standardized"] = True
        return recorder.node(op, [x], attrs, name=name, params=[filters, bias])

    return rule


def conv_transpose(rank: int) -> Rule:
    """Return the rule of a transposed convolution with `rank` spatial dimensions."""
    op = f"conv_transpose{rank}d"

    def rule(
        recorder: Recorder,
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
        *,
        name: str = "",
    ) -> Any:
        x, filters = lift(recorder, input, weight)
        check_size(recorder, name or op, x, -rank - 1, filters.shape[0], "channels")
        attrs = {
            "out_channels": filters.shape[1] * groups,
            "kernel": tuple(filters.shape[2:]),
            "stride": expand(stride, rank),
            "padding": expand(padding, rank),
            "dilation": expand(dilation, rank),
            "groups": groups,
            "bias": bias is not None,
            "output_padding": expand(output_padding, rank),
        }
        return recorder.node(op, [x], attrs, name=name, params=[filters, bias])

    return rule


def _blur(recorder: Recorder, input: Any, stride: int, *, name: str = "") -> Any:
    """Record a call of `nn.layers.BlurPool2d`."""
    one = (1, 1)
    attrs = {"kernel": (3, 3), "stride": (stride, stride), "padding": one, "dilation": one}
    return recorder.node("blur_pool2d", [input], attrs, name=name)


RULES: dict[Any, Rule] = {
    torch.conv1d: conv(1),
    torch.conv2d: conv(2),
    torch.conv3d: conv(3),
    torch.conv_transpose1d: conv_transpose(1),
    torch.conv_transpose2d: conv_transpose(2),
    torch.conv_transpose3d: conv_transpose(3),
    StdConv2d: conv(2, standardized=True),
    BlurPool2d: _blur,
}
