"""How much room parts take along and across the flow, before anything is placed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from resnet_viz.fonts import text_width
from resnet_viz.labels import SIGNS
from resnet_viz.layout.metrics import BOX, BRACKET, CIRCLE, FONT, FORK, FRAME, GAP, SIDE, SMALL
from resnet_viz.view import Chain, Fold, Leaf, Module, Part, Split

__all__ = ["SIGNS", "Extent", "Measure", "SplitExtent", "folds", "join_length"]


class Extent(NamedTuple):
    """Room along the flow; across it, on the negative and on the positive side of the middle.

    Attributes:
        scale: of the boxes at either end; gaps grow with the larger neighbour.
    """

    length: float
    negative: float
    positive: float
    scale: tuple[float, float]


class SplitExtent(NamedTuple):
    """How a split is arranged.

    Attributes:
        body: of the branch inside the frame.
        inside: from frame to frame along the flow.
        sides: the middle of each further branch, across the flow.
    """

    whole: Extent
    body: Extent
    inside: float
    sides: tuple[float, ...]


class Measure:
    """Measures parts, each once."""

    def __init__(self, width: float) -> None:
        self.width = width
        self._chains: dict[tuple[int, float], Extent] = {}
        self._splits: dict[tuple[int, float], SplitExtent] = {}
        self._kept: list[Chain | Split] = []

    def chain(self, chain: Chain, scale: float) -> Extent:
        """Return the room that a chain takes."""
        key = (id(chain), scale)
        if key not in self._chains:
            self._kept.append(chain)
            self._chains[key] = self._chain(chain, scale)
        return self._chains[key]

    def _chain(self, chain: Chain, scale: float) -> Extent:
        extents = [self._part(part, scale) for part in chain.parts]
        extents = [extent for extent in extents if extent.length > 0]
        if not extents:
            return Extent(0, 0, 0, (scale, scale))
        length = sum(extent.length for extent in extents)
        for one, other in pairwise(extents):
            length += GAP * max(one.scale[1], other.scale[0])
        return Extent(
            length,
            max(extent.negative for extent in extents),
            max(extent.positive for extent in extents),
            (extents[0].scale[0], extents[-1].scale[1]),
        )

    def _part(self, part: Part, scale: float) -> Extent:
        if isinstance(part, Leaf):
            half = self.width * scale / 2
            return Extent(BOX.HEIGHT * scale, half, half, (scale, scale))
        if isinstance(part, Split):
            return self.split(part, scale).whole
        if isinstance(part, Module) and part.small:
            scale = SMALL
        return self.chain(part.body, scale)

    def brackets(self, chain: Chain, horizontal: bool) -> list[float]:
        """Return how far from the middle the brackets of each level of folds are.

        The innermost folds are level 0. Brackets of one level stand in line, clear of all that they
        span and of the brackets inside.
        """
        reach = [0.0] * folds(chain)
        for fold, scale in _all_folds(chain, 1):
            inside = self.chain(fold.body, scale)
            level = folds(fold.body)
            reach[level] = max(reach[level], inside.negative if horizontal else inside.positive)
        room = self.label_room(chain, horizontal)
        distances: list[float] = []
        for across in reach:
            clear = distances[-1] + 2 * room if distances else 0
            distances.append(max(across + max(BRACKET.DISTANCE, room), clear))
        return distances

    def label_room(self, chain: Chain, horizontal: bool) -> float:
        """Return the room that brackets and their labels take on either side of their line."""
        if horizontal:
            return BRACKET.PITCH / 2
        labels = (f"{fold.times} ×" for fold, _ in _all_folds(chain, 1))
        widest = max((text_width(label, "sans", FONT) for label in labels), default=0)
        return max(BRACKET.PITCH, widest + BRACKET.BESIDE_LABEL) / 2

    def split(self, split: Split, scale: float) -> SplitExtent:
        """Return how a split is arranged, and the room that it takes."""
        key = (id(split), scale)
        if key not in self._splits:
            self._kept.append(split)
            self._splits[key] = self._split(split, scale)
        return self._splits[key]

    def _split(self, split: Split, scale: float) -> SplitExtent:
        body, *others = (self.chain(branch, scale) for branch in split.branches)
        across = body.positive + FRAME.BESIDE * scale
        sides = []
        for side in others:
            if side.length == 0:
                across += SIDE.BARE * scale
                sides.append(across)
            else:
                middle = across + SIDE.BOXES * scale + side.negative
                sides.append(middle)
                across = middle + side.positive
        inside = (FRAME.BEFORE + FRAME.BEHIND) * scale + body.length
        longest = max((side.length for side in others), default=0)
        inside = max(inside, longest + 2 * GAP * scale)
        length = (FORK + CIRCLE.GAP) * scale + join_length(split) * scale + inside
        negative = body.negative + FRAME.BESIDE * scale
        whole = Extent(length, negative, across, (scale, scale))
        return SplitExtent(whole, body, inside, tuple(sides))


def _all_folds(chain: Chain, scale: float) -> Iterator[tuple[Fold, float]]:
    """Yield every fold of a chain with the scale at which it stands."""
    for part in chain.parts:
        if isinstance(part, Split):
            for branch in part.branches:
                yield from _all_folds(branch, scale)
        elif isinstance(part, Fold):
            yield part, scale
            yield from _all_folds(part.body, scale)
        elif isinstance(part, Module):
            yield from _all_folds(part.body, SMALL if part.small else scale)


def join_length(split: Split) -> float:
    """Return how long the operator is that joins a split: a circle with a sign, or a box."""
    return 2 * CIRCLE.RADIUS if split.join.node.op in SIGNS else BOX.HEIGHT


def folds(chain: Chain) -> int:
    """Return how many folds are nested in each other at most."""
    return max((_folds(part) for part in chain.parts), default=0)


def _folds(part: Part) -> int:
    if isinstance(part, Split):
        return max(folds(branch) for branch in part.branches)
    if isinstance(part, Leaf):
        return 0
    return folds(part.body) + isinstance(part, Fold)
