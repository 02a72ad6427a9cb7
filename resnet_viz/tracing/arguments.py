"""Turn a user's input into the arguments of a module's `forward`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from resnet_viz.errors import RequestError, show
from resnet_viz.tracing.structure import tensors_in

__all__ = ["bind", "input_names"]

MAX_ELEMENTS = 10**12
"""The most elements of one input; torch's own limit is 2**63 bytes."""

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def bind(module: nn.Module, input: Any, dtype: torch.dtype) -> Arguments:
    """Return the arguments for `forward` from an input, with shapes replaced by tensors.

    A tuple or list is several arguments and a mapping is keyword arguments, if `forward` accepts
    them; otherwise each is one argument. Shapes become tensors on the meta device.

    Raises:
        RequestError: a shape has a size below 1, or too many elements.
    """
    literal = any(True for _ in tensors_in(input))

    def fill(value: Any, *, outermost: bool = False) -> Any:
        if _is_shape(value) and not (literal and type(value) is not tuple and not outermost):
            return torch.empty(_checked(value), dtype=dtype, device="meta")
        if type(value) in (tuple, list):
            return type(value)([fill(part) for part in value])
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(fill, value))
        if type(value) is dict:
            return {key: fill(part) for key, part in value.items()}
        return value

    filled = fill(input, outermost=True)
    if _is_shape(input):
        return (filled,), {}
    readings = list(_readings(filled))
    try:
        signature = inspect.signature(module.forward if _own_forward(module) else module.__call__)
    except (AttributeError, TypeError, ValueError):
        return readings[0]
    for args, kwargs in readings:
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            continue
        return args, kwargs
    return readings[0]


def input_names(module: nn.Module, arguments: Arguments) -> tuple[str, ...]:
    """Return a name for each tensor in the arguments of `forward`, in order.

    The name is that of the parameter, or the key of the innermost mapping that holds the tensor,
    followed by an index if a list has several tensors.
    """
    args, kwargs = arguments
    try:
        parameters = list(inspect.signature(module.forward).parameters.values())
    except (TypeError, ValueError):
        return ()
    names = [one.name for one in parameters if one.kind is not one.VAR_POSITIONAL]
    rest = next((one.name for one in parameters if one.kind is one.VAR_POSITIONAL), "input")
    names += [f"{rest}[{i}]" for i in range(len(args) - len(names))]
    named = [*zip(names, args, strict=False), *kwargs.items()]
    return tuple(name for key, value in named for name in _names_in(value, key))


def _names_in(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _names_in(part, str(key))
    elif isinstance(value, (tuple, list)) and not isinstance(value, torch.Size) and len(value) > 1:
        for i, part in enumerate(value):
            yield from _names_in(part, f"{name}[{i}]")
    else:
        yield from (name for _ in tensors_in(value))


def _own_forward(module: nn.Module) -> bool:
    return getattr(type(module), "forward", None) is not nn.Module.forward or (
        "forward" in module.__dict__
    )


def _readings(input: Any) -> Iterator[Arguments]:
    """Yield the possible readings of an input as arguments, the likeliest first."""
    if isinstance(input, Mapping):
        if all(isinstance(key, str) for key in input):
            yield (), dict(input)
        yield (input,), {}
    elif type(input) in (tuple, list):
        yield tuple(input), {}
        yield (input,), {}
    else:
        yield (input,), {}
        if isinstance(input, tuple):
            yield tuple(input), {}


def _is_shape(value: Any) -> bool:
    return (
        type(value) in (tuple, list, torch.Size)
        and bool(value)
        and all(type(size) is int for size in value)
    )


def _checked(shape: Any) -> tuple[int, ...]:
    """Check that a tensor can have a shape, and return the shape.

    Raises:
        RequestError: it cannot.
    """
    elements = 1
    for size in shape:
        elements *= size
    if min(shape) < 1 or elements > MAX_ELEMENTS:
        raise RequestError(
            "input: {shape} (sizes must be 1 or more, elements {most} at most)",
            shape=show(tuple(shape)),
            most=MAX_ELEMENTS,
        )
    return tuple(shape)
