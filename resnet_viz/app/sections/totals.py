"""Show the network's name, source and totals."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app.answers import costs_of, latency_of, report_of
from resnet_viz.app.budget import Setting, amount
from resnet_viz.app.markdown import escaped, linked
from resnet_viz.app.sections import gauges
from resnet_viz.app.session import Session
from resnet_viz.ops.operator import spell
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import translate_error
from resnet_viz.text.numbers import short
from resnet_viz.text.page import derivation, translate
from resnet_viz.zoo import entries

__all__ = ["problem", "show", "spelled"]


def show(session: Session) -> None:
    """Show the network's name, its source, and its totals."""
    config = session.config
    problem(session)
    spec, lang = config.spec, config.lang
    totals = costs_of(spec, config.setting)
    entry = entries().get(spec.name)
    st.header(escaped(spec.name), anchor=False)
    source = entry.source if entry is not None and entry.spec == spec else translate(lang, "yours")
    at_input = translate(lang, "at_input", spell(spec.input))
    about = f"{linked(source)} · {escaped(at_input)}"
    st.caption(
        about if session.wrong is None else f":material/error: **{translate(lang, 'still')}**"
    )
    helps = {
        "layers": translate(
            lang, "layers_help", derivation(lang, report_of(spec, "network").layers)
        ),
        "params": translate(lang, "params_help"),
        "macs": translate(lang, "macs_help", totals["flops"]),
        "activations": translate(lang, "activations_help"),
        "memory": translate(lang, "memory_help", **config.setting._asdict()),
        "time": _about_time(spec, config.setting, lang),
    }
    pinned = config.pinned
    before = None if pinned is None else costs_of(pinned, config.setting)
    against = None if pinned is None else translate(lang, "against", escaped(pinned.name))
    with st.container(key="totals", horizontal=True):
        for name, help in helps.items():
            change = None if before is None else totals[name] - before[name]
            st.metric(
                translate(lang, name),
                _shown(name, totals[name]),
                _signed(name, change) if change else None,
                delta_color="off",
                delta_description=against,
                help=help,
                width="content",
            )
    gauges.show(config.budget, totals, lang)


def problem(session: Session) -> None:
    """Show the error in the visitor's last input."""
    lang = session.config.lang
    if session.problem:
        text = escaped(translate_error(session.problem, lang))
        st.error(translate(lang, "refused", text), icon=":material/error:")


def _about_time(spec: ResNetSpec, setting: Setting, lang: str) -> str:
    found = latency_of(spec, setting)
    low, high = found.interval
    names = {"low": low, "high": high, "rate": found.images_per_s}
    return translate(lang, "time_help", **names, **setting._asdict())


def _shown(name: str, number: int) -> str:
    return amount(name, number) if name in ("memory", "time") else spelled(number)


def _signed(name: str, change: int) -> str:
    sign = "+" if change > 0 else "−"
    size = amount(name, abs(change)) if name in ("memory", "time") else f"{abs(change):,}"
    return f"{sign}{size}"


def spelled(amount: int) -> str:
    """Return an exact number, followed by its short form if it is long.

    >>> spelled(4089184256), spelled(50)
    ('4,089,184,256 · 4.09 G', '50')
    """
    return f"{amount:,} · {short(amount)}" if amount >= 10_000 else f"{amount:,}"
