"""Assets of the app to what mounts a component on a Streamlit page."""

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
    """Return what mounts a component, made once: making it anew would load its script anew.

    Args:
        name: of its script and style sheet, `<name>.js` and `<name>.css`.
        html: what stands on the page before the script fills it.
        css: what comes before its own style sheet.
        js: what comes before its own script.
    """
    import streamlit

    return streamlit.components.v2.component(
        f"resnet_viz_{name}",
        html=html,
        css=css + asset(f"{name}.css", COMPONENTS),
        js=js + asset("mount.js", COMPONENTS) + asset(f"{name}.js", COMPONENTS),
    )
