"""How much room parts take along and across the flow, before anything is placed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache
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
from resnet_viz.layout.words import Look, look_of, width
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

__all__ = ["Extent", "Measure", "SplitExtent", "gap", "sign_of", "size_of"]


class Extent(NamedTuple):
    """Room along the flow; across it, on the negative and on the positive side of the middle.

    Attributes:
        scale: of the boxes at either end; gaps grow with the larger neighbour. Words have none.
        levels: how many folds are nested in each other at most, but for those in branches.
    """

    length: float
    negative: float
    positive: float
    scale: tuple[float, float]
    levels: int = 0


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


@lru_cache(maxsize=100)  # asked at every box, and there are few scales
def gap(one: float, other: float) -> float:
    """Return the room between neighbours of two scales; words stand closer than boxes."""
    return (GAP if one and other else NOTE.GAP) * max(one, other)


class Measure:
    """Measures parts, once those that look alike; all labelled boxes are as wide as the widest."""

    def __init__(
        self,
        chains: list[Chain],
        language: str,
        horizontal: bool = False,
        least: float = BOX.WIDTH,
    ) -> None:
        self.language, self.horizontal = language, horizontal
        self._looks: dict[int, Look] = {}
        self._forms: dict[int, int] = {}
        self._numbers: dict[Hashable, int] = {}
        self._chains: dict[tuple[int, float], Extent] = {}
        self._splits: dict[tuple[int, float], SplitExtent] = {}
        self._boxes: dict[tuple[float, float], Extent] = {}
        self._kept: list[Chain | Split | Leaf] = []
        self.width = max(least, self._widest(chains) + 2 * BOX.PADDING)

    def _widest(self, chains: list[Chain]) -> float:
        """Return how long the longest line in a box is, of equal lines each measured once."""
        lines: dict[int, Words] = {}
        notes: set[Words] = set()
        for leaf in _labelled(chains):
            for words in self.look(leaf).lines:
                lines[id(words)] = words
            notes.update(leaf.notes)
        widths = [width(words, FONT) for words in lines.values()]
        return max(widths + [width(words, NOTE.FONT) for words in notes], default=0)

    def look(self, leaf: Leaf) -> Look:
        """Return what is written in a box, and its height."""
        key = id(leaf)
        look = self._looks.get(key)
        if look is None:
            self._kept.append(leaf)
            look = self._looks[key] = look_of(leaf, self.language)
        return look

    def form(self, chain: Chain) -> int:
        """Return a number that a chain has in common with those that look alike.

        They differ in nothing but what their boxes and modules stand for.
        """
        number = self._forms.get(id(chain))
        if number is None:
            self._kept.append(chain)
            form = tuple([self._form(part) for part in chain.parts])
            number = self._numbers.setdefault(form, len(self._numbers))
            self._forms[id(chain)] = number
        return number

    def _form(self, part: Part) -> Hashable:
        if isinstance(part, Leaf):
            item, *own = part
            op = item.op if isinstance(item, Node) else ""
            return (op, self.look(part).name, bool(item.path), *own)
        if isinstance(part, Split):
            branches = [self.form(branch) for branch in part.branches]
            return (Split, *branches, self._form(part.join), part.even, part.arriving)
        if isinstance(part, (Note, Mark, Tick)):
            return (type(part), part)
        if isinstance(part, Module):
            named = bool(part.scope.path)
            return (Module, self.form(part.body), part.scope.kind, named, part.small)
        return (type(part), self.form(part.body), *part[1:])

    def chain(self, chain: Chain, scale: float) -> Extent:
        """Return the room that a chain takes."""
        key = (self.form(chain), scale)
        extent = self._chains.get(key)
        if extent is None:
            extent = self._chains[key] = self._chain(chain, scale)
        return extent

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
            return self._box(self.look(part).height, scale)
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
        extent = self.chain(part.body, scale)
        return extent._replace(levels=extent.levels + 1) if isinstance(part, Fold) else extent

    def _box(self, height: float, scale: float) -> Extent:
        """Return the room that a box takes: one value for all of a height."""
        key = (height, scale)
        extent = self._boxes.get(key)
        if extent is None:
            half = self.width * scale / 2
            extent = self._boxes[key] = Extent(height * scale, half, half, (scale, scale))
        return extent

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

    def join(self, leaf: Leaf) -> float:
        """Return how long the operator is that joins a split: a circle with a sign, or a box."""
        return 2 * CIRCLE.RADIUS if sign_of(leaf) else self.look(leaf).height

    def brackets(self, chain: Chain, scale: float = 1) -> list[float]:
        """Return how far from the middle the brackets of each level of folds are.

        The innermost folds are level 0. Brackets of one level stand in line, clear of all that they
        span and of the brackets inside. Branches and frames have brackets of their own.
        """
        levels = self.chain(chain, scale).levels
        if not levels:
            return []
        reach = [0.0] * levels
        for fold, size in _all_folds(chain, scale):
            inside = self.chain(fold.body, size)
            across = inside.negative if self.horizontal else inside.positive
            reach[inside.levels] = max(reach[inside.levels], across)
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


def _labelled(chains: Iterable[Chain]) -> list[Leaf]:
    """Return the boxes in which something is written."""
    found: list[Leaf] = []
    for chain in chains:
        for part in chain.parts:
            if isinstance(part, Leaf):
                found.append(part)
            elif isinstance(part, Split):
                if not sign_of(part.join):
                    found.append(part.join)
                found += _labelled(part.branches)
            elif isinstance(part, (Module, Fold, Frame, Arc)) and not getattr(part, "small", False):
                found += _labelled((part.body,))
    return found


def _all_folds(chain: Chain, scale: float) -> Iterator[tuple[Fold, float]]:
    """Yield the folds of a chain with the scale at which each stands, but for those in branches."""
    for part in chain.parts:
        if isinstance(part, Fold):
            yield part, scale
            yield from _all_folds(part.body, scale)
        elif isinstance(part, (Module, Arc)):
            small = isinstance(part, Module) and part.small
            yield from _all_folds(part.body, SMALL if small else scale)
