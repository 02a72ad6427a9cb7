"""Define the state of the page as one value."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeGuard

from resnet_viz.app.budget import Budget, Setting
from resnet_viz.spec import ResNetSpec

__all__ = ["FIRST", "MAX_OTHERS", "PLAIN", "SECTIONS", "Config", "Look", "Paper", "is_path"]

FIRST = "d2l-resnet18"
"""The initial network: the d2l chapter's."""

SECTIONS = ("shapes", "costs", "conventions", "goal", "compare", "lesson", "download")
"""The sections below the figure, shown one at a time."""

MAX_PATH = 500

MAX_OTHERS = 3


class Look(NamedTuple):
    """The options of the figure, named as in `resnet_viz.draw`.

    Attributes:
        depth: the depth; if empty, the book's form.
        color: the metric that colours boxes; if empty, their operators do.
        theme: the theme; if empty, the book's, or the dark one on a dark page.
        annotate: names in `FACTS`, separated by commas.
        page: the page that the figure must fit; if empty, the visitor's screen.
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


class Paper(NamedTuple):
    """The options for files of the figure, named as in `resnet_viz.draw`.

    Attributes:
        width: the width in points; 0 for the natural width.
        caption: the caption below the figure.
        transparent: whether the background is transparent.
    """

    width: float = 0
    caption: str = ""
    transparent: bool = False

    def asked(self) -> dict[str, Any]:
        """Return the options that differ from their defaults.

        >>> Paper(caption="Figure 1").asked()
        {'caption': 'Figure 1'}
        """
        return {name: value for name, value in self._asdict().items() if value}


PLAIN = Paper()


class Config(NamedTuple):
    """The state of the page, as stored in a link.

    Attributes:
        spec: the network.
        lang: the language of the page and the figures.
        section: the open section below the figure, a name in `SECTIONS`.
        opened: the path of the scope whose details are shown.
        pinned: the network to which it is compared.
        others: the networks pinned before, latest first, at most `MAX_OTHERS`; shown as well.
        budget: the limits of the network's costs.
        setting: the settings of training and inference, for memory and time.
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
    """Return whether an external value may be the path of a scope."""
    return isinstance(value, str) and len(value) <= MAX_PATH and value.isprintable()
