"""Show a budget, and propose networks within it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

import streamlit as st

from resnet_viz.app.answers import keeps, machines, report_of
from resnet_viz.app.budget import (
    MAX_BATCH,
    QUANTITIES,
    Budget,
    Setting,
    amount,
    parse_amount,
)
from resnet_viz.app.catalogue import Listed, listed
from resnet_viz.app.family import nearest_of_family
from resnet_viz.app.markdown import escaped
from resnet_viz.app.sections import exact_search, explore
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.count.memory import DTYPES, OPTIMIZERS
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import translate_error
from resnet_viz.text.numbers import short
from resnet_viz.text.page import translate
from resnet_viz.zoo import find

__all__ = ["show"]

MAX_PROPOSALS = 3

QUICK = ("nearest_of_family", "nearest_of_zoo")
"""The proposals that are made at once; exact searches run on request."""


def show(session: Session) -> None:
    """Let the visitor set limits, and propose networks within them."""
    lang = session.config.lang
    budget, setting = _limits(session), _setting(session)
    session.edit(session.config._replace(budget=budget, setting=setting))
    size = session.config.spec.input[1:]
    alike = [network for network in listed() if network.input[1:] == size]
    if budget.limits():
        _proposals(session, budget, setting, alike)
    else:
        st.info(translate(lang, "set_a_limit"))
    st.markdown(f"**{translate(lang, 'explore')}**")
    explore.show(session, alike)


def _proposals(session: Session, budget: Budget, setting: Setting, alike: Sequence[Listed]) -> None:
    spec, lang = session.config.spec, session.config.lang
    family = nearest_of_family(spec, budget, setting, MAX_PROPOSALS)
    zoo = [find(network.name) for network in _nearest(budget, alike, setting)]
    for title, found in (("nearest_of_family", family), ("nearest_of_zoo", zoo)):
        if found:
            st.markdown(f"**{translate(lang, title)}**")
        for member in found:
            _proposal(session, member, title)
    exact_search.show(session, budget, setting, partial(_proposal, session))
    if not family and not zoo:
        least = min(alike or listed(), key=lambda network: network.totals["macs"]).totals
        st.info(translate(lang, "nothing_fits", short(least["macs"]), short(least["params"])))


def _limits(session: Session) -> Budget:
    """Return the limits in the fields; a wrong one shows an error and keeps the former limit."""
    lang, now = session.config.lang, session.config.budget
    limits = {}
    with st.container(horizontal=True):
        for name in QUANTITIES:
            limit = getattr(now, name)
            text = st.text_input(
                translate(lang, f"limit:{name}"),
                amount(name, limit) if limit else "",
                placeholder=translate(lang, "no_limit"),
                key=session.key(f"limit {name}"),
                width=150,
            )
            try:
                limits[name] = parse_amount(name, text or "")
            except RequestError as error:
                st.error(escaped(translate_error(error, lang)))
                limits[name] = limit
            else:
                if limits[name] and amount(name, limits[name]) == amount(name, limit):
                    limits[name] = limit  # a link may have more digits than are shown
    return Budget(**limits)


def _setting(session: Session) -> Setting:
    """Return the settings of training and inference in the fields."""
    lang, now = session.config.lang, session.config.setting
    with st.container(horizontal=True):
        batch = st.number_input(
            translate(lang, "batch"), 1, MAX_BATCH, now.batch, key=session.key("batch"), width=150
        )
        choices = {
            name: st.selectbox(
                translate(lang, name),
                list(table),
                index=list(table).index(getattr(now, name)),
                key=session.key(name),
                width=150,
            )
            for name, table in (
                ("dtype", DTYPES),
                ("optimizer", OPTIMIZERS),
                ("device", machines()),
            )
        }
    return Setting(int(batch), **choices)


def _nearest(budget: Budget, networks: Sequence[Listed], setting: Setting) -> list[Listed]:
    """Return the networks that use the most of a budget within it."""
    counted = budget._replace(memory=0, time=0)  # known for every network without a computation
    limits = counted.limits()

    def used(network: Listed) -> float:
        return sum(network.totals[name] / limit for name, limit in limits.items())

    alone = {tuple(network.totals.values()): network for network in reversed(networks)}
    ordered = sorted(alone.values(), key=used, reverse=True)  # a network with two names, once
    kept = (one for one in ordered if counted.holds(one.totals))
    if counted != budget:
        kept = (one for one in kept if keeps(find(one.name), budget, setting))
    return list(islice(kept, MAX_PROPOSALS))


def _proposal(session: Session, spec: ResNetSpec, kind: str) -> None:
    lang = session.config.lang
    totals = report_of(spec, "network").totals
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            translate(lang, "show_network", spec.name),
            on_click=_open,
            args=(session, spec),
            key=f"show {spec.name}" if kind in QUICK else f"{kind} {spec.name}",
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


def _open(session: Session, spec: ResNetSpec) -> None:
    receive_edit(session)
    session.open(spec)
