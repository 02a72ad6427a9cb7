"""Handle lazy modules: give a copy's parameters their shapes once an input is known."""

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
    """Return a copy with new lazy parts that otherwise shares the module's tensors.

    Args:
        module: a module with lazy parts.
        meta: whether parameters get only a shape, and no memory.
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
    """Materialize a lazy module: set its parameters' shapes from its input, and its final class."""
    with torch.no_grad():
        module._infer_parameters(module, args)
