"""Tracing: any `nn.Module` to a graph, without running it."""

from resnet_viz.tracing.trace import trace

__all__ = ["trace"]
