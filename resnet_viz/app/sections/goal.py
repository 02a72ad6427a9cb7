"""A budget, and the networks that keep it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.app.budget import QUANTITIES, Budget, parse_amount
from resnet_viz.app.catalogue import Listed, listed
from resnet_viz.app.markdown import escaped
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.errors import RequestError
from resnet_viz.text import translate_error
from resnet_viz.text.page import translate
from resnet_viz.view.annotate import short
from resnet_viz.zoo import find

__all__ = ["show"]

MAX_PROPOSALS = 5


def show(session: Session) -> None:
    """Let the visitor set limits, and propose networks within them."""
    lang = session.config.lang
    budget = _limits(session)
    session.edit(session.config._replace(budget=budget))
    if not budget.limits():
        st.info(translate(lang, "set_a_limit"))
        return
    st.markdown(f"**{translate(lang, 'nearest_of_zoo')}**")
    alike = [network for network in listed() if network.input == session.config.spec.input]
    found = _nearest(budget, alike)
    if not found:
        least = min(alike or listed(), key=lambda network: network.totals["macs"]).totals
        st.info(translate(lang, "nothing_fits", short(least["macs"]), short(least["params"])))
    for network in found:
        _proposal(session, network, lang)


def _limits(session: Session) -> Budget:
    """Return the limits in the fields; a wrong one is said and leaves the limit as it was."""
    lang, now = session.config.lang, session.config.budget
    limits = {}
    with st.container(horizontal=True):
        for name in QUANTITIES:
            limit = getattr(now, name)
            text = st.text_input(
                translate(lang, f"limit:{name}"),
                short(limit) if limit else "",
                placeholder=translate(lang, "no_limit"),
                key=session.key(f"limit {name}"),
                width=180,
            )
            try:
                limits[name] = parse_amount(name, text or "")
            except RequestError as error:
                st.error(escaped(translate_error(error, lang)))
                limits[name] = limit
            else:
                if limits[name] and short(limits[name]) == short(limit):
                    limits[name] = limit  # a link may hold more figures than are shown
    return Budget(**limits)


def _nearest(budget: Budget, networks: Sequence[Listed]) -> list[Listed]:
    """Return the networks that take most of a budget, without exceeding it."""
    limits = budget.limits()

    def used(network: Listed) -> float:
        shares = [network.totals[name] / limit for name, limit in limits.items()]
        return sum(shares) / len(shares)

    within = [network for network in networks if budget.holds(network.totals)]
    return sorted(within, key=used, reverse=True)[:MAX_PROPOSALS]


def _proposal(session: Session, network: Listed, lang: str) -> None:
    totals = network.totals
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            translate(lang, "show_network", network.name),
            on_click=_open,
            args=(session, network.name),
            key=f"show {network.name}",
        )
        st.markdown(
            translate(
                lang,
                "costs_of",
                layers=totals["layers"],
                params=short(totals["params"]),
                macs=short(totals["macs"]),
            )
        )


def _open(session: Session, name: str) -> None:
    receive_edit(session)
    session.open(find(name))
