"""Rules of functions that move or select elements without arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.rules.arguments import Rule, lift

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["RULES", "flatten"]


def flatten(
    recorder: Recorder, input: Any, start_dim: int = 0, end_dim: int = -1, *, name: str = ""
) -> Any:
    """Record a call of `torch.flatten` that ends at the last dimension."""
    rank = len(lift(recorder, input)[0].shape)
    if end_dim not in (-1, rank - 1) or not -rank <= start_dim < rank:
        return NotImplemented
    start = start_dim - rank if start_dim >= 0 else start_dim
    return recorder.node("flatten", [input], {"start": start}, name=name)


def _to(recorder: Recorder, input: Any, *args: Any, **more: Any) -> Any:
    """Return the same stand-in with the requested dtype."""
    (lifted,) = lift(recorder, input)
    dtype = lifted.dtype
    for value in (*args, *more.values()):
        if isinstance(value, torch.dtype):
            dtype = value
        elif isinstance(value, torch.Tensor):
            dtype = value.dtype
    return Proxy(recorder, lifted.shape, dtype, lifted.source, lifted.params, lifted.is_made)


def _type(recorder: Recorder, input: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """Return the tensor with the given type, or without one, the name of its type."""
    (lifted,) = lift(recorder, input)
    with torch._C.DisableTorchFunction():
        like = torch.empty(0, dtype=lifted.dtype)
        if dtype is None:
            return like.type()
        return _to(recorder, lifted, like.type(dtype).dtype)


def _sizes(given: tuple[Any, ...], named: Any) -> tuple[Any, ...]:
    """Return sizes given as separate arguments, as one tuple, or by keyword."""
    if named is not None:
        given = (named,)
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        return tuple(given[0])
    return given


def _reshape(recorder: Recorder, input: Any, *sizes: Any, shape: Any = None, **more: Any) -> Any:
    sizes = _sizes(sizes, more.pop("size", shape))
    if more or not all(type(size) is int for size in sizes):
        return NotImplemented
    (lifted,) = lift(recorder, input)
    if -1 in sizes:
        known = 1
        for size in sizes:
            known *= 1 if size == -1 else size
        if known == 0 or sizes.count(-1) > 1 or lifted.numel() % known:
            return NotImplemented
        sizes = tuple(lifted.numel() // known if size == -1 else size for size in sizes)
    return recorder.node("reshape", [lifted], {"shape": sizes})


def _unflatten(recorder: Recorder, input: Any, dim: Any, sizes: Any, **more: Any) -> Any:
    """Record the unflattening of the last dimension; other cases run on meta tensors."""
    (lifted,) = lift(recorder, input)
    if dim not in (-1, len(lifted.shape) - 1) or not all(
        type(size) is int and size > 0 for size in sizes
    ):
        return NotImplemented
    return recorder.node("unflatten", [lifted], {"sizes": tuple(sizes)})


def _permute(recorder: Recorder, input: Any, *order: Any, dims: Any = None, **more: Any) -> Any:
    order = _sizes(order, dims)
    (lifted,) = lift(recorder, input)
    rank = len(lifted.shape)
    if more or sorted(d % rank for d in order) != list(range(rank)):
        return NotImplemented
    if not all(-rank <= d < rank for d in order):
        return NotImplemented
    return recorder.node("permute", [lifted], {"order": tuple(d % rank - rank for d in order)})


def _transpose(recorder: Recorder, input: Any, dim0: Any, dim1: Any) -> Any:
    (lifted,) = lift(recorder, input)
    rank = len(lifted.shape)
    if not all(type(d) is int and -rank <= d < rank for d in (dim0, dim1)):
        return NotImplemented
    order = list(range(-rank, 0))
    order[dim0 % rank], order[dim1 % rank] = order[dim1 % rank], order[dim0 % rank]
    return recorder.node("permute", [lifted], {"order": tuple(order)})


def _getitem(recorder: Recorder, input: Any, index: Any) -> Any:
    """Record indexing that takes every n-th element; other indexing runs on meta tensors."""
    parts = index if isinstance(index, tuple) else (index,)
    (lifted,) = lift(recorder, input)
    if parts and parts[0] is Ellipsis:
        parts = parts[1:]
    elif len(parts) != len(lifted.shape):
        return NotImplemented
    steps = []
    for part in parts:
        if not isinstance(part, slice) or part.start not in (None, 0) or part.stop is not None:
            return NotImplemented
        steps.append(1 if part.step is None else part.step)
    while steps and steps[0] == 1:
        steps.pop(0)
    if not steps:
        return NotImplemented
    return recorder.node("subsample", [lifted], {"steps": tuple(steps)})


def _pad(
    recorder: Recorder, input: Any, pad: Any, mode: str = "constant", value: Any = None
) -> Any:
    (x,) = lift(recorder, input)
    if not all(type(amount) is int for amount in pad) or len(pad) % 2:
        return NotImplemented
    if len(pad) > 2 * len(x.shape):
        return NotImplemented
    return recorder.node("pad", [x], {"amounts": tuple(pad)})


T = torch.Tensor

RULES: dict[Any, Rule] = {
    **dict.fromkeys((torch.flatten, T.flatten), flatten),
    **dict.fromkeys((T.to, T.cpu, T.cuda), _to),
    T.type: _type,
    **dict.fromkeys((torch.reshape, T.reshape, T.view), _reshape),
    T.unflatten: _unflatten,
    **dict.fromkeys((torch.permute, T.permute), _permute),
    **dict.fromkeys((torch.transpose, T.transpose), _transpose),
    T.__getitem__: _getitem,
    F.pad: _pad,
}
