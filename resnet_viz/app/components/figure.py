"""A drawing to a part of a Streamlit page that one can move, zoom, search and click."""

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
    """Show a drawing; return the path of the box or scope that was clicked just now, else None.

    What was clicked is outlined in the same run, before the caller hears of it. Moving and zooming
    happen in the browser alone. Where one has moved to stays when the figure is drawn anew, unless
    its size becomes quite another.

    Args:
        drawing: what to show, in the colours of its own theme.
        words: what buttons and labels say; those of `VIEWER` that it lacks are English.
        selected: the path of the box or scope to outline, if the figure has it.
        card: what full screen says of what is selected, a line each; the first one is its name.
        steps: of a lecture on it: the `title` and `lines` of each, and the `paths` of the parts
            that it is about; of the whole figure if there are none.
        key: tells this figure from others on the page; what keeps its key keeps its view.
        height: in pixels; less on phones and low screens, so that the page can be scrolled.
        phone_height: in pixels on a phone, instead of so much less.
        least_text: pixels of the smallest label at first sight, where data enter: what does not fit
            then is reached by moving the figure.
        group: figures of one group are moved and zoomed together.
    """
    import streamlit

    sent = streamlit.session_state.get(key) or {}  # by the browser; the caller hears of it below
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
    """Do nothing: the one who mounts the component asks it what it heard."""
