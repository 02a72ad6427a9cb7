"""A table on the page: columns of text, numbers to the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

__all__ = ["show"]


def show(columns: Mapping[str, Sequence[str | int]], alt: str) -> None:
    """Show a table; integers of any size are exact, which a number column would not hold.

    Args:
        columns: the cells of each column by its title.
        alt: what the table holds, for those who cannot see it.
    """
    texts = {
        title: [f"{cell:,}" if isinstance(cell, int) else cell for cell in cells]
        for title, cells in columns.items()
    }
    right = {
        title: st.column_config.TextColumn(alignment="right")
        for title, cells in columns.items()
        if any(isinstance(cell, int) for cell in cells)
    }
    st.dataframe(texts, hide_index=True, column_config=right, alt=alt)
