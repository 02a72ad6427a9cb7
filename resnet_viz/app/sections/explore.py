"""Show networks as points in a chart of costs: the zoo's, and those in the visitor's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import streamlit as st

from resnet_viz.app.answers import report_of
from resnet_viz.app.catalogue import Listed
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.text.page import translate
from resnet_viz.zoo import entries

__all__ = ["show"]

MAX_STEPS = 20
"""The most earlier networks that are shown as points."""

COLOURS = {"zoo": "#9aa4b2", "kept": "#2e9e5b", "mine": "#d98200", "now": "#c2185b"}
"""The colours of zoo networks, of those within the budget, of earlier ones, and of the current."""

HEIGHT = 340  # pixels


class Point(NamedTuple):
    """A network as a point; a click opens the network of its id."""

    id: str
    name: str
    macs: int
    params: int
    kind: str


def show(session: Session, networks: Sequence[Listed]) -> None:
    """Show networks as points; a click opens one."""
    lang = session.config.lang
    points = [*_of_zoo(session, networks), *_of_history(session)]
    kinds = {kind: translate(lang, f"point:{kind}") for kind in COLOURS}
    key = session.key("explore")
    titles = {name: translate(lang, name) for name in ("macs", "params")}
    axes = {
        name: {
            "field": name,
            "type": "quantitative",
            "scale": {"type": "log", "domain": _around([getattr(one, name) for one in points])},
            "axis": {"format": "~s", "tickCount": 5},
            "title": title,
        }
        for name, title in titles.items()
    }
    st.vega_lite_chart(
        pa.table(
            {
                "id": [point.id for point in points],
                "name": [point.name for point in points],
                "macs": [float(point.macs) for point in points],
                "params": [float(point.params) for point in points],
                "kind": [kinds[point.kind] for point in points],
            }
        ),
        {
            "mark": {"type": "point", "filled": True, "size": 90, "cursor": "pointer"},
            "params": [{"name": "pick", "select": {"type": "point", "fields": ["id"]}}],
            "encoding": {
                "x": axes["macs"],
                "y": axes["params"],
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "scale": {"domain": list(kinds.values()), "range": list(COLOURS.values())},
                    "legend": {"orient": "bottom", "title": None},
                },
                "tooltip": [
                    {"field": "name", "type": "nominal", "title": translate(lang, "network")},
                    *(
                        {
                            "field": name,
                            "type": "quantitative",
                            "format": ",",
                            "title": axis["title"],
                        }
                        for name, axis in axes.items()
                    ),
                ],
            },
        },
        height=HEIGHT,
        key=key,
        on_select=lambda: _open(session, key),
        alt=translate(lang, "explore"),
    )


def _around(amounts: Sequence[int]) -> list[float]:
    """Return the ends of a scale with a margin; Vega needs them before the data arrive."""
    return [min(amounts) * 0.8, max(amounts) * 1.25]


def _of_zoo(session: Session, networks: Sequence[Listed]) -> Iterator[Point]:
    budget = session.config.budget._replace(memory=0, time=0)
    for network in networks:
        kind = "kept" if budget.limits() and budget.holds(network.totals) else "zoo"
        totals = network.totals
        yield Point(f"zoo/{network.name}", network.name, totals["macs"], totals["params"], kind)


def _of_history(session: Session) -> Iterator[Point]:
    past = session.history.past
    for number in range(max(0, len(past) - MAX_STEPS), len(past)):
        totals = report_of(past[number], "network").totals
        yield Point(f"past/{number}", past[number].name, totals["macs"], totals["params"], "mine")
    spec = session.config.spec
    totals = report_of(spec, "network").totals
    yield Point("now", spec.name, totals["macs"], totals["params"], "now")


def _open(session: Session, key: str) -> None:
    """Open the network whose point was clicked."""
    picked = st.session_state[key].get("selection", {}).get("pick", [])
    sort, _, name = str(picked[0].get("id", "") if picked else "").partition("/")
    receive_edit(session)
    past = session.history.past
    if sort == "zoo" and name in entries():
        session.open(entries()[name].spec)
    elif sort == "past" and name.isdecimal() and int(name) < len(past):
        session.open(past[int(name)])
