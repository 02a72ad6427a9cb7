"""The measures of a figure, in points: those of the d2l book's residual block figures."""

from __future__ import annotations

__all__ = [
    "ARC",
    "ARROW",
    "BOX",
    "BRACKET",
    "CIRCLE",
    "COLUMN_GAP",
    "CORNER",
    "EVEN",
    "FONT",
    "FORK",
    "FRAME",
    "GAP",
    "GIVEN",
    "GROUND",
    "LEAD",
    "LEGEND",
    "MARGIN",
    "NOTE",
    "SCOPE",
    "SIDE",
    "SMALL",
    "VOLUME",
]

FONT = 9.0
SMALL = 0.43
"""The scale of boxes without labels inside the blocks of a network."""

MARGIN = 2.0
COLUMN_GAP = 54.0

GROUND = 5.0
"""How far the ground of what is marked stands out."""


class BOX:
    """A labelled box: across the flow, along it, the room beside a label, a further line."""

    WIDTH = 94.0
    HEIGHT = 18.0
    PADDING = 6.0
    LINE = 11.0


GAP = 10.6
"""Between two boxes of a chain."""


class FRAME:
    """The dashed frame of a body: its distance from the body before, behind and beside it."""

    BEFORE = 11.4
    BEHIND = 9.1
    BESIDE = 11.3


FORK = 8.1
"""From the point where a shortcut leaves to the frame."""


class NOTE:
    """Words beside the line: their size, the room for them along it, the gaps around them."""

    FONT = 8.0
    ROOM = 9.0
    GAP = 4.5
    BESIDE = 5.0
    LINE = 10.0


class SCOPE:
    """The frame around a scope: its distance from what is inside, its title's size and room."""

    PAD = 6.0
    TITLE = 8.0
    BAND = 11.0
    INSET = 4.0


class LEGEND:
    """A legend: its boxes and text, the room beside a box and between entries, a row."""

    WIDTH = 16.0
    HEIGHT = 8.0
    FONT = 8.0
    GAP = 4.0
    BETWEEN = 12.0
    LINE = 13.0


class VOLUME:
    """Feature maps: the side of the largest and of none, length for each doubling of channels.

    Then what part of their width they go back, the rise of an arc for each box that it passes, the
    room for words below and between boxes.
    """

    SIDE = 110.0
    LEAST = 4.0
    CHANNEL = 2.4
    BACK = 0.3
    ARC = 9.0
    FONT = 8.0
    LINE = 10.0
    WORDS = 24.0
    GAP = 12.0


class GIVEN:
    """The arrow from a parameter to the operator that adds it, and the room beside its name."""

    ARROW = 16.0
    BESIDE = 3.0


class EVEN:
    """Branches side by side: the room between them, and from where they part to their boxes."""

    BETWEEN = 12.0
    FORK = 14.0


class ARC:
    """An arc past a chain: how far it stands out, and the radius of its corners.

    It leaves before the first box and arrives behind the last one, before the next arc leaves. One
    at a box's side begins and ends so far from the box's ends.
    """

    BESIDE = 15.0
    LEAVE = 6.0
    ARRIVE = 2.4
    CORNER = 12.0
    SIDE = 5.0


class CIRCLE:
    """The circle that adds: its radius, its distance from the frame, the arms of its plus sign."""

    RADIUS = 6.75
    GAP = 10.3
    PLUS = 2.3


class SIDE:
    """A shortcut: its distance from the frame, bare and with boxes on it."""

    BARE = 12.0
    BOXES = 15.2


CORNER = 3.0


class ARROW:
    """An arrowhead: its length, half its width, and the room before what it points at."""

    LENGTH = 4.0
    HALF = 1.5
    ROOM = 1.9


class BRACKET:
    """The bracket of a fold.

    Its distance from the figure, half the length of its bars, its arrowheads' length and half
    width, the room before a bar, beside the label, and between two brackets.
    """

    DISTANCE = 19.0
    BAR = 5.0
    LENGTH = 8.0
    HALF = 2.0
    ROOM = 1.0
    BESIDE_LABEL = 4.0
    PITCH = 26.0


class LEAD:
    """The line that enters a column and the one that leaves it; room for its x and its title."""

    IN = 7.6
    OUT = 9.5
    LABEL = 21.0
    TITLE = 16.0
