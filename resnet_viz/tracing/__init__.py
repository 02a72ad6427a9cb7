"""Trace any `nn.Module` to a graph, if possible without running it."""

from resnet_viz.tracing.trace import trace

__all__ = ["trace"]
