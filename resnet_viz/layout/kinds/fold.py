"""Lay out a fold: parts drawn once for several equal copies, with a bracket beside the column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from resnet_viz.fonts import text_width
from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import BRACKET, FONT, SMALL
from resnet_viz.scene import Line, Run
from resnet_viz.text.labels import phrase
from resnet_viz.view import Chain, Fold, Frame, Module, Split, children

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["bracket_distances", "bracket_label", "draw_bracket", "extent", "label_room", "place"]


def extent(fold: Fold, scale: float, measure: Measure) -> Extent:
    """Return the extent of the content, with one more level of brackets."""
    inside = measure.chain(fold.body, scale)
    return inside._replace(levels=inside.levels + 1)


def place(fold: Fold, scale: float, placer: Placer) -> None:
    """Place the content, and record its bracket, which is drawn when the column is complete."""
    begin = placer.advance(placer.scale or scale)
    placer.chain(fold.body, scale)
    level = placer.measure.chain(fold.body, scale).levels
    label = bracket_label(fold, placer.measure.language)
    placer.brackets.append((begin, placer.u, level, label))


def bracket_distances(chain: Chain, scale: float, measure: Measure) -> list[float]:
    """Return the distances from the middle to the brackets of each level of folds.

    The innermost folds are level 0. Brackets of one level are aligned, beside their content and the
    brackets of inner levels. Branches and frames have their own brackets.
    """
    levels = measure.chain(chain, scale).levels
    if not levels:
        return []
    reach = [0.0] * levels
    for fold, size in _folds(chain, scale):
        inside = measure.chain(fold.body, size)
        across = inside.negative if measure.horizontal else inside.positive
        reach[inside.levels] = max(reach[inside.levels], across)
    room = label_room(chain, measure)
    distances: list[float] = []
    for across in reach:
        clear = distances[-1] + 2 * room if distances else 0
        distances.append(max(across + max(BRACKET.DISTANCE, room), clear))
    return distances


def label_room(chain: Chain, measure: Measure) -> float:
    """Return the space that brackets and their labels need on either side of their line."""
    if measure.horizontal:
        return BRACKET.PITCH / 2
    labels = (bracket_label(fold, measure.language) for fold, _ in _folds(chain, 1))
    widest = max((text_width(label, "sans", FONT) for label in labels), default=0)
    return max(BRACKET.PITCH, widest + BRACKET.BESIDE_LABEL) / 2


def bracket_label(fold: Fold, language: str) -> str:
    """Return the label of a bracket: the number of copies, and whether they share parameters."""
    times = f"{fold.times} ×"
    return phrase("shared", language, times) if fold.shared else times


def _folds(chain: Chain, scale: float) -> Iterator[tuple[Fold, float]]:
    """Yield the folds of a chain and their scales, without those in branches."""
    for part in chain.parts:
        if isinstance(part, Fold):
            yield part, scale
        framed = isinstance(part, (Split, Frame)) or (isinstance(part, Module) and bool(part.title))
        if framed:
            continue
        small = isinstance(part, Module) and part.small
        for inside in children(part):
            yield from _folds(inside, SMALL if small else scale)


def draw_bracket(u0: float, u1: float, v: float, text: str, placer: Placer) -> None:
    """Draw a dimension line from u0 to u1, with its label in the middle."""
    middle = (u0 + u1) / 2
    room = FONT if not placer.turned else text_width(text, "sans", FONT) / 2
    arrows = (u1 - u0) / 2 > room + BRACKET.BESIDE_LABEL / 2 + 2 * BRACKET.LENGTH
    for end, sign in ((u0, -1), (u1, 1)):
        tip = (end - sign * BRACKET.ROOM, v)
        start = (middle + sign * (room + BRACKET.BESIDE_LABEL / 2), v)
        bar = ((end, v - BRACKET.BAR), (end, v + BRACKET.BAR))
        head = (BRACKET.LENGTH, BRACKET.HALF)
        if arrows:
            ends = (placer.flow.point(*start), placer.flow.point(*tip))
            placer.items.append(Line(ends, head=head))
        placer.items.append(Line(tuple(placer.flow.point(*point) for point in bar)))
    placer.text(middle, v, (Run(text),))
