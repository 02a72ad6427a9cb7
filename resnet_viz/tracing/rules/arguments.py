"""Convert and check the arguments of rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from resnet_viz.errors import RequestError, show
from resnet_viz.ops.operator import spell
from resnet_viz.tracing.proxy import Proxy

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["Rule", "check_rank", "check_size", "expand", "lift"]

Rule = Callable[..., Any]
"""A function of the recorder and a torch function's arguments, with torch's names.

It returns the output of the function, or `NotImplemented` for a case that it does not cover. `name`
is the path of the calling module in the current scope, if a module calls the function.
"""


def expand(value: Any, rank: int) -> tuple[int, ...]:
    """Expand a number to a tuple of `rank` values."""
    if isinstance(value, (tuple, list)):
        return tuple(value) * rank if len(value) == 1 else tuple(value)
    return (value,) * rank


def lift(recorder: Recorder, *tensors: Any) -> tuple[Proxy, ...]:
    """Return stand-ins for arguments that must be tensors.

    Raises:
        RequestError: an argument is no tensor.
    """
    lifted = tuple(map(recorder.lift, tensors))
    for given, proxy in zip(tensors, lifted, strict=True):
        if proxy is None:
            raise RequestError(
                "{path}: {value} (must be a tensor)",
                path=recorder.builder.path(""),
                value=show(given),
            )
    return lifted  # type: ignore[return-value]


def check_size(recorder: Recorder, name: str, x: Proxy, axis: int, size: int, what: str) -> None:
    """Check that a tensor has the number of channels or features that a weight needs.

    Raises:
        RequestError: it has another number.
    """
    if len(x.shape) < -axis or x.shape[axis] != size:
        given = f"has {x.shape[axis]}" if len(x.shape) >= -axis else f"has rank {len(x.shape)}"
        raise RequestError(
            "{path}: input {shape} {given} {what} (its weight takes {size})",
            path=recorder.builder.path(name),
            shape=spell(tuple(x.shape)),
            given=given,
            what=what,
            size=size,
        )


def check_rank(recorder: Recorder, name: str, x: Proxy, *ranks: int) -> None:
    """Check that a tensor has a number of dimensions that an operator accepts.

    Raises:
        RequestError: it has more or fewer.
    """
    if len(x.shape) not in ranks:
        raise RequestError(
            "{path}: input {shape} has {rank} dimensions (must have {legal})",
            path=recorder.builder.path(name),
            shape=spell(tuple(x.shape)),
            rank=len(x.shape),
            legal=" or ".join(map(str, ranks)),
        )
