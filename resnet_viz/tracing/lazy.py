"""Lazy modules: their parameters get a shape when an input is there, on a copy."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

__all__ = ["is_waiting", "lazy_copy", "settle"]


def is_waiting(module: nn.Module) -> bool:
    """Return whether a module is lazy and has parameters or buffers without a shape."""
    return isinstance(module, LazyModuleMixin) and module.has_uninitialized_params()


def lazy_copy(module: nn.Module, *, meta: bool) -> nn.Module:
    """Return a copy whose lazy parts are new and whose tensors are the module's own.

    Args:
        module: what has lazy parts.
        meta: whether parameters get a shape only, and no memory.
    """
    memo: dict[int, Any] = {}
    for tensor in itertools.chain(module.parameters(), module.buffers()):
        memo[id(tensor)] = _fresh(tensor, meta) if is_lazy(tensor) else tensor
    return copy.deepcopy(module, memo)


def _fresh(tensor: Any, meta: bool) -> Any:
    made: Any = (
        UninitializedBuffer if isinstance(tensor, UninitializedBuffer) else (UninitializedParameter)
    )
    device = "meta" if meta else tensor.data.device
    return made(tensor.requires_grad, device=device, dtype=tensor.data.dtype)


def settle(module: Any, args: Any) -> None:
    """Give a lazy module's parameters the shapes that follow from its input, and its real class."""
    with torch.no_grad():
        module._infer_parameters(module, args)
