"""Find the tensors that a function saves for its backward pass, by running it on meta tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
from torch.utils._python_dispatch import _disable_current_modes

from resnet_viz.ops import Kept, Memory
from resnet_viz.ops.operator import given
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.structure import mapped, tensors_in

__all__ = ["Saving", "saving_of"]


class Saving(NamedTuple):
    """The tensors that a function saves; its tensor arguments are given by index.

    Attributes:
        arguments: the indices of the arguments that it saves.
        output: whether it saves an output.
        extra: further tensors that it saves.
        view_of: the index of the argument whose memory its output shares; -1 for new memory.
        is_contiguous: whether its first output is contiguous.
        has_gradient: whether its first output has a gradient.
        dtype: the dtype of its first output, as in `ops.Kept`.
    """

    arguments: tuple[int, ...]
    output: bool
    extra: tuple[Kept, ...]
    view_of: int
    is_contiguous: bool
    has_gradient: bool
    dtype: str

    def memory(self, reads: Sequence[Proxy]) -> Memory:
        """Return the memory behaviour of a node, given the stand-ins of the arguments.

        An argument without a node is saved if `forward` made it, but not if it is a parameter.
        """
        numbers = [i for i, read in enumerate(reads) if read.source]
        made = [Kept(reads[i].numel()) for i in self.arguments if reads[i].is_made]
        extra = (*self.extra, *made)
        places = tuple(numbers.index(i) for i in self.arguments if i in numbers)
        view = "always" if numbers and self.view_of == numbers[0] else ""
        return Memory(
            saves="places",
            places=(*places, -1) if self.output else places,
            extra=partial(given, extra) if extra else None,
            view=view,
            reorders=not self.is_contiguous,
            detaches=not self.has_gradient,
            hands_on=bool(view),
            dtype=self.dtype,
        )


def saving_of(function: Callable[..., Any], args: Any, kwargs: Any) -> Saving | None:
    """Return the tensors that a function saves; None if it does not run on the meta device.

    Every floating-point argument has a gradient. `torch.autograd.graph.saved_tensors_hooks` shows
    the saved tensors; a shared storage counts once.
    """
    operands: list[torch.Tensor] = []
    known: dict[int, torch.Tensor] = {}
    saved: dict[int, torch.Tensor] = {}

    def differentiated(tensor: torch.Tensor) -> torch.Tensor:
        if id(tensor) not in known:
            is_real = tensor.is_floating_point()
            shape, strides = tuple(tensor.shape), tensor.stride()
            made = torch.empty_strided(shape, strides, dtype=tensor.dtype, device="meta")
            if is_real:  # not a leaf, because a leaf must not be overwritten
                weight = torch.ones((), dtype=made.dtype, device="meta", requires_grad=True)
                made = made * weight if 0 in strides else made.mul_(weight)
            known[id(tensor)] = made
        operands.append(known[id(tensor)])
        return operands[-1]

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        saved[_storage(tensor)] = tensor
        return tensor

    try:
        with torch._C.DisableTorchFunction(), _disable_current_modes(), torch.enable_grad():
            args, kwargs = mapped((args, kwargs), torch.Tensor, differentiated)
            with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
                result = function(*args, **kwargs)
        if getattr(function, "__name__", "") == "__setitem__":
            result = args[0]
        made = list(tensors_in(result))
    except Exception:  # any error of a function that does not run on meta tensors
        return None
    if not made:
        return None
    inputs = {_storage(tensor): i for i, tensor in reversed(list(enumerate(operands)))}
    outputs = {_storage(tensor) for tensor in made}
    values = next((tensor.dtype for tensor in operands if tensor.is_floating_point()), None)
    return Saving(
        arguments=tuple(sorted(inputs[key] for key in saved if key in inputs)),
        output=any(key in outputs and key not in inputs for key in saved),
        extra=tuple(
            _kept(tensor, values)
            for key, tensor in saved.items()
            if key not in inputs and key not in outputs
        ),
        view_of=inputs.get(_storage(made[0]), -1),
        is_contiguous=made[0].is_contiguous(),
        has_gradient=made[0].requires_grad,
        dtype=_kind(made[0], values),
    )


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _kept(tensor: torch.Tensor, values: torch.dtype | None) -> Kept:
    bytes = tensor.untyped_storage().nbytes()
    if tensor.dtype is values:
        return Kept(bytes // tensor.element_size())
    return Kept(bytes, "bytes")


def _kind(tensor: torch.Tensor, values: torch.dtype | None) -> str:
    """Return a tensor's dtype as in `ops.Kept`."""
    if values is None or tensor.dtype is values:
        return ""
    return {1: "bytes", 4: "float32", 8: "int64"}.get(tensor.element_size(), "")
