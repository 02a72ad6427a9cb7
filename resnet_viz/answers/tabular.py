"""Define the base class of answers that are tables, which prints them in every format.

An answer is a frozen dataclass that inherits from `Tabular` and defines the method `to_table`. This
gives it `to("text" | "md" | "csv" | "json" | "latex" | "html")`, `str()`, HTML in a notebook, and
`to_dataframe()`:

>>> from dataclasses import dataclass
>>> class Row(NamedTuple):
...     path: str
...     params: int
>>> @dataclass(frozen=True, slots=True)
... class Costs(Tabular):
...     network: str
...     rows: tuple[Row, ...]
...
...     def to_table(self) -> Table:
...         total = sum(row.params for row in self.rows)
...         return Table(
...             title=self.network,
...             columns=(Column("path", "path"), Column("params", "parameters", right=True)),
...             rows=self.rows,
...             totals={"params": total},
...             sentences=(f"{total:,} parameters",),
...             facts={"network": self.network, "totals": {"params": total}},
...         )
>>> costs = Costs("tiny", (Row("conv1", 9408), Row("fc", 513000)))
>>> print(costs)
tiny
<BLANKLINE>
path   parameters
─────────────────
conv1       9,408
fc        513,000
─────────────────
total     522,408
<BLANKLINE>
522,408 parameters
<BLANKLINE>
>>> costs.to("csv").splitlines()
['path,params', 'conv1,9408', 'fc,513000']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from resnet_viz.answers.formats import FORMATS
from resnet_viz.errors import RequestError, match
from resnet_viz.ops.operator import spell

if TYPE_CHECKING:
    import pandas

__all__ = ["Column", "Table", "Tabular", "show_cell"]


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


class Tabular:
    """An answer that prints as a table in any format, in a notebook, or as a data frame."""

    __slots__ = ()

    OWN_FORMATS: ClassVar[Mapping[str, Callable[[Any], str]]] = MappingProxyType({})
    """The formats that a subclass adds or overrides."""

    @classmethod
    def formats(cls) -> tuple[str, ...]:
        """Return the names of the formats that `to` takes."""
        return tuple({**FORMATS, **cls.OWN_FORMATS})

    def to_table(self) -> Table:
        """Return the answer as a table.

        Raises:
            RequestError: it cannot be printed.
        """
        raise NotImplementedError

    def to(self, format: str) -> str:
        """Return the answer in a format: `text`, `md`, `csv`, `json`, `latex` or `html`.

        Raises:
            RequestError: the format is unknown, or the answer cannot be printed.
        """
        format = match("format", format, self.formats())
        if format in self.OWN_FORMATS:
            return self.OWN_FORMATS[format](self)
        return FORMATS[format](self.to_table())

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame: the columns of the CSV, with exact values.

        Raises:
            RequestError: pandas is not installed, or the answer cannot be printed.
        """
        try:
            import pandas
        except ImportError:
            raise RequestError(
                "pandas is not installed (to_dataframe needs it: pip install pandas)"
            ) from None
        table = self.to_table()
        columns = table.data_columns
        cells = [[column.value(row) for column in columns] for row in table.rows]
        return pandas.DataFrame(cells, columns=[column.name for column in columns])

    def __str__(self) -> str:
        return self.to("text")

    def _repr_html_(self) -> str:
        return self.to("html")
