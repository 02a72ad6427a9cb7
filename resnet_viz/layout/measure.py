"""Measure the extents of chains along and across the flow, before placing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from resnet_viz.layout.box_text import BoxText, box_text, width
from resnet_viz.layout.extent import Extent, gap
from resnet_viz.layout.kinds import KINDS
from resnet_viz.layout.kinds.fold import bracket_distances, label_room
from resnet_viz.layout.kinds.leaf import sign_of
from resnet_viz.layout.metrics import BOX, FONT, NOTE
from resnet_viz.view import Chain, Given, Leaf, Module, Note, Part, Split, Words, children

__all__ = ["Measure", "smallest_text"]


class Measure:
    """Measures each chain once for each scale.

    Attributes:
        width: the width of every labelled box, set by the longest label.
    """

    def __init__(
        self,
        chains: list[Chain],
        language: str,
        horizontal: bool = False,
        least: float = BOX.WIDTH,
    ) -> None:
        self.language, self.horizontal = language, horizontal
        self._texts: dict[int, tuple[Leaf, BoxText]] = {}
        self._chains: dict[tuple[int, float], tuple[Chain, Extent]] = {}
        self.width = max(least, self._widest(chains) + 2 * BOX.PADDING)

    def _widest(self, chains: Iterable[Chain]) -> float:
        """Return the width of the longest line in a box; equal lines are measured once."""
        lines: dict[int, Words] = {}
        notes: set[Words] = set()
        for chain in chains:
            for leaf in _labelled(chain):
                for words in self.text_of(leaf).lines:
                    lines[id(words)] = words
                notes.update(leaf.notes)
        widths = [width(words, FONT) for words in lines.values()]
        return max(widths + [width(words, NOTE.FONT) for words in notes], default=0)

    def text_of(self, leaf: Leaf) -> BoxText:
        """Return the text of a box, and its height."""
        known = self._texts.get(id(leaf))
        if known is None:  # the leaf is kept, so that no other one takes its id
            known = self._texts[id(leaf)] = (leaf, box_text(leaf, self.language))
        return known[1]

    def part(self, part: Part, scale: float) -> Extent:
        """Return the extent of a part."""
        return KINDS[type(part)].extent(part, scale, self)

    def chain(self, chain: Chain, scale: float) -> Extent:
        """Return the extent of a chain."""
        known = self._chains.get((id(chain), scale))
        if known is None:
            known = self._chains[id(chain), scale] = (chain, self._chain(chain, scale))
        return known[1]

    def _chain(self, chain: Chain, scale: float) -> Extent:
        length = negative = positive = 0.0
        gaps: list[float] = []
        first = last = None
        levels = 0
        for part in chain.parts:
            extent = self.part(part, scale)
            levels = max(levels, extent.levels)
            if extent.length <= 0:
                continue
            if last is None:
                first = extent
            else:
                gaps.append(gap(last.scale[1], extent.scale[0]))
            last = extent
            length += extent.length
            negative = max(negative, extent.negative)
            positive = max(positive, extent.positive)
        if first is None or last is None:
            return Extent(0, 0, 0, (scale, scale), levels)
        for room in gaps:
            length += room
        return Extent(length, negative, positive, (first.scale[0], last.scale[1]), levels)

    def branch(self, chain: Chain, scale: float) -> Extent:
        """Return the extent of a chain with its own brackets."""
        extent = self.chain(chain, scale)
        brackets = bracket_distances(chain, scale, self)
        if not brackets:
            return extent
        outermost = brackets[-1] + label_room(chain, self)
        if self.horizontal:
            return extent._replace(negative=max(extent.negative, outermost))
        return extent._replace(positive=max(extent.positive, outermost))


def smallest_text(chain: Chain) -> float:
    """Return the size of the smallest text in a chain, in points."""
    return NOTE.FONT if any(map(_has_small_text, chain.parts)) else FONT


def _has_small_text(part: Part) -> bool:
    if isinstance(part, (Leaf, Given, Note)):
        return not isinstance(part, Leaf) or bool(part.notes)
    if isinstance(part, Module) and part.title:
        return True
    if isinstance(part, Split) and part.join.notes:
        return True
    return any(map(_has_small_text, (inner for chain in children(part) for inner in chain.parts)))


def _labelled(chain: Chain) -> Iterator[Leaf]:
    """Yield the boxes with labels."""
    for part in chain.parts:
        if isinstance(part, Leaf):
            yield part
        elif isinstance(part, Given):
            if not sign_of(part.leaf):
                yield part.leaf
        elif not (isinstance(part, Module) and part.small):
            for inside in children(part):
                yield from _labelled(inside)
            if isinstance(part, Split) and not sign_of(part.join):
                yield part.join
