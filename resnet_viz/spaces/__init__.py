"""Spaces of networks: specs whose values may be sets, with search and sampling."""

from resnet_viz.spaces.space import Space

__all__ = ["Space"]
