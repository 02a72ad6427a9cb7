"""Show networks as points: the zoo's, those in the visitor's history, and a Pareto front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from typing import Any, NamedTuple

import pyarrow as pa
import streamlit as st

from resnet_viz.app.answers import report_of
from resnet_viz.app.catalogue import Listed
from resnet_viz.app.exact import front_of
from resnet_viz.app.markdown import escaped
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import translate_error
from resnet_viz.text.page import translate
from resnet_viz.zoo import entries
from resnet_viz.zoo.accuracy import published

__all__ = ["show"]

MAX_STEPS = 20
"""The most earlier networks that are shown as points."""

COLOURS = {
    "zoo": "#9aa4b2",
    "kept": "#2e9e5b",
    "front": "#3b82f6",
    "mine": "#d98200",
    "now": "#c2185b",
}
"""The colours of zoo networks, of those within the budget, of the front, of earlier networks and of
the current one."""

HEIGHT = 340  # pixels


class Point(NamedTuple):
    """A network as a point.

    Attributes:
        id: the id of the network that a click opens.
        top1: the best published accuracy in percent, of weights with that name.
    """

    id: str
    name: str
    macs: int
    params: int
    kind: str
    top1: float | None = None
    weights: str = ""


def show(session: Session, networks: Sequence[Listed]) -> None:
    """Show networks as points; a click opens one."""
    lang = session.config.lang
    with st.container(horizontal=True, vertical_alignment="center"):
        above = st.segmented_control(
            translate(lang, "over_macs"),
            ("params", "top1"),
            default="params",
            required=True,
            format_func=lambda word: translate(lang, word),
            key=session.key(f"above:{lang}"),
        )
        if st.button(translate(lang, "front"), help=translate(lang, "front_help"), key="front"):
            session.fronted = session.config.spec
    points = [*_of_zoo(session, networks), *_of_front(session), *_of_history(session)]
    if above == "top1":
        points = [point for point in points if point.top1 is not None]
    if not points:
        st.info(translate(lang, "none"))
        return
    key = session.key("explore")
    st.vega_lite_chart(
        _table(points, lang),
        _chart(points, above or "params", lang),
        height=HEIGHT,
        key=key,
        on_select=lambda: _open(session, key),
        alt=translate(lang, "explore"),
    )


def _table(points: Sequence[Point], lang: str) -> pa.Table:
    columns: dict[str, list[Any]] = {
        name: [getattr(point, name) for point in points] for name in Point._fields
    }
    for name in ("macs", "params"):
        columns[name] = list(map(float, columns[name]))
    columns["kind"] = [translate(lang, f"point:{kind}") for kind in columns["kind"]]
    return pa.table(columns)


def _chart(points: Sequence[Point], above: str, lang: str) -> dict[str, Any]:
    """Return the Vega-Lite chart: MACs on the x axis, parameters or accuracy on the y axis."""

    def axis(name: str, scale: str) -> dict[str, Any]:
        amounts = [getattr(point, name) for point in points]
        return {
            "field": name,
            "type": "quantitative",
            "scale": {"type": scale, "domain": _around(amounts, scale)},
            "axis": {"format": "~s", "tickCount": 5},
            "title": translate(lang, name),
        }

    kinds = {translate(lang, f"point:{kind}"): colour for kind, colour in COLOURS.items()}
    told = {"name": "network", "weights": "weights_of"}
    numbers = {"macs": ",", "params": ",", "top1": ".2f"}
    return {
        "mark": {"type": "point", "filled": True, "size": 90, "cursor": "pointer"},
        "params": [{"name": "pick", "select": {"type": "point", "fields": ["id"]}}],
        "encoding": {
            "x": axis("macs", "log"),
            "y": axis(above, "log" if above == "params" else "linear"),
            "color": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": list(kinds), "range": list(kinds.values())},
                "legend": {"orient": "bottom", "title": None},
            },
            "tooltip": [
                *(
                    {"field": name, "type": "nominal", "title": translate(lang, word)}
                    for name, word in told.items()
                ),
                *(
                    {
                        "field": name,
                        "type": "quantitative",
                        "format": format,
                        "title": translate(lang, name),
                    }
                    for name, format in numbers.items()
                ),
            ],
        },
    }


def _around(amounts: Sequence[float], scale: str) -> list[float]:
    """Return the ends of a scale with a margin; Vega needs them before the data arrive.

    A logarithmic scale has whole decades, so that it stays constant while a network is edited.

    >>> _around([2.6e6, 8.9e8], "log"), _around([69.8, 83.4], "linear")
    ([1000000.0, 1000000000.0], [68.8, 84.4])
    """
    low, high = min(amounts), max(amounts)
    if scale == "linear":
        return [low - 1, high + 1]
    return [10.0 ** floor(log10(0.95 * low)), 10.0 ** ceil(log10(1.05 * high))]


def _point(id: str, spec: ResNetSpec, kind: str) -> Point:
    totals = report_of(spec, "network").totals
    return Point(id=id, name=spec.name, macs=totals["macs"], params=totals["params"], kind=kind)


def _of_zoo(session: Session, networks: Sequence[Listed]) -> Iterator[Point]:
    budget = session.config.budget._replace(memory=0, time=0)
    for network in networks:
        kind = "kept" if budget.limits() and budget.holds(network.totals) else "zoo"
        best = next(iter(published().get(network.name, ())), None)
        yield Point(
            id=f"zoo/{network.name}",
            name=network.name,
            macs=network.totals["macs"],
            params=network.totals["params"],
            kind=kind,
            top1=None if best is None else best.top1,
            weights="" if best is None else f"{best.weights}, {best.size}×{best.size}",
        )


def _of_front(session: Session) -> Iterator[Point]:
    """Yield the requested Pareto front around a network, or show why there is none."""
    if session.fronted is None:
        return
    try:
        front = front_of(session.fronted)
    except RequestError as error:
        st.caption(escaped(translate_error(error, session.config.lang)))
        return
    for number, spec in enumerate(front):
        yield _point(f"front/{number}", spec, "front")


def _of_history(session: Session) -> Iterator[Point]:
    past = session.history.past
    for number in range(max(0, len(past) - MAX_STEPS), len(past)):
        yield _point(f"past/{number}", past[number], "mine")
    yield _point("now", session.config.spec, "now")


def _open(session: Session, key: str) -> None:
    """Open the network whose point was clicked."""
    picked = st.session_state[key].get("selection", {}).get("pick", [])
    sort, _, name = str(picked[0].get("id", "") if picked else "").partition("/")
    receive_edit(session)
    if sort == "zoo" and name in entries():
        session.open(entries()[name].spec)
        return
    front = () if session.fronted is None else front_of(session.fronted)
    networks = {"past": session.history.past, "front": front}.get(sort, ())
    if name.isdecimal() and int(name) < len(networks):
        session.open(networks[int(name)])
