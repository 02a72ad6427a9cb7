"""Make the legend of a figure: the meanings of the colours of boxes without words."""

from __future__ import annotations

from typing import TypeAlias

from resnet_viz.graph import Node
from resnet_viz.ops import category_of
from resnet_viz.text.labels import phrase
from resnet_viz.themes import Theme
from resnet_viz.view.figures import Figure
from resnet_viz.view.parts import Chain, Leaf, Module, Split, children

__all__ = ["Legend", "legend_of"]

Legend: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of a colour and its meaning."""


def legend_of(figure: Figure, theme: Theme, language: str) -> Legend:
    """Return the colours of a figure's small boxes, with the categories that each represents."""
    categories: dict[str, None] = {}
    for column in figure.columns:
        _collect(column.chain, False, categories)
    named: dict[str, list[str]] = {}
    for category in categories:
        named.setdefault(theme.fills[category], []).append(phrase(f"of_{category}", language))
    return tuple((colour, ", ".join(names)) for colour, names in named.items())


def _collect(chain: Chain, small: bool, categories: dict[str, None]) -> None:
    """Add the categories of the boxes without words in a chain, in the order in which they run."""
    for part in chain.parts:
        if isinstance(part, Leaf) and small:
            categories[_category(part)] = None
        for inside in children(part):
            _collect(inside, small or (isinstance(part, Module) and part.small), categories)
        if isinstance(part, Split) and small and _category(part.join) != "merge":
            categories[_category(part.join)] = None


def _category(leaf: Leaf) -> str:
    return category_of(leaf.item.op) if isinstance(leaf.item, Node) else "scope"
