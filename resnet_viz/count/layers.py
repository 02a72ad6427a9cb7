"""Count layers as the papers do: convolutions and fully connected layers on the main path."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.arithmetic import Size, maximum
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import input_name
from resnet_viz.ops import category_of

__all__ = ["Layers", "count_layers"]


class Layers(NamedTuple):
    """The depth of a network, with the counts that it is derived from.

    Attributes:
        total: convolutions and fully connected layers on the longest path from input to output. A
            shortcut is the shorter path around its block, so its projection does not count (He et
            al. 2015: 50 layers out of 53 convolutions and one fully connected layer). Where two
            values are multiplied, the longer path is a gate and does not count (Hu et al. 2018:
            SE-ResNet-50 has 50 layers).
        convolutions: all convolutions.
        linear: all fully connected layers.
        gates: the convolutions and fully connected layers in gates.
    """

    total: Size
    convolutions: Size
    linear: Size
    gates: Size = 0

    @property
    def aside(self) -> Size:
        """Layers off the main path and outside gates: the projections of a residual network."""
        return self.convolutions + self.linear - self.total - self.gates

    def derive(self) -> str:
        """Return the derivation as one line.

        >>> Layers(50, 53, 1).derive()
        '53 convolutions − 4 projections + 1 fully connected = 50 layers'
        """
        aside = f" − {_counted(self.aside, 'projection')}" if self.aside else ""
        if self.gates:
            aside += f" − {self.gates:,} in gates"
        return (
            f"{_counted(self.convolutions, 'convolution')}{aside} + {self.linear} fully connected "
            f"= {_counted(self.total, 'layer')}"
        )


def _counted(count: Size, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def count_layers(graph: Graph) -> Layers:
    """Return the layer counts of a graph.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> count_layers(assemble(find("resnet152"))).total
    152
    """
    walk = _Walk(len(graph.inputs))
    walk.scope(graph.root, 1)
    total: Size = 0
    for path in graph.outputs:
        total = maximum(total, walk.depth[path])
    return Layers(total, walk.count["conv"], walk.count["linear"], walk.gates)


class _Walk:
    """The longest path from the input to each node; each copy in a repeat adds the same length."""

    def __init__(self, inputs: int) -> None:
        self.depth: dict[str, Size] = {input_name(i): 0 for i in range(inputs)}
        self.count: dict[str, Size] = {"conv": 0, "linear": 0}
        self.gates: Size = 0

    def scope(self, scope: Scope, times: Size) -> None:
        times = times * scope.repeat
        for child in scope.children:
            if isinstance(child, Node):
                self.node(child, times)
            else:
                self.scope(child, times)
        if scope.carry is not None:
            entry, exit = scope.carry
            once = self.depth[exit] - self.depth[entry]
            self.depth[exit] = self.depth[exit] + (scope.repeat - 1) * once

    def node(self, node: Node, times: Size) -> None:
        longest: Size = 0
        for source in node.inputs:
            longest = maximum(longest, self.depth[source])
        if node.op == "mul" and len(node.inputs) == 2:
            shorter = self.depth[node.inputs[0]] + self.depth[node.inputs[1]] - longest
            self.gates = self.gates + (longest - shorter) * times
            longest = shorter
        category = category_of(node.op)
        if category in self.count:
            self.count[category] = self.count[category] + times
            longest = longest + 1
        self.depth[node.path] = longest
