"""Choose the parts of a network that are rows of a table, and name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, Self, TypeVar

from resnet_viz.arithmetic import Size

__all__ = ["parts_at", "row_name"]


class _Tree(Protocol):
    """A part of a network with its children."""

    @property
    def kind(self) -> str: ...
    @property
    def children(self) -> tuple[Self, ...]: ...


_Part = TypeVar("_Part", bound=_Tree)


def parts_at(part: _Part, depth: int | None, opened: tuple[str, ...] = ()) -> Iterator[_Part]:
    """Yield the parts of a tree at a depth; None is every operator.

    At other depths stem and head stay closed, unless their kind is in `opened`.
    """
    closed = part.kind in ("stem", "head") and part.kind not in opened and depth is not None
    if not part.children or closed or (depth == 0 and part.kind not in opened):
        yield part
        return
    for child in part.children:
        yield from parts_at(child, None if depth is None else max(depth - 1, 0), opened)


class _Row(Protocol):
    """A row of a table: a part of a network with its number of repeats."""

    @property
    def path(self) -> str: ...
    @property
    def repeat(self) -> Size: ...


def row_name(row: _Row) -> str:
    """Return a row's path for readers, with its number of repeats."""
    name = row.path or "network"
    return f"{name} (×{row.repeat})" if type(row.repeat) is not int or row.repeat > 1 else name
