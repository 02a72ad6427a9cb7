"""Return the graph of a network for a batch of images."""

from __future__ import annotations

import os
from typing import Any

from resnet_viz.arithmetic import Size, differ, is_integer, smallest
from resnet_viz.assembly import assemble
from resnet_viz.errors import RequestError, show
from resnet_viz.graph import Graph
from resnet_viz.sources import (
    Network,
    find_spec,
    is_graph_file,
    parse_input,
    read_graph,
    to_graph,
)
from resnet_viz.spec import ResNetSpec

__all__ = ["default_batch", "to_batch_graph"]


def default_batch(network: Network, input: Any, default: int) -> int:
    """Return the default batch size; 1 if the input already has a batch size, which is kept.

    >>> default_batch("resnet18", None, 256), default_batch("resnet18", (8, 3, 224, 224), 256)
    (256, 1)
    """
    if isinstance(input, str):
        input = parse_input(input)
    has_own = isinstance(input, (tuple, list)) and len(input) != 3
    return 1 if has_own or is_graph_file(network) or not _is_spec(network) else default


def to_batch_graph(network: Network, input: Any, batch: Size, *, means: str | None = None) -> Graph:
    """Return the graph of a network, whose shapes have a batch dimension.

    Args:
        network: as for `resnet_viz.report`.
        input: as for `resnet_viz.report`; if it has a batch size, `batch` must be 1 or equal to it.
        batch: the number of images; for a module, the first size of its input replaces it.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: there is no such network, or the input or the batch does not fit it.

    >>> to_batch_graph("resnet18", None, 8).input
    (8, 3, 224, 224)
    """
    if not is_integer(batch) or smallest(batch) < 1:
        raise RequestError("batch: {batch} (must be an integer of 1 or more)", batch=show(batch))
    one = type(batch) is int and batch == 1
    if isinstance(input, str):
        input = parse_input(input)
    if is_graph_file(network):
        network = read_graph(network)
    if isinstance(network, Graph):
        if not one and any(differ(shape[0], batch) for shape in network.inputs):
            raise _conflict(batch, network.input)
        return to_graph(network, input)
    if not _is_spec(network):
        given = input if one or input is None else _batched(input, batch)
        return to_graph(network, given, means=means)
    spec = find_spec(network)
    shape = spec.input if input is None else input
    if isinstance(shape, (tuple, list)) and len(shape) == 3:
        return assemble(spec, (batch, *shape))
    graph = assemble(spec, shape)
    if not one and differ(graph.input[0], batch):
        raise _conflict(batch, graph.input)
    return graph


def _is_spec(network: object) -> bool:
    """Return whether `network` names a spec; inputs of all other sources have a batch dimension."""
    if isinstance(network, (str, os.PathLike)):
        name = os.fspath(network)
        return ":" not in name and not name.endswith(".onnx")
    return isinstance(network, ResNetSpec)


def _batched(input: Any, batch: Size) -> tuple[int, ...]:
    shape = tuple(input) if isinstance(input, (tuple, list)) else ()
    if not shape or not all(type(size) is int for size in shape) or shape[0] not in (1, batch):
        raise _conflict(batch, input)
    return (batch, *shape[1:])


def _conflict(batch: Size, input: Any) -> RequestError:
    return RequestError(
        "batch: {batch} (the input, {input}, has a batch size of its own; one of them must be 1)",
        batch=show(batch),
        input=show(input),
    )
