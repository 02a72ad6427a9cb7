"""Normalisation: any shape to itself."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, product
from resnet_viz.ops.operator import Operator, Outcome, Shape

__all__ = ["OPERATORS"]


def batch_norm(x: Shape, *, features: Size) -> Outcome:
    """Any shape to itself; a scale and an offset for each feature (arXiv 1502.03167, Algorithm 1).

    Running statistics are buffers, not parameters. With 0 features it scales nothing.
    """
    terms = {"norm_outputs": product(x)}
    if type(features) is int and features == 0:
        return Outcome((x,), (), terms)
    images = product(x[:-3]) if len(x) > 2 else product(x[:-1])
    terms["norm_params"] = images * (2 * features)
    return Outcome((x,), (("weight", (features,)), ("bias", (features,))), terms)


def normalize(x: Shape, *, weight: Shape = (), bias: Shape = ()) -> Outcome:
    """Any shape to itself, scaled by a weight and offset by a bias where there are such.

    Layer norm (arXiv 1607.06450), group norm (1803.08494), instance norm (1607.08022).
    """
    params = tuple((name, size) for name, size in (("weight", weight), ("bias", bias)) if size)
    return Outcome((x,), params, {"norm_outputs": product(x)})


OPERATORS = (
    Operator("batch_norm", "norm", batch_norm),
    *(Operator(name, "norm", normalize) for name in ("layer_norm", "group_norm")),
)
