"""Normalisation."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, product
from resnet_viz.ops.operator import Operator, Outcome, Shape

__all__ = ["OPERATORS"]


def batch_norm(x: Shape, *, features: Size) -> Outcome:
    """Any shape to itself; a scale and an offset for each feature (arXiv 1502.03167, Algorithm 1).

    Running statistics are buffers, not parameters.
    """
    params = (("weight", (features,)), ("bias", (features,)))
    return Outcome((x,), params, {"norm_outputs": product(x)})


OPERATORS = (Operator("batch_norm", "norm", batch_norm),)
