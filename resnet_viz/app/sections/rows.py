"""Choose the depth of a report's rows on the page, and name the rows."""

from __future__ import annotations

import streamlit as st

from resnet_viz.answers.report import Row
from resnet_viz.app.session import Session
from resnet_viz.text.page import translate
from resnet_viz.view import DEPTHS

__all__ = ["choose_depth", "row_name"]


def choose_depth(session: Session, first: str) -> str:
    """Let the visitor choose the depth of rows; the default is `first`."""
    lang, options = session.config.lang, list(DEPTHS)
    chosen = st.segmented_control(
        translate(lang, "rows"),
        options,
        default=first,
        required=True,
        format_func=lambda depth: translate(lang, f"depth:{depth}"),
        key=f"rows:{session.config.section}",
    )
    return chosen or first


def row_name(row: Row, lang: str) -> str:
    """Return the name of a row: its path, and its number of repeats."""
    name = row.path or translate(lang, "depth:network")
    return f"{name} (×{row.repeat})" if row.repeat != 1 else name
