"""Write a graph as JSON, in the format of `docs/graph.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from resnet_viz.errors import RequestError, show
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import Param

__all__ = ["FORMAT", "to_json", "write"]

FORMAT = 1
"""The version of the format, raised when programs that read the files must change."""


def to_json(graph: Graph) -> str:
    """Return a graph as JSON, with all its fields; the same graph gives the same text.

    Raises:
        RequestError: the graph has arrays as sizes.
    """
    value = {
        "format": FORMAT,
        "name": graph.name,
        "inputs": _plain(graph.inputs),
        "outputs": list(graph.outputs),
        "idle": [_param(param) for param in graph.idle],
        "root": _scope(graph.root),
    }
    return json.dumps(value, indent=1, allow_nan=False) + "\n"


def write(graph: Graph) -> bytes:
    """Return a graph as the bytes of a JSON file; see `to_json`."""
    return to_json(graph).encode()


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "path": scope.path,
        "kind": scope.kind,
        "repeat": _plain(scope.repeat),
        "carry": None if scope.carry is None else list(scope.carry),
        "children": [
            _node(child) if isinstance(child, Node) else _scope(child) for child in scope.children
        ],
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "path": node.path,
        "op": node.op,
        "inputs": list(node.inputs),
        "outputs": _plain(node.outputs),
        "attrs": {name: _plain(value) for name, value in node.attrs.items()},
        "params": [_param(param) for param in node.params],
        "terms": {name: _plain(value) for name, value in node.terms.items()},
    }


def _param(param: Param) -> dict[str, Any]:
    return {"name": param.name, "shape": _plain(param.shape), "trainable": param.trainable}


def _plain(value: Any) -> Any:
    """Return a value for JSON: tuples become lists, and infinities and NaN become texts."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, (tuple, list)):
        return [_plain(inside) for inside in value]
    if hasattr(value, "dtype"):
        raise RequestError(
            "a size is {value} (must be one number to be written as JSON)", value=show(value)
        )
    return str(value)
