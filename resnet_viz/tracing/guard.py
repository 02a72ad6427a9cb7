"""Guard the memory that existed before a trace, and undo all writes to it.

The guard sees every operator that runs on real tensors, so that it detects writes through any view
or alias. Memory is copied just before the first write to it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes

from resnet_viz.tracing.structure import tensors_in

__all__ = ["EXPORTS", "Guard"]

EXPORTS = frozenset(
    {"numpy", "__array__", "__dlpack__", "data_ptr", "untyped_storage", "storage", "_typed_storage"}
)
"""Functions that export memory, which can then be written to without the guard seeing it."""

_WRITES_UNSAID = frozenset({"aten::native_batch_norm", "aten::cudnn_batch_norm"})
"""Operators that write to running statistics without declaring it in their schema."""


class Guard(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Preserves the memory of tensors that existed before the trace."""

    def __init__(self, root: nn.Module) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._made: set[int] = set()
        self._copies: dict[int, tuple[Any, Any]] = {}
        self._held: list[tuple[torch.Tensor, torch.Tensor, bool, Any]] = []
        self._holds_all = False
        self._root = root

    def hold(self) -> None:
        """Record the memory of parameters and buffers, in case it is replaced."""
        self._holds_all = True
        for tensor in (*self._root.parameters(), *self._root.buffers()):
            if not is_lazy(tensor):
                self._hold(tensor)

    def _hold(self, tensor: torch.Tensor) -> None:
        """Record the memory, sizes and gradient of a tensor."""
        grad = tensor.grad if tensor.is_leaf else None
        self._held.append((tensor, tensor.detach(), tensor.requires_grad, grad))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self.run(func, args, kwargs or {})

    def run(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run an operator, after copying the memory to which it will write."""
        self.foresee(func, args, kwargs)
        out = func(*args, **kwargs)
        schema = getattr(func, "_schema", None)
        if schema is None or not schema.is_mutable:
            self._note(out, args, kwargs)
        return out

    def foresee(self, func: Any, args: Any, kwargs: Any) -> None:
        """Copy the memory to which an operator will write."""
        schema = getattr(func, "_schema", None)
        if schema is None:
            return
        if schema.is_mutable:
            for number, argument in enumerate(schema.arguments):
                if argument.alias_info is not None and argument.alias_info.is_write:
                    given = args[number] if number < len(args) else kwargs.get(argument.name)
                    self.protect(given)
        elif schema.name in _WRITES_UNSAID:
            self.protect(list(args[3:5]))

    def _note(self, out: Any, args: Any, kwargs: Any) -> None:
        """Record memory that an operator allocated, which need not be preserved."""
        for tensor in tensors_in(out):
            place = _place(tensor)
            if place is not None and place not in self._made:
                given = {_place(t) for t in tensors_in((args, kwargs))}
                if place not in given:
                    self._made.add(place)

    def protect(self, value: Any) -> None:
        """Copy the memory of tensors that existed before the trace."""
        for tensor in tensors_in(value):
            place = _place(tensor)
            if place is None or place in self._made or place in self._copies:
                continue
            storage = tensor.untyped_storage()
            with torch._C.DisableTorchFunction(), _disable_current_modes():
                if not self._holds_all:  # it may be resized or transposed in place
                    self._hold(tensor)
                if storage.device.type != "meta":
                    self._copies[place] = (storage, storage.clone())

    def restore(self) -> None:
        """Restore memory that was written to or replaced."""
        for storage, copied in self._copies.values():
            if storage.nbytes() != copied.nbytes():
                storage.resize_(copied.nbytes())
            storage.copy_(copied)
        for tensor, before, requires_grad, grad in self._held:
            with torch.no_grad():
                if (
                    tensor.shape != before.shape
                    or tensor.dtype != before.dtype
                    or _place(tensor) != _place(before)
                    or (tensor.layout is torch.strided and tensor.stride() != before.stride())
                ):
                    tensor.data = before
            if tensor.requires_grad != requires_grad:
                tensor.requires_grad_(requires_grad)
            if tensor.is_leaf and tensor.grad is not grad:
                tensor.grad = grad
        self._copies.clear()
        self._held.clear()


def _place(tensor: torch.Tensor) -> int | None:
    """Return a number that identifies a tensor's memory; None if it has no storage."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (NotImplementedError, RuntimeError):  # sparse, wrapped, or a subclass
        return None
