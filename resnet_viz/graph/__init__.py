"""The graph of a network: operators grouped in scopes, each repeated scope stored once."""

from resnet_viz.graph.builder import Builder, Value
from resnet_viz.graph.model import Graph, Node, Param, Scope
from resnet_viz.graph.repeat import fold, unroll
from resnet_viz.graph.steps import Step, steps

__all__ = ["Builder", "Graph", "Node", "Param", "Scope", "Step", "Value", "fold", "steps", "unroll"]
