"""The view of a graph in a figure: its visible parts, composed in series and in parallel."""

from resnet_viz.view.catalogue import FIGURES, Kind
from resnet_viz.view.compose import compose
from resnet_viz.view.figures import DEPTHS, Column, Figure
from resnet_viz.view.parts import (
    Arc,
    Chain,
    Fold,
    Frame,
    Given,
    Leaf,
    Mark,
    Module,
    Note,
    Part,
    Split,
    Tick,
    Volume,
    Volumes,
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
    "Given",
    "Kind",
    "Leaf",
    "Mark",
    "Module",
    "Note",
    "Part",
    "Split",
    "Tick",
    "Volume",
    "Volumes",
    "Words",
    "children",
    "compose",
]
