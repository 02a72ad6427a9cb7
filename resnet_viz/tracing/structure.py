"""Nested values: the tensors inside tuples, lists, dicts, slices, dataclasses."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import torch

__all__ = ["flat", "mapped"]


def mapped(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """Return a nested value with every part of a kind changed.

    Tuples, lists, dicts, slices and dataclasses are looked into.
    """
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, torch.Size):
        return value
    if isinstance(value, (tuple, list)):
        parts = [mapped(part, kind, change) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, dict):
        changed = {key: mapped(part, kind, change) for key, part in value.items()}
        copied = copy.copy(value)
        copied.update(changed)
        return copied
    if isinstance(value, slice):
        ends = (value.start, value.stop, value.step)
        return slice(*(mapped(part, kind, change) for part in ends))
    if is_dataclass(value) and not isinstance(value, type):
        changed_copy = copy.copy(value)
        for field in fields(value):
            part = mapped(getattr(value, field.name), kind, change)
            object.__setattr__(changed_copy, field.name, part)
        return changed_copy
    return value


def flat(value: Any) -> Iterator[Any]:
    """Yield what nested tuples, lists and dicts hold."""
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from flat(part)
    elif isinstance(value, dict):
        yield from flat(tuple(value.values()))
    else:
        yield value
