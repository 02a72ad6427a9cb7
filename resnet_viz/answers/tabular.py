"""Define the base class of answers that are tables, which prints them in every format.

An answer is a frozen dataclass that inherits from `Tabular` and defines the method `to_table`. This
gives it `to("text" | "md" | "csv" | "json" | "latex" | "html")`, `str()`, HTML in a notebook, and
`to_dataframe()`:

>>> from dataclasses import dataclass
>>> from typing import NamedTuple
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

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from resnet_viz.answers.columns import Column, Table, show_cell
from resnet_viz.answers.formats import FORMATS
from resnet_viz.errors import RequestError, match

if TYPE_CHECKING:
    import pandas

__all__ = ["Column", "Table", "Tabular", "show_cell"]


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
