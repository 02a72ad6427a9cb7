"""A part of a network, looked at closely: what enters and leaves it, its operators, its share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from resnet_viz.arithmetic import Size
from resnet_viz.count import Tally, tally
from resnet_viz.errors import unknown
from resnet_viz.graph import Graph, Node, Param, Scope
from resnet_viz.graph import unroll as unroll_graph
from resnet_viz.graph.repeat import count_nodes
from resnet_viz.ops import Shape
from resnet_viz.sources import Network, to_graph

__all__ = ["Details", "Operation", "details"]

MAX_UNROLLED = 20_000
"""Operators of the largest network in which a copy of a repeat is looked for by its own path."""


class Operation(NamedTuple):
    """One operator of a part.

    Attributes:
        inputs: the shapes that it reads.
        params: each parameter's name and shape.
        macs: the multiply-adds of one call.
    """

    path: str
    op: str
    attrs: Mapping[str, Any]
    inputs: tuple[Shape, ...]
    output: Shape
    params: tuple[Param, ...]
    macs: Size


class Details(NamedTuple):
    """What is known of a part of a network.

    Attributes:
        kind: of a scope its kind, of an operator its name.
        repeat: how often it stands in the network.
        inputs: the shapes that enter it.
        output: the shape that leaves it.
        params: the elements of its parameters, all its repeats included.
        macs: its multiply-adds, all its repeats included.
        total_params: those of the whole network.
        total_macs: those of the whole network.
        operations: its operators, those of a repeat once.
    """

    path: str
    kind: str
    repeat: Size
    inputs: tuple[Shape, ...]
    output: Shape
    params: Size
    macs: Size
    total_params: Size
    total_macs: Size
    operations: tuple[Operation, ...]


def details(network: Network, path: str, input: Any = None) -> Details:
    """Look closely at a part of a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        path: of a scope or an operator, as figures and reports have it.
        input: as for `resnet_viz.report`.

    Raises:
        RequestError: there is no such network or no such part, or the input does not fit.

    >>> block = details("resnet18", "layer2.0")
    >>> block.inputs, block.output, block.macs
    (((64, 56, 56),), (128, 28, 28), 179830784)
    """
    graph = to_graph(network, input)
    part, counts = _find(graph, path)
    if part is None and count_nodes(graph) <= MAX_UNROLLED:  # perhaps a copy of what repeats
        graph = unroll_graph(graph)
        part, counts = _find(graph, path)
    if part is None:
        raise unknown("scope", path, [item.path for item in graph.root.parts() if item.path])
    shapes = graph.shapes()
    nodes = [part] if isinstance(part, Node) else list(part.nodes())
    inside = {node.path for node in nodes}
    entering = dict.fromkeys(
        source for node in nodes for source in node.inputs if source not in inside
    )
    total = tally(graph)
    return Details(
        path=part.path,
        kind=counts.kind,
        repeat=counts.repeat,
        inputs=tuple(shapes[source] for source in entering if source in shapes),
        output=counts.output,
        params=counts.params,
        macs=counts.macs,
        total_params=total.params,
        total_macs=total.macs,
        operations=tuple(_operation(node, shapes) for node in nodes),
    )


def _find(graph: Graph, path: str) -> tuple[Node | Scope | None, Tally]:
    """Return a part of a graph and what it counts; None where there is no such part."""
    total = tally(graph)
    part = next((item for item in graph.root.parts() if item.path == path), None)
    counts = next((item for item in _tallies(total) if item.path == path), total)
    return part, counts


def _tallies(part: Tally) -> Iterator[Tally]:
    yield part
    for child in part.children:
        yield from _tallies(child)


def _operation(node: Node, shapes: Mapping[str, Shape]) -> Operation:
    reads = tuple(shapes[source] for source in node.inputs if source in shapes)
    terms = node.terms
    macs = sum((terms[name] for name in terms if name.endswith("_macs")), 0)
    return Operation(
        path=node.path,
        op=node.op,
        attrs=node.attrs,
        inputs=reads,
        output=node.output,
        params=node.params,
        macs=macs,
    )
