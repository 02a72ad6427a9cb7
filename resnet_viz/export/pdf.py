"""Write a scene as a one-page PDF with vectors and selectable text, by vl-convert."""

from __future__ import annotations

from resnet_viz.export.renderer import drawable, renderer
from resnet_viz.scene import Scene

__all__ = ["write"]


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of a PDF file whose page is as large as the scene.

    Raises:
        RequestError: vl-convert is not installed, or no font has some of the characters.
    """
    vl_convert = renderer(".pdf")
    page: bytes = vl_convert.svg_to_pdf(drawable(scene))
    return page
