"""Check single values of a spec; each check raises a SpecError that names the legal values."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from resnet_viz.arithmetic import Size, exact, is_integer, largest, smallest
from resnet_viz.errors import Message, Messages, SpecError, nearest, show

__all__ = ["MAX_TEXT", "boolean", "divides", "integer", "integers", "one_of", "rate"]
__all__ += ["sequence", "single", "text"]

MAX_TEXT = 200
"""The most characters of a text in a spec, also in the app's form."""


def integers(part: object, limits: Mapping[str, int]) -> None:
    """Check that fields are integers (or arrays of them) from 1 to a limit; make them exact."""
    for name, high in limits.items():
        integer(name, getattr(part, name), 1, high)
        object.__setattr__(part, name, exact(getattr(part, name)))


def single(part: object, *names: str) -> None:
    """Check that fields are single integers, not arrays, because they determine the operators."""
    for name in names:
        if type(getattr(part, name)) is not int:
            raise SpecError(name, "an array (must be one integer)")


def integer(name: str, value: object, low: int, high: int) -> None:
    """Check that a value is an integer (or an array of integers) from low to high."""
    wrong = value
    if is_integer(value):
        if smallest(value) >= low and largest(value) <= high:
            return
        wrong = smallest(value) if smallest(value) < low else largest(value)
    message = "{value} (must be an integer from {low} to {high})"
    raise SpecError(name, message, value=show(wrong), low=low, high=high)


def rate(name: str, value: object) -> None:
    """Check that a value is a number from 0 (inclusive) to 1 (exclusive)."""
    if type(value) not in (int, float) or not 0 <= value < 1:  # type: ignore[operator]
        raise SpecError(name, "{value} (must be a number from 0 and below 1)", value=show(value))


def boolean(name: str, value: object) -> None:
    """Check that a value is True or False."""
    if type(value) is not bool:
        raise SpecError(name, "{value} (must be true or false)", value=show(value))


def text(name: str, value: object) -> None:
    """Check that a value is a short text without control characters."""
    if not isinstance(value, str):
        raise SpecError(name, "{value} (must be a text)", value=show(value))
    if len(value) > MAX_TEXT:
        raise SpecError(
            name, "{count} characters (must be at most {most})", count=len(value), most=MAX_TEXT
        )
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in value):
        raise SpecError(name, "{value} (must have no control characters)", value=show(value))
    if not value.strip():
        raise SpecError(name, "{value} (must not be blank)", value=show(value))


def one_of(name: str, value: object, legal: Iterable[str]) -> None:
    """Check that a value is one of the legal names."""
    names = list(legal)
    if not isinstance(value, str) or value not in names:
        hints = [Message("must be one of {names}", names=names)]
        near = nearest(value, names)
        if near:
            hints.append(Message("did you mean {near!r}?", near=near))
        raise SpecError(name, "{value} ({hints})", value=show(value), hints=Messages(hints))


def sequence(
    name: str,
    value: object,
    kind: type | None,
    low: int,
    high: int,
    what: Message | None = None,
) -> None:
    """Check that a value is a tuple or list of low to high elements, all of `kind` if given."""
    if not isinstance(value, (tuple, list)):
        message = "{value} (must be a list {what})" if what else "{value} (must be a list)"
        raise SpecError(name, message, value=show(value), what=what)
    if not low <= len(value) <= high:
        message = "{count} elements (must be {number})"
        if what:
            message = "{count} elements (must be {number} {what})"
        number = Message("{low} to {high}", low=low, high=high) if low < high else low
        raise SpecError(name, message, count=len(value), number=number, what=what)
    for i, element in enumerate(value):
        if kind is not None and not isinstance(element, kind):
            raise SpecError(
                f"{name}[{i}]",
                "{element} (must be a {kind})",
                element=show(element),
                kind=kind.__name__,
            )


def divides(name: str, divisor: int, of: str, dividend: Size) -> None:
    """Check that one value divides another."""
    if largest(dividend % divisor) != 0:
        raise SpecError(
            name,
            "{divisor} (must divide {of}, {dividend})",
            divisor=divisor,
            of=of,
            dividend=show(dividend),
        )
