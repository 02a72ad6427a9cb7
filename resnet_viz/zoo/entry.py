"""What the zoo knows of a network: its spec and its source; and of a family of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from resnet_viz.spec import ResNetSpec

__all__ = ["Entry", "Family"]


class Entry(NamedTuple):
    """A network of the zoo; its name is that of its spec."""

    spec: ResNetSpec
    source: str


class Family(NamedTuple):
    """Networks that belong together.

    Attributes:
        title: what a list calls them.
        makers: what makes each of them, by its name; a spec is made when it is asked for.
    """

    title: str
    makers: Mapping[str, Callable[[], Entry]]
