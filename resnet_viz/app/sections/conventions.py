"""Show the counts of each tool for the network, and why they differ."""

from __future__ import annotations

import streamlit as st

from resnet_viz.answers.explain import Line
from resnet_viz.app.answers import explanation_of
from resnet_viz.app.markdown import escaped
from resnet_viz.app.session import Session
from resnet_viz.ops import TERMS
from resnet_viz.text import lookup
from resnet_viz.text.page import translate

__all__ = ["show"]


def show(session: Session) -> None:
    """Show the counts of each tool for this network, and why they differ."""
    lang = session.config.lang
    found = explanation_of(session.config.spec)
    st.markdown(translate(lang, "explain_intro"))
    st.table(
        {
            translate(lang, "tool"): [line.convention.name for line in found.lines],
            translate(lang, "prints"): [
                f"{line.total:,} {line.convention.unit}" for line in found.lines
            ],
            translate(lang, "made_of"): [_sum(line, found.macs, lang) for line in found.lines],
            translate(lang, "why"): [
                escaped(lookup(line.convention.source, lang)) for line in found.lines
            ],
        },
        hide_index=True,
        alt=translate(lang, "section:conventions"),
    )


def _sum(line: Line, macs: int, lang: str) -> str:
    """Return a total as a sum of terms."""
    times = f"{line.scale} × " if line.scale != 1 else ""
    text = f"{times}{macs:,} {translate(lang, 'multiply_adds')}"
    for term, (weight, amount) in line.terms.items():
        if amount:
            times = f"{abs(weight)} × " if abs(weight) != 1 else ""
            sign = "+" if weight > 0 else "−"
            text += f" {sign} {times}{amount:,} {lookup(TERMS[term], lang)}"
    return escaped(text)
