"""Spaces of networks: specs whose values may be sets, their stages' costs, and their best."""

from resnet_viz.spaces.space import Space

__all__ = ["Space"]
