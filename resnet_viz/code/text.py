"""Write lines of Python, broken as ruff and black break them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["WIDTH", "call", "docstring", "indented"]

WIDTH = 88
"""The line length: ruff's and black's default."""


def call(
    before: str, arguments: Sequence[str], after: str, indent: int = 0, outer: int = 0
) -> list[str]:
    """Return a call on one line, or with one line for each argument.

    The lines are indented by `indent`; the caller indents them by `outer` more. The comma after the
    last argument keeps formatters with longer lines from joining them.

    >>> call("x = f(", ["a", "b"], ")", 4)
    ['    x = f(a, b)']
    """
    pad = " " * indent
    line = f"{pad}{before}{', '.join(arguments)}{after}"
    if len(line) + outer <= WIDTH or not arguments:
        return [line]
    return [f"{pad}{before}", *(f"{pad}    {one}," for one in arguments), f"{pad}{after}"]


def docstring(lines: Sequence[str]) -> list[str]:
    """Return a docstring with a first line and, after an empty line, the others."""
    escaped = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    if len(escaped) == 1:
        return [f'"""{escaped[0]}"""']
    return [f'"""{escaped[0]}', *escaped[1:], '"""']


def indented(lines: Iterable[str], by: int = 4) -> list[str]:
    """Return lines indented; empty lines stay empty."""
    return [f"{' ' * by}{line}" if line else line for line in lines]
