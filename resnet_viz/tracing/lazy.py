"""Copy modules without data: lazy ones get shapes, those on the meta device get memory."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

from resnet_viz.errors import RequestError

__all__ = ["is_waiting", "lazy_copy", "real_copy", "settle"]

MAX_BYTES = 8 * 2**30
"""The most bytes of a module on the meta device that is copied to memory for a run."""


def is_waiting(module: nn.Module) -> bool:
    """Return whether a module is lazy and has parameters or buffers without a shape."""
    return isinstance(module, LazyModuleMixin) and module.has_uninitialized_params()


def lazy_copy(module: nn.Module, *, meta: bool) -> nn.Module:
    """Return a copy with new lazy parts that otherwise shares the module's tensors.

    Args:
        module: a module with lazy parts.
        meta: whether parameters get only a shape, and no memory.
    """
    return _copied(module, lambda tensor: _fresh(tensor, meta) if is_lazy(tensor) else tensor)


def real_copy(module: nn.Module) -> nn.Module:
    """Return the module, or a copy with real tensors if some are on the meta device.

    Raises:
        RequestError: the real tensors need too much memory.
    """
    tensors = [tensor for tensor in _tensors(module) if tensor.device.type == "meta"]
    if not tensors:
        return module
    needed = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    if needed > MAX_BYTES:
        raise RequestError(
            "{name}: has {needed:,} bytes on the meta device (a run takes {most:,} at most)",
            name=type(module).__name__,
            needed=needed,
            most=MAX_BYTES,
        )
    return _copied(module, lambda tensor: _filled(tensor) if tensor.is_meta else tensor)


def _tensors(module: nn.Module) -> Iterator[torch.Tensor]:
    return itertools.chain(module.parameters(), module.buffers())


def _copied(module: nn.Module, change: Callable[[Any], Any]) -> nn.Module:
    """Return a copy of a module, with `change` applied to its tensors."""
    memo = {id(tensor): change(tensor) for tensor in _tensors(module)}
    return copy.deepcopy(module, memo)


def _filled(tensor: torch.Tensor) -> torch.Tensor:
    """Return a CPU tensor with random numbers, or with zeros for integer types."""
    like = torch.rand if tensor.is_floating_point() else torch.zeros
    made = like(tensor.shape, dtype=tensor.dtype, device="cpu")
    return nn.Parameter(made, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else made


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
