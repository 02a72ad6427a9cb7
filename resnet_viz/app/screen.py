"""Compute the space for a figure on a visitor's screen."""

from __future__ import annotations

from resnet_viz.app.state import Look
from resnet_viz.layout import DIRECTIONS
from resnet_viz.layout.page import LEGIBLE

__all__ = ["LEAST_TEXT", "PHONE_HEIGHT", "fitted", "height", "screen"]

LEAST_TEXT = 11.2
"""The smallest size of a comfortably legible label, in pixels."""

FLAT, TALL = (740, 330), (740, 520)
"""The space in pixels for a horizontal and a vertical figure on a 1280-pixel-wide screen."""

PHONE = (350, 830)
"""The space in pixels for a figure on a phone, where the page is scrolled anyway."""

AROUND = 60  # pixels of the toolbar above the figure and of its frame


PHONE_HEIGHT = 1000


def screen(direction: str, phone: bool) -> str:
    """Return the page size that a figure must fit to be legible without zooming.

    Its scale is such that `layout.page.LEGIBLE` on it corresponds to `LEAST_TEXT` on the screen.

    >>> screen("right", False), screen("up", True)
    ('528x235', '250x592')
    """
    room = PHONE if phone else _room(direction)
    width, height = (int(pixels * LEGIBLE / LEAST_TEXT) for pixels in room)
    return f"{width}x{height}"


def fitted(look: Look, phone: bool = False) -> Look:
    """Return a look fitted to the screen, unless it has its own page or depth."""
    if look.page or look.depth or look.unroll or look.figure != "network":
        return look
    return look._replace(page=screen(look.direction, phone))


def height(direction: str) -> int:
    """Return the height of a figure on the page in pixels, which is the same for all networks."""
    return _room(direction)[1] + AROUND


def _room(direction: str) -> tuple[int, int]:
    return FLAT if DIRECTIONS[direction].horizontal else TALL
