"""Parse amounts with units: "1G", "5M", "2.5e9"."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import isfinite

from resnet_viz.errors import RequestError, show

__all__ = ["parse_amount", "parse_range", "parse_time"]

_PREFIXES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12}
_AMOUNT = re.compile(
    r"\s*(\d{1,18}(?:\.\d{1,18})?)(?:e\+?(\d{1,2}))?\s*([KMGBT]?)\s*", re.IGNORECASE
)


def parse_amount(name: str, amount: object) -> int:
    """Return an amount as an integer, rounded down.

    Args:
        name: the name of the budget, for the error.
        amount: a number, or a text of a number and a unit: K, M, G (or B) or T.

    Raises:
        RequestError: the amount is no number, or not above 0.

    >>> parse_amount("macs", "1.5G"), parse_amount("params", 5e6)
    (1500000000, 5000000)
    """
    value: Fraction | None = None
    if type(amount) is int or (isinstance(amount, float) and isfinite(amount)):
        value = Fraction(amount)
    elif isinstance(amount, str):
        match = _AMOUNT.fullmatch(amount)
        if match:
            value = Fraction(match[1]) * 10 ** int(match[2] or 0) * _PREFIXES[match[3].upper()]
    if value is None or not 1 <= value < 1 << 62:
        raise RequestError(
            "{name}: {amount} (must be a number of 1 or more, as 5000000, 5M or 1.5G)",
            name=name,
            amount=show(amount),
        )
    return int(value)


_SECONDS = {"": 10**9, "US": 10**6, "µS": 10**6, "MS": 10**9, "S": 10**12}
_TIME = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(us|µs|ms|s)?\s*", re.IGNORECASE)


def parse_time(name: str, time: object) -> int:
    """Return a time in picoseconds, rounded down.

    Args:
        name: the name of the budget, for the error.
        time: milliseconds, or a text of a number and a unit: us, ms or s.

    Raises:
        RequestError: the time is no number, or not above 0.

    >>> parse_time("latency", "5ms"), parse_time("latency", 0.5)
    (5000000000, 500000000)
    """
    value: Fraction | None = None
    if type(time) is int or (isinstance(time, float) and isfinite(time)):
        value = Fraction(time) * _SECONDS[""]
    elif isinstance(time, str) and (match := _TIME.fullmatch(time)):
        value = Fraction(match[1]) * _SECONDS[(match[2] or "").upper()]
    if value is None or not 1 <= value < 1 << 62:
        raise RequestError(
            "{name}: {time} (must be a time above 0, as 5ms, 800us or 1.5s)",
            name=name,
            time=show(time),
        )
    return int(value)


def parse_range(
    name: str, budget: object, parse: Callable[[str, object], int] = parse_amount
) -> tuple[int | None, int]:
    """Return the minimum and maximum of a budget: `"1G"` is a maximum, `"0.5G:1G"` a range.

    Args:
        name: the name of the budget, for the error.
        budget: the maximum or range.
        parse: the function that parses one amount.

    Raises:
        RequestError: an amount is not legal, or the minimum is above the maximum.

    >>> parse_range("macs", "0.5G:1G"), parse_range("macs", (1, 2)), parse_range("params", "5M")
    ((500000000, 1000000000), (1, 2), (None, 5000000))
    """
    ends = budget.split(":") if isinstance(budget, str) and budget.count(":") == 1 else budget
    if not isinstance(ends, (tuple, list)) or len(ends) != 2:
        return None, parse(name, budget)
    low, high = (parse(name, end) for end in ends)
    if low > high:
        raise RequestError("{name}: {budget} (must not go down)", name=name, budget=show(budget))
    return low, high
