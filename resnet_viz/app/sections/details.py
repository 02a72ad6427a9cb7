"""Show the details of the part that a visitor opened in the figure."""

from __future__ import annotations

import streamlit as st

from resnet_viz.answers.details import Details, Operation
from resnet_viz.app.answers import details_of
from resnet_viz.app.components import tables
from resnet_viz.app.markdown import escaped
from resnet_viz.app.session import Session
from resnet_viz.errors import RequestError
from resnet_viz.ops.operator import spell
from resnet_viz.text.labels import label
from resnet_viz.text.page import kind_name, translate

__all__ = ["lines", "show"]

MAX_ROWS = 200


def show(session: Session) -> None:
    """Show the details of the open part, with a button to close it."""
    lang, path = session.config.lang, session.config.opened
    with st.container(border=True):
        try:
            part = details_of(session.config.spec, path)
        except RequestError:
            st.info(translate(lang, "none_found", escaped(path)))
        else:
            _details(part, lang)
        st.button(translate(lang, "close"), on_click=_close, args=(session,), key="close")


def lines(session: Session) -> list[str]:
    """Return a few lines on the open part: its path, shapes and costs."""
    lang = session.config.lang
    try:
        part = details_of(session.config.spec, session.config.opened)
    except RequestError:
        return []
    shapes = f"{', '.join(map(spell, part.inputs))} → {spell(part.output)}"
    costs = [f"{translate(lang, word)}: {getattr(part, word):,}" for word in ("params", "macs")]
    return [part.path, kind_name(lang, part.kind, part.path), shapes, *costs]


def _close(session: Session) -> None:
    session.edit(session.config._replace(opened=""))


def _details(part: Details, lang: str) -> None:
    st.subheader(escaped(part.path), anchor=False)
    times = f" · {translate(lang, 'times', part.repeat)}" if part.repeat != 1 else ""
    single = len(part.operations) == 1 and part.operations[0].path == part.path
    name = _label(part.operations[0], lang) if single else kind_name(lang, part.kind, part.path)
    st.caption(escaped(name) + times)
    shapes = f"{', '.join(map(spell, part.inputs))} → {spell(part.output)}"
    st.markdown(f"`{shapes}`")
    for word, amount, total in (
        ("params", part.params, part.total_params),
        ("macs", part.macs, part.total_macs),
    ):
        share = amount / total if total else 0.0
        st.progress(
            share,
            f"{translate(lang, word)} {amount:,} · {translate(lang, 'share', f'{share:.1%}')}",
        )
    if single and not part.operations[0].params:
        return
    rows = part.operations[:MAX_ROWS]
    tables.show(
        {
            translate(lang, "path"): [_below(row.path, part.path) for row in rows],
            translate(lang, "operator"): [_label(row, lang) for row in rows],
            translate(lang, "output"): [spell(row.output) for row in rows],
            translate(lang, "weights"): [_weights(row) for row in rows],
            translate(lang, "macs"): [row.macs for row in rows],
        },
        alt=translate(lang, "operators"),
    )
    if len(part.operations) > MAX_ROWS:
        st.caption(translate(lang, "first_shown", MAX_ROWS, len(part.operations)))


def _label(row: Operation, lang: str) -> str:
    return label(row.op, row.attrs, lang)


def _below(path: str, scope: str) -> str:
    return path.removeprefix(f"{scope}.") if path != scope else path.rpartition(".")[2]


def _weights(row: Operation) -> str:
    return ", ".join(f"{name.rpartition('.')[2]} {spell(shape)}" for name, shape, *_ in row.params)
