"""Show the spec as a form: a table of stages, and the fields of stem, head and network."""

from __future__ import annotations

import re

import streamlit as st

from resnet_viz.app.components.form import form
from resnet_viz.app.form_fields import INPUT, PARTS, check_form, field_id
from resnet_viz.app.sections.shares import stage_shares
from resnet_viz.app.session import Session
from resnet_viz.errors import Message, RequestError, SpecError
from resnet_viz.text import translate_error
from resnet_viz.text.page import field_name, translate

__all__ = ["receive_edit", "show"]

KEY = "form"


def show(session: Session) -> None:
    """Let the visitor edit the network; errors are shown at their fields."""
    lang = session.config.lang
    form(
        session.typed,
        revision=session.revision,
        filling=session.filling,
        wrong=None if session.wrong is None else _wrong(session.wrong, lang),
        shares=stage_shares(session.config.spec, lang),
        lang=lang,
        key=KEY,
        heard=lambda: receive_edit(session),
    )


def receive_edit(session: Session) -> None:
    """Apply an edit sent by the browser, once, unless the fields were filled anew after it.

    Another action, such as a click on Undo, may arrive in the same run as an edit. The visitor made
    the edit first, but Streamlit handles the form last; so every action that changes the network
    calls this function first.
    """
    sent = _sent()
    if not isinstance(sent, dict) or sent.get("filling") != session.filling:
        return
    typed, revision = check_form(sent.get("values")), sent.get("revision")
    if typed is not None and type(revision) is int and revision > session.revision:
        gesture = sent.get("gesture")
        session.type(typed, revision, gesture if type(gesture) is int else None)


def _sent() -> object:
    """Return the edit that the browser's form sent in this run, if any."""
    return (st.session_state.get(KEY) or {}).get("edited")


def _wrong(error: RequestError, lang: str) -> dict[str, str]:
    """Return the field or part of an error, its name, and the message."""
    path, fact = _at(error)
    return {
        "place": field_id(path),
        "where": _where(path, lang),
        "text": translate(lang, "wrong", translate_error(fact, lang)),
    }


def _at(error: RequestError) -> tuple[str, Message]:
    """Return the path and message of an error; an operator's error begins with its module path.

    >>> path, fact = _at(RequestError("{path}: the size reaches zero", path="layer3.pool"))
    >>> path, str(fact)
    ('stages[2]', 'layer3.pool: the size reaches zero')
    """
    fact = Message(error.message, **error.values)
    if isinstance(error, SpecError):
        return error.path, fact
    stage = re.match(r"layer(\d+)\b", str(error))
    return f"stages[{int(stage[1]) - 1}]" if stage else "stem", fact


def _where(path: str, lang: str) -> str:
    """Return the name of a value's place in the page's language.

    >>> _where("stages[1].blocks", "en"), _where("input[0]", "en"), _where("head.hidden[1]", "en")
    ('Stage 2: Blocks', 'Input channels', 'Head: Hidden layers')
    >>> _where("stages[1]", "zh"), _where("stem", "en")
    ('阶段 2', 'Stem')
    """
    if path in INPUT:
        return translate(lang, INPUT[path])
    stage = re.fullmatch(r"stages\[(\d+)\]\.?(.*)", path)
    if stage:
        number = int(stage[1]) + 1
        name = field_name(lang, stage[2])
        return (
            translate(lang, "of_stage", number, name)
            if stage[2]
            else translate(lang, "stage", number)
        )
    if path in PARTS:
        return translate(lang, path)
    part, _, name = re.sub(r"\[\d+\]$", "", path).rpartition(".")
    own = field_name(lang, name)
    return (
        translate(lang, "of_part", translate(lang, part), own) if part in ("stem", "head") else own
    )
