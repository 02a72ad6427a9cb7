"""Normalisation: any shape to itself."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, largest, product
from resnet_viz.errors import RequestError
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

    Layer norm (arXiv 1607.06450), instance norm (1607.08022).
    """
    params = tuple((name, size) for name, size in (("weight", weight), ("bias", bias)) if size)
    return Outcome((x,), params, {"norm_outputs": product(x)})


def group_norm(x: Shape, *, groups: int, weight: Shape = (), bias: Shape = ()) -> Outcome:
    """Any shape to itself, each group of channels on its own (arXiv 1803.08494)."""
    _divide(groups, weight)
    _, params, _ = normalize(x, weight=weight, bias=bias)
    return Outcome((x,), params, {"group_norm_outputs": product(x), **_params(x, weight, bias)})


def filter_response_norm(x: Shape, *, features: Size, activated: bool) -> Outcome:
    """Any shape to itself, each channel over its root mean square (arXiv 1911.09737, equation 1).

    The activation that belongs to it has a threshold for each channel, `tau` (equation 3).
    """
    return _own_activation(x, features, ("tau",) if activated else ())


def evo_norm(x: Shape, *, features: Size, groups: int, activated: bool) -> Outcome:
    """Any shape to itself: EvoNorm-S0 (arXiv 2004.02967, Table 3), norm and activation in one.

    Without the activation it only scales and offsets.
    """
    _divide(groups, (features,))
    return _own_activation(x, features, ("v",) if activated else ())


def _divide(groups: int, weight: Shape) -> None:
    """Check that groups divide the channels that are scaled."""
    if weight and largest(weight[0] % groups) != 0:
        raise RequestError(
            "{channels} channels (norm groups, {groups}, must divide them)",
            channels=weight[0],
            groups=groups,
        )


def _own_activation(x: Shape, features: Size, more: tuple[str, ...]) -> Outcome:
    params = tuple((name, (features,)) for name in ("weight", "bias", *more))
    terms = {"fused_norm_outputs": product(x), **_params(x, (features,), (features,))}
    return Outcome((x,), params, terms)


def _params(x: Shape, weight: Shape, bias: Shape) -> dict[str, Size]:
    """Return the term of scales and offsets, once for each image."""
    each = sum((product(shape) for shape in (weight, bias) if shape), 0)
    return {"norm_params": product(x[:-3]) * each} if weight else {}


OPERATORS = (
    Operator("batch_norm", "norm", batch_norm),
    Operator("layer_norm", "norm", normalize),
    Operator("group_norm", "norm", group_norm),
    Operator("filter_response_norm", "norm", filter_response_norm),
    Operator("evo_norm", "norm", evo_norm),
)
