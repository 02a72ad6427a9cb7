"""The room for a figure on a visitor's screen."""

from __future__ import annotations

from resnet_viz.layout import DIRECTIONS
from resnet_viz.layout.page import LEGIBLE

__all__ = ["LEAST_TEXT", "PHONE_HEIGHT", "height", "screen"]

LEAST_TEXT = 11.2
"""Pixels of the smallest label that is read with ease."""

FLAT, TALL = (740, 330), (740, 520)
"""Pixels for a figure that lies and one that stands, on a screen 1280 wide beside the form."""

PHONE = (350, 830)
"""Pixels for a figure on a phone, where the page is scrolled anyway."""

AROUND = 60  # pixels of the bar above the figure, and of its frame


PHONE_HEIGHT = PHONE[1] + AROUND


def screen(direction: str, phone: bool) -> str:
    """Return the page that a figure is to fit, so that its labels are legible at first sight.

    What `layout.page` takes for legible on paper is as large on the page as `LEAST_TEXT` is here.

    >>> screen("right", False), screen("up", True)
    ('528x235', '250x592')
    """
    room = PHONE if phone else _room(direction)
    width, height = (int(pixels * LEGIBLE / LEAST_TEXT) for pixels in room)
    return f"{width}x{height}"


def height(direction: str) -> int:
    """Return the pixels that a figure takes of the page: the same whatever the network."""
    return _room(direction)[1] + AROUND


def _room(direction: str) -> tuple[int, int]:
    return FLAT if DIRECTIONS[direction].horizontal else TALL
