"""Set up the page around its sections: title, language and address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from resnet_viz.app.session import Session, current, publish
from resnet_viz.export.assets import asset
from resnet_viz.text import LANGUAGES
from resnet_viz.text.page import translate

__all__ = ["visit"]

SIDEBAR = 450  # pixels: the width of a row in the table of stages

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path d="M5 14V2M5 13h6q2 0 2-2V5q0-2-2-2H6.5" fill="none" stroke="#000"/>'
    '<path d="M1.5 9.5h7v2h-7zM1.5 5.5h7v2h-7z" fill="#66bfff" stroke="#000"/></svg>'
)
"""The page's icon, two boxes with a shortcut; inline, so that no request is needed."""


@contextmanager
def visit() -> Iterator[Session]:
    """Start the page and yield the visitor's session; update the address at the end."""
    session = current()
    st.set_page_config(
        page_title=f"{session.config.spec.name} · resnet_viz",
        page_icon=ICON,
        layout="wide",
        initial_sidebar_state=SIDEBAR,
    )
    st.html(f"<style>{asset('page.css', 'resnet_viz.app')}</style>")
    with st.sidebar:
        _language(session)
    yield session
    publish(session)


def _language(session: Session) -> None:
    chosen = st.segmented_control(
        translate(session.config.lang, "language"),
        list(LANGUAGES),
        default=session.config.lang,
        required=True,
        format_func=LANGUAGES.__getitem__,
        key=session.key("language"),
        label_visibility="collapsed",
    )
    session.edit(session.config._replace(lang=chosen or session.config.lang))
