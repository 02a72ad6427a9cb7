"""Pooling."""

from __future__ import annotations

from resnet_viz.arithmetic import product
from resnet_viz.ops.conv import window
from resnet_viz.ops.operator import Operator, Outcome, Shape, needs_sizes

__all__ = ["OPERATORS"]


def pool(x: Shape, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Outcome:
    """`(..., H, W)` to the places where the window fits."""
    rank = len(kernel)
    output = (*x[:-rank], *window(x[-rank:], kernel, stride, padding, dilation))
    needs_sizes(output, x)
    return Outcome((output,), terms={"pool_inputs": product(x), "pool_outputs": product(output)})


def adaptive_pool(x: Shape, *, size: Shape) -> Outcome:
    """`(..., H, W)` to `(..., *size)`; size `(1, 1)` is global pooling."""
    output = (*x[: -len(size)], *size)
    return Outcome(
        (output,),
        terms={"adaptive_pool_inputs": product(x), "adaptive_pool_outputs": product(output)},
    )


OPERATORS = (
    Operator("max_pool2d", "pool", pool),
    Operator("adaptive_avg_pool2d", "pool", adaptive_pool),
)
