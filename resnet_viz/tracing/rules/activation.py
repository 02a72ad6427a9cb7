"""Rules of activations, and of functions that return their input unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.nn.layers import DropPath
from resnet_viz.ops import OPERATORS
from resnet_viz.ops.activation import NAMES
from resnet_viz.tracing.rules.arguments import Rule

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["RULES", "activation", "keep"]


def activation(op: str) -> Rule:
    """Return the rule of an activation; further arguments do not change its shape or cost."""

    def rule(
        recorder: Recorder,
        input: Any,
        *settings: Any,
        name: str = "",
        inplace: bool = False,
        **more: Any,
    ) -> Any:
        weights = [value for value in settings if isinstance(value, torch.Tensor)]
        inplace = inplace or any(value is True for value in settings)
        attrs = {} if name else {"functional": True}
        return recorder.node(
            op, [input], attrs, name=name, params=weights, in_place=input if inplace else None
        )

    return rule


def keep(op: str) -> Rule:
    """Return the rule of an operator that keeps the shape and does no arithmetic."""

    def rule(
        recorder: Recorder,
        input: Any,
        *settings: Any,
        inplace: bool = False,
        name: str = "",
        **more: Any,
    ) -> Any:
        return recorder.node(op, [input], {}, name=name, in_place=input if inplace else None)

    return rule


def _dropout(
    recorder: Recorder,
    input: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    name: str = "",
) -> Any:
    """Record a dropout; an inactive one returns its input (`at::_dropout_impl`)."""
    memory = None if p else OPERATORS["identity"].memory
    written = input if inplace else None
    return recorder.node("dropout", [input], {}, name=name, in_place=written, memory=memory)


def _identity(recorder: Recorder, input: Any, *, name: str = "") -> Any:
    return input


RULES: dict[Any, Rule] = {
    **{
        getattr(place, name): activation(name)
        for name in NAMES
        for place in (F, torch, torch.Tensor)
        if hasattr(place, name)
    },
    F.dropout: _dropout,
    nn.Identity: _identity,
    DropPath: keep("drop_path"),
    torch.Tensor.contiguous: keep("contiguous"),
}
