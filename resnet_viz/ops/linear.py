"""Fully connected layers."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, product
from resnet_viz.ops.operator import Operator, Outcome, Shape

__all__ = ["OPERATORS"]


def linear(x: Shape, *, out_features: Size, bias: bool) -> Outcome:
    """`(..., in)` to `(..., out_features)`; every output element is a sum of `in` products."""
    output = (*x[:-1], out_features)
    elements = product(output)
    terms = {"linear_macs": elements * x[-1], "linear_outputs": elements}
    weight = (out_features, x[-1])
    if bias:
        terms["linear_bias_adds"] = elements
        return Outcome((output,), (("weight", weight), ("bias", (out_features,))), terms)
    return Outcome((output,), (("weight", weight),), terms)


OPERATORS = (Operator("linear", "linear", linear),)
