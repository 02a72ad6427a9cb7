"""Operators that move elements and compute nothing."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, differ, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import (
    Attrs,
    Kept,
    Memory,
    Operator,
    Outcome,
    Shape,
    needs_sizes,
    spell,
)

__all__ = ["OPERATORS"]


def flatten(x: Shape, *, start: int) -> Outcome:
    """All dimensions from `start` on, counted from the last (`-3` of an image), become one."""
    return Outcome(((*x[:start], product(x[start:])),))


def unflatten(x: Shape, *, sizes: Shape) -> Outcome:
    """The last dimension becomes several."""
    if differ(product(sizes), x[-1]):
        raise RequestError("{x} cannot become {sizes}", x=x[-1], sizes=spell(sizes))
    return Outcome(((*x[:-1], *sizes),))


def subsample(x: Shape, *, steps: tuple[int, ...]) -> Outcome:
    """Every n-th element of each of the last dimensions, beginning with the first one."""
    if len(steps) > len(x):
        raise RequestError(
            "{x} cannot be subsampled in {count} dimensions", x=spell(x), count=len(steps)
        )
    kept = tuple((n - 1) // step + 1 for n, step in zip(x[-len(steps) :], steps, strict=True))
    output = (*x[: -len(steps)], *kept)
    needs_sizes(output, x)
    return Outcome((output,))


def pad(x: Shape, *, amounts: tuple[Size, ...]) -> Outcome:
    """Zeros before and after, in pairs from the last dimension on (as torch.nn.functional.pad)."""
    output = list(x)
    for i in range(len(amounts) // 2):
        output[-1 - i] = output[-1 - i] + amounts[2 * i] + amounts[2 * i + 1]
    needs_sizes(tuple(output), x)
    return Outcome((tuple(output),))


def keep(x: Shape) -> Outcome:
    """Any shape to itself."""
    return Outcome((x,))


def reshape(x: Shape, *, shape: Shape) -> Outcome:
    """The same elements in another shape."""
    if product(shape) != product(x):
        raise RequestError("{x} cannot become {shape}", x=spell(x), shape=spell(shape))
    return Outcome((shape,))


def permute(x: Shape, *, order: tuple[int, ...]) -> Outcome:
    """Dimensions in another order, each named by its place counted from the last."""
    return Outcome((tuple(x[i] for i in order),))


def _mask(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the noise that dropout multiplies by, of the values' own dtype (CUDA: one byte)."""
    return (Kept(product(x)),)


def _chances(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the number that drop path multiplies each image by."""
    return (Kept(product(x[:-3])),)


_VIEW = Memory(view="always", hands_on=True)
_VIEW_IF_CONTIGUOUS = Memory(view="contiguous", hands_on=True)

OPERATORS = (
    Operator("dropout", "shape", keep, Memory(extra=_mask, view="inference")),
    Operator("drop_path", "shape", keep, Memory(extra=_chances, view="inference")),
    Operator("identity", "shape", keep, _VIEW),
    Operator("contiguous", "shape", keep, _VIEW_IF_CONTIGUOUS),
    Operator("reshape", "shape", reshape, _VIEW_IF_CONTIGUOUS),
    Operator("permute", "shape", permute, _VIEW._replace(reorders=True)),
    Operator("flatten", "shape", flatten, _VIEW_IF_CONTIGUOUS),
    Operator("unflatten", "shape", unflatten, _VIEW_IF_CONTIGUOUS),
    Operator("subsample", "shape", subsample, Memory(view="always", reorders=True)),
    Operator("pad", "shape", pad),
)
