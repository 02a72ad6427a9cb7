"""Show the graph of a visitor's own model from a `.json` file: totals, figure and report."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app import screen
from resnet_viz.app.answers import Traced
from resnet_viz.app.components.figure import figure
from resnet_viz.app.markdown import escaped
from resnet_viz.app.sections import costs, download, totals
from resnet_viz.app.sections.rows import choose_depth
from resnet_viz.app.session import Session, is_phone
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import spell
from resnet_viz.text import translate_error
from resnet_viz.text.page import translate, viewer_words

__all__ = ["show"]


def show(session: Session, traced: Traced) -> None:
    """Show a graph instead of the network that the form describes."""
    lang, name = session.config.lang, traced.graph.name
    totals.problem(session)
    st.header(escaped(name or translate(lang, "own_model")), anchor=False)
    inputs = ", ".join(map(spell, traced.graph.inputs))
    st.caption(f"{translate(lang, 'own_graph')} · {escaped(translate(lang, 'at_input', inputs))}")
    depth = choose_depth(session, "block")
    report = traced.report(depth=depth)
    with st.container(key="totals", horizontal=True):
        for word in ("layers", "params", "macs", "activations"):
            number = totals.spelled(int(report.totals[word]))
            st.metric(translate(lang, word), number, width="content")
    if report.unknown:
        st.warning(translate(lang, "unknown_operators", escaped(", ".join(report.unknown))))
    _figure(session, traced)
    costs.table(report, lang)
    download.reports(report, name or "model", lang)
    st.button(
        translate(lang, "back_to", session.config.spec.name),
        icon=":material/arrow_back:",
        on_click=_leave,
        args=(session,),
        key="leave graph",
    )


def _figure(session: Session, traced: Traced) -> None:
    lang, name = session.config.lang, traced.graph.name or "model"
    look = session.config.look
    look = session.look._replace(
        figure="network",
        depth="",
        color="",
        unroll=False,
        page=screen.screen(look.direction, is_phone()),
    )
    try:
        drawn = traced.draw(look, lang)
    except RequestError as error:
        st.error(translate(lang, "not_drawn", escaped(translate_error(error, lang))))
        return
    figure(
        drawn,
        {**viewer_words(lang), "press": ""},  # a click opens nothing here
        key="own figure",
        height=screen.height(look.direction),
        phone_height=screen.PHONE_HEIGHT,
        least_text=screen.LEAST_TEXT,
    )
    download.figures(drawn, name, lang)


def _leave(session: Session) -> None:
    session.traced = None
