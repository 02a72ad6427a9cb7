"""Operators that join two tensors element by element."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, differ, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import Memory, Operator, Outcome, Shape, spell

__all__ = ["OPERATORS", "broadcast"]


def broadcast(a: Shape, b: Shape) -> Shape:
    """Return the shape that two shapes have together: equal sizes, or one of them 1.

    Raises:
        RequestError: they do not fit.
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
    """Two shapes that broadcast to the one they have together; a number has none."""
    if b is None:
        return Outcome((a,))
    output = broadcast(a, b)
    return Outcome((output,), terms={"merge_outputs": product(output)})


def combine(a: Shape, b: Shape | None = None) -> Outcome:
    """Two shapes that broadcast to the one they have together, as in a product."""
    return Outcome((a if b is None else broadcast(a, b),))


def concatenate(*parts: Shape, axis: int) -> Outcome:
    """Shapes that are equal but for one axis, counted from the last; its sizes add up."""
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
"""A sum saves nothing; its gradient is that of each summand. `cat` hands on parts of it."""

_PRODUCT = Memory("factors")
"""`mul`: the gradient of each factor is `grad · other`, so each is saved for the other."""

OPERATORS = (
    Operator("add", "merge", add, _SUM),
    Operator("sub", "merge", combine),
    Operator("mul", "merge", combine, _PRODUCT),
    Operator("div", "merge", combine, _PRODUCT),
    Operator("cat", "merge", concatenate, _SUM),
)
