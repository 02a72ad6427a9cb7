"""Define the zoo's entries, a spec with its source, and families of entries."""

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
    """A family of networks.

    Attributes:
        title: the heading in lists.
        makers: the function that makes each entry, by name.
    """

    title: str
    makers: Mapping[str, Callable[[], Entry]]
