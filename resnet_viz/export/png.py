"""Write a scene as a PNG image, by vl-convert."""

from __future__ import annotations

import math
from typing import Any

from resnet_viz.errors import RequestError, show
from resnet_viz.export.renderer import drawable, renderer
from resnet_viz.scene import Scene

__all__ = ["LIMIT", "check", "write"]

LIMIT = 2**26
"""The most pixels of an image; at four bytes each, it takes 256 MiB while it is drawn."""


def write(scene: Scene, scale: float = 2) -> bytes:
    """Return a scene as the bytes of a PNG file.

    Args:
        scene: the scene to draw.
        scale: pixels per point of paper. It is stored in the file, so that the size on paper is
            right.

    Raises:
        RequestError: the scale is no positive number or gives too many pixels or none, vl-convert
            is not installed, or no font has some of the characters.
    """
    check(scene, scale)
    vl_convert = renderer(".png")
    # vl-convert scales by ppi / 72 and stores the ppi in the file
    image: bytes = vl_convert.svg_to_png(drawable(scene), ppi=72 * float(scale))
    return image


def check(scene: Scene, scale: Any = 2) -> None:
    """Check the scale before drawing.

    Raises:
        RequestError: the scale is no positive number or gives too many pixels or none.
    """
    number = isinstance(scale, (int, float)) and not isinstance(scale, bool)
    if not number or not 0 < scale < math.inf:
        raise RequestError(
            "scale: {scale} (must be a positive number of pixels per point)", scale=show(scale)
        )
    width, height = scene.width * scene.scale, scene.height * scene.scale
    most = math.sqrt(LIMIT / (width * height))
    if scale > most:
        raise RequestError(
            "scale: {scale} makes more than {limit:,} pixels of {width:.0f} × {height:.0f} "
            "points (must be at most {largest})",
            scale=show(scale),
            limit=LIMIT,
            width=width,
            height=height,
            largest=math.floor(most * 100) / 100,
        )
    if scale * min(width, height) < 1:
        raise RequestError(
            "scale: {scale} makes less than a pixel of {width:.0f} × {height:.0f} points",
            scale=show(scale),
            width=width,
            height=height,
        )
