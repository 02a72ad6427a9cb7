"""Arrays of integers that never overflow: 64-bit ones, and Python's own where those may not do.

Each array knows a bound that no element of it exceeds. A sum, difference, product or quotient has a
bound that follows from those of its operands; while it fits, the processor's integers hold the
result, about a hundred times as fast as Python's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Bounded", "bounded"]

LIMIT = 1 << 63
"""What no bound may reach."""


class Bounded(np.ndarray[Any, Any]):
    """An array of 64-bit integers, none of which is larger than `most`, whatever its sign."""

    most: int

    def __array_finalize__(self, parent: Any) -> None:
        if parent is not None:
            self.most = getattr(parent, "most", LIMIT - 1)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [x.view(np.ndarray) if isinstance(x, Bounded) else x for x in inputs]
        rule = _RULES.get(ufunc.__name__)
        if rule is None or method != "__call__" or options or not all(map(_is_whole, plain)):
            return getattr(ufunc, method)(*plain, **options)
        bound = rule(*map(_most, inputs))
        if bound >= LIMIT:  # the elements may be smaller than what they are known to be
            bound = rule(*map(_largest, plain))
        if bound >= LIMIT:
            return ufunc(*(np.asarray(x).astype(object) for x in plain))
        result = np.asarray(ufunc(*(np.asarray(x).astype(np.int64, copy=False) for x in plain)))
        made = result.view(Bounded)
        made.most = bound
        return made


_RULES: dict[str, Callable[..., int]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "floor_divide": lambda a, b: a + 1,
    "remainder": lambda a, b: b,
    "negative": lambda a: a,
}
"""How large a result may be, by the sizes of the operands."""


def _is_whole(value: Any) -> bool:
    return type(value) is int or getattr(getattr(value, "dtype", None), "kind", "") in (
        "i",
        "u",
        "b",
    )


def _most(value: Any) -> int:
    return value.most if isinstance(value, Bounded) else _largest(value)


def _largest(value: Any) -> int:
    """Return the largest magnitude of an integer's or array's elements."""
    if type(value) is int:
        return abs(value)
    if value.dtype.kind == "b":
        return 1
    return max(abs(int(value.max())), abs(int(value.min()))) if value.size else 0


def bounded(values: Any) -> Any:
    """Return an array as bounded integers; one of Python's integers as it is.

    >>> sides = bounded(np.array([224, 256]))
    >>> (sides * sides).tolist(), (sides**1).tolist()
    ([50176, 65536], [224, 256])
    >>> wide = bounded(np.array([2**40]))
    >>> (wide * wide).tolist() == [2**80]
    True
    """
    if isinstance(values, Bounded) or values.dtype.kind == "O":
        return values
    largest = _largest(values)
    if largest >= LIMIT:
        return values.astype(object)
    made = values.astype(np.int64).view(Bounded)
    made.most = largest
    return made
