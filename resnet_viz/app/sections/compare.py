"""The network beside another: figures with what differs marked, and tables of differences."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import streamlit as st

from resnet_viz.answers.comparison import SIDES, Comparison, Row
from resnet_viz.app.answers import comparison_of, drawing_of
from resnet_viz.app.catalogue import is_known, title
from resnet_viz.app.components import tables
from resnet_viz.app.components.figure import figure
from resnet_viz.app.markdown import escaped
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.app.spec_changes import spec_changes
from resnet_viz.app.state import Look
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import translate_error
from resnet_viz.text.page import WORDS, translate, viewer_words
from resnet_viz.zoo import entries, names

__all__ = ["show"]

QUANTITIES = ("layers", "params", "macs", "activations")
HEIGHTS = {"right": 300, "left": 300, "up": 560, "down": 560}  # pixels of each figure


def show(session: Session) -> None:
    """Compare the network with one of the zoo or with an earlier version."""
    lang = session.config.lang
    _choice(session)
    if session.config.pinned is None:
        st.info(translate(lang, "choose_one"))
        return
    before, after = session.config.pinned, session.config.spec
    found = comparison_of(before, after)
    same = all(row.status == "same" for row in found.rows)
    st.caption(translate(lang, "same" if same else "marked"))
    lies = session.look.direction in ("right", "left")
    places = [st.container(), st.container()] if lies else st.columns(2)
    for place, side, spec in zip(places, SIDES, (before, after), strict=True):
        with place:
            st.markdown(f"**{translate(lang, side)}**: {escaped(spec.name)}")
            _figure(session, side, spec, found.changed(side))
    _totals(found, lang)
    if not same:
        _spec(before, after, lang)
        _parts(found, lang)


def _choice(session: Session) -> None:
    lang, pinned = session.config.lang, session.config.pinned
    name = pinned.name if pinned is not None and is_known(pinned) else None
    options = names()
    empty = translate(lang, "pinned", pinned.name) if pinned else translate(lang, "none")
    key = session.key(f"with/{pinned and pinned.name}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        listed = st.selectbox(
            translate(lang, "compare_with"),
            options,
            index=options.index(name) if name else None,
            format_func=partial(title, lang=lang),
            placeholder=empty,
            key=key,
            on_change=_compare_with,
            args=(session, key),
            width=300,
        )
        session.note(key, listed)
        st.button(
            translate(lang, "pin"),
            help=translate(lang, "pin_help"),
            icon=":material/keep:",
            on_click=_pin,
            args=(session,),
            key="pin",
        )
        if pinned is not None:
            st.button(
                translate(lang, "stop_comparing"),
                icon=":material/close:",
                on_click=_stop,
                args=(session,),
                key="stop comparing",
            )


def _compare_with(session: Session, key: str) -> None:
    chosen = st.session_state[key]
    if session.note(key, chosen):
        entry = entries().get(chosen or "")
        session.edit(session.config._replace(pinned=None if entry is None else entry.spec))


def _stop(session: Session) -> None:
    session.edit(session.config._replace(pinned=None))


def _pin(session: Session) -> None:
    receive_edit(session)  # what was typed just before is in what is pinned
    session.edit(session.config._replace(pinned=session.config.spec))


def _figure(session: Session, side: str, spec: ResNetSpec, changed: tuple[str, ...]) -> None:
    lang, wanted = session.config.lang, session.look
    # with numbers in its boxes, a figure folds only what is equal, and hides no difference
    look = Look(direction=wanted.direction, depth="block", theme=wanted.theme, annotate="params")
    try:
        boxes = drawing_of(spec, look, lang).scene.ids()
        marked = tuple(dict.fromkeys(_box_of(path, boxes) for path in changed))
        drawn = drawing_of(spec, look, lang, marked, side)
    except RequestError as error:
        st.error(translate(lang, "not_drawn", escaped(translate_error(error, lang))))
        return
    words = {**viewer_words(lang), "press": ""}  # nothing opens here
    figure(drawn, words, key=f"compare:{side}", height=HEIGHTS[look.direction])


def _box_of(path: str, boxes: Collection[str]) -> str:
    """Return the box that stands for a part: of a block that is folded, the first of its equals.

    >>> _box_of("layer1.2", {"layer1.0", "layer1.5", "fc"}), _box_of("fc", {"layer1.0", "fc"})
    ('layer1.0', 'fc')
    """
    stage, _, number = path.rpartition(".")
    if path in boxes or not number.isdecimal():
        return path
    parts = (box.rpartition(".") for box in boxes)
    siblings = [int(own) for scope, _, own in parts if scope == stage and own.isdecimal()]
    before = [own for own in siblings if own < int(number)]
    return f"{stage}.{max(before)}" if before else path


def _changed(row: Row, lang: str) -> str:
    """Return in words what differs, a number of repeats from old to new."""
    words = []
    for word in row.changes:
        text = translate(lang, f"change:{word}") if f"change:{word}" in WORDS else word
        if word == "repeat" and row.before is not None and row.after is not None:
            text = translate(lang, "repeats", row.before.repeat, row.after.repeat)
        words.append(text)
    return ", ".join(words)


def _totals(found: Comparison, lang: str) -> None:
    totals = [found.totals[name] for name in QUANTITIES]
    tables.show(
        {
            translate(lang, "quantity"): [translate(lang, name) for name in QUANTITIES],
            translate(lang, "before"): [total.before for total in totals],
            translate(lang, "after"): [total.after for total in totals],
            translate(lang, "difference"): [tables.Signed(total.difference) for total in totals],
        },
        alt=translate(lang, "difference"),
    )


def _spec(before: ResNetSpec, after: ResNetSpec, lang: str) -> None:
    """Show which fields of the specs differ, from what to what."""
    changes = list(spec_changes(before, after, lang))
    if changes:
        tables.show(
            {
                translate(lang, "part"): [change.part for change in changes],
                translate(lang, "changes"): [change.field for change in changes],
                translate(lang, "old_to_new"): [f"{one.old} → {one.new}" for one in changes],
            },
            alt=translate(lang, "changes"),
        )


def _parts(found: Comparison, lang: str) -> None:
    rows = [row for row in found.rows if row.status != "same"]
    st.markdown(f"**{translate(lang, 'part_by_part')}**")
    tables.show(
        {
            translate(lang, "part"): [row.path or translate(lang, "depth:network") for row in rows],
            translate(lang, "status"): [translate(lang, f"status:{row.status}") for row in rows],
            translate(lang, "changes"): [_changed(row, lang) for row in rows],
            translate(lang, "params"): [tables.Signed(row.params) for row in rows],
            translate(lang, "macs"): [tables.Signed(row.macs) for row in rows],
            translate(lang, "activations"): [tables.Signed(row.activations) for row in rows],
        },
        alt=translate(lang, "part_by_part"),
    )
