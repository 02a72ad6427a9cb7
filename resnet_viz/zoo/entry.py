"""What the zoo knows of a network: its spec and its source."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.spec import ResNetSpec

__all__ = ["Entry"]


class Entry(NamedTuple):
    """A network of the zoo; its name is that of its spec."""

    spec: ResNetSpec
    source: str
