"""Operations on sizes that may be integers or arrays of integers, beyond `+ - * //`.

A channel count, a depth or a resolution may be one `int` or a numpy array of many. The rules in
`ops` are plain arithmetic and work for both. The few comparisons that they need are here; for an
array, they answer for all elements at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from resnet_viz.errors import RequestError, show

__all__ = ["Size", "differ", "exact", "is_integer", "largest", "maximum", "product", "smallest"]
__all__ += ["where_differ"]

Size = Any
"""An `int`, or a numpy array of integers. Only callers that pass arrays import numpy.

`exact` converts arrays to `bounded` ones, so that no product overflows.
"""


def is_integer(value: object) -> bool:
    """Return whether a value is an `int` (and no `bool`) or an array of integers."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "O":
        return all(type(element) is int for element in value.flat)  # type: ignore[attr-defined]
    return type(value) is int or (kind in ("i", "u") and getattr(value, "size", 0) > 0)


def exact(value: Size) -> Size:
    """Return a size whose arithmetic never overflows: Python's integers, or `bounded` arrays."""
    if type(value) is int:
        return value
    if not getattr(value, "ndim", 0):
        return int(value)
    from resnet_viz.bounded import bounded  # here, because numpy is imported with it

    return bounded(value)


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
    """Return whether two sizes differ; for arrays, all elements must agree on the answer.

    Raises:
        RequestError: some elements differ and others are equal. They then belong to different
            networks (with a projection or without), which one graph cannot describe.
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


def where_differ(a: Size, b: Size) -> Size:
    """Return 1 where two sizes differ and 0 where they are equal; a `bool` where all agree.

    >>> where_differ(64, 64)
    False
    """
    answer = a != b
    if type(answer) is bool or answer.any() == answer.all():
        return bool(answer) if type(answer) is bool else bool(answer.all())
    return exact(answer.astype(int))


def product(sizes: Iterable[Size]) -> Size:
    """Return the product of sizes; 1 if there are none."""
    return prod(sizes)
