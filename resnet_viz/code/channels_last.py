"""Write operators on images of shape `(N, H, W, C)`, in code that NumPy, JAX and Keras share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnet_viz.code.dialect import Slots, every, parts_of
from resnet_viz.code.unify import Slot, Step

__all__ = ["FLAT", "fused", "pads", "reshaped", "strided"]

FLAT = "flat"
"""The slot of a global pool that decides whether its output is `(N, C)` or `(N, 1, 1, C)`."""


def fused(steps: Sequence[Step]) -> list[Step]:
    """Return steps without a flatten that a global pool or the next reshape can include.

    A global pool can output one number for each channel, and a reshape accepts any shape.
    """
    readers = {name: step.op for step in steps for name in step.inputs}
    made: list[Step] = []
    stands: dict[str, str] = {}
    for step in steps:
        step = replace(step, inputs=tuple(stands.get(name, name) for name in step.inputs))
        if step.kind is not None:
            step.kind.steps = fused(step.kind.steps)
        before = made[-1] if made and made[-1].name == step.inputs[0] else None
        pooled = before is not None and before.op == "adaptive_avg_pool2d"
        if step.op != "flatten" or not (pooled or readers.get(step.name) == "unflatten"):
            made.append(step)
            continue
        stands[step.name] = step.inputs[0]
        if before is not None and pooled and readers.get(step.name) != "unflatten":
            made[-1] = replace(before, slots={**before.slots, FLAT: Slot("True", True)})
    return made


def pads(amounts: str) -> str:
    """Return the padding before and after each dimension, from amounts in torch's order.

    >>> pads("(1, 1, 2, 2)")
    '((0, 0), (2, 2), (1, 1), (0, 0))'
    """
    parts = [*parts_of(amounts), *["0"] * 6]
    wide, high, channels = (f"({a}, {b})" for a, b in zip(parts[:6:2], parts[1:6:2], strict=True))
    return f"((0, 0), {high}, {wide}, {channels})"


def reshaped(slots: Slots) -> str:
    """Return the shape `(N, …, C)` of an unflattened `(N, C, …)`.

    >>> reshaped({"sizes": Slot("(1, channels)")})
    '(-1, channels, 1)'
    """
    channels, *others = parts_of(slots["sizes"].text)
    return f"({', '.join(['-1', *others, channels])})"


def strided(slots: Slots, x: str) -> str:
    """Return an image subsampled with the given steps.

    >>> strided({"steps": Slot("2")}, "x")
    'x[:, ::2, ::2]'
    """
    step = every(slots["steps"].text)
    return f"{x}[:, {step}, {step}]"
