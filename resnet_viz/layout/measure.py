"""How much room parts take along and across the flow, before anything is placed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from resnet_viz.fonts import text_width
from resnet_viz.graph import Node
from resnet_viz.labels import SIGNS
from resnet_viz.layout.metrics import (
    ARC,
    BOX,
    BRACKET,
    CIRCLE,
    EVEN,
    FONT,
    FORK,
    FRAME,
    GAP,
    NOTE,
    SIDE,
    SMALL,
)
from resnet_viz.layout.words import lines_of, name, width
from resnet_viz.view import (
    Arc,
    Chain,
    Fold,
    Frame,
    Leaf,
    Mark,
    Module,
    Note,
    Part,
    Split,
    Tick,
    Words,
)

__all__ = ["Extent", "Measure", "SplitExtent", "folds", "gap", "sign_of", "size_of"]


class Extent(NamedTuple):
    """Room along the flow; across it, on the negative and on the positive side of the middle.

    Attributes:
        scale: of the boxes at either end; gaps grow with the larger neighbour. Words have none.
    """

    length: float
    negative: float
    positive: float
    scale: tuple[float, float]


class SplitExtent(NamedTuple):
    """How a split is arranged.

    Attributes:
        branches: the room of each.
        middles: the middle of each branch, across the flow.
        before: from where the branches part to where the first one's parts may begin.
        inside: from there to where the longest one ends.
        behind: from there to the join.
    """

    whole: Extent
    branches: tuple[Extent, ...]
    middles: tuple[float, ...]
    before: float
    inside: float
    behind: float


def gap(one: float, other: float) -> float:
    """Return the room between neighbours of two scales; words stand closer than boxes."""
    return (GAP if one and other else NOTE.GAP) * max(one, other)


class Measure:
    """Measures parts, each once; all labelled boxes are as wide as the widest needs."""

    def __init__(
        self,
        chains: list[Chain],
        language: str,
        horizontal: bool = False,
        least: float = BOX.WIDTH,
    ) -> None:
        self.language, self.horizontal = language, horizontal
        self._lines: dict[int, tuple[Words, ...]] = {}
        self._kept: list[Chain | Split | Leaf] = []
        widest = max((self._width(leaf) for leaf in _labelled(chains)), default=0)
        self.width = max(least, widest + 2 * BOX.PADDING)
        self._chains: dict[tuple[int, float], Extent] = {}
        self._splits: dict[tuple[int, float], SplitExtent] = {}

    def lines(self, leaf: Leaf) -> tuple[Words, ...]:
        """Return what is written in a box."""
        key = id(leaf)
        if key not in self._lines:
            self._kept.append(leaf)
            self._lines[key] = lines_of(leaf, self.language)
        return self._lines[key]

    def name(self, leaf: Leaf) -> str:
        """Return what a box stands for."""
        return name(leaf, self.language) if leaf.lines else self.lines(leaf)[0][0].text

    def _width(self, leaf: Leaf) -> float:
        """Return how long the longest line of a box is."""
        widths = [width(words, FONT) for words in self.lines(leaf)]
        return max(widths + [width(words, NOTE.FONT) for words in leaf.notes])

    def chain(self, chain: Chain, scale: float) -> Extent:
        """Return the room that a chain takes."""
        key = (id(chain), scale)
        if key not in self._chains:
            self._kept.append(chain)
            self._chains[key] = self._chain(chain, scale)
        return self._chains[key]

    def _chain(self, chain: Chain, scale: float) -> Extent:
        extents = [self.part(part, scale) for part in chain.parts]
        extents = [extent for extent in extents if extent.length > 0]
        if not extents:
            return Extent(0, 0, 0, (scale, scale))
        length = sum(extent.length for extent in extents)
        for one, other in pairwise(extents):
            length += gap(one.scale[1], other.scale[0])
        return Extent(
            length,
            max(extent.negative for extent in extents),
            max(extent.positive for extent in extents),
            (extents[0].scale[0], extents[-1].scale[1]),
        )

    def branch(self, chain: Chain, scale: float) -> Extent:
        """Return the room that a chain takes with the brackets beside it."""
        extent = self.chain(chain, scale)
        brackets = self.brackets(chain, scale)
        if not brackets:
            return extent
        outermost = brackets[-1] + self.label_room(chain)
        if self.horizontal:
            return extent._replace(negative=max(extent.negative, outermost))
        return extent._replace(positive=max(extent.positive, outermost))

    def part(self, part: Part, scale: float) -> Extent:
        """Return the room that a part takes."""
        if isinstance(part, Leaf):
            half = self.width * scale / 2
            return Extent(self.height(part) * scale, half, half, (scale, scale))
        if isinstance(part, Split):
            return self.split(part, scale).whole
        if isinstance(part, Frame):
            body = self.branch(part.body, scale)
            length = body.length + (FRAME.BEFORE + FRAME.BEHIND) * scale
            beside = FRAME.BESIDE * scale
            return Extent(length, body.negative + beside, body.positive + beside, (scale, scale))
        if isinstance(part, Arc):
            body = self.chain(part.body, scale)
            return body._replace(positive=body.positive + ARC.BESIDE * scale)
        if isinstance(part, (Note, Mark)):
            return self._words(part)
        if isinstance(part, Tick):
            return Extent(0, 0, 0, (0, 0))
        if isinstance(part, Module) and part.small:
            scale = SMALL
        return self.chain(part.body, scale)

    @staticmethod
    def _words(part: Note | Mark) -> Extent:
        if isinstance(part, Mark):
            half = width(part.words, FONT) / 2
            return Extent(NOTE.ROOM, half, half, (1, 1))
        sides = [
            width(words, size_of(words)) + NOTE.BESIDE if words else 0.0
            for words in (part.other, part.words)
        ]
        return Extent(NOTE.ROOM, sides[0], sides[1], (0, 0))

    def height(self, leaf: Leaf) -> float:
        """Return how long a labelled box is along the flow."""
        lines = max(len(leaf.lines), 1)
        return BOX.HEIGHT + (lines - 1) * BOX.LINE + len(leaf.notes) * NOTE.LINE

    def join(self, leaf: Leaf) -> float:
        """Return how long the operator is that joins a split: a circle with a sign, or a box."""
        return 2 * CIRCLE.RADIUS if sign_of(leaf) else self.height(leaf)

    def brackets(self, chain: Chain, scale: float = 1) -> list[float]:
        """Return how far from the middle the brackets of each level of folds are.

        The innermost folds are level 0. Brackets of one level stand in line, clear of all that they
        span and of the brackets inside. Branches and frames have brackets of their own.
        """
        levels = folds(chain)
        if not levels:
            return []
        reach = [0.0] * levels
        for fold, size in _all_folds(chain, scale):
            inside = self.chain(fold.body, size)
            level = folds(fold.body)
            across = inside.negative if self.horizontal else inside.positive
            reach[level] = max(reach[level], across)
        room = self.label_room(chain)
        distances: list[float] = []
        for across in reach:
            clear = distances[-1] + 2 * room if distances else 0
            distances.append(max(across + max(BRACKET.DISTANCE, room), clear))
        return distances

    def label_room(self, chain: Chain) -> float:
        """Return the room that brackets and their labels take on either side of their line."""
        if self.horizontal:
            return BRACKET.PITCH / 2
        labels = (f"{fold.times} ×" for fold, _ in _all_folds(chain, 1))
        widest = max((text_width(label, "sans", FONT) for label in labels), default=0)
        return max(BRACKET.PITCH, widest + BRACKET.BESIDE_LABEL) / 2

    def split(self, split: Split, scale: float) -> SplitExtent:
        """Return how a split is arranged, and the room that it takes."""
        key = (id(split), scale)
        if key not in self._splits:
            self._kept.append(split)
            self._splits[key] = self._even(split, scale) if split.even else self._one(split, scale)
        return self._splits[key]

    def _one(self, split: Split, scale: float) -> SplitExtent:
        """Arrange branches that pass the first one on the positive side."""
        body, *others = branches = [self.branch(branch, scale) for branch in split.branches]
        middles, across = [0.0], body.positive
        for side in others:
            if side.length == 0:
                across += SIDE.BARE * scale
                middles.append(across)
            else:
                middles.append(across + SIDE.BOXES * scale + side.negative)
                across = middles[-1] + side.positive
        before, behind = FORK * scale, CIRCLE.GAP * scale
        if not _framed(split.branches[0]):
            before = GAP * scale
        longest = max((side.length for side in others), default=0)
        inside = max(body.length, longest + 2 * GAP * scale)
        length = before + inside + behind + self.join(split.join) * scale
        whole = Extent(length, body.negative, across, (scale, scale))
        return SplitExtent(whole, tuple(branches), tuple(middles), before, inside, behind)

    def _even(self, split: Split, scale: float) -> SplitExtent:
        """Arrange branches side by side."""
        branches = [self.branch(branch, scale) for branch in split.branches]
        middles, across = [], 0.0
        for branch in branches:
            middles.append(across + branch.negative)
            across += branch.negative + branch.positive + EVEN.BETWEEN * scale
        across -= EVEN.BETWEEN * scale
        half = (middles[0] + middles[-1]) / 2
        inside = max(branch.length for branch in branches)
        length = 2 * EVEN.FORK * scale + inside + (GAP + self.join(split.join)) * scale
        whole = Extent(length, half, max(across - half, 0), (scale, scale))
        return SplitExtent(
            whole,
            tuple(branches),
            tuple(middle - half for middle in middles),
            EVEN.FORK * scale,
            inside,
            (EVEN.FORK + GAP) * scale,
        )


def size_of(words: Words) -> float:
    """Return the size of a note's words: mathematics is as large as labels."""
    return FONT if any(run.face != "sans" for run in words) else NOTE.FONT


