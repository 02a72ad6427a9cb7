"""A drawing to a part of a Streamlit page that one can move, zoom, search and click."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from resnet_viz.app.component import APP, component
from resnet_viz.drawing import Drawing
from resnet_viz.export.assets import asset

__all__ = ["WORDS", "figure"]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "search": "Search",
        "search_figure": "Search the figure",
        "found": "{current} of {all}",
        "found_none": "none",
        "view": "View",
        "zoom_in": "Zoom in",
        "zoom_out": "Zoom out",
        "show_all": "Show the whole figure",
        "full_screen": "Full screen",
        "press": "Click for details",
        "wheel": "Click the figure to zoom it with the wheel, or hold Ctrl or ⌘",
        "touch": "Tap the figure to move it with one finger",
        "keys": "Arrow keys go from part to part, Enter chooses one, + and − zoom, "
        "0 shows all, / searches",
    }
)
"""What the figure's buttons, hints and labels say, in English, by the keys of `words`."""


def figure(
    drawing: Drawing,
    words: Mapping[str, str] = WORDS,
    *,
    selected: str = "",
    key: str,
    height: int = 560,
) -> str | None:
    """Show a drawing; return the path of the box or scope that was clicked just now, else None.

    What was clicked is outlined in the same run, before the caller hears of it. Moving and zooming
    happen in the browser alone. Where one has moved to stays when the figure is drawn anew, unless
    its size becomes quite another.

    Args:
        drawing: what to show, in the colours of its own theme.
        words: what buttons and labels say; those of `WORDS` that it lacks are English.
        selected: the path of the box or scope to outline, if the figure has it.
        key: tells this figure from others on the page; what keeps its key keeps its view.
        height: in pixels; less on phones and low screens, so that the page can be scrolled.
    """
    import streamlit

    sent = streamlit.session_state.get(key) or {}  # by the browser; the caller hears of it below
    clicked: str | None = sent.get("opened")
    html = asset("figure.html", APP)
    show = component("figure", html, asset("viewer.css"), asset("viewer.js"))
    result = show(
        key=key,
        data={
            "svg": drawing.to_svg(),
            "axis": drawing.scene.axis,
            "words": {name: words.get(name, text) for name, text in WORDS.items()},
            "selected": selected if clicked is None else clicked,
            "height": height,
        },
        on_opened_change=_heard,
    )
    opened: str | None = result.opened
    return opened


def _heard() -> None:
    """Do nothing: the one who mounts the component asks it what it heard."""
