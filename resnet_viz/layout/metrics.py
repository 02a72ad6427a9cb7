"""Define the lengths in a figure, in points, as in the d2l book's residual block figures."""

from __future__ import annotations

__all__ = [
    "ARC",
    "ARROW",
    "BOX",
    "BRACKET",
    "CIRCLE",
    "COLUMN_GAP",
    "COMPACT_GAP",
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
    "ROLE",
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
COMPACT_GAP = 24.0  # between the columns of a compact figure

GROUND = 5.0
"""The margin of the highlight around a highlighted part."""


class BOX:
    """A labelled box."""

    WIDTH = 94.0  # across the flow
    HEIGHT = 18.0  # along the flow
    PADDING = 6.0  # beside the label
    LINE = 11.0  # of each further line


GAP = 10.6
"""The gap between two boxes of a chain."""


class FRAME:
    """The dashed frame around a body."""

    BEFORE = 11.4  # from the frame to the body
    BEHIND = 9.1  # from the body to the frame
    BESIDE = 11.3  # on either side


FORK = 8.1
"""The distance from the fork of a shortcut to the frame."""


class NOTE:
    """Words beside the line."""

    FONT = 8.0  # font size
    ROOM = 9.0  # extent along the line
    GAP = 4.5  # between the words and a box
    BESIDE = 5.0  # between the words and the line
    LINE = 10.0  # of each further line


class SCOPE:
    """The frame around a scope."""

    PAD = 6.0  # between the frame and its content
    TITLE = 8.0  # font size of the title
    BAND = 11.0  # height of the title
    INSET = 4.0  # from the corner to the title


class LEGEND:
    """A legend."""

    WIDTH = 16.0  # of a box
    HEIGHT = 8.0  # of a box
    FONT = 8.0  # font size
    GAP = 4.0  # between a box and its text
    BETWEEN = 12.0  # between entries
    LINE = 13.0  # of a row


class VOLUME:
    """Feature maps as boxes in perspective."""

    SIDE = 110.0  # height of the largest feature map
    LEAST = 4.0  # added to each side
    CHANNEL = 2.4  # length for each doubling of the channels
    BACK = 0.3  # depth of the perspective, as a fraction of the width
    ARC = 9.0  # rise of an arc for each box that it passes
    FONT = 8.0  # font size of the words below
    LINE = 10.0  # of each line of words
    WORDS = 24.0  # extent of the words below a box
    GAP = 12.0  # between boxes


class ROLE:
    """The roles of what an operator reads, beside the arrows into its box."""

    ROOM = 18.0  # from the fork to the box
    FONT = 8.0  # font size
    BETWEEN = 20.0  # between two arrows
    BESIDE = 5.5  # from an arrow to the middle of its role
    LEVEL = 5.0  # between the turns of two branches


class GIVEN:
    """The arrow from a parameter to the operator that adds it."""

    ARROW = 16.0  # length of the arrow
    BESIDE = 3.0  # between the arrow and the name


class EVEN:
    """Branches side by side."""

    BETWEEN = 12.0  # between branches
    FORK = 14.0  # from the fork to the boxes


class ARC:
    """An arc past a chain."""

    BESIDE = 15.0  # distance from the chain
    ROOM = 5.0  # added to the gap before the first box
    LEAVE = 8.0  # from its start to the first box
    ARRIVE = 3.2  # from the last box to its end
    CORNER = 12.0  # radius of its corners
    SIDE = 5.0  # from the ends of a box to an arc at its side


class CIRCLE:
    """The circle of an operator with a sign."""

    RADIUS = 6.75  # of the circle
    GAP = 10.3  # from the frame to the circle
    PLUS = 2.3  # half the size of the sign


class SIDE:
    """A shortcut beside a body."""

    BARE = 12.0  # distance of an empty shortcut
    BOXES = 15.2  # distance of a shortcut with boxes


CORNER = 3.0


class ARROW:
    """An arrowhead."""

    LENGTH = 4.0  # along the line
    HALF = 1.5  # half the width
    ROOM = 1.9  # from the tip to its target


class BRACKET:
    """The bracket of a fold."""

    DISTANCE = 19.0  # from the figure, at least
    BAR = 5.0  # half the length of the bars at its ends
    LENGTH = 8.0  # of the arrowheads
    HALF = 2.0  # half the width of the arrowheads
    ROOM = 1.0  # from an arrowhead to a bar
    BESIDE_LABEL = 4.0  # around the label
    PITCH = 26.0  # between two brackets


class LEAD:
    """The lines into and out of a column."""

    IN = 7.6  # length of the input line
    OUT = 9.5  # length of the output line
    LABEL = 21.0  # extent of the label before the input line
    TITLE = 16.0  # extent of the title