def _framed(chain: Chain) -> bool:
    return bool(chain.parts) and isinstance(chain.parts[0], Frame)


def sign_of(leaf: Leaf) -> str:
    """Return the sign of an operator that is drawn as a circle; empty if it is drawn as a box."""
    return SIGNS.get(leaf.item.op, "") if isinstance(leaf.item, Node) else ""


def _labelled(chains: list[Chain]) -> Iterator[Leaf]:
    """Yield the boxes in which something is written."""
    for chain in chains:
        for part in chain.parts:
            if isinstance(part, Leaf):
                yield part
            elif isinstance(part, Split):
                if not sign_of(part.join):
                    yield part.join
                yield from _labelled(list(part.branches))
            elif isinstance(part, (Module, Fold, Frame, Arc)) and not getattr(part, "small", False):
                yield from _labelled([part.body])


def _all_folds(chain: Chain, scale: float) -> Iterator[tuple[Fold, float]]:
    """Yield the folds of a chain with the scale at which each stands, but for those in branches."""
    for part in chain.parts:
        if isinstance(part, Fold):
            yield part, scale
            yield from _all_folds(part.body, scale)
        elif isinstance(part, (Module, Arc)):
            small = isinstance(part, Module) and part.small
            yield from _all_folds(part.body, SMALL if small else scale)


def folds(chain: Chain) -> int:
    """Return how many folds are nested in each other at most, but for those in branches."""
    return max((_folds(part) for part in chain.parts), default=0)


def _folds(part: Part) -> int:
    if isinstance(part, (Leaf, Note, Mark, Tick, Split, Frame)):
        return 0
    return folds(part.body) + isinstance(part, Fold)
