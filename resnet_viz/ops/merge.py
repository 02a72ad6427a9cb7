"""Operators that join two tensors element by element."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, differ, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import Memory, Operator, Outcome, Shape, spell

__all__ = ["OPERATORS", "broadcast"]


def broadcast(a: Shape, b: Shape) -> Shape:
    """Return the broadcast shape of two shapes, whose sizes are equal or one of them 1.

    Raises:
        RequestError: the shapes cannot be broadcast.
    """
    short, long = sorted((a, b), key=len)
    padded = (1,) * (len(long) - len(short)) + short

    def join(m: Size, n: Size) -> Size:
        if not differ(m, n) or (type(n) is int and n == 1):
            return m
        if type(m) is int and m == 1:
            return n
        raise RequestError("{a} and {b} cannot be joined", a=spell(a), b=spell(b))

    return tuple(join(m, n) for m, n in zip(padded, long, strict=True))


def add(a: Shape, b: Shape | None = None) -> Outcome:
    """Add two tensors, or a tensor and a number, and return their broadcast shape."""
    if b is None:
        return Outcome((a,))
    output = broadcast(a, b)
    return Outcome((output,), terms={"merge_outputs": product(output)})


def combine(a: Shape, b: Shape | None = None) -> Outcome:
    """Combine two tensors element by element, as a product does, into their broadcast shape."""
    return Outcome((a if b is None else broadcast(a, b),))


def concatenate(*parts: Shape, axis: int) -> Outcome:
    """Concatenate tensors along an axis, counted from the last; all other sizes are equal."""
    first, *others = parts
    output = list(first)
    for part in others:
        if len(part) != len(first) or any(
            differ(m, n)
            for i, (m, n) in enumerate(zip(part, first, strict=True))
            if i != len(first) + axis
        ):
            raise RequestError(
                "{first} and {part} cannot be put end to end", first=spell(first), part=spell(part)
            )
        output[axis] = output[axis] + part[axis]
    return Outcome((tuple(output),))


_SUM = Memory(hands_on=True)
"""A sum saves nothing: each summand's gradient is that of the sum; for `cat`, a slice of it."""

_PRODUCT = Memory("factors")
"""`mul`: the gradient of a factor is `grad · other`, so each factor is saved for the other."""

OPERATORS = (
    Operator("add", "merge", add, _SUM),
    Operator("sub", "merge", combine),
    Operator("mul", "merge", combine, _PRODUCT),
    Operator("div", "merge", combine, _PRODUCT),
    Operator("cat", "merge", concatenate, _SUM),
)
