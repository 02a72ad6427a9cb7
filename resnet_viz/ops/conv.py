"""Convolution."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, differ, largest, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import Operator, Outcome, Shape, needs_sizes, spell

__all__ = ["OPERATORS", "window"]


def window(
    sizes: Shape,
    kernel: Shape,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
) -> Shape:
    """Return the output sizes of a sliding window: `(n + 2p - d(k - 1) - 1) // s + 1` each.

    Source: torch.nn.Conv2d, Shape.
    """
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True)
    )


def convolve(
    x: Shape,
    *,
    out_channels: Size,
    kernel: Shape,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
    groups: int,
    bias: bool,
) -> Outcome:
    """`(..., C, H, W)` to `(..., out_channels, H', W')`.

    Every output element is a sum of `C/groups · kernel` products: that many multiply-adds.
    """
    rank = len(kernel)
    if len(x) <= rank:
        raise RequestError(f"input {spell(x)} has {len(x)} dimensions (needs channels and {rank})")
    channels = x[-rank - 1]
    for name, value in (("input", channels), ("output", out_channels)):
        if largest(value % groups) != 0:
            raise RequestError(f"groups: {groups} (must divide the {value} {name} channels)")
    output = (*x[: -rank - 1], out_channels, *window(x[-rank:], kernel, stride, padding, dilation))
    needs_sizes(output, x)
    elements = product(output)
    weight = (out_channels, channels // groups, *kernel)
    terms = {
        "conv_macs": elements * product(weight[1:]),
        "conv_outputs": elements,
    }
    if bias:
        terms["conv_bias_adds"] = elements
        return Outcome((output,), (("weight", weight), ("bias", (out_channels,))), terms)
    return Outcome((output,), (("weight", weight),), terms)


def takes_channels(x: Shape, channels: Size, rank: int) -> None:
    """Check that an input has the channels that a weight was made for.

    Raises:
        RequestError: it has others.
    """
    if differ(x[-rank - 1], channels):
        raise RequestError(f"input {spell(x)} (needs {channels} channels)")


OPERATORS = tuple(Operator(f"conv{rank}d", "conv", convolve) for rank in (1, 2, 3))
