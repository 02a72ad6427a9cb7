"""The view: what of a graph a figure shows, as parts in series and in parallel."""

from resnet_viz.view.catalogue import FIGURES
from resnet_viz.view.compose import compose
from resnet_viz.view.figures import DEPTHS, Column, Figure
from resnet_viz.view.parts import (
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
    children,
)

__all__ = [
    "DEPTHS",
    "FIGURES",
    "Arc",
    "Chain",
    "Column",
    "Figure",
    "Fold",
    "Frame",
    "Leaf",
    "Mark",
    "Module",
    "Note",
    "Part",
    "Split",
    "Tick",
    "Words",
    "children",
    "compose",
]
