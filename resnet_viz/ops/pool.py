"""Pooling operators."""

from __future__ import annotations

from typing import Any

from resnet_viz.arithmetic import product, smallest
from resnet_viz.errors import RequestError
from resnet_viz.ops.conv import window
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

__all__ = ["OPERATORS"]


def pool(
    x: Shape,
    *,
    kernel: Shape,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
    ceil_mode: bool = False,
) -> Outcome:
    """Pool `(..., H, W)` over a sliding window.

    In `ceil_mode`, a last window may go off bounds if it starts within the input or the left
    padding (torch.nn.MaxPool2d, Shape).
    """
    rank = len(kernel)
    sizes = window(x[-rank:], kernel, stride, padding, dilation)
    if ceil_mode:
        wide = tuple(n + s - 1 for n, s in zip(x[-rank:], stride, strict=True))
        more = window(wide, kernel, stride, padding, dilation)
        sizes = tuple(
            m - ((m - 1) * s >= n + p)
            for m, n, s, p in zip(more, x[-rank:], stride, padding, strict=True)
        )
    output = (*x[:-rank], *sizes)
    needs_sizes(output, x)
    return Outcome((output,), terms={"pool_inputs": product(x), "pool_outputs": product(output)})


def average_pool(x: Shape, **attrs: Any) -> Outcome:
    """Average `(..., H, W)` over a sliding window; the shape is that of `pool`."""
    outcome = pool(x, **attrs)
    terms = {**outcome.terms, "average_pool_outputs": product(outcome.outputs[0])}
    return outcome._replace(terms=terms)


def blur_pool(
    x: Shape, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> Outcome:
    """Blur `(..., C, H, W)` with a fixed filter and a stride (Zhang 2019, arXiv 1904.11486).

    This is a depthwise convolution after reflection padding, whose weights are no parameters. Its
    multiply-adds count, as in torch's FlopCounterMode; its output counts as that of a pool, not of
    a convolution.
    """
    edges = zip(x[-2:], padding, strict=True)
    if any(smallest(size - amount) < 1 for size, amount in edges):
        raise RequestError(
            "{x} cannot be reflected at its edges (must be larger than {padding})",
            x=spell(x),
            padding=padding[0],
        )
    output = (*x[:-2], *window(x[-2:], kernel, stride, padding, dilation))
    elements = product(output)
    return Outcome((output,), terms={"blur_macs": elements * product(kernel)})


def adaptive_pool(x: Shape, *, size: Shape) -> Outcome:
    """Pool `(..., H, W)` to `(..., *size)`; size `(1, 1)` is global pooling."""
    output = (*x[: -len(size)], *size)
    return Outcome(
        (output,),
        terms={"adaptive_pool_inputs": product(x), "adaptive_pool_outputs": product(output)},
    )


def _places(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the indices of the maxima, which torch computes in inference, too."""
    return (Kept(product(output), "int64", inference=True),)


def _reflected(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the reflected input, which the convolution saves."""
    rows, columns = attrs["padding"]
    wide = (*x[:-2], x[-2] + 2 * rows, x[-1] + 2 * columns)
    return (Kept(product(wide), inference=True),)


def _filter(x: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the filter of a blur, which is a buffer."""
    return (Kept(product(attrs["kernel"])),)


_MAX = Memory("inputs", extra=_places)
_AVERAGE = Memory("inputs")
_ADAPTIVE = Memory("inputs", unless=lambda attrs: set(attrs["size"]) == {1})
"""For size 1, torch computes an adaptive average as `mean`, which saves nothing."""

OPERATORS = (
    Operator(
        "blur_pool2d",
        "pool",
        blur_pool,
        Memory("inputs", extra=_reflected),
        buffers=_filter,
        passes=2,  # reflection padding reads the input and writes a padded one
    ),
    *(
        Operator(f"{kind}_pool{rank}d", "pool", rule, memory)
        for kind, rule, memory in (("max", pool, _MAX), ("avg", average_pool, _AVERAGE))
        for rank in (1, 2, 3)
    ),
    *(
        Operator(f"adaptive_{kind}_pool{rank}d", "pool", adaptive_pool, memory)
        for kind, memory in (("avg", _ADAPTIVE), ("max", _MAX))
        for rank in (1, 2, 3)
    ),
)
