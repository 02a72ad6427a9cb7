"""Show a horizontal bar chart of names and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

__all__ = ["show"]

ROW, AROUND = 40, 60  # heights in pixels of a bar, and of the space above and below the bars


def show(columns: Mapping[str, Sequence[str] | Sequence[float]], end: float, alt: str) -> None:
    """Show bars, in the order of the names.

    The chart is written directly in Vega-Lite: `st.bar_chart` gives the same chart, but loads
    Altair and validates each chart, which took longer than the rest of the page.

    Args:
        columns: two columns by title: the names and the numbers.
        end: the end of the scale, which then stays constant while a network is edited.
        alt: the alternative text for screen readers.
    """
    name, number = columns
    bar = {"field": number, "type": "quantitative"}
    st.vega_lite_chart(
        pa.table(dict(columns)),  # Streamlit converts a dict by way of pandas, which is slow
        {
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    **bar,
                    "axis": {"grid": True, "format": "~s"},  # 4M: a longer label is cut off
                    "scale": {"domain": [0, end], "nice": True},
                    "stack": None,
                    "title": "",
                },
                "y": {
                    "field": name,
                    "type": "ordinal",
                    "axis": {"grid": False},
                    "sort": None,
                    "title": "",
                },
                "tooltip": [{"field": name, "type": "nominal"}, bar],
            },
        },
        height=ROW * len(columns[name]) + AROUND,
        alt=alt,
    )
