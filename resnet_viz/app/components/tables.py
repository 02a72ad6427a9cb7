"""Show a table on the page, with numbers aligned to the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

__all__ = ["Signed", "show"]


class Signed(int):
    """A difference, which is shown with its sign."""


def show(columns: Mapping[str, Sequence[str | int]], alt: str) -> None:
    """Show a table; integers are written as text, because a number column rounds large ones.

    Args:
        columns: the cells of each column by its title.
        alt: the alternative text for screen readers.
    """
    right = {
        title: st.column_config.TextColumn(alignment="right")
        for title, cells in columns.items()
        if any(isinstance(cell, int) for cell in cells)
    }
    texts = {title: list(map(_text, cells)) for title, cells in columns.items()}
    # Streamlit converts a dict by way of pandas, which takes far longer
    st.dataframe(pa.table(texts), hide_index=True, column_config=right, alt=alt)


def _text(cell: str | int) -> str:
    """Return the text of a cell.

    >>> _text(1234), _text(Signed(1234)), _text(Signed(-1)), _text(Signed(0))
    ('1,234', '+1,234', '−1', '0')
    """
    if isinstance(cell, str):
        return cell
    sign = "+" if isinstance(cell, Signed) and cell > 0 else ""
    return f"{sign}{int(cell):,}".replace("-", "−")
