"""The figure, and beside it what the visitor opened in it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app import learn, tables
from resnet_viz.app.answers import drawing, opened
from resnet_viz.app.figure import figure
from resnet_viz.app.session import Session
from resnet_viz.app.state import is_path
from resnet_viz.app.text import escaped
from resnet_viz.errors import RequestError
from resnet_viz.inspecting import Details, Operation
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Scene
from resnet_viz.text import translate_error
from resnet_viz.text.labels import label
from resnet_viz.text.page import kind_name, translate, viewer_words

__all__ = ["show"]

MOST_ROWS = 200
WIDTH, FRAME = 900, 100  # pixels that a figure usually has, and those around it


def show(session: Session) -> None:
    """Show the figure and the part of it that is open."""
    _figure(session)
    if session.config.opened:
        _opened(session)
    else:
        learn.show(session)


def _figure(session: Session) -> None:
    config = session.config
    try:
        drawn = drawing(config.spec, config.look, config.lang)
    except RequestError as error:
        st.error(translate(config.lang, "not_drawn", escaped(translate_error(error, config.lang))))
        return
    clicked = figure(
        drawn,
        viewer_words(config.lang),
        selected=config.opened,
        key="figure",
        height=_height(drawn.scene),
    )
    if is_path(clicked) and clicked != config.opened:
        session.edit(config._replace(opened=clicked))


def _height(scene: Scene) -> int:
    """Return the pixels that a figure asks for: a flat one less, a tall one what a screen has."""
    scale = min(2.2, WIDTH / scene.width)
    return round(min(max(scene.height * scale + FRAME, 260), 640))


def _opened(session: Session) -> None:
    lang, path = session.config.lang, session.config.opened
    with st.container(border=True):
        try:
            part = opened(session.config.spec, path)
        except RequestError:
            st.info(translate(lang, "none_found", escaped(path)))
        else:
            _details(part, lang)
        st.button(translate(lang, "close"), on_click=_close, args=(session,), key="close")


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
    rows = part.operations[:MOST_ROWS]
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
    if len(part.operations) > MOST_ROWS:
        st.caption(translate(lang, "first_shown", MOST_ROWS, len(part.operations)))


def _label(row: Operation, lang: str) -> str:
    return label(row.op, row.attrs, lang)


def _below(path: str, scope: str) -> str:
    return path.removeprefix(f"{scope}.") if path != scope else path.rpartition(".")[2]


def _weights(row: Operation) -> str:
    return ", ".join(f"{name.rpartition('.')[2]} {spell(shape)}" for name, shape, *_ in row.params)
