"""What the page shows, as one value."""

from __future__ import annotations

from typing import NamedTuple, TypeGuard

from resnet_viz.app.budget import Budget, Setting
from resnet_viz.spec import ResNetSpec

__all__ = ["FIRST", "MAX_OTHERS", "SECTIONS", "Config", "Look", "is_path"]

FIRST = "d2l-resnet18"
"""The network that a visitor meets: the chapter's."""

SECTIONS = ("shapes", "costs", "conventions", "goal", "compare", "lesson", "download")
"""What stands below the figure, one at a time."""

MAX_PATH = 500

MAX_OTHERS = 3


class Look(NamedTuple):
    """How the network is drawn; the names are those of `resnet_viz.draw`.

    Attributes:
        depth: as the book draws it if empty.
        color: what boxes are painted by; by their operator if empty.
        theme: that of the page if empty: the book's, or the dark one on a dark page.
        annotate: names in `FACTS`, with commas between them.
        page: what the figure is to fit; the visitor's screen if empty.
    """

    figure: str = "network"
    direction: str = "right"
    depth: str = ""
    theme: str = ""
    annotate: str = ""
    layout: str = "auto"
    unroll: bool = False
    color: str = ""
    page: str = ""


class Config(NamedTuple):
    """Everything that a link holds.

    Attributes:
        spec: the network.
        lang: of the page and the figures.
        section: what is open below the figure, a name in `SECTIONS`.
        opened: the path of the scope whose details are shown.
        pinned: what the network is compared with.
        others: what was pinned before, the last one first; shown beside, at most `MAX_OTHERS`.
        budget: what the network may cost at most.
        setting: how it is used, for its memory and its time.
    """

    spec: ResNetSpec
    look: Look = Look()
    lang: str = "en"
    section: str = SECTIONS[0]
    opened: str = ""
    pinned: ResNetSpec | None = None
    others: tuple[ResNetSpec, ...] = ()
    budget: Budget = Budget()
    setting: Setting = Setting()


def is_path(value: object) -> TypeGuard[str]:
    """Return whether a value from outside may be the path of a scope."""
    return isinstance(value, str) and len(value) <= MAX_PATH and value.isprintable()
