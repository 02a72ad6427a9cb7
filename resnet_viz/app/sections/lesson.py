"""Show the lesson "why residual?": measurements of plain and residual networks, as charts."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

import streamlit as st

from resnet_viz.answers.lesson import measured_lesson
from resnet_viz.answers.lesson_charts import CHARTS
from resnet_viz.app.session import Session
from resnet_viz.text.page import translate

__all__ = ["show"]


def show(session: Session) -> None:
    """Let the visitor step through the charts of the lesson."""
    lang, charts = session.config.lang, list(CHARTS)
    chart = st.segmented_control(
        translate(lang, "section:lesson"),
        charts,
        default=charts[0],
        required=True,
        format_func=lambda name: translate(lang, f"lesson:{name}"),
        key=session.key("lesson"),
        label_visibility="collapsed",
    )
    chart = chart or charts[0]
    st.markdown(translate(lang, f"lesson_text:{chart}"))
    name = translate(lang, f"lesson:{chart}")
    source = b64encode(_drawn(chart, session.look.theme or "d2l", lang).encode()).decode()
    st.html(f'<img class="chart" alt="{name}" src="data:image/svg+xml;base64,{source}">')
    st.caption(translate(lang, "lesson_source"))


@cache
def _drawn(chart: str, theme: str, lang: str) -> str:
    """Draw a chart, once for all visitors."""
    return measured_lesson().draw(chart, theme=theme, lang=lang).to_svg()
