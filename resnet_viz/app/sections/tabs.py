"""Show one section at a time below the figure, so that only that one is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from resnet_viz.app.sections import compare, conventions, costs, download, goal, lesson, shapes
from resnet_viz.app.session import Session
from resnet_viz.app.state import SECTIONS
from resnet_viz.text.page import translate

__all__ = ["show"]

SHOW: Mapping[str, Callable[[Session], None]] = {
    "shapes": shapes.show,
    "costs": costs.show,
    "conventions": conventions.show,
    "goal": goal.show,
    "compare": compare.show,
    "lesson": lesson.show,
    "download": download.show,
}


def show(session: Session) -> None:
    """Let the visitor choose a section, and show it."""
    lang = session.config.lang
    chosen = st.segmented_control(
        translate(lang, "section"),
        SECTIONS,
        default=session.config.section,
        required=True,
        format_func=lambda name: translate(lang, f"section:{name}"),
        key=session.key("section"),
        label_visibility="collapsed",
    )
    session.edit(session.config._replace(section=chosen or session.config.section))
    SHOW[session.config.section](session)
