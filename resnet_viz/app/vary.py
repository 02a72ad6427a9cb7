"""The spec as a form: a table of stages, and the fields of stem, head and the whole network."""

from __future__ import annotations

import re

import streamlit as st

from resnet_viz.app.facts import told
from resnet_viz.app.fields import INPUT, place, received
from resnet_viz.app.form import form
from resnet_viz.app.session import Session
from resnet_viz.app.words import field_name, say
from resnet_viz.errors import RequestError, SpecError

__all__ = ["show"]

KEY = "form"


def show(session: Session) -> None:
    """Let the visitor change the network; what is wrong is said at its field."""
    lang = session.config.lang
    form(
        session.typed,
        visit=session.visit,
        revision=session.revision,
        wrong=None if session.wrong is None else _wrong(session.wrong, lang),
        lang=lang,
        key=KEY,
        heard=lambda: _hear(session),
    )


def _hear(session: Session) -> None:
    """Take what the browser sent; nothing but its form sends what a form holds."""
    sent = (st.session_state.get(KEY) or {}).get("edited")
    if not isinstance(sent, dict):
        return
    typed, revision = received(sent.get("values")), sent.get("revision")
    if typed is not None and type(revision) is int:
        session.type(typed, revision)


def _wrong(error: RequestError, lang: str) -> dict[str, str]:
    """Return at which field something is wrong, what that is called, and what is wrong."""
    at = error if isinstance(error, SpecError) else SpecError("input", str(error))
    return {
        "place": place(at.path),
        "where": _where(at.path, lang),
        "text": say(lang, "wrong", told(at.fact, lang)),
    }


def _where(path: str, lang: str) -> str:
    """Return the place of a value in the page's words.

    >>> _where("stages[1].blocks", "en"), _where("input[0]", "en"), _where("head.hidden[1]", "en")
    ('Stage 2: Blocks', 'Input channels', 'Head: Hidden layers')
    """
    if path in INPUT:
        return say(lang, INPUT[path])
    stage = re.fullmatch(r"stages\[(\d+)\]\.?(.*)", path)
    if stage:
        name = field_name(lang, stage[2]) if stage[2] else ""
        return say(lang, "of_stage", int(stage[1]) + 1, name) if name else path
    part, _, name = re.sub(r"\[\d+\]$", "", path).rpartition(".")
    own = field_name(lang, name)
    return say(lang, "of_part", say(lang, part), own) if part in ("stem", "head") else own
