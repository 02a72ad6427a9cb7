"""Make the figure of a network's feature maps: a box per resolution, and skip connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph
from resnet_viz.graph.model import input_name
from resnet_viz.ops import Shape
from resnet_viz.view.figures import Column, Figure
from resnet_viz.view.parts import Chain, Volume, Volumes

if TYPE_CHECKING:
    from resnet_viz.answers.figure_options import FigureOptions

__all__ = ["volumes"]

MAX_VOLUMES = 60
"""The most feature maps that can be distinguished in a figure."""


def volumes(graph: Graph, options: FigureOptions) -> Figure:
    """Return the feature maps of a network as boxes, in the order in which they are computed.

    Consecutive operators with the same output resolution are one box, with the channels of the
    last. A value that is read past other boxes is an arc between its two boxes.

    Raises:
        RequestError: the network has too many feature maps.
    """
    batched = len(graph.input) > 3
    boxes = [_volume(graph.input, batched)]
    box_of = {input_name(i): 0 for i in range(len(graph.inputs))}
    arcs: dict[tuple[int, int], None] = {}
    for node in graph.nodes():
        volume = _volume(node.output, batched)
        if volume.size != boxes[-1].size or len(boxes) == 1:
            boxes.append(volume)
        boxes[-1] = volume
        box_of[node.path] = len(boxes) - 1
        for source in node.inputs:
            before = box_of.get(source, len(boxes) - 1)
            if before < len(boxes) - 2:
                arcs[before, len(boxes) - 1] = None
    if len(boxes) > MAX_VOLUMES:
        raise RequestError(
            "{name}: {count} feature maps (must be at most {most} to be told apart)",
            name=graph.name,
            count=len(boxes),
            most=MAX_VOLUMES,
        )
    part = Volumes(tuple(boxes), tuple(arcs))
    return Figure(f"{graph.name}: its feature maps", (Column(Chain((part,)), leaving=False),))


def _volume(shape: Shape, batched: bool) -> Volume:
    """Return the box of a shape: channels, height and width; missing sizes are 1."""
    sizes = tuple(map(int, shape[1:] if batched else shape)) or (1,)
    if len(sizes) == 3:
        return Volume(sizes[0], sizes[1:])
    return Volume(sizes[-1], (1, 1) if len(sizes) == 1 else (sizes[0], 1))
