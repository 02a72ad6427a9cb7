"""Define the errors, each one line that names the thing, its value and the legal values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

__all__ = [
    "Message",
    "Messages",
    "NotSeriesParallel",
    "RequestError",
    "ResNetVizError",
    "SpecError",
    "check_flag",
    "choose",
    "first_line",
    "match",
    "nearest",
    "show",
    "show_path",
    "unknown",
]

_SHOWN = 60  # the most characters of a value that an error shows
_LISTED = 16  # the most legal values that an error lists; of a longer list, it names the nearest


class Message:
    """A sentence template with its values, kept apart so that it can be translated.

    Attributes:
        message: the English sentence, with a placeholder in braces for each value; it is the key
            in `text.catalogue`.
        values: the values by placeholder; if empty, the message is used verbatim. A value may
            itself be a message or an error.

    >>> str(Message("did you mean {near!r}?", near="d2l"))
    "did you mean 'd2l'?"
    """

    __slots__ = ("message", "values")

    def __init__(self, message: str, /, **values: object) -> None:
        self.message = message
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        return self.message.format(**self.values) if self.values else self.message


class Messages(tuple[Message, ...]):
    """Several hints, joined by semicolons.

    >>> print(Messages([Message("must be odd"), Message("did you mean {near}?", near=3)]))
    must be odd; did you mean 3?
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(map(str, self))


class ResNetVizError(Exception):
    """The work failed. Every exception of this package is one of these; its text is one line.

    Attributes:
        message: the sentence, as in `Message`.
        values: its values, as in `Message`.

    >>> str(RequestError("size: {size} (must be at most {most})", size=9, most=4))
    'size: 9 (must be at most 4)'
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(" ".join(str(Message(message, **values)).splitlines()))
        self.message = message
        self.values = values


class RequestError(ResNetVizError, ValueError):
    """The request was wrong: it names something that does not exist, or makes no sense."""


class NotSeriesParallel(RequestError):  # noqa: N818  # named for the graph's property
    """The graph is no composition of chains and splits; the `dot` layout draws any graph."""


class SpecError(RequestError):
    """A value in a spec is not legal.

    Attributes:
        path: the place in the spec, such as `stages[2].blocks`.
        fact: the problem there.
    """

    def __init__(self, path: str, message: str, /, **values: object) -> None:
        super().__init__(message, **values)
        self.path = path
        self.fact = self.args[0]

    def __str__(self) -> str:
        return f"{self.path}: {self.fact}" if self.path else self.fact

    def within(self, parent: str) -> SpecError:
        """Return the same error with the parent's path in front of its own."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return SpecError(f"{parent}{joint}{self.path}", self.message, **self.values)


def show(value: object) -> str:
    """Return any value as a short text on one line, for an error.

    >>> show("d2ll")
    "'d2ll'"
    >>> show(10**9999)
    'an integer of 33216 bits'
    """
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, (list, tuple, dict, set)) and len(value) > 8:
        return f"a {type(value).__name__} of {len(value)}"
    try:
        return _clip(repr(value))
    except Exception:  # a nested integer too long to print, or a __repr__ that fails
        return f"a {type(value).__name__}"


def _clip(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def show_path(path: str) -> str:
    r"""Return a path for an error: unchanged, or quoted if it would break the line.

    >>> print(show_path("nets/my net.yaml"), show_path("a\nb.yaml"))
    nets/my net.yaml 'a\nb.yaml'
    """
    return path if path.isprintable() else show(path)


def first_line(error: BaseException) -> str:
    """Return the type and the first line of an exception that is not ours."""
    try:
        line = (str(error).strip().splitlines() or [""])[0]
    except Exception:  # its own __str__ fails
        line = ""
    kind = type(error).__name__
    return f"{kind}: {line}" if line else kind


_T = TypeVar("_T")


def choose(thing: str, name: object, table: Mapping[str, _T], more: Message | None = None) -> _T:
    """Return the entry of a table with the given name.

    Raises:
        RequestError: the table has no such name.

    >>> choose("number", "two", {"one": 1, "two": 2})
    2
    """
    if not isinstance(name, str) or name not in table:
        raise unknown(thing, name, table, more)
    return table[name]


def match(thing: str, name: object, table: Iterable[str], more: Message | None = None) -> str:
    """Return the name in a table that equals the given one, ignoring case.

    Raises:
        RequestError: the table has no such name.

    >>> match("network", "ResNet50", ["resnet50", "resnet18"])
    'resnet50'
    """
    names = list(table)
    if isinstance(name, str):
        if name in names:
            return name
        alike = [legal for legal in names if legal.casefold() == name.casefold()]
        if len(alike) == 1:
            return alike[0]
    raise unknown(thing, name, names, more)


def check_flag(name: str, value: object) -> bool:
    """Check that a value is True or False, and return it.

    Raises:
        RequestError: the value is neither.
    """
    if not isinstance(value, bool):
        raise RequestError("{name}: {value} (must be True or False)", name=name, value=show(value))
    return value


def unknown(
    thing: str, value: object, legal: Iterable[str], more: Message | None = None
) -> RequestError:
    """Return the error for an unknown name, with the legal names or the nearest one.

    >>> print(unknown("theme", "d2ll", ["d2l", "mono"]))
    unknown theme: 'd2ll' (must be one of ['d2l', 'mono']; did you mean 'd2l'?)
    """
    names = list(legal)
    hints = [Message("must be one of {names}", names=names)] if len(names) <= _LISTED else []
    if more is not None:
        hints.append(more)
    elif not hints:
        ends = {"first": names[0], "last": names[-1]}
        many = "must be one of {count:,}, as {first!r} and {last!r}"
        hints.append(Message(many, count=len(names), **ends))
    near = nearest(value, names)
    if near is not None:
        hints.append(Message("did you mean {near!r}?", near=near))
    return RequestError(
        "unknown {thing}: {value} ({hints})",
        thing=Message(thing),
        value=show(value),
        hints=Messages(hints),
    )


def nearest(value: object, names: Iterable[str]) -> str | None:
    """Return the name that is most similar to the value, or None if none is similar."""
    if not isinstance(value, str) or len(value) > 200:
        return None
    import difflib  # lazy: most runs report no error

    lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(value.lower(), lower, n=1)
    return lower[close[0]] if close else None
