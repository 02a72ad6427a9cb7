"""Define a visitor's budget: limits of a network's costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from resnet_viz.answers.memory import parse_bytes
from resnet_viz.spaces import units
from resnet_viz.text.numbers import short, show_bytes

__all__ = ["MAX_BATCH", "QUANTITIES", "Budget", "Setting", "amount", "parse_amount"]

MAX_BATCH = 65_536

PICOSECONDS = 10**6  # in a microsecond

QUANTITIES = ("macs", "params", "memory", "time")
"""The costs that can be limited."""


class Setting(NamedTuple):
    """The settings of training, for the memory, and of inference, for the time.

    Attributes:
        batch: the number of images.
        dtype: the dtype, as in `resnet_viz.memory`.
        optimizer: the optimizer, as in `resnet_viz.memory`.
        device: the device, as in `resnet_viz.latency`.
    """

    batch: int = 32
    dtype: str = "float32"
    optimizer: str = "momentum"
    device: str = "rtx4090"


class Budget(NamedTuple):
    """The limits of a network's costs; 0 is no limit.

    Memory is that of a training step in bytes; time is that of a forward pass in microseconds.

    >>> Budget(macs=10**9).limits()
    {'macs': 1000000000}
    """

    macs: int = 0
    params: int = 0
    memory: int = 0
    time: int = 0

    def limits(self) -> dict[str, int]:
        """Return the limits that are set."""
        return {name: limit for name, limit in self._asdict().items() if limit}

    def holds(self, totals: Mapping[str, int]) -> bool:
        """Return whether a network with the given totals is within every limit."""
        return all(totals[name] <= limit for name, limit in self.limits().items())


def parse_amount(name: str, text: str) -> int:
    """Parse an amount such as `1 G` or `5,000,000`; an empty text is 0.

    Raises:
        RequestError: the text is no amount.

    >>> parse_amount("macs", "1 G"), parse_amount("params", "5.5m"), parse_amount("params", "")
    (1000000000, 5500000, 0)
    """
    plain = text.replace(",", "").strip()
    if not plain:
        return 0
    if name == "memory":
        return parse_bytes(plain)
    if name == "time":
        return units.parse_time(name, plain) // PICOSECONDS
    return units.parse_amount(name, plain)


def amount(name: str, number: int) -> str:
    """Return the short form of an amount, with a unit.

    >>> amount("macs", 4089184256), amount("memory", 2764000000), amount("time", 10680)
    ('4.09 G', '2.6 GiB', '10.7 ms')
    """
    if name == "time":
        return f"{number / 1000:.3g} ms"
    return show_bytes(number) if name == "memory" else short(number)
