"""What the catalogue says of an operator, and what a rule answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from resnet_viz.arithmetic import Size, smallest
from resnet_viz.errors import RequestError

__all__ = ["Attrs", "Kept", "Memory", "Operator", "Outcome", "Shape", "needs_sizes", "spell"]

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


class Kept(NamedTuple):
    """A tensor that an operator makes beside its outputs.

    Attributes:
        elements: how many.
        dtype: `""` for that of the values, `float32` for statistics (double for doubles), `int64`
            for indices.
        inference: whether it is made in inference, too, and dropped when the operator ends.
    """

    elements: Size
    dtype: str = ""
    inference: bool = False


class Memory(NamedTuple):
    """Which tensors an operator saves for its backward pass, makes beside its output, or passes on.

    Attributes:
        saves: what it saves of its own where a gradient is asked for: `inputs`, its `output`, its
            `factors` (each input that another one with a gradient is multiplied by), or nothing.
        unless: tells of its attributes whether it saves nothing after all.
        extra: what it makes beside its outputs, of its first input's shape, its first output's, and
            its attributes.
        view: when its output lies in its input's memory: `always`, where that is `contiguous`, in
            `inference` only (dropout), or never.
        reorders: whether that view is not contiguous.
        hands_on: whether the gradient of its output is that of its inputs, and none is made anew.
        overwritten: what it saves where it overwrites the input: a `copy` of it, or its `output`.
    """

    saves: str = ""
    unless: Callable[[Attrs], bool] | None = None
    extra: Callable[[Shape, Shape, Attrs], tuple[Kept, ...]] | None = None
    view: str = ""
    reorders: bool = False
    hands_on: bool = False
    overwritten: str = "copy"


NOTHING = Memory()


def _no_buffers(x: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    return ()


class Operator(NamedTuple):
    """An entry of the catalogue.

    Attributes:
        category: what it is to a reader and a figure: `conv`, `norm`, `activation`, `pool`,
            `linear`, `matmul`, `merge` or `shape`.
        rule: called as `rule(*input_shapes, **attributes)`.
        memory: what it saves and makes; the source of each entry is torch's table of derivatives,
            tools/autograd/derivatives.yaml, and what its kernels allocate.
        buffers: the tensors of its module that are no parameters, of its input's shape.
        passes: how often it reads or writes a tensor of its input's size beside reading its inputs
            and writing its outputs, when it runs as one kernel after another.
    """

    name: str
    category: str
    rule: Callable[..., Outcome]
    memory: Memory = NOTHING
    buffers: Callable[[Shape, Attrs], tuple[Kept, ...]] = _no_buffers
    passes: int = 0


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
