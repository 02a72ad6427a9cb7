"""Show the costs of each part of the network, and the derivation of the layer count."""

from __future__ import annotations

import streamlit as st

from resnet_viz.answers.report import Report
from resnet_viz.app.answers import report_of
from resnet_viz.app.components import bars, tables
from resnet_viz.app.sections.rows import choose_depth, row_name
from resnet_viz.app.session import Session
from resnet_viz.ops.operator import spell
from resnet_viz.text.page import derivation, kind_name, translate
from resnet_viz.zoo import find

__all__ = ["show", "table"]


def show(session: Session) -> None:
    """Show the costs of each part, and the derivation of the layer count."""
    spec, lang = session.config.spec, session.config.lang
    stages = report_of(spec, "stage")
    began = report_of(spec if session.base is None else find(session.base), "stage")
    st.markdown(f"**{translate(lang, 'derived', stages.totals['layers'])}**")
    st.markdown(derivation(lang, stages.layers))
    st.markdown(f"**{translate(lang, 'per_stage')}**")
    names = [row_name(row, lang) for row in stages.rows]
    for column, word in zip(st.columns(3), ("params", "macs", "activations"), strict=True):
        with column:
            st.caption(translate(lang, word))
            values = [float(getattr(row, word)) for row in stages.rows]
            known = max(float(getattr(row, word)) for row in began.rows)
            bars.show(
                {translate(lang, "part"): names, translate(lang, word): values},
                end=max(*values, known),
                alt=f"{translate(lang, word)}: {translate(lang, 'per_stage')}",
            )
    table(report_of(spec, choose_depth(session, "block")), lang)


def table(report: Report, lang: str) -> None:
    """Show the costs of each part of a network."""
    rows = report.rows
    tables.show(
        {
            translate(lang, "part"): [row_name(row, lang) for row in rows],
            translate(lang, "kind"): [kind_name(lang, row.kind, row.path) for row in rows],
            translate(lang, "output"): [spell(row.output) for row in rows],
            **{
                translate(lang, word): [getattr(row, word) for row in rows]
                for word in ("params", "macs", "activations")
            },
        },
        alt=translate(lang, "section:costs"),
    )
