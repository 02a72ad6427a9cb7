"""Compare the network with another: figures with marked differences, and tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import streamlit as st

from resnet_viz.answers.comparison import Comparison
from resnet_viz.app.answers import comparison_of, drawing_of, graph_of, report_of
from resnet_viz.app.catalogue import is_known, title
from resnet_viz.app.components import tables
from resnet_viz.app.components.figure import figure
from resnet_viz.app.markdown import escaped
from resnet_viz.app.part_changes import part_changes
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.app.spec_changes import spec_changes
from resnet_viz.app.state import MAX_OTHERS, Look
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import translate_error
from resnet_viz.text.page import translate, viewer_words
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
    before, others, after = session.config.pinned, session.config.others, session.config.spec
    found = comparison_of(before, after)
    same = all(row.status == "same" for row in found.rows)
    st.caption(translate(lang, "same" if same else "marked"))
    lies = session.look.direction in ("right", "left")
    shown = [*reversed(others), before, after]
    places = [st.container() for _ in shown] if lies else st.columns(len(shown))
    for number, (place, spec) in enumerate(zip(places, shown, strict=True)):
        with place:
            _show_network(session, number - len(others), spec, found)
    _totals(found, others, lang)
    if not same:
        _spec(before, after, lang)
        _parts(found, before, after, lang)


def _show_network(session: Session, number: int, spec: ResNetSpec, found: Comparison) -> None:
    """Show one of the networks: 0 is the reference, 1 the network, above 1 earlier references."""
    lang = session.config.lang
    side = "after" if number == 1 else "before"
    if number >= 0:
        st.markdown(f"**{translate(lang, side)}**: {escaped(spec.name)}")
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{translate(lang, 'pinned_before')}**: {escaped(spec.name)}")
            st.button(
                translate(lang, "against_this"),
                on_click=_compare_with_earlier,
                args=(session, -number - 1),
                key=f"against {-number}",
            )
        found = comparison_of(spec, session.config.spec)
    _figure(session, f"{side}{number}", side, spec, found.changed(side))


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
    session.edit(session.config._replace(pinned=None, others=()))


def _pin(session: Session) -> None:
    receive_edit(session)  # so that the last edit is pinned, too
    config = session.config
    before = config.others if config.pinned is None else (config.pinned, *config.others)
    others = [spec for spec in before if spec != config.spec][:MAX_OTHERS]
    session.edit(config._replace(pinned=config.spec, others=tuple(others)))


def _compare_with_earlier(session: Session, number: int) -> None:
    """Compare with one of the networks pinned before."""
    config = session.config
    others = list(config.others)
    chosen = others.pop(number)
    if config.pinned is not None:
        others.insert(number, config.pinned)
    session.edit(config._replace(pinned=chosen, others=tuple(others)))


def _figure(
    session: Session, name: str, side: str, spec: ResNetSpec, changed: tuple[str, ...]
) -> None:
    lang, wanted = session.config.lang, session.look
    # with numbers in its boxes, a figure folds only equal parts, and hides no difference
    look = Look(direction=wanted.direction, depth="block", theme=wanted.theme, annotate="params")
    try:
        boxes = drawing_of(spec, look, lang).scene.ids()
        marked = tuple(dict.fromkeys(_box_of(path, boxes) for path in changed))
        drawn = drawing_of(spec, look, lang, marked, side)
    except RequestError as error:
        st.error(translate(lang, "not_drawn", escaped(translate_error(error, lang))))
        return
    words = {**viewer_words(lang), "press": ""}  # a click opens nothing here
    height = HEIGHTS[look.direction]
    figure(drawn, words, key=f"compare:{name}", height=height, group="compare")


def _box_of(path: str, boxes: Collection[str]) -> str:
    """Return the box of a part; for a block in a fold, the box of the first block.

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


def _totals(found: Comparison, others: Sequence[ResNetSpec], lang: str) -> None:
    totals = [found.totals[name] for name in QUANTITIES]
    tables.show(
        {
            translate(lang, "quantity"): [translate(lang, name) for name in QUANTITIES],
            translate(lang, "before"): [total.before for total in totals],
            translate(lang, "after"): [total.after for total in totals],
            translate(lang, "difference"): [tables.Signed(total.difference) for total in totals],
            **{
                f"{number}: {spec.name}": [
                    report_of(spec, "network").totals[name] for name in QUANTITIES
                ]
                for number, spec in enumerate(others, 2)
            },
        },
        alt=translate(lang, "difference"),
    )


def _spec(before: ResNetSpec, after: ResNetSpec, lang: str) -> None:
    """Show the fields in which the specs differ, with old and new values."""
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


def _parts(found: Comparison, before: ResNetSpec, after: ResNetSpec, lang: str) -> None:
    graphs = graph_of(before), graph_of(after)
    rows = [row for row in found.rows if row.status != "same"]
    st.markdown(f"**{translate(lang, 'part_by_part')}**")
    tables.show(
        {
            translate(lang, "part"): [row.path or translate(lang, "depth:network") for row in rows],
            translate(lang, "status"): [translate(lang, f"status:{row.status}") for row in rows],
            translate(lang, "changes"): [part_changes(row, *graphs, lang) for row in rows],
            translate(lang, "params"): [tables.Signed(row.params) for row in rows],
            translate(lang, "macs"): [tables.Signed(row.macs) for row in rows],
            translate(lang, "activations"): [tables.Signed(row.activations) for row in rows],
        },
        alt=translate(lang, "part_by_part"),
    )
