"""Rules of norms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.errors import RequestError
from resnet_viz.nn.layers import EvoNorm2d, FilterResponseNorm2d
from resnet_viz.ops.operator import spell
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.rules.arguments import Rule, check_size, lift

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["RULES", "batch_norm"]


def batch_norm(
    recorder: Recorder,
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float | None = 0.1,
    eps: float = 1e-5,
    *,
    name: str = "",
) -> Any:
    """Record a call of `torch.nn.functional.batch_norm`."""
    (x,) = lift(recorder, input)
    if not x.shape:
        return NotImplemented
    scale = recorder.lift(weight)
    for per_channel in (scale, running_mean):
        if per_channel is not None:
            axis, size = (1 if len(x.shape) > 1 else 0), per_channel.shape[0]
            check_size(recorder, name or "batch_norm", x, axis - len(x.shape), size, "channels")
            break
    alone = x.shape.numel() == x.shape[1 if len(x.shape) > 1 else 0]
    runs = recorder.device.type != "meta"  # where nothing is trained, the mode is a mere default
    if runs and alone and (training or running_mean is None):
        raise RequestError(
            "{path}: input {shape} has one value for each channel (must have more in training)",
            path=recorder.builder.path(name or "batch_norm"),
            shape=spell(tuple(x.shape)),
        )
    attrs = {"features": 0 if scale is None else scale.shape[0]}
    return recorder.node("batch_norm", [x], attrs, name=name, params=[scale, bias])


def _layer_norm(
    recorder: Recorder,
    input: Any,
    normalized_shape: Any,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    *,
    name: str = "",
) -> Any:
    (x,) = lift(recorder, input)
    if tuple(x.shape[-len(normalized_shape) :]) != tuple(normalized_shape):
        raise RequestError(
            "{path}: input {shape} (normalizes {normalized})",
            path=recorder.builder.path(name or "layer_norm"),
            shape=spell(tuple(x.shape)),
            normalized=spell(tuple(normalized_shape)),
        )
    return _scaled(recorder, "layer_norm", x, {}, weight, bias, name)


def _group_norm(
    recorder: Recorder,
    input: Any,
    num_groups: int,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    *,
    name: str = "",
) -> Any:
    (x,) = lift(recorder, input)
    if len(x.shape) < 2 or x.shape[1] % num_groups:
        raise RequestError(
            "{path}: input {shape} (has {groups} groups)",
            path=recorder.builder.path(name or "group_norm"),
            shape=spell(tuple(x.shape)),
            groups=num_groups,
        )
    scale = recorder.lift(weight)
    if scale is not None:
        path = name or "group_norm"
        check_size(recorder, path, x, 1 - len(x.shape), scale.shape[0], "channels")
    return _scaled(recorder, "group_norm", x, {"groups": num_groups}, scale, bias, name)


def _scaled(
    recorder: Recorder, op: str, x: Proxy, attrs: dict[str, Any], weight: Any, bias: Any, name: str
) -> Any:
    """Record a norm with an optional weight and bias."""
    scale, offset = recorder.lift(weight), recorder.lift(bias)
    for key, value in (("weight", scale), ("bias", offset)):
        if value is not None:
            attrs[key] = tuple(value.shape)
    return recorder.node(op, [x], attrs, name=name, params=[scale, offset])


def _filter_response_norm(
    recorder: Recorder, input: Any, weight: Any, bias: Any, tau: Any, *, name: str = ""
) -> Any:
    attrs = {"features": weight.shape[0], "activated": tau is not None}
    params = [weight, bias, tau]
    return recorder.node("filter_response_norm", [input], attrs, name=name, params=params)


def _evo_norm(
    recorder: Recorder, input: Any, weight: Any, bias: Any, v: Any, groups: int, *, name: str = ""
) -> Any:
    attrs = {"features": weight.shape[0], "activated": v is not None, "groups": groups}
    return recorder.node("evo_norm", [input], attrs, name=name, params=[weight, bias, v])


RULES: dict[Any, Rule] = {
    F.batch_norm: batch_norm,
    F.layer_norm: _layer_norm,
    F.group_norm: _group_norm,
    FilterResponseNorm2d: _filter_response_norm,
    EvoNorm2d: _evo_norm,
}
