"""Walk through nested values: tensors in tuples, lists, dicts, dataclasses and registered types.

Containers of other libraries are opened as they are registered in `torch.utils._pytree`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType, MethodType, ModuleType
from typing import Any

import torch
from torch import nn
from torch.utils._pytree import SUPPORTED_NODES

__all__ = ["key_of", "mapped", "tensors_in"]

_CLOSED: tuple[type, ...] = (
    str,
    bytes,
    int,
    float,
    complex,
    type(None),
    type,
    FunctionType,
    MethodType,
)
_CLOSED += (ModuleType, nn.Module, torch.Size, torch.dtype, torch.device)
"""What holds no tensors, or is no value."""


def mapped(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """Return a nested value with `change` applied to every part of the given kind."""
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, _CLOSED):
        return value
    exact = type(value)
    if exact in (tuple, list):
        return exact([mapped(part, kind, change) for part in value])
    if exact is dict:
        return {key: mapped(part, kind, change) for key, part in value.items()}
    if exact is slice:
        ends = (value.start, value.stop, value.step)
        return slice(*(mapped(part, kind, change) for part in ends))
    if exact in SUPPORTED_NODES:
        node = SUPPORTED_NODES[exact]
        parts, context = node.flatten_fn(value)
        return node.unflatten_fn([mapped(part, kind, change) for part in parts], context)
    if isinstance(value, (tuple, list)):
        parts = [mapped(part, kind, change) for part in value]
        if all(new is old for new, old in zip(parts, value, strict=True)):
            return value
        return exact(*parts) if hasattr(value, "_fields") else exact(parts)
    return _copied(value, kind, change)


def _copied(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """Return a copy of a mapping or object with changed parts, or itself if none changed."""
    if isinstance(value, Mapping):
        held = {key: mapped(part, kind, change) for key, part in value.items()}
        if all(held[key] is part for key, part in value.items()):
            return value
        copied = copy.copy(value)
        for key, part in held.items():
            copied[key] = part  # type: ignore[index]
        return copied
    names = (
        [field.name for field in fields(value)] if is_dataclass(value) else _attribute_names(value)
    )
    held = {name: mapped(getattr(value, name), kind, change) for name in names}
    if all(part is getattr(value, name) for name, part in held.items()):
        return value
    copied = copy.copy(value)
    for name, part in held.items():
        object.__setattr__(copied, name, part)
    return copied


def _attribute_names(value: Any) -> list[str]:
    """Return the names of a plain object's attributes."""
    names = list(getattr(value, "__dict__", ()))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
    return [name for name in names if name != "__dict__" and hasattr(value, name)]


def tensors_in(value: Any) -> Iterator[Any]:
    """Yield the tensors in a nested value, including those in attributes of plain objects."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, torch.Tensor):
            yield part
            continue
        if isinstance(part, _CLOSED) or id(part) in seen:
            continue
        seen.add(id(part))
        if type(part) in SUPPORTED_NODES:
            inside = SUPPORTED_NODES[type(part)].flatten_fn(part)[0]
        elif isinstance(part, Mapping):
            inside = list(part.values())
        elif isinstance(part, (tuple, list, set, frozenset)):
            inside = list(part)
        elif isinstance(part, slice):
            inside = [part.start, part.stop, part.step]
        elif is_dataclass(part):
            inside = [getattr(part, field.name) for field in fields(part)]
        else:
            inside = [getattr(part, name) for name in _attribute_names(part)]
        waiting.extend(reversed(list(inside)))


def key_of(value: Any) -> Any:
    """Return a cache key that is equal for arguments with equal results."""
    if isinstance(value, torch.Tensor):
        return ("tensor", tuple(value.shape), value.dtype, value.stride())
    if isinstance(value, (tuple, list)):
        return (type(value), *map(key_of, value))
    if isinstance(value, dict):
        return tuple((name, key_of(part)) for name, part in value.items())
    if isinstance(value, slice):
        return ("slice", key_of(value.start), key_of(value.stop), key_of(value.step))
    return (type(value), value)
