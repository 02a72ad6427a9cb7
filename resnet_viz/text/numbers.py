"""Format numbers for readers: counts with three digits, bytes, and times."""

from __future__ import annotations

from collections.abc import Mapping

from resnet_viz.arithmetic import Size

__all__ = ["BYTE_UNITS", "short", "show_bytes", "show_time"]

BYTE_UNITS: Mapping[str, int] = {
    "": 1,
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGT", start=1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", start=1)},
}
"""Bytes per unit of memory: decimal units, and binary ones with an i."""


def short(number: Size) -> str:
    """Return a number rounded to three digits, with a unit prefix.

    >>> short(115605504), short(999), short(1000), short(4089184256)
    ('116 M', '999', '1.00 k', '4.09 G')
    """
    amount, units = float(number), iter(("", " k", " M", " G", " T", " P"))
    unit = next(units)
    while amount >= 999.5 and unit != " P":
        amount, unit = amount / 1000, next(units)
    digits = 0 if amount >= 99.95 or not unit else 1 if amount >= 9.995 else 2
    return f"{amount:.{digits}f}{unit}"


def show_bytes(number: int) -> str:
    """Return a number of bytes with a binary unit.

    >>> show_bytes(687488512), show_bytes(512)
    ('655.6 MiB', '512 B')
    """
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if number >= BYTE_UNITS[unit]:
            return f"{number / BYTE_UNITS[unit]:.1f} {unit}"
    return f"{number} B"


def show_time(microseconds: float) -> str:
    """Return a time rounded to three digits, with a unit.

    >>> show_time(0.42), show_time(38.51), show_time(1350)
    ('0.420 µs', '38.5 µs', '1.35 ms')
    """
    amount, unit = microseconds, "µs"
    for larger in ("ms", "s"):
        if amount >= 999.5:
            amount, unit = amount / 1000, larger
    digits = 0 if amount >= 99.95 else 1 if amount >= 9.995 else 2 if amount >= 0.9995 else 3
    return f"{amount:.{digits}f} {unit}"
