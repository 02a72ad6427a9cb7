"""Integers that may be arrays of integers: what counting needs beyond `+ - * //`.

A channel count, a depth or a resolution may be one `int` or a numpy array of many. The rules in
`ops` are plain arithmetic and serve both. The few questions that have a yes or no for an answer are
asked here; on an array they are asked of all its elements at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from resnet_viz.errors import RequestError, show

__all__ = ["Size", "differ", "exact", "is_integer", "largest", "maximum", "product", "smallest"]

Size = Any
"""An `int`, or a numpy array of integers. numpy is imported only by whoever passes arrays.

Arrays are turned into arrays of Python's integers (`exact`), so that no product of them overflows.
"""


def is_integer(value: object) -> bool:
    """Return whether a value is an `int` (and no `bool`) or an array of integers."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "O":
        return all(type(element) is int for element in value.flat)  # type: ignore[attr-defined]
    return type(value) is int or (kind in ("i", "u") and getattr(value, "size", 0) > 0)


def exact(value: Size) -> Size:
    """Return a size whose arithmetic never overflows: Python's own integers, in arrays too.

    An array that says of itself that it `is_machine` stays: who made it has proved that nothing
    that is counted of it leaves 64 bits (`spaces.machine`).
    """
    if type(value) is int or getattr(value, "is_machine", False):
        return value
    return value.astype(object) if getattr(value, "ndim", 0) else int(value)


def smallest(value: Size) -> int:
    """Return the smallest element of an array, or the integer itself."""
    return value if type(value) is int else int(value.min())


def largest(value: Size) -> int:
    """Return the largest element of an array, or the integer itself."""
    return value if type(value) is int else int(value.max())


def maximum(a: Size, b: Size) -> Size:
    """Return the larger of two, element by element; for integers and arrays alike.

    >>> maximum(3, 5)
    5
    """
    return a + (b - a) * (b > a)


def differ(a: Size, b: Size) -> bool:
    """Return whether two sizes differ; of arrays, all elements must agree on the answer.

    Raises:
        RequestError: in some elements the sizes differ, in others they are equal. The two have
            different networks (a projection or none), which no one graph can describe.
    """
    answer = a != b
    if type(answer) is bool:
        return answer
    if answer.any() != answer.all():
        raise RequestError(
            "channels: {a} and {b} differ in some elements only (must differ in all or in "
            "none, so that one graph describes them all)",
            a=show(a),
            b=show(b),
        )
    return bool(answer.all())


def product(sizes: Iterable[Size]) -> Size:
    """Return the product of sizes, 1 of none."""
    return prod(sizes)
