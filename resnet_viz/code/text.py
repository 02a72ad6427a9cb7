"""Write lines of Python, broken as ruff and black break them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["WIDTH", "Made", "call", "docstring", "indented"]

WIDTH = 88
"""The line length: ruff's and black's default."""


class Made(NamedTuple):
    """A constructor call of a module: the class, the arguments, and the brackets around them."""

    name: str
    arguments: tuple[str | Made, ...] = ()
    brackets: tuple[str, str] = ("(", ")")

    def __str__(self) -> str:
        opening, closing = self.brackets
        return f"{self.name}{opening}{', '.join(map(str, self.arguments))}{closing}"


def call(
    before: str, arguments: Sequence[str | Made], after: str, indent: int = 0, outer: int = 0
) -> list[str]:
    """Return a call on one line, or with one line for each argument.

    The lines are indented by `indent`; the caller indents them by `outer` more. The comma after the
    last argument keeps formatters with longer lines from joining them.

    >>> call("x = f(", ["a", "b"], ")", 4)
    ['    x = f(a, b)']
    """
    pad = " " * indent
    line = f"{pad}{before}{', '.join(map(str, arguments))}{after}"
    if len(line) + outer <= WIDTH or not arguments:
        return [line]
    if before.endswith("(["):  # the only argument is a list
        return [
            f"{pad}{before[:-1]}",
            *call("[", arguments, "],", indent + 4, WIDTH),
            f"{pad}{after.removeprefix(']')}",
        ]
    lines = [f"{pad}{before}"]
    for one in arguments:
        if isinstance(one, Made):
            opening, closing = one.brackets
            lines += call(f"{one.name}{opening}", one.arguments, f"{closing},", indent + 4, outer)
        elif " else " in one and len(f"{pad}    {one},") + outer > WIDTH:
            lines += [f"{pad}    {part}" for part in _branches(f"{one},")]
        else:
            lines.append(f"{pad}    {one},")
    return [*lines, f"{pad}{after}"]


def _branches(conditional: str) -> list[str]:
    """Return a conditional expression on three lines.

    >>> _branches("a if b else c")
    ['a', 'if b', 'else c']
    """
    then, _, rest = conditional.partition(" if ")
    condition, _, other = rest.partition(" else ")
    return [then, f"if {condition}", f"else {other}"]


def docstring(lines: Sequence[str]) -> list[str]:
    """Return a docstring with a first line and, after an empty line, the others."""
    escaped = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    if len(escaped) == 1:
        return [f'"""{escaped[0]}"""']
    return [f'"""{escaped[0]}', *escaped[1:], '"""']


def indented(lines: Iterable[str], by: int = 4) -> list[str]:
    """Return lines indented; empty lines stay empty."""
    return [f"{' ' * by}{line}" if line else line for line in lines]
