"""A scene to a PDF document of one page, drawn by vl-convert: vectors, and text that is text."""

from __future__ import annotations

from resnet_viz.export.renderer import drawable, renderer
from resnet_viz.scene import Scene

__all__ = ["write"]


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of a PDF file whose page is as large as the scene.

    Raises:
        RequestError: vl-convert is missing, or no font shows some of the text.
    """
    vl_convert = renderer(".pdf")
    page: bytes = vl_convert.svg_to_pdf(drawable(scene))
    return page
