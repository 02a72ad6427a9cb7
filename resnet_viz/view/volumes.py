"""Make the figure of a network's feature maps: boxes of blocks or stages, and skip connections."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph, Node, Scope, unroll
from resnet_viz.graph.model import input_name
from resnet_viz.ops import Shape, category_of
from resnet_viz.view.figures import Column, Figure, is_stage
from resnet_viz.view.parts import Chain, Volume, Volumes
from resnet_viz.view.request import FigureRequest

__all__ = ["volumes"]

MAX_VOLUMES = 60
"""The most feature maps that can be distinguished in a figure."""

MAX_BLOCKS = 24
"""The most boxes with one for each block; a larger network gets one for each stage."""

_SHAPING = ("conv", "pool", "linear")
"""The categories of operators whose output is a new feature map."""


def volumes(graph: Graph, options: FigureRequest) -> Figure:
    """Return the feature maps of a network as boxes, in the order in which they are computed.

    Each block is a box with the shape of its output; in larger networks, each stage. Outside them,
    each convolution, pooling or fully connected layer is a box. A shortcut around a block and any
    other skip connection is an arc.

    Raises:
        RequestError: the network has too many feature maps.
    """
    graph = unroll(graph)
    for levels in (2, 1):
        reader = _Reader(graph)
        for unit in _units(graph.root, levels):
            reader.add(unit)
        if len(reader.boxes) <= MAX_BLOCKS:
            break
    if len(reader.boxes) > MAX_VOLUMES:
        raise RequestError(
            "{name}: {count} feature maps (must be at most {most} to be told apart)",
            name=graph.name,
            count=len(reader.boxes),
            most=MAX_VOLUMES,
        )
    part = Volumes(
        boxes=tuple(reader.boxes),
        arcs=tuple(reader.arcs),
        down=options.direction == "down",
        linear=options.lengths == "linear",
    )
    return Figure(f"{graph.name}: its feature maps", (Column(Chain((part,)), leaving=False),))


def _units(scope: Scope, levels: int) -> Iterator[Node | Scope]:
    """Yield the parts with one box each: scopes at a level, and operators outside these scopes."""
    for child in scope.children:
        if isinstance(child, Scope) and (levels > 1 or not is_stage(child)):
            yield from _units(child, levels - 1 if is_stage(child) else levels)
        else:
            yield child


class _Reader:
    """The boxes of the parts added so far, and the arcs between them."""

    def __init__(self, graph: Graph) -> None:
        self.is_batched = len(graph.input) > 3
        self.boxes = [self.volume(graph.input)]
        self.box_of = {input_name(i): 0 for i in range(len(graph.inputs))}
        self.arcs: dict[tuple[int, int], None] = {}

    def add(self, unit: Node | Scope) -> None:
        """Add a part: as a new box, or as a change of the previous box."""
        nodes = [unit] if isinstance(unit, Node) else list(unit.nodes())
        if not nodes:
            return
        volume = self.volume(nodes[-1].output)
        if self.is_new(unit, volume):
            self.boxes.append(volume)
        else:
            self.boxes[-1] = volume
        here = len(self.boxes) - 1
        for node in nodes:
            for path in node.inputs:
                source = self.box_of.get(path, here)
                if source < here - 1:
                    self.arcs[source, here] = None
        if isinstance(unit, Scope) and not _holds_blocks(unit) and _has_shortcut(nodes):
            self.arcs[here - 1, here] = None
        self.box_of.update((node.path, here) for node in nodes)

    def is_new(self, unit: Node | Scope, volume: Volume) -> bool:
        """Return whether a part is a new box; an operator is one only if it changes the shape."""
        if isinstance(unit, Scope) or len(self.boxes) == 1:
            return True
        return category_of(unit.op) in _SHAPING and volume != self.boxes[-1]

    def volume(self, shape: Shape) -> Volume:
        """Return the box of a shape: channels, height and width; missing sizes are 1."""
        sizes = tuple(map(int, shape[1:] if self.is_batched else shape)) or (1,)
        if len(sizes) == 3:
            return Volume(sizes[0], sizes[1:])
        return Volume(sizes[-1], (1, 1) if len(sizes) == 1 else (sizes[0], 1))


def _has_shortcut(nodes: list[Node]) -> bool:
    """Return whether a block has a shortcut: two nodes read its input and a sum joins them."""
    own = {node.path for node in nodes}
    entering = [path for node in nodes for path in node.inputs if path not in own]
    joins = any(node.op == "add" and len(node.inputs) > 1 for node in nodes)
    return joins and len(entering) > len(set(entering))


def _holds_blocks(scope: Scope) -> bool:
    """Return whether a scope is a stage: it contains blocks with shortcuts, but has none itself."""
    inside = (child for child in scope.children if isinstance(child, Scope))
    return any(_has_shortcut(list(child.nodes())) for child in inside)
