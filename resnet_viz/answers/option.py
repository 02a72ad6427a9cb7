"""Define the row of a figure option, and the functions that check and normalize values."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.answers.metrics import METRICS
from resnet_viz.errors import RequestError, match, show
from resnet_viz.layout.page import find_page
from resnet_viz.themes import THEMES, find_theme
from resnet_viz.view import FIGURES
from resnet_viz.view.annotate import FACTS
from resnet_viz.view.detail import levels_of

__all__ = [
    "Option",
    "check_color",
    "check_depth",
    "check_facts",
    "check_nothing",
    "check_page",
    "check_paths",
    "check_points",
    "check_text",
    "check_theme",
    "listed",
    "none_or",
    "one_of",
    "option",
]

MAX_POINTS = 14_400.0
"""The largest length on paper in points: 200 inches."""


class Option(NamedTuple):
    """An option of a figure.

    Attributes:
        default: the default value.
        help: one line for the command line's help.
        about: the description for Python, in sentences; the help if empty.
        check: a function from the option's name and a value to the normalized value.
        legal: the legal names, or the legal names in a list; any value if empty.
        needs: the attribute of `Kind` that a figure must have to take the option; if empty, every
            figure takes it.
        metavar: the placeholder of the value in the command line's help; empty for a flag.
        is_neutral: a function that returns whether a value has no effect, so that every figure
            accepts it.
        drawn: whether only a drawing shows it, not files of the graph such as `.dot`.
    """

    default: Any
    help: str
    about: str
    check: Callable[[str, Any], Any]
    legal: Mapping[str, object]
    needs: str
    metavar: str
    is_neutral: Callable[[Any], bool]
    drawn: bool

    def fits(self, figure: str) -> bool:
        """Return whether a figure takes this option."""
        return not self.needs or bool(getattr(FIGURES[figure], self.needs))

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures that take it."""
        return tuple(figure for figure in FIGURES if self.fits(figure))


def option(
    default: Any,
    help: str,
    check: Callable[[str, Any], Any],
    *,
    about: str = "",
    legal: Mapping[str, object] = MappingProxyType({}),
    needs: str = "",
    metavar: str = "",
    is_neutral: Callable[[Any], bool] = lambda value: not value,
    drawn: bool = False,
) -> Any:
    """Return the dataclass field of an option, with its row as metadata; see `Option`."""
    row = Option(
        default=default,
        help=help,
        about=about or f"{help}.",
        check=check,
        legal=legal,
        needs=needs,
        metavar=metavar,
        is_neutral=is_neutral,
        drawn=drawn,
    )
    return field(default=default, metadata={"option": row})


# Checks of values


def one_of(table: Mapping[str, object], thing: str = "") -> Callable[[str, Any], str]:
    """Return a check that a value is a name in a table."""

    def check(name: str, value: Any) -> str:
        return match(thing or name, value, table)

    return check


def none_or(check: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Return a check that also accepts None."""
    return lambda name, value: None if value is None else check(name, value)


def check_text(name: str, value: Any) -> str:
    """Check and return a text.

    Raises:
        RequestError: the value is no text.
    """
    if not isinstance(value, str):
        raise RequestError("{name}: {value} (must be a text)", name=name, value=show(value))
    return value


def check_depth(name: str, value: Any) -> str | int:
    """Check and return the name of a depth, or a number of levels.

    Raises:
        RequestError: the value is neither.
    """
    levels_of(value)
    made: str | int = value
    return made


def check_page(name: str, value: Any) -> str:
    """Check and return the name of a page.

    Raises:
        RequestError: the page is unknown.
    """
    return find_page(value).name


def check_points(name: str, value: Any) -> float:
    """Check and return a length in points.

    Raises:
        RequestError: the value is no legal length.
    """
    try:
        points = float("nan" if isinstance(value, bool) else value)
    except (OverflowError, TypeError, ValueError):
        points = math.nan
    if not 1 <= points <= MAX_POINTS:
        raise RequestError(
            "{name}: {value} (must be 1 to {most:g} points)",
            name=name,
            value=show(value),
            most=MAX_POINTS,
        )
    return points


def check_facts(name: str, value: Any) -> tuple[str, ...]:
    """Return facts in the order of their table, from a sequence or a comma-separated text.

    Raises:
        RequestError: a fact is unknown.
    """
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, Iterable):
        raise RequestError(
            "{name}: {value} (must be any of {names})",
            name=name,
            value=show(value),
            names=list(FACTS),
        )
    facts = [fact.strip() if isinstance(fact, str) else fact for fact in names]
    asked = [fact for fact in facts if fact != ""]
    meant = [match("annotation", fact, FACTS) for fact in asked]
    return tuple(fact for fact in FACTS if fact in meant)


def check_paths(name: str, value: Any) -> tuple[str, ...]:
    """Return paths without duplicates, from a sequence or a comma-separated text.

    Raises:
        RequestError: a path is no text.
    """
    if isinstance(value, str):
        value = [path.strip() for path in value.split(",")]
    paths = list(value) if isinstance(value, Iterable) else [value]
    for path in paths:
        if not isinstance(path, str):
            raise RequestError(
                "{name}: {path} (must be a path, as 'layer3.0', or several)",
                name=name,
                path=show(path),
            )
    return tuple(path for path in dict.fromkeys(paths) if path)


def check_nothing(name: str, value: Any) -> Any:
    """Return a value unchecked."""
    return value


def check_color(name: str, value: Any) -> Any:
    """Check and return the name of a metric, the path of a file of numbers, or numbers by path.

    Raises:
        RequestError: the value is none of these.
    """
    own = isinstance(value, (Mapping, os.PathLike)) or str(value).endswith(".csv")
    return value if own or value == "" else match(name, value, METRICS)


def check_theme(name: str, value: Any) -> Any:
    """Check and return a theme, or the name or path of a readable theme.

    Raises:
        RequestError: there is no such theme.
    """
    find_theme(value)
    is_name = isinstance(value, str) and not value.endswith(".toml")
    return match(name, value, THEMES) if is_name else value


def listed(names: Iterable[str]) -> str:
    """Return names joined by commas and "or".

    >>> listed(["svg", "png", "pdf"])
    'svg, png or pdf'
    """
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
