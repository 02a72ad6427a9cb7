"""Register the app's components with Streamlit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from resnet_viz.export.assets import asset

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["COMPONENTS", "component"]

COMPONENTS = "resnet_viz.app.components"


@cache
def component(name: str, html: str, css: str = "", js: str = "") -> ComponentRenderer:
    """Return the function that mounts a component; cached, because a new one reloads its script.

    Args:
        name: the name of its script and style sheet, `<name>.js` and `<name>.css`.
        html: the initial HTML, before the script fills it.
        css: CSS to put before its own style sheet.
        js: JavaScript to put before its own script.
    """
    import streamlit

    return streamlit.components.v2.component(
        f"resnet_viz_{name}",
        html=html,
        css=css + asset(f"{name}.css", COMPONENTS),
        js=js + asset("mount.js", COMPONENTS) + asset(f"{name}.js", COMPONENTS),
    )
