"""A figure's parts to a scene: chains in a row, splits side by side, folds under brackets."""

from __future__ import annotations

from resnet_viz.fonts import text_width
from resnet_viz.labels import label
from resnet_viz.layout.flow import DIRECTIONS
from resnet_viz.layout.measure import Measure
from resnet_viz.layout.metrics import BOX, COLUMN_GAP, FONT, LEAD, MARGIN
from resnet_viz.layout.place import Placer
from resnet_viz.scene import Item, Scene
from resnet_viz.themes import Theme
from resnet_viz.view import Chain, Figure, Leaf, Module, Part, Split

__all__ = ["lay_out"]


def lay_out(figure: Figure, theme: Theme, direction: str = "up", language: str = "en") -> Scene:
    """Return a scene of a figure.

    Columns stand side by side across the flow, their inputs in line.
    """
    flow = DIRECTIONS[direction]
    labels = [text for column in figure.columns for text in _labels(column.chain, language)]
    widest = max((text_width(text, "sans", FONT) for text in labels), default=0)
    measure = Measure(max(BOX.WIDTH, widest + 2 * BOX.PADDING))
    items: list[Item] = []
    length = across = 0.0
    for column in figure.columns:
        extent = measure.chain(column.chain, 1)
        brackets = measure.brackets(column.chain, flow.horizontal)
        outermost = (
            brackets[-1] + measure.label_room(column.chain, flow.horizontal) if brackets else 0
        )
        start = LEAD.LABEL + LEAD.IN if column.open else 0
        if items:
            across += COLUMN_GAP
        negative = max(extent.negative, outermost if flow.horizontal else 0)
        positive = max(extent.positive, 0 if flow.horizontal else outermost)
        placer = Placer(flow, theme, measure, language, across + negative)
        items.extend(placer.column(column, start, brackets))
        across += negative + positive
        length = max(length, start + extent.length + (LEAD.OUT if column.open else 0))
    left, top, width, height = flow.rectangle(-MARGIN, length + MARGIN, -MARGIN, across + MARGIN)
    return Scene(
        width,
        height,
        tuple(items),
        figure.title,
        theme.background,
        theme.line,
        theme.text,
        theme.stroke,
        (left, top),
        axis="x" if flow.horizontal else "y",
    )


def _labels(chain: Chain, language: str) -> list[str]:
    """Return the labels that a chain shows."""
    return [text for part in chain.parts for text in _part_labels(part, language)]


def _part_labels(part: Part, language: str) -> list[str]:
    if isinstance(part, Leaf):
        return [label(part.node.op, part.node.attrs, language)]
    if isinstance(part, Split):
        join = _part_labels(part.join, language)
        return join + [text for branch in part.branches for text in _labels(branch, language)]
    if isinstance(part, Module) and part.small:
        return []
    return _labels(part.body, language)
