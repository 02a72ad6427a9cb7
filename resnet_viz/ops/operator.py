"""What the catalogue says of an operator, and what a rule answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from resnet_viz.arithmetic import Size, smallest
from resnet_viz.errors import RequestError

__all__ = ["Attrs", "Operator", "Outcome", "Shape", "needs_sizes", "spell"]

Shape = tuple[Size, ...]
Attrs = Mapping[str, Any]


_FREE: Mapping[str, Size] = {}


class Outcome(NamedTuple):
    """What an operator makes of its inputs.

    Attributes:
        outputs: the shape of each output.
        params: name and shape of each parameter, as in a module's `state_dict`.
        terms: the cost, term by term; a term that is not named is zero.
    """

    outputs: tuple[Shape, ...]
    params: tuple[tuple[str, Shape], ...] = ()
    terms: Mapping[str, Size] = _FREE


class Operator(NamedTuple):
    """An entry of the catalogue.

    Attributes:
        category: what it is to a reader and a figure: `conv`, `norm`, `activation`, `pool`,
            `linear`, `matmul`, `merge` or `shape`.
        rule: called as `rule(*input_shapes, **attributes)`.
    """

    name: str
    category: str
    rule: Callable[..., Outcome]


def needs_sizes(output: Shape, given: Shape) -> None:
    """Check that no size of an output has reached zero.

    Raises:
        RequestError: one has.
    """
    if any(smallest(size) < 1 for size in output):
        raise RequestError(
            "the size reaches zero: {given} becomes {output}",
            given=spell(given),
            output=spell(output),
        )


def spell(shape: Shape) -> str:
    """Return a shape as people write it.

    >>> spell((64, 56, 56))
    '64×56×56'
    """
    return "×".join(str(size) for size in shape) or "scalar"
