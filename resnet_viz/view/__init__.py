"""The view: what of a graph a figure shows, as parts in series and in parallel."""

from resnet_viz.view.compose import compose
from resnet_viz.view.figures import FIGURES, Column, Figure
from resnet_viz.view.parts import Chain, Fold, Leaf, Module, Part, Split

__all__ = [
    "FIGURES",
    "Chain",
    "Column",
    "Figure",
    "Fold",
    "Leaf",
    "Module",
    "Part",
    "Split",
    "compose",
]
