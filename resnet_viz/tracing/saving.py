"""Find the tensors that a function saves for its backward pass, by running it on meta tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch

from resnet_viz.ops import Kept, Memory
from resnet_viz.ops.operator import given
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
    """

    arguments: tuple[int, ...]
    output: bool
    extra: tuple[Kept, ...]
    view_of: int
    is_contiguous: bool
    has_gradient: bool

    def memory(self, are_inputs: Sequence[bool]) -> Memory:
        """Return the memory behaviour of a node, given which arguments are its inputs.

        All other arguments are parameters or depend only on parameters; a step does not save them.
        """
        numbers = [i for i, is_input in enumerate(are_inputs) if is_input]
        places = tuple(numbers.index(i) for i in self.arguments if i in numbers)
        view = "always" if numbers and self.view_of == numbers[0] else ""
        return Memory(
            saves="places",
            places=(*places, -1) if self.output else places,
            extra=partial(given, self.extra) if self.extra else None,
            view=view,
            reorders=not self.is_contiguous,
            detaches=not self.has_gradient,
            hands_on=bool(view),
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
            made = torch.empty_like(tensor, device="meta", requires_grad=is_real)
            known[id(tensor)] = made.clone() if is_real else made  # a leaf must not be overwritten
        operands.append(known[id(tensor)])
        return operands[-1]

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        saved[_storage(tensor)] = tensor
        return tensor

    try:
        with torch._C.DisableTorchFunction(), torch.enable_grad():
            args, kwargs = mapped((args, kwargs), torch.Tensor, differentiated)
            with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
                made = list(tensors_in(function(*args, **kwargs)))
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
    )


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _kept(tensor: torch.Tensor, values: torch.dtype | None) -> Kept:
    bytes = tensor.untyped_storage().nbytes()
    if tensor.dtype is values:
        return Kept(bytes // tensor.element_size())
    return Kept(bytes, "bytes")
