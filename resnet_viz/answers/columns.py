"""A table of any answer: its columns, rows, totals and sentences; `formats` writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.ops.operator import spell

__all__ = ["Column", "Table", "show_cell"]


def show_cell(value: object) -> str:
    """Return a value as a cell for readers: a number, a shape, shapes, a text, or nothing.

    >>> show_cell(25557032), show_cell((64, 56, 56)), show_cell(None), show_cell("stem")
    ('25,557,032', '64×56×56', '', 'stem')
    """
    if value is None:
        return ""
    if isinstance(value, tuple):
        several = bool(value) and isinstance(value[0], tuple)
        return ", ".join(map(spell, value)) if several else spell(value)
    return f"{value:,}" if type(value) is int else str(value)


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        name: the key in CSV, JSON and data frames; empty if the column is for readers only.
        heading: the heading in text, Markdown, LaTeX and HTML; empty if the column is for programs
            only.
        read: a function from a row to the exact value; by default the attribute `name`.
        show: a function that formats a value for readers.
        right: whether the cells are aligned to the right, as numbers are.
    """

    name: str
    heading: str
    read: Callable[[Any], Any] | None = None
    show: Callable[[Any], str] = show_cell
    right: bool = False

    def value(self, row: Any) -> Any:
        """Return the exact value of a row."""
        return (self.read or attrgetter(self.name))(row)


class Table(NamedTuple):
    """An answer as a table.

    Attributes:
        title: the title, on one line; may be empty.
        columns: the columns for readers, for programs and for both, in order.
        rows: the rows, any values that the columns can read.
        totals: the values of the total row by column name, or by heading if the column has no name;
            if empty, there is no such row. The first column defaults to "total".
        sentences: paragraphs below the table.
        points: a list below the paragraphs.
        comment: the comment in a LaTeX file's first line; by default the title.
        facts: the entries of the JSON object before its `rows`.
        records: the `rows` of the JSON object, if they are not the columns' values by name.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Any]
    totals: Mapping[str, Any] = MappingProxyType({})
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    comment: str = ""
    facts: Mapping[str, object] = MappingProxyType({})
    records: Sequence[object] | None = None

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """The columns for programs."""
        return tuple(column for column in self.columns if column.name)

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns for readers."""
        return tuple(column for column in self.columns if column.heading)
