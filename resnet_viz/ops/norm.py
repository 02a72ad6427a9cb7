"""Normalisation: any shape to itself."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, largest, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import Attrs, Kept, Memory, Operator, Outcome, Shape

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


# What each saves beside its input: `native_batch_norm_backward(grad, input, …, save_mean,
# save_invstd)` two statistics of each channel, and so on; the last two are made of other operators.


def _channels(x: Shape) -> Size:
    return x[-3] if len(x) > 2 else x[-1]


def _batch_statistics(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return mean and inverse deviation of each channel."""
    statistics = Kept(_channels(x), "float32")
    return (statistics, statistics)


def _running_statistics(x: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the running mean and variance of each channel, and how many batches were seen."""
    statistics = Kept(_channels(x))
    return (statistics, statistics, Kept(1, "int64"))


def _layer_statistics(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return mean and inverse deviation of each row that is normalized."""
    statistics = Kept(product(x[: -max(len(attrs.get("weight", ())), 1)]), "float32")
    return (statistics, statistics)


def _group_statistics(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return mean and inverse deviation of each group of each image."""
    statistics = Kept(product(x[:-3]) * attrs["groups"])
    return (statistics, statistics)


def _response_parts(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return what is kept: inverse root mean squares, the scaled input, the thresholded output."""
    scaled = Kept(product(x), inference=True)
    return (
        Kept(product(x[:-2])),
        scaled,
        *((scaled._replace(inference=False),) * attrs["activated"]),
    )


def _evo_parts(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the gate, the gated input, the same over its deviation, and the deviations."""
    if not attrs["activated"]:
        return ()
    full = Kept(product(x), inference=True)
    return (full, full, full, Kept(product(x[:-3]) * attrs["groups"]))


OPERATORS = (
    Operator(
        "batch_norm",
        "norm",
        batch_norm,
        Memory("inputs", extra=_batch_statistics),
        buffers=_running_statistics,
    ),
    Operator("layer_norm", "norm", normalize, Memory("inputs", extra=_layer_statistics)),
    Operator(
        "group_norm",
        "norm",
        group_norm,
        Memory("inputs", extra=_group_statistics),
        passes=1,  # statistics first
    ),
    Operator(
        "filter_response_norm",
        "norm",
        filter_response_norm,
        Memory("inputs", extra=_response_parts),
        passes=9,  # square, mean, and four products, sums or maxima
    ),
    Operator(
        "evo_norm",
        "norm",
        evo_norm,
        Memory("inputs", extra=_evo_parts),
        passes=12,  # variance, and six products, sums or sigmoids
    ),
)
