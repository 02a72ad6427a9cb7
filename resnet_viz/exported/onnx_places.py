"""Find the module path of each node of an ONNX graph, from weight names and exporter metadata."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from resnet_viz.exported.recording import Place, Tensor

__all__ = ["Places", "metadata"]


def metadata(node: Any, key: str) -> str:
    """Return a metadata value of a node; empty if it has no such key."""
    return next((one.value for one in node.metadata_props if one.key == key), "")


class Places:
    """The module paths of a graph's nodes.

    Args:
        nodes: all nodes of the graph.
    """

    def __init__(self, nodes: Iterable[Any]) -> None:
        paths = (_of_name(node.name, node.op_type) for node in nodes)
        self._scopes = {tuple(path[:i]) for path in paths for i in range(1, len(path))}

    def of(self, node: Any, values: Mapping[str, Tensor]) -> Place:
        """Return the place of a node, from the name of its weight or from its exporter."""
        for at in node.input[1:]:
            held = values.get(at)
            if held is not None and held.params == (at,) and "." in at:
                return _nested(at.split(".")[:-1], node)
        return self.noted(node, node.op_type.lower())

    def noted(self, node: Any, name: str) -> Place:
        """Return the place in the metadata of torch's exporter, or else in the node's name."""
        scopes = _texts(metadata(node, "pkg.torch.onnx.name_scopes"))[:-1]
        if not scopes:
            path = _of_name(node.name, node.op_type)
            return _nested([*path, name] if not path or tuple(path) in self._scopes else path, node)
        kinds = _texts(metadata(node, "pkg.torch.onnx.class_hierarchy"))[:-1]
        path = scopes[-1].split(".") if scopes[-1] else []
        leaf = kinds[-1:] and re.match(r"torch\.nn\.modules\.(?!container)", kinds[-1])
        return _nested(path if leaf and path else [*path, name], node)


def _texts(text: str) -> list[str]:
    """Parse a list of texts in Python's notation."""
    try:
        value = ast.literal_eval(text) if len(text) < 4_000 else []
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [str(one) for one in value] if isinstance(value, list) else []


def _nested(path: Sequence[str], node: Any) -> Place:
    """Return a path as scopes, with the kinds in the metadata of torch's exporter."""
    scopes = _texts(metadata(node, "pkg.torch.onnx.name_scopes"))
    kinds = _texts(metadata(node, "pkg.torch.onnx.class_hierarchy"))
    kind = {scope: kind.rpartition(".")[2] for scope, kind in zip(scopes, kinds, strict=False)}
    outer = [".".join(path[: i + 1]) for i in range(len(path) - 1)]
    made = [(path[i], kind.get(one) or "module") for i, one in enumerate(outer)]
    return Place(tuple(made), path[-1])


def _of_name(name: str, op: str) -> list[str]:
    """Return the path in a node's name, such as `/layer1/layer1.0/conv1/Conv`.

    >>> _of_name("/layer1/layer1.0/conv1/Conv", "Conv")
    ['layer1', '0', 'conv1']
    """
    path: list[str] = []
    for part in name.strip("/").split("/")[:16]:
        path += part.removeprefix(f"{path[-1]}." if path else "").split(".")
    if len(path) > 1 and path[-1].startswith(op):
        path.pop()
    return [part for part in path if part]
