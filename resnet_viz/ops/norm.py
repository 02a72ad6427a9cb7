"""Normalization layers, which keep the shape."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, largest, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import Attrs, Kept, Memory, Operator, Outcome, Shape

__all__ = ["OPERATORS"]


def batch_norm(x: Shape, *, features: Size) -> Outcome:
    """Normalize each feature, then scale and offset it (arXiv 1502.03167, Algorithm 1).

    Running statistics are buffers, not parameters. With 0 features there is no scale or offset.
    """
    terms = {"norm_outputs": product(x)}
    if type(features) is int and features == 0:
        return Outcome((x,), (), terms)
    images = product(x[:-3]) if len(x) > 2 else product(x[:-1])
    terms["norm_params"] = images * (2 * features)
    return Outcome((x,), (("weight", (features,)), ("bias", (features,))), terms)


def normalize(x: Shape, *, weight: Shape = (), bias: Shape = ()) -> Outcome:
    """Normalize, then scale by the weight and offset by the bias, if there are any.

    Layer norm (arXiv 1607.06450), instance norm (1607.08022).
    """
    params = tuple((name, size) for name, size in (("weight", weight), ("bias", bias)) if size)
    return Outcome((x,), params, {"norm_outputs": product(x)})


def group_norm(x: Shape, *, groups: int, weight: Shape = (), bias: Shape = ()) -> Outcome:
    """Normalize each group of channels (arXiv 1803.08494)."""
    _check_groups(groups, weight)
    _, params, _ = normalize(x, weight=weight, bias=bias)
    return Outcome((x,), params, {"group_norm_outputs": product(x), **_param_term(x, weight, bias)})


def filter_response_norm(x: Shape, *, features: Size, activated: bool) -> Outcome:
    """Divide each channel by its root mean square (arXiv 1911.09737, equation 1).

    The layer's own activation has a threshold for each channel, `tau` (equation 3).
    """
    return _norm_with_activation(x, features, ("tau",) if activated else ())


def evo_norm(x: Shape, *, features: Size, groups: int, activated: bool) -> Outcome:
    """Apply EvoNorm-S0, norm and activation in one (arXiv 2004.02967, Table 3).

    Without the activation it only scales and offsets.
    """
    _check_groups(groups, (features,))
    return _norm_with_activation(x, features, ("v",) if activated else ())


def _check_groups(groups: int, weight: Shape) -> None:
    """Check that the number of groups divides the number of channels."""
    if weight and largest(weight[0] % groups) != 0:
        raise RequestError(
            "{channels} channels (norm groups, {groups}, must divide them)",
            channels=weight[0],
            groups=groups,
        )


def _norm_with_activation(x: Shape, features: Size, more: tuple[str, ...]) -> Outcome:
    params = tuple((name, (features,)) for name in ("weight", "bias", *more))
    terms = {"fused_norm_outputs": product(x), **_param_term(x, (features,), (features,))}
    return Outcome((x,), params, terms)


def _param_term(x: Shape, weight: Shape, bias: Shape) -> dict[str, Size]:
    """Return the cost term of scales and offsets, counted once for each image."""
    each = sum((product(shape) for shape in (weight, bias) if shape), 0)
    return {"norm_params": product(x[:-3]) * each} if weight else {}


# Tensors that each norm saves besides its input, such as batch norm's two statistics of each
# channel: `native_batch_norm_backward(grad, input, …, save_mean, save_invstd)`. Filter response
# norm and EvoNorm are composed of simpler operators and save those operators' tensors.


def _channels(x: Shape) -> Size:
    return x[-3] if len(x) > 2 else x[-1]


def _batch_statistics(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the mean and inverse standard deviation of each channel."""
    statistics = Kept(_channels(x), "float32")
    return (statistics, statistics)


def _running_statistics(x: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the running mean and variance of each channel, and the number of batches seen."""
    statistics = Kept(_channels(x))
    return (statistics, statistics, Kept(1, "int64"))


def _layer_statistics(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the mean and inverse standard deviation of each normalized row."""
    statistics = Kept(product(x[: -max(len(attrs.get("weight", ())), 1)]), "float32")
    return (statistics, statistics)


def _group_statistics(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the mean and inverse standard deviation of each group in each image."""
    statistics = Kept(product(x[:-3]) * attrs["groups"])
    return (statistics, statistics)


def _response_parts(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the saved inverse root mean squares, scaled input and thresholded output."""
    scaled = Kept(product(x), inference=True)
    return (
        Kept(product(x[:-2])),
        scaled,
        *((scaled._replace(inference=False),) * attrs["activated"]),
    )


def _evo_parts(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the saved gate, gated input, normalized gated input and standard deviations."""
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
        passes=1,  # read the input once for the statistics
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
