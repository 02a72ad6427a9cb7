"""Define the entries of the operator catalogue, and the outcome that their rules return."""

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
    """The result of an operator's rule.

    Attributes:
        outputs: the shape of each output.
        params: the name and shape of each parameter, as in a module's `state_dict`.
        terms: the cost by term; missing terms are zero.
    """

    outputs: tuple[Shape, ...]
    params: tuple[tuple[str, Shape], ...] = ()
    terms: Mapping[str, Size] = _FREE


class Kept(NamedTuple):
    """A tensor that an operator allocates besides its outputs.

    Attributes:
        elements: the number of elements.
        dtype: `""` for the dtype of the values, `float32` for statistics (`float64` if the values
            are), `int64` for indices, `bytes` for elements of one byte.
        inference: whether it is also allocated in inference, and freed when the operator ends.
    """

    elements: Size
    dtype: str = ""
    inference: bool = False


class Memory(NamedTuple):
    """The memory behaviour of an operator: what it saves, allocates, or shares with its inputs.

    Attributes:
        saves: the tensors saved for the backward pass: `inputs`, `output`, `factors` (each input
            that is multiplied by another one with a gradient), those at its `places`, or `""` for
            none.
        places: the indices of the inputs that are saved; -1 stands for the output.
        unless: a function of the attributes that returns whether nothing is saved after all.
        extra: a function from the first input's shape, the output shape and the attributes to the
            tensors allocated besides the outputs.
        view: when the output is a view of the input: `always`, if the input is `contiguous`, in
            `inference` only (dropout), or `""` for never.
        reorders: whether the output is not contiguous.
        detaches: whether the output has no gradient.
        hands_on: whether the output's gradient is passed to the inputs without allocating another.
        in_place: whether it overwrites its first input.
        overwritten: the tensor saved if it does: a `copy` of the input, or its `output`.
        dtype: the dtype of its outputs, as in `Kept`.
    """

    saves: str = ""
    places: tuple[int, ...] = ()
    unless: Callable[[Attrs], bool] | None = None
    extra: Callable[[Shape, Shape, Attrs], tuple[Kept, ...]] | None = None
    view: str = ""
    reorders: bool = False
    detaches: bool = False
    hands_on: bool = False
    in_place: bool = False
    overwritten: str = "copy"
    dtype: str = ""


NOTHING = Memory()


def given(kept: tuple[Kept, ...], x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return `kept` for any shapes; with `kept` bound, this function is a `Memory.extra`."""
    return kept


def _no_buffers(x: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    return ()


class Operator(NamedTuple):
    """An entry of the catalogue.

    Attributes:
        category: the group shown to a reader: `conv`, `norm`, `activation`, `pool`, `linear`,
            `matmul`, `merge` or `shape`.
        rule: the function that computes the outcome, called as `rule(*input_shapes, **attributes)`.
        memory: the memory behaviour; the source of each entry is torch's table of derivatives,
            tools/autograd/derivatives.yaml, and the allocations of its kernels.
        buffers: a function from the input shape and the attributes to the buffers of its module.
        passes: the number of tensors of the input's size that it reads or writes besides its inputs
            and outputs, when it runs as several kernels.
    """

    name: str
    category: str
    rule: Callable[..., Outcome]
    memory: Memory = NOTHING
    buffers: Callable[[Shape, Attrs], tuple[Kept, ...]] = _no_buffers
    passes: int = 0


def needs_sizes(output: Shape, given: Shape) -> None:
    """Check that every size of an output is at least 1.

    Raises:
        RequestError: a size is not.
    """
    if any(smallest(size) < 1 for size in output):
        raise RequestError(
            "the size reaches zero: {given} becomes {output}",
            given=spell(given),
            output=spell(output),
        )


def spell(shape: Shape) -> str:
    """Return a shape in the usual notation, with `×` between sizes.

    >>> spell((64, 56, 56))
    '64×56×56'
    """
    return "×".join(str(size) for size in shape) or "scalar"
