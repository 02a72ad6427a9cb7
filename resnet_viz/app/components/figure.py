"""Show a drawing on a Streamlit page, with pan, zoom, search and clicks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resnet_viz.answers.draw import Drawing
from resnet_viz.app.components.mount import COMPONENTS, component
from resnet_viz.export.assets import asset
from resnet_viz.text.page import VIEWER

__all__ = ["figure"]


def figure(
    drawing: Drawing,
    words: Mapping[str, str] = VIEWER,
    *,
    selected: str = "",
    card: Sequence[str] = (),
    steps: Sequence[Mapping[str, object]] = (),
    key: str,
    height: int = 560,
    phone_height: int = 0,
    least_text: float = 0,
    group: str = "",
) -> str | None:
    """Show a drawing; return the path of the box or scope that was clicked in this run, else None.

    The clicked part is outlined in the same run, before the caller gets its path. Pan and zoom
    happen only in the browser; the view is kept when the figure is redrawn, unless its size changes
    a lot.

    Args:
        drawing: the drawing to show, in the colours of its theme.
        words: the texts of buttons and labels; missing ones are taken from `VIEWER`, in English.
        selected: the path of the box or scope to outline, if the figure has it.
        card: lines on the selected part, shown in full screen; the first one is its name.
        steps: the steps of a lecture: the `title` and `lines` of each, and the `paths` of the parts
            that it shows; the whole figure if there are none.
        key: the key of this figure on the page; a figure keeps its view with its key.
        height: the height in pixels; it is reduced on phones and low screens, so that the page can
            be scrolled.
        phone_height: the maximum height in pixels on a phone, used if the figure needs it to be
            legible.
        least_text: the initial size of the smallest label in pixels; the view then starts at the
            input, and the rest is reached by panning.
        group: the group of figures that pan and zoom together.
    """
    import streamlit

    sent = streamlit.session_state.get(key) or {}  # from the browser; the caller gets it below
    clicked: str | None = sent.get("opened")
    html = asset("figure.html", COMPONENTS)
    scripts = asset("viewer.js"), *(asset(name, COMPONENTS) for name in ("flow.js", "lecture.js"))
    show = component("figure", html, asset("viewer.css"), "".join(scripts))
    result = show(
        key=key,
        data={
            "svg": drawing.to_svg(),
            "axis": drawing.scene.axis,
            "words": {name: words.get(name, text) for name, text in VIEWER.items()},
            "selected": selected if clicked is None else clicked,
            "height": height,
            "phone": phone_height,
            "least": least_text,
            "group": group,
            "card": list(card),
            "steps": list(steps),
        },
        on_opened_change=_heard,
    )
    opened: str | None = result.opened
    return opened


def _heard() -> None:
    """Do nothing: the caller reads the component's state itself."""
