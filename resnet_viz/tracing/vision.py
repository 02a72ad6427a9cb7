"""Replace torchvision's native operators if its library does not load with the installed torch.

The shapes are the same as torchvision's, and so is the choice of boxes (`nms`). The other operators
return no meaningful values, because a trace does not need them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

__all__ = ["NAMESPACE", "with_native_operators"]

NAMESPACE = "resnet_viz_torchvision"


def _pooled(x: Tensor, rois: Tensor, scale: float, height: int, width: int, *_: Any) -> Tensor:
    """Pool K regions of `(N, C, H, W)` to `(K, C, height, width)`."""
    return x.new_zeros((rois.shape[0], x.shape[1], height, width))


def _pooled_by_place(
    x: Tensor, rois: Tensor, scale: float, height: int, width: int, *_: Any
) -> tuple[Tensor, Tensor]:
    """Pool K regions to `(K, C / (height · width), height, width)`; also return a channel map."""
    size = (rois.shape[0], x.shape[1] // (height * width), height, width)
    return x.new_zeros(size), rois.new_zeros(size, dtype=torch.int32)


def _max_pooled(
    x: Tensor, rois: Tensor, scale: float, height: int, width: int
) -> tuple[Tensor, Tensor]:
    pooled = _pooled(x, rois, scale, height, width)
    return pooled, rois.new_zeros(pooled.shape, dtype=torch.int32)


def _deform_conv2d(x: Tensor, weight: Tensor, offset: Tensor, *_: Any) -> Tensor:
    """Convolve `(N, C, H, W)` to `(N, out_channels, H', W')`, with the sizes of the offsets."""
    return x.new_zeros((x.shape[0], weight.shape[0], *offset.shape[-2:]))


def _nms(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """Return the boxes that overlap no better box by more than a threshold, best first."""
    left, top, right, bottom = boxes.unbind(1)
    areas = (right - left) * (bottom - top)
    waiting, kept = scores.argsort(descending=True), []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        width = (right[waiting].minimum(right[best]) - left[waiting].maximum(left[best])).clamp(0)
        height = (bottom[waiting].minimum(bottom[best]) - top[waiting].maximum(top[best])).clamp(0)
        shared = width * height
        waiting = waiting[shared <= threshold * (areas[waiting] + areas[best] - shared)]
    return torch.stack(kept) if kept else scores.new_zeros(0, dtype=torch.long)


_POOL = "Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width"
_STEPS = ", ".join(
    f"SymInt {name}"
    for name in (
        *("stride_h", "stride_w", "pad_h", "pad_w", "dil_h", "dil_w"),
        *("n_weight_grps", "n_offset_grps"),
    )
)

_OPERATORS: Mapping[str, tuple[str, Callable[..., Any]]] = MappingProxyType(
    {
        "roi_align": (f"({_POOL}, int sampling_ratio, bool aligned) -> Tensor", _pooled),
        "roi_pool": (f"({_POOL}) -> (Tensor, Tensor)", _max_pooled),
        "ps_roi_align": (f"({_POOL}, int sampling_ratio) -> (Tensor, Tensor)", _pooled_by_place),
        "ps_roi_pool": (f"({_POOL}) -> (Tensor, Tensor)", _pooled_by_place),
        "deform_conv2d": (
            "(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, "
            f"{_STEPS}, bool use_mask) -> Tensor",
            _deform_conv2d,
        ),
        "nms": ("(Tensor dets, Tensor scores, float iou_threshold) -> Tensor", _nms),
    }
)
"""The schema and replacement of each of torchvision's operators."""


@cache
def _library() -> Any:
    """Return the library of the operators; its declarations last as long as the object."""
    library: Any = torch.library.Library(NAMESPACE, "DEF")  # type: ignore[no-untyped-call]
    for name, (schema, answer) in _OPERATORS.items():
        library.define(name + schema)
        library.impl(name, answer, "CompositeExplicitAutograd")
    return library


@contextmanager
def with_native_operators() -> Iterator[None]:
    """Register replacements for torchvision's native operators, if they are missing."""
    extension: Any = sys.modules.get("torchvision.extension")
    if extension is None or extension._has_ops():
        yield
        return
    _library()
    ours, theirs = getattr(torch.ops, NAMESPACE), torch.ops.torchvision
    before = {name: theirs.__dict__.get(name) for name in _OPERATORS}
    lacks = extension._has_ops
    extension._has_ops = lambda: True
    for name in _OPERATORS:
        setattr(theirs, name, getattr(ours, name))
    try:
        yield
    finally:
        extension._has_ops = lacks
        for name, operator in before.items():
            if operator is None:
                delattr(theirs, name)
            else:
                setattr(theirs, name, operator)
