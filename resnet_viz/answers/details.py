"""Describe one part of a network: its shapes, its operators, and its share of the totals."""

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
"""The largest number of operators for which a network is unrolled to find a copy of a repeat."""


class Operation(NamedTuple):
    """One operator of a part.

    Attributes:
        inputs: the input shapes.
        params: the name and shape of each parameter.
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
    """The description of a part of a network.

    Attributes:
        kind: the kind of a scope, or the name of an operator.
        repeat: the number of copies in the network.
        inputs: the input shapes.
        output: the output shape.
        params: the elements of its parameters, including all repeats.
        macs: its multiply-adds, including all repeats.
        total_params: the parameters of the whole network.
        total_macs: the multiply-adds of the whole network.
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


def details(network: Network, path: str, input: Any = None, *, means: str | None = None) -> Details:
    """Describe a part of a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        path: the path of a scope or an operator, as shown in figures and reports.
        input: as for `resnet_viz.report`.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: the network or the part is unknown, or the input does not fit.

    >>> block = details("resnet18", "layer2.0")
    >>> block.inputs, block.output, block.macs
    (((64, 56, 56),), (128, 28, 28), 179830784)
    """
    graph = to_graph(network, input, means=means)
    part, counts = _find(graph, path)
    if part is None and count_nodes(graph) <= MAX_UNROLLED:  # perhaps a copy of a repeat
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
    """Return a part of a graph, or None if there is no such part, and its counts."""
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
