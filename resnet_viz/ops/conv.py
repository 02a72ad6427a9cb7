"""Convolutions and transposed convolutions."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, largest, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import (
    Attrs,
    Kept,
    Memory,
    Operator,
    Outcome,
    Shape,
    needs_sizes,
    spell,
)

__all__ = ["OPERATORS", "window"]


def window(
    sizes: Shape,
    kernel: Shape,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
) -> Shape:
    """Return the output sizes of a sliding window, each `(n + 2p - d(k - 1) - 1) // s + 1`.

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
    standardized: bool = False,
) -> Outcome:
    """Convolve `(..., C, H, W)` to `(..., out_channels, H', W')`.

    Each output element takes `C/groups · kernel` multiply-adds. Standardizing the weights, each
    filter to mean 0 and variance 1 (Qiao et al. 2019, arXiv 1903.10520), adds none: it is done once
    to the weights, not for each image, and no tool counts it as multiply-adds.
    """
    rank = len(kernel)
    if len(x) <= rank:
        raise RequestError(
            "input {x} has {count} dimensions (needs channels and {rank})",
            x=spell(x),
            count=len(x),
            rank=rank,
        )
    channels = x[-rank - 1]
    for name, value in (("input", channels), ("output", out_channels)):
        if largest(value % groups) != 0:
            raise RequestError(
                "groups: {groups} (must divide the {channels} {name} channels)",
                groups=groups,
                channels=value,
                name=name,
            )
    output = (*x[: -rank - 1], out_channels, *window(x[-rank:], kernel, stride, padding, dilation))
    needs_sizes(output, x)
    elements = product(output)
    weight = (out_channels, channels // groups, *kernel)
    outcome = _outcome(output, weight, out_channels, elements * product(weight[1:]), bias)
    if not standardized:
        return outcome
    named = {_STANDARDIZED.get(name, name): amount for name, amount in outcome.terms.items()}
    return outcome._replace(terms=named)


_STANDARDIZED = {"conv_macs": "std_conv_macs", "conv_bias_adds": "std_conv_bias_adds"}
"""Separate terms, because some tools recognize a convolution only by its class."""


def convolve_transposed(
    x: Shape,
    *,
    out_channels: Size,
    kernel: Shape,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
    groups: int,
    bias: bool,
    output_padding: Shape,
) -> Outcome:
    """Convolve `(..., C, H, W)`, transposed, to `(..., out_channels, H', W')`.

    `H' = (H - 1)s - 2p + d(k - 1) + output_padding + 1` (torch.nn.ConvTranspose2d, Shape). Each
    input element takes `out_channels/groups · kernel` multiply-adds: one for each weight of its
    group.
    """
    rank = len(kernel)
    channels = x[-rank - 1]
    sizes = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + more + 1
        for n, k, s, p, d, more in zip(
            x[-rank:], kernel, stride, padding, dilation, output_padding, strict=True
        )
    )
    output = (*x[: -rank - 1], out_channels, *sizes)
    needs_sizes(output, x)
    weight = (channels, out_channels // groups, *kernel)
    return _outcome(output, weight, out_channels, product(x) * product(weight[1:]), bias)


def _outcome(output: Shape, weight: Shape, out_channels: Size, macs: Size, bias: bool) -> Outcome:
    elements = product(output)
    terms = {"conv_macs": macs, "conv_outputs": elements}
    if bias:
        terms["conv_bias_adds"] = elements
        return Outcome((output,), (("weight", weight), ("bias", (out_channels,))), terms)
    return Outcome((output,), (("weight", weight),), terms)


def _standardized(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the tensors that standardized weights save for the backward pass.

    The product `(w - mean) · rsqrt(var)` saves both factors; the convolution saves the product.
    """
    if not attrs.get("standardized"):
        return ()
    rank, filters = len(attrs["kernel"]), attrs["out_channels"]
    weights = filters * (x[-rank - 1] // attrs["groups"]) * product(attrs["kernel"])
    return (Kept(weights), Kept(filters), Kept(weights, inference=True))


_MEMORY = Memory("inputs", extra=_standardized)
"""A convolution saves its input: `convolution_backward(grad, input, weight, …)`."""

OPERATORS = (
    *(Operator(f"conv{rank}d", "conv", convolve, _MEMORY) for rank in (1, 2, 3)),
    *(
        Operator(f"conv_transpose{rank}d", "conv", convolve_transposed, Memory("inputs"))
        for rank in (1, 2, 3)
    ),
)
