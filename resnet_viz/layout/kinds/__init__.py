"""The layout of each kind of part: one file each, with its functions `extent` and `place`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_viz.layout.extent import Extent
from resnet_viz.layout.kinds import arc, fold, frame, given, leaf, module, split, volumes, words
from resnet_viz.view import Arc, Fold, Frame, Given, Leaf, Mark, Module, Note, Split, Tick, Volumes

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["KINDS", "Kind"]


class Kind(NamedTuple):
    """The layout functions of a kind of part.

    Attributes:
        extent: the function that returns the extent of a part at a scale.
        place: the function that places a part at a scale, within that extent.
    """

    extent: Callable[[Any, float, Measure], Extent]
    place: Callable[[Any, float, Placer], None]


KINDS: Mapping[type, Kind] = MappingProxyType(
    {
        Leaf: Kind(leaf.extent, leaf.place),
        Split: Kind(split.extent, split.place),
        Module: Kind(module.extent, module.place),
        Fold: Kind(fold.extent, fold.place),
        Frame: Kind(frame.extent, frame.place),
        Arc: Kind(arc.extent, arc.place),
        Given: Kind(given.extent, given.place),
        Volumes: Kind(volumes.extent, volumes.place),
        Note: Kind(words.note_extent, words.place_note),
        Mark: Kind(words.mark_extent, words.place_mark),
        Tick: Kind(words.tick_extent, words.place_tick),
    }
)
"""The layout functions of each kind of part."""
