"""Shapes, costs and conventions of the network."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app import bars, tables
from resnet_viz.app.answers import explanation, reported
from resnet_viz.app.session import Session
from resnet_viz.app.text import escaped
from resnet_viz.explaining import Line
from resnet_viz.ops import TERMS
from resnet_viz.ops.operator import spell
from resnet_viz.reports import Row
from resnet_viz.text import lookup
from resnet_viz.text.page import derivation, kind_name, translate
from resnet_viz.view import DEPTHS

__all__ = ["conventions", "costs", "shapes"]


def shapes(session: Session) -> None:
    """Show the shape that leaves each part."""
    lang = session.config.lang
    depth = _depth(session, "block")
    report = reported(session.config.spec, depth, open_head=True)
    rows = report.rows
    tables.show(
        {
            translate(lang, "part"): ["input", *map(_name, rows)],
            translate(lang, "kind"): ["", *(kind_name(lang, row.kind, row.path) for row in rows)],
            translate(lang, "output"): [spell(report.input), *(spell(row.output) for row in rows)],
            translate(lang, "field"): [
                translate(lang, "pixels", 1),
                *(_pixels(row, lang) for row in rows),
            ],
        },
        alt=translate(lang, "section:shapes"),
    )


def costs(session: Session) -> None:
    """Show what each part costs, and where the layer count comes from."""
    spec, lang = session.config.spec, session.config.lang
    stages = reported(spec, "stage")
    st.markdown(f"**{translate(lang, 'derived', stages.totals['layers'])}**")
    st.markdown(derivation(lang, stages.layers))
    st.markdown(f"**{translate(lang, 'per_stage')}**")
    names = list(map(_name, stages.rows))
    for column, word in zip(st.columns(3), ("params", "macs", "activations"), strict=True):
        with column:
            st.caption(translate(lang, word))
            values = [float(getattr(row, word)) for row in stages.rows]
            bars.show(
                {translate(lang, "part"): names, translate(lang, word): values},
                alt=f"{translate(lang, word)}: {translate(lang, 'per_stage')}",
            )
    rows = reported(spec, _depth(session, "block")).rows
    tables.show(
        {
            translate(lang, "part"): list(map(_name, rows)),
            translate(lang, "kind"): [kind_name(lang, row.kind, row.path) for row in rows],
            translate(lang, "output"): [spell(row.output) for row in rows],
            **{
                translate(lang, word): [getattr(row, word) for row in rows]
                for word in ("params", "macs", "activations")
            },
        },
        alt=translate(lang, "section:costs"),
    )


def conventions(session: Session) -> None:
    """Show what each tool counts of this network, and why they differ."""
    lang = session.config.lang
    found = explanation(session.config.spec)
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
    """Return what a total is the sum of."""
    times = f"{line.scale} × " if line.scale != 1 else ""
    text = f"{times}{macs:,} {translate(lang, 'multiply_adds')}"
    for term, (weight, amount) in line.terms.items():
        if amount:
            times = f"{abs(weight)} × " if abs(weight) != 1 else ""
            sign = "+" if weight > 0 else "−"
            text += f" {sign} {times}{amount:,} {lookup(TERMS[term], lang)}"
    return escaped(text)


def _depth(session: Session, first: str) -> str:
    lang, options = session.config.lang, list(DEPTHS)
    chosen = st.segmented_control(
        translate(lang, "rows"),
        options,
        default=first,
        required=True,
        format_func=lambda depth: translate(lang, f"depth:{depth}"),
        key=f"rows:{session.config.section}",
    )
    return chosen or first


def _name(row: Row) -> str:
    name = row.path or "network"
    return f"{name} (×{row.repeat})" if row.repeat != 1 else name


def _pixels(row: Row, lang: str) -> str:
    if row.receptive_field is None:
        return translate(lang, "whole_image")
    return translate(lang, "pixels", row.receptive_field)
