"""Show the figure, and beside it the part that the visitor opened."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app import screen
from resnet_viz.app.answers import drawing_of
from resnet_viz.app.components.figure import figure
from resnet_viz.app.markdown import escaped
from resnet_viz.app.sections import details, figure_options, notes
from resnet_viz.app.sections.lecture import lecture_steps
from resnet_viz.app.session import Session
from resnet_viz.app.state import is_path
from resnet_viz.errors import RequestError
from resnet_viz.text import translate_error
from resnet_viz.text.page import translate, viewer_words

__all__ = ["show"]


def show(session: Session) -> None:
    """Show the figure, its options below it, and the details of the open part."""
    above = st.container()
    figure_options.show(session)
    with above:
        _figure(session)
    if session.config.opened:
        details.show(session)
    else:
        notes.show(session)


def _figure(session: Session) -> None:
    config = session.shown
    try:
        drawn = drawing_of(config.spec, config.look, config.lang)
    except RequestError as error:
        st.error(translate(config.lang, "not_drawn", escaped(translate_error(error, config.lang))))
        return
    clicked = figure(
        drawn,
        viewer_words(config.lang),
        selected=config.opened,
        steps=lecture_steps(config),
        card=details.lines(session) if config.opened else (),
        key="figure",
        height=screen.height(config.look.direction),
        phone_height=screen.PHONE_HEIGHT,
        least_text=screen.LEAST_TEXT if config.look.page else 0,
    )
    if is_path(clicked) and clicked != config.opened:
        session.edit(session.config._replace(opened=clicked))
