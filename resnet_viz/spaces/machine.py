"""Define arrays of 64-bit integers for counting, whose maker must prove that nothing overflows."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnet_viz.errors import RequestError, show

__all__ = ["MAX_MACHINE", "MachineIntegers", "machine_integers"]

MAX_MACHINE = 1 << 62
"""The bound that no number counted in 64 bits may reach."""


class MachineIntegers(np.ndarray[Any, Any]):
    """An array that `arithmetic.exact` leaves as it is, with 64-bit arithmetic."""

    is_machine = True


def machine_integers(values: Any, bound: int) -> MachineIntegers:
    """Return an array of 64-bit integers, with which counting is about a hundred times faster.

    The caller must have proved that no number derived from it reaches `MAX_MACHINE`.

    Raises:
        RequestError: an element is larger than the bound, or not above 0.

    >>> machine_integers(np.array([8, 16]), 1_000) * 2
    MachineIntegers([16, 32])
    """
    if values.size and not (values.min() > 0 and values.max() <= bound):
        raise RequestError("{value} (must be from 1 to {bound})", value=show(values), bound=bound)
    array: MachineIntegers = values.astype(np.int64, casting="same_kind").view(MachineIntegers)
    return array
