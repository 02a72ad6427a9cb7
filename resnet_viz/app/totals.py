"""The totals of the network, and where they come from."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app.answers import reported
from resnet_viz.app.facts import told
from resnet_viz.app.session import Session
from resnet_viz.app.text import escaped
from resnet_viz.app.words import derivation, say
from resnet_viz.ops.operator import spell
from resnet_viz.zoo import entries

__all__ = ["show"]


def show(session: Session) -> None:
    """Show what the network is called, where it comes from, and what it costs."""
    config = session.config
    if session.problem:
        problem = escaped(told(session.problem, config.lang))
        st.error(say(config.lang, "refused", problem), icon=":material/error:")
    spec, lang = config.spec, config.lang
    totals = reported(spec, "network").totals
    entry = entries().get(spec.name)
    st.header(escaped(spec.name), anchor=False)
    source = entry.source if entry is not None and entry.spec == spec else say(lang, "yours")
    about = escaped(f"{source} · {say(lang, 'at_input', spell(spec.input))}")
    st.caption(about if session.wrong is None else f":material/error: **{say(lang, 'still')}**")
    helps = {
        "layers": say(lang, "layers_help", derivation(lang, reported(spec, "network").layers)),
        "params": say(lang, "params_help"),
        "macs": say(lang, "macs_help", totals["flops"]),
        "activations": say(lang, "activations_help"),
    }
    before = None if config.pinned is None else reported(config.pinned, "network").totals
    with st.container(horizontal=True):
        for name, help in helps.items():
            change = None if before is None else totals[name] - before[name]
            st.metric(
                say(lang, name),
                f"{totals[name]:,}",
                None if not change else f"{change:+,}",
                delta_color="off",
                help=help,
                width="content",
            )
