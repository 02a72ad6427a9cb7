"""Operators that move or select elements without arithmetic."""

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
    """Merge all dimensions from `start`, counted from the last (`-3` for an image), into one."""
    return Outcome(((*x[:start], product(x[start:])),))


def unflatten(x: Shape, *, sizes: Shape) -> Outcome:
    """Split the last dimension into several."""
    if differ(product(sizes), x[-1]):
        raise RequestError("{x} cannot become {sizes}", x=x[-1], sizes=spell(sizes))
    return Outcome(((*x[:-1], *sizes),))


def subsample(x: Shape, *, steps: tuple[int, ...]) -> Outcome:
    """Take every n-th element along each of the last dimensions, starting with the first."""
    if len(steps) > len(x):
        raise RequestError(
            "{x} cannot be subsampled in {count} dimensions", x=spell(x), count=len(steps)
        )
    kept = tuple((n - 1) // step + 1 for n, step in zip(x[-len(steps) :], steps, strict=True))
    output = (*x[: -len(steps)], *kept)
    needs_sizes(output, x)
    return Outcome((output,))


def pad(x: Shape, *, amounts: tuple[Size, ...]) -> Outcome:
    """Pad with zeros: pairs of amounts, last dimension first, as in torch.nn.functional.pad."""
    output = list(x)
    for i in range(len(amounts) // 2):
        output[-1 - i] = output[-1 - i] + amounts[2 * i] + amounts[2 * i + 1]
    needs_sizes(tuple(output), x)
    return Outcome((tuple(output),))


def keep(x: Shape) -> Outcome:
    """Return the input shape unchanged."""
    return Outcome((x,))


def reshape(x: Shape, *, shape: Shape) -> Outcome:
    """Reshape to `shape`, which has as many elements."""
    if product(shape) != product(x):
        raise RequestError("{x} cannot become {shape}", x=spell(x), shape=spell(shape))
    return Outcome((shape,))


def permute(x: Shape, *, order: tuple[int, ...]) -> Outcome:
    """Permute the dimensions; `order` gives their indices, counted from the last."""
    return Outcome((tuple(x[i] for i in order),))


def _mask(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return dropout's mask, which has the dtype of the values (on CUDA, one byte)."""
    return (Kept(product(x)),)


def _chances(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the factor by which drop path multiplies each image."""
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
