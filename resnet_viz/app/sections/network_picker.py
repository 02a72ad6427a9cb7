"""Where a visitor begins: a network of the zoo, or a spec file; and the way back."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.files import MAX_BYTES, SUFFIXES, decode, format_of
from resnet_viz.text.page import translate
from resnet_viz.zoo import entries, names

__all__ = ["known", "show"]


def show(session: Session) -> None:
    """Offer networks to begin with, and undo and redo."""
    lang = session.config.lang
    _zoo(session, lang)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            translate(lang, "undo"),
            on_click=_undo,
            args=(session,),
            disabled=not session.can_undo,
            icon=":material/undo:",
            key="undo",
        )
        st.button(
            translate(lang, "redo"),
            on_click=_redo,
            args=(session,),
            disabled=not session.history.future,
            icon=":material/redo:",
            key="redo",
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


def _undo(session: Session) -> None:
    receive_edit(session)
    session.undo()


def _redo(session: Session) -> None:
    receive_edit(session)
    session.redo()


def _zoo(session: Session, lang: str) -> None:
    name = known(session.config.spec)
    key = session.key("zoo")
    listed = st.selectbox(
        translate(lang, "network"),
        names(),
        index=None if name is None else names().index(name),
        placeholder=f"{session.config.spec.name} {translate(lang, 'own')}",
        help=translate(lang, "network_help"),
        key=key,
        on_change=_choose,
        args=(session, key),
    )
    session.note(key, listed)


def known(spec: ResNetSpec) -> str | None:
    """Return the name of a network in the zoo, if it is there as it is."""
    entry = entries().get(spec.name)
    return spec.name if entry is not None and entry.spec == spec else None


def _choose(session: Session, key: str) -> None:
    chosen = st.session_state[key]
    if session.note(key, chosen) and chosen in entries():
        receive_edit(session)
        session.open(entries()[chosen].spec)


def _upload(session: Session, lang: str) -> None:
    key = session.key("upload")
    st.file_uploader(
        translate(lang, "upload"),
        type=[suffix[1:] for suffix in SUFFIXES],
        help=translate(lang, "upload_help"),
        max_upload_size=1,
        key=key,
        on_change=_receive,
        args=(session, key),
    )


def _receive(session: Session, key: str) -> None:
    """Open what was uploaded, or say what is wrong with it."""
    if key != session.key("upload"):
        return  # the browser repeats what a field held that is gone
    receive_edit(session)
    file = st.session_state[key]
    if file is None:
        return
    try:
        session.open(decode(file.read(MAX_BYTES + 1), format_of(file.name)))
    except RequestError as error:
        session.problem = RequestError("{file}: {error}", file=file.name, error=error)
