"""Rules of functions that combine two tensors element by element or concatenate several."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from resnet_viz.ops import OPERATORS, Kept
from resnet_viz.ops.operator import given
from resnet_viz.tracing.rules.arguments import Rule

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["RULES", "cat", "merge"]


def merge(op: str, *, in_place: bool = False) -> Rule:
    """Return the rule of an operator of two tensors, or of a tensor and a number."""

    def rule(recorder: Recorder, input: Any, other: Any, **more: Any) -> Any:
        if more.get("rounding_mode") or more.get("out") is not None:
            return NotImplemented
        left, right = recorder.lift(input), recorder.lift(other)
        written = input if in_place else None
        if left is None or right is None:  # a number on one side: no second tensor to draw
            tensor = right if left is None else left
            if tensor is None or not tensor.source:
                return NotImplemented
            floats = isinstance(input if left is None else other, float) or op == "div"
            dtype = recorder.dtype if floats and not tensor.dtype.is_floating_point else None
            return recorder.node(op, [tensor], {}, dtype=dtype, in_place=written)
        dtype = left.dtype
        if right.dtype is not dtype:
            dtype = torch.promote_types(dtype, right.dtype)
        if op == "div" and not dtype.is_floating_point:
            dtype = recorder.dtype
        constants = tuple([Kept(proxy.numel()) for proxy in (left, right) if proxy.is_made])
        memory = OPERATORS[op].memory
        return recorder.node(
            op,
            [left, right],
            {},
            dtype=dtype,
            in_place=written,
            memory=memory._replace(extra=partial(given, constants))
            if constants and memory.saves == "factors"
            else None,
        )

    return rule


def _reversed(op: str) -> Rule:
    forward = merge(op)

    def rule(recorder: Recorder, input: Any, other: Any, **more: Any) -> Any:
        return forward(recorder, other, input, **more)

    return rule


def cat(recorder: Recorder, tensors: Any, dim: int = 0, **more: Any) -> Any:
    """Record the concatenation of tensors."""
    parts = [recorder.lift(part) for part in tensors]
    if more or any(part is None or len(part.shape) == 0 for part in parts):
        return NotImplemented
    shapes = {len(part.shape) for part in parts if part is not None}
    if len(shapes) > 1 or any(part is not None and part.shape == (0,) for part in parts):
        return NotImplemented
    (rank,) = shapes
    if not -rank <= dim < rank:
        return NotImplemented
    return recorder.node("cat", parts, {"axis": dim if dim < 0 else dim - rank})


T = torch.Tensor

RULES: dict[Any, Rule] = {
    **dict.fromkeys((torch.add, T.add, T.__add__), merge("add")),
    **dict.fromkeys((T.__iadd__, T.add_), merge("add", in_place=True)),
    T.__radd__: _reversed("add"),
    **dict.fromkeys((torch.sub, T.__sub__), merge("sub")),
    **dict.fromkeys((torch.mul, T.mul, T.__mul__), merge("mul")),
    **dict.fromkeys((T.__imul__, T.mul_), merge("mul", in_place=True)),
    T.__rmul__: _reversed("mul"),
    T.__truediv__: merge("div"),
    torch.cat: cat,
}
