"""The layout of figures: give each part a position."""

from resnet_viz.layout.flow import DIRECTIONS
from resnet_viz.layout.layout import Plan, plan

__all__ = ["DIRECTIONS", "Plan", "plan"]
