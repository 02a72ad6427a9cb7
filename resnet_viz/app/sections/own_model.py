"""Identify the networks that fit a visitor's checkpoint."""

from __future__ import annotations

import streamlit as st

from resnet_viz.answers.identify import Identification, identify
from resnet_viz.app.components.checkpoint import check_tensors, checkpoint
from resnet_viz.app.markdown import escaped
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.text.page import translate

__all__ = ["show"]

KEY = "checkpoint"
MAX_SPECS = 8


def show(session: Session) -> None:
    """Let the visitor choose a file, and offer the networks that fit it."""
    lang = session.config.lang
    checkpoint(lang=lang, key=KEY, heard=lambda: _identify(session))
    st.caption(translate(lang, "checkpoint_help"))
    if session.identified is not None:
        _offer(session, session.identified)


def _identify(session: Session) -> None:
    """Find the networks that fit; a single one is opened at once."""
    sent = (st.session_state.get(KEY) or {}).get("read")
    tensors = check_tensors(sent.get("tensors")) if isinstance(sent, dict) else None
    if tensors is None:
        return
    receive_edit(session)
    try:
        session.identified = identify(tensors)
        if session.identified.specs:
            session.open(session.identified.specs[0])
    except RequestError as error:
        session.problem = error


def _offer(session: Session, found: Identification) -> None:
    lang = session.config.lang
    specs = found.specs or ((found.nearest,) if found.nearest is not None else ())
    if not found.specs:
        names = ", ".join(found.unmatched[:MAX_SPECS])
        st.info(translate(lang, "identified_none", escaped(names)))
    elif len(specs) > 1:
        st.caption(translate(lang, "identified_many", len(specs), ", ".join(found.undecided)))
    for number, spec in enumerate(specs[:MAX_SPECS]):
        st.button(
            translate(lang, "show_network", spec.name),
            on_click=_open,
            args=(session, spec),
            key=f"identified {number}",
        )


def _open(session: Session, spec: ResNetSpec) -> None:
    receive_edit(session)
    session.open(spec)
