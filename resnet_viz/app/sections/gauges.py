"""Show how much of its budget a network uses, as gauges and in words."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from resnet_viz.app.budget import Budget
from resnet_viz.app.budget import amount as spelled
from resnet_viz.text.page import translate

__all__ = ["show"]


def show(budget: Budget, totals: Mapping[str, int], lang: str) -> None:
    """Show a gauge for each limit that is set."""
    limits = budget.limits()
    if limits:
        gauges = (_gauge(name, totals[name], limit, lang) for name, limit in limits.items())
        st.html(f'<div class="gauges">{"".join(gauges)}</div>')


def _gauge(name: str, amount: int, limit: int, lang: str) -> str:
    """Return a gauge as HTML; above the limit it is full and states the excess."""
    share = amount / limit
    over = amount > limit
    words = translate(
        lang,
        "over_budget" if over else "in_budget",
        name=translate(lang, name),
        amount=spelled(name, amount),
        limit=spelled(name, limit),
        rest=spelled(name, abs(limit - amount)),
        share=share,
    )
    kind = "gauge over" if over else "gauge"
    return (
        f'<div class="{kind}" role="meter" aria-valuemin="0" aria-valuemax="{limit}" '
        f'aria-valuenow="{amount}" aria-label="{escape(words)}">'
        f'<i style="width: {100 * min(share, 1):.1f}%"></i><span>{escape(words)}</span></div>'
    )
