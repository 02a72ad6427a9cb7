"""Show the choice of a network, from the zoo or from a file, with undo and redo."""

from __future__ import annotations

from functools import partial

import streamlit as st

from resnet_viz.app.answers import Traced
from resnet_viz.app.catalogue import is_known, options, title
from resnet_viz.app.sections import own_model
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.errors import RequestError
from resnet_viz.export.graph_json import is_graph
from resnet_viz.spec.files import SUFFIXES, decode, format_of
from resnet_viz.text.page import translate
from resnet_viz.zoo import entries

__all__ = ["show"]

TRACE = "resnet-viz draw package.module:model --input 1x3x224x224 -o model.json"
"""The command that writes the graph of any module."""

MAX_UPLOAD = 4
"""The most megabytes of an uploaded graph; spec files have their own, smaller limit."""


def show(session: Session) -> None:
    """Offer networks to start from, and undo and redo."""
    lang = session.config.lang
    _zoo(session, lang)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for name, icon, can in (
            ("undo", "undo", session.can_undo),
            ("redo", "redo", bool(session.history.future)),
            ("reset", "restart_alt", session.base is not None),
        ):
            st.button(
                translate(lang, name),
                help=translate(lang, f"{name}_help", session.base or ""),
                on_click=_ACTIONS[name],
                args=(session,),
                disabled=not can,
                icon=f":material/{icon}:",
                key=name,
            )
        upload = st.popover(
            translate(lang, "upload"),
            icon=":material/upload_file:",
            key="open upload",
            on_change="rerun",
        )
    if upload.open:
        with upload:
            _upload(session, lang)
            st.caption(translate(lang, "trace_help"))
            st.code(TRACE, language=None, wrap_lines=True)
            own_model.show(session)


def _undo(session: Session) -> None:
    receive_edit(session)
    session.undo()


def _redo(session: Session) -> None:
    receive_edit(session)
    session.redo()


def _reset(session: Session) -> None:
    receive_edit(session)
    if session.base is not None:
        session.open(entries()[session.base].spec)


_ACTIONS = {"undo": _undo, "redo": _redo, "reset": _reset}


def _zoo(session: Session, lang: str) -> None:
    name = session.config.spec.name if is_known(session.config.spec) else None
    key = session.key(f"zoo/{name or ''}")  # after an edit, the same name can be chosen again
    chosen = st.selectbox(
        translate(lang, "network"),
        list(options()),
        index=None if name is None else list(options()).index(name),
        format_func=partial(title, lang=lang),
        placeholder=f"{session.config.spec.name} {translate(lang, 'own')}",
        help=translate(lang, "network_help"),
        key=key,
        on_change=_choose,
        args=(session, key),
    )
    session.note(key, chosen)


def _choose(session: Session, key: str) -> None:
    chosen = st.session_state[key]
    if session.note(key, chosen) and chosen in options():
        receive_edit(session)
        session.open(entries()[options()[chosen]].spec)


def _upload(session: Session, lang: str) -> None:
    key = session.key("upload")
    st.file_uploader(
        translate(lang, "spec_file"),
        type=[suffix[1:] for suffix in SUFFIXES],
        help=translate(lang, "upload_help"),
        max_upload_size=MAX_UPLOAD,
        key=key,
        on_change=_receive,
        args=(session, key),
    )


def _receive(session: Session, key: str) -> None:
    """Open an uploaded file, or show what is wrong with it."""
    if key != session.key("upload"):
        return  # the browser repeats the value of a field that no longer exists
    receive_edit(session)
    file = st.session_state[key]
    if file is None:
        return
    try:
        format = format_of(file.name)
        data = file.read(MAX_UPLOAD * 10**6)
        if format == "json" and is_graph(data[:100]):
            session.traced = Traced(data)
        else:
            session.open(decode(data, format))
    except RequestError as error:
        session.problem = RequestError("{file}: {error}", file=file.name, error=error)
