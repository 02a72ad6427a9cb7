"""Write a scene as one HTML file that works offline, with pan, zoom, collapse and search."""

from __future__ import annotations

import base64
import hashlib
from string import Template

from resnet_viz.export.assets import asset
from resnet_viz.export.svg import escape, to_svg
from resnet_viz.scene import Scene

__all__ = ["write"]


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of an HTML file.

    The page's content security policy allows only this function's style sheet and script, by their
    hashes: no other script can run, and no request can be made.
    """
    style = asset("page.css") + asset("viewer.css")
    script = asset("viewer.js") + asset("collapse.js") + asset("page.js")
    page = Template(asset("page.html")).substitute(
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'",
        title=escape(scene.title),
        style=style,
        script=script,
        axis=scene.axis,
        figure=to_svg(scene),
    )
    return page.encode()


def _hash(text: str) -> str:
    """Return the hash of a text for the policy (W3C, Content Security Policy 3, 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
