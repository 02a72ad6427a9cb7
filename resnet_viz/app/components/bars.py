"""A table of names and numbers as bars from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

__all__ = ["show"]

ROW, AROUND = 40, 60  # pixels of a bar and of what is above and below


def show(columns: Mapping[str, Sequence[str] | Sequence[float]], end: float, alt: str) -> None:
    """Show bars, in the order of the names.

    The chart is written in Vega-Lite itself: what `st.bar_chart` makes of the same is equal, but
    for that it loads Altair and holds each chart against its schema, which took longer than the
    rest of the page.

    Args:
        columns: the names and then the numbers, each under its title.
        end: where the scale ends, so that it stays while a network is edited.
        alt: what the bars show, for those who cannot see them.
    """
    name, number = columns
    bar = {"field": number, "type": "quantitative"}
    st.vega_lite_chart(
        pa.table(dict(columns)),  # of a dict Streamlit would make one by way of pandas
        {
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    **bar,
                    "axis": {"grid": True, "format": "~s"},  # 4M: in full the last one is cut
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
