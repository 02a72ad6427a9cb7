"""Write a graph as JSON, in the format of `docs/graph.schema.json`, and read it back."""

from __future__ import annotations

import json
import re
from typing import Any, TypeGuard

from resnet_viz.errors import RequestError, show
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import Param, input_name
from resnet_viz.ops import TERMS, Shape

__all__ = ["FORMAT", "MAX_BYTES", "from_json", "is_graph", "to_json", "write"]

FORMAT = 1
"""The version of the format, raised when programs that read the files must change."""

MAX_BYTES = 20_000_000
MAX_DEPTH, MAX_RANK, MAX_TEXT = 200, 100, 2_000


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


def is_graph(beginning: bytes) -> bool:
    r"""Return whether a JSON file is a graph, from its first bytes; a spec has no `format`.

    >>> is_graph(b'{\n "format": 1,'), is_graph(b'{"stages": []}')
    (True, False)
    """
    return re.match(rb'\s*\{\s*"format"\s*:', beginning) is not None


def from_json(data: bytes) -> Graph:
    """Return the graph that a `.json` file holds; the inverse of `to_json`.

    A file is data from outside: everything in it is checked before it is used. What the format does
    not hold (`memory`, `means`) is empty.

    Raises:
        RequestError: the file is too large, or is no graph; the message says where.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> graph = assemble(find("resnet18"))
    >>> from_json(to_json(graph).encode()) == graph
    True
    """
    if len(data) > MAX_BYTES:
        raise RequestError("larger than {most:,} bytes", most=MAX_BYTES)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):  # JSON's and UTF-8's own errors are ValueErrors
        raise RequestError("not JSON") from None
    if not isinstance(value, dict) or "root" not in value:
        raise RequestError("no graph (must be what `draw MODEL -o FILE.json` writes)")
    if value.get("format") != FORMAT:
        raise RequestError(
            "format: {format} (must be {legal})", format=show(value.get("format")), legal=FORMAT
        )
    return _read_graph(value)


def _read_graph(value: dict[str, Any]) -> Graph:
    inputs = _shapes(value, "inputs")
    known = {input_name(number) for number in range(len(inputs))}
    root = _read_scope(value.get("root"), known, 0)
    outputs = _texts(value, "outputs")
    if not inputs or not all(source in known for source in outputs):
        raise _wrong("outputs", outputs)
    return Graph(
        name=_text(value, "name"),
        inputs=inputs,
        root=root,
        outputs=outputs,
        idle=_params(value, "idle"),
    )


def _read_scope(value: object, known: set[str], depth: int) -> Scope:
    """Read a scope; `known` has the paths of values so far, and the scope's are added."""
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        raise _wrong("scope", value)
    children = value.get("children")
    if not isinstance(children, list):
        raise _wrong("children", children)
    read = tuple(
        _read_scope(child, known, depth + 1)
        if isinstance(child, dict) and "children" in child
        else _read_node(child, known)
        for child in children
    )
    repeat, carry = value.get("repeat"), value.get("carry")
    if not _is_size(repeat) or repeat < 1:
        raise _wrong("repeat", repeat)
    if carry is not None:
        carry = _texts(value, "carry")
        if len(carry) != 2:
            raise _wrong("carry", carry)
    return Scope(
        path=_text(value, "path"),
        kind=_text(value, "kind"),
        children=read,
        repeat=repeat,
        carry=carry,
    )


def _read_node(value: object, known: set[str]) -> Node:
    if not isinstance(value, dict):
        raise _wrong("node", value)
    path, inputs, terms = _text(value, "path"), _texts(value, "inputs"), value.get("terms")
    if not path or path in known:
        raise _wrong("path", path)
    for source in inputs:
        if source not in known:
            raise _wrong("inputs", source)
    if not isinstance(terms, dict) or not all(
        name in TERMS and _is_size(amount) for name, amount in terms.items()
    ):
        raise _wrong("terms", terms)
    attrs, outputs = value.get("attrs"), _shapes(value, "outputs")
    if not isinstance(attrs, dict) or not outputs:
        raise _wrong("attrs" if outputs else "outputs", attrs if outputs else outputs)
    known.add(path)
    return Node(
        path=path,
        op=_text(value, "op"),
        inputs=inputs,
        outputs=outputs,
        attrs={name: _frozen(inside) for name, inside in attrs.items()},
        params=_params(value, "params"),
        terms=terms,
    )


def _params(value: dict[str, Any], name: str) -> tuple[Param, ...]:
    found = value.get(name)
    if not isinstance(found, list):
        raise _wrong(name, found)
    for param in found:
        if not isinstance(param, dict) or not isinstance(param.get("trainable"), bool):
            raise _wrong(name, param)
    return tuple(
        Param(_text(param, "name"), _shape(name, param.get("shape")), param["trainable"])
        for param in found
    )


def _shapes(value: dict[str, Any], name: str) -> tuple[Shape, ...]:
    found = value.get(name)
    if not isinstance(found, list):
        raise _wrong(name, found)
    return tuple(_shape(name, shape) for shape in found)


def _shape(name: str, value: object) -> Shape:
    if not isinstance(value, list) or len(value) > MAX_RANK or not all(map(_is_size, value)):
        raise _wrong(name, value)
    return tuple(value)


def _texts(value: dict[str, Any], name: str) -> tuple[str, ...]:
    found = value.get(name)
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise _wrong(name, found)
    return tuple(found)


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str) or len(found) > MAX_TEXT:
        raise _wrong(name, found)
    return found


def _is_size(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 1 << 63


def _frozen(value: Any) -> Any:
    """Return an attribute read from JSON, with arrays converted to tuples."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        raise _wrong("attrs", value)
    return value


def _wrong(name: str, value: object) -> RequestError:
    return RequestError("{name}: {value} (is none of a graph's)", name=name, value=show(value))


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
