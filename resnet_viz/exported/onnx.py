"""Read `.onnx` files as graphs: their tensors, their nodes, and the module path of each node.

Only the description in a file is read; the elements of tensors stay on disk, inside the file or
beside it.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from math import prod
from pathlib import Path
from typing import Any

from resnet_viz.errors import RequestError, first_line, show
from resnet_viz.exported.onnx_operators import COSTLY, ROWS, WEIGHED
from resnet_viz.exported.onnx_places import Places, metadata
from resnet_viz.exported.recording import MAX_NODES, Recording, Tensor
from resnet_viz.exported.wire import ONNX, stripped
from resnet_viz.graph import Graph

__all__ = ["read"]

FOLDED = "batch norms are folded into {count} convolutions, and stand here as they were before"
FOLDED_AWAY = "batch norms are folded into {count} convolutions, which have their parameters"
_FLOATS = (1, 10, 11, 16)  # float, half, double, bfloat16
_INTEGERS = (6, 7)
_BUFFER = re.compile(r"(running_mean|running_var)$")
_CONSTANT = re.compile(r"(val|_val|const)_\d+$")
"""The names that torch gives to generated constants."""

_FOLDED_WEIGHT = re.compile(r"onnx::Conv_\d+$")
"""The names that torch's older exporter gives to weights with a folded norm."""


def read(path: Path, input: Any = None) -> Graph:
    """Return the graph of a file; see `read_exported`."""
    return _File(_model(path), path.stem, input).graph()


def _model(path: Path) -> Any:
    """Return the description in a file, with the shape of each value."""
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError:
        raise RequestError(
            "onnx is not installed (it reads .onnx files: pip install 'resnet-viz[onnx]')"
        ) from None
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise RequestError("empty (must be an ONNX model)")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with mapped, memoryview(mapped) as data:
            description = stripped(data, "model", ONNX)
    try:
        model = onnx.ModelProto.FromString(description)
    except DecodeError as error:
        raise RequestError("not an ONNX model ({reason})", reason=first_line(error)) from None
    if not model.graph.node:
        raise RequestError("not an ONNX model (it has no operators)")
    if len(model.graph.node) > MAX_NODES:
        raise RequestError("more than {most} operators", most=MAX_NODES)
    if model.functions:
        from onnx.inliner import inline_local_functions

        model = inline_local_functions(model)
    return model


class _File:
    """Reads one model."""

    def __init__(self, model: Any, name: str, input: Any) -> None:
        self.graph_proto = model.graph
        self.name = name
        graph = model.graph
        self.places = Places(graph.node)
        self.tensors = {one.name: one for one in graph.initializer}
        inputs = [one for one in graph.input if one.name not in self.tensors]
        shapes = _inputs(inputs, input)
        self.shapes = _inferred(model, inputs, shapes)
        self.weights = {
            at for node in graph.node for at in node.input[1:2] if node.op_type in WEIGHED
        }
        statistics = {
            at
            for node in graph.node
            for at in node.input[3:5]
            if node.op_type == "BatchNormalization"
        }
        params = {
            name: tuple(tensor.dims)
            for name, tensor in self.tensors.items()
            if tensor.data_type in _FLOATS
            and name not in statistics
            and not _BUFFER.search(name)
            and (name in self.weights or not _CONSTANT.match(name) or prod(tensor.dims) > 1)
            and not name.endswith(".weight_bias")
        }
        self.recording = Recording(shapes, _without_filters(params, graph.node))
        self.values = {
            one.name: value for one, value in zip(inputs, self.recording.inputs(), strict=True)
        }
        self.values |= {name: self._initializer(name, one) for name, one in self.tensors.items()}

    def _initializer(self, name: str, tensor: Any) -> Tensor:
        """Return an initializer: a parameter, a tensor of known integers, or another constant."""
        params = (name,) if name in self.recording.params else ()
        return Tensor("", tuple(tensor.dims), params, _integers(tensor))

    def graph(self) -> Graph:
        proto = self.graph_proto
        folded = 0
        for group_norm, nodes in groupby(proto.node, key=_group_norm_scope):
            if group_norm:
                self._group_norm(list(nodes))
                continue
            for node in nodes:
                outputs = self._call(node)
                if "FuseBatchNorm" in metadata(node, "pkg.onnxscript.rewriter.rule_name"):
                    outputs = [self._folded_norm(node, outputs[0])]
                    folded += 1
                for name, value in zip(node.output, outputs, strict=False):
                    self.values[name] = value
        self.recording.forget(name for name in self.recording.params if _CONSTANT.match(name))
        leaving = [self.values[one.name] for one in proto.output if one.name in self.values]
        graph = self.recording.graph(self.name, leaving)
        away = sum(_FOLDED_WEIGHT.match(name) is not None for name in self.weights)
        note = FOLDED.format(count=folded) if folded else ""
        return replace(graph, note=FOLDED_AWAY.format(count=away) if away else note)

    def _call(self, node: Any) -> list[Tensor]:
        """Record a call and return its outputs."""
        if node.op_type == "Constant" and node.domain in ("", "ai.onnx"):
            return [_constant(node)]
        inputs = [self._value(name) if name else None for name in node.input]
        if node.op_type == "Identity" and inputs[0] and inputs[0].params == (node.input[0],):
            return [self._copy(node.output[0], inputs[0])]
        place = self.places.of(node, self.values)
        row = ROWS.get(node.op_type) if node.domain in ("", "ai.onnx") else None
        attrs = {one.name: _attribute(one) for one in node.attribute}
        if row is not None:
            made = row(self.recording, place, attrs, inputs)
            if made is not None:
                return [made]
        given = [one for one in inputs if one is not None]
        known = node.domain in ("", "ai.onnx") and node.op_type not in COSTLY
        shape = self.shapes.get(node.output[0]) if node.output else ()
        if shape is None:
            shape, known = (given[0].shape if given else ()), False
        value = self.recording.other(place, node.op_type, given, shape, known=known)
        more = [value._replace(shape=self.shapes.get(name, ())) for name in node.output[1:]]
        return [value, *more]

    def _copy(self, name: str, tensor: Tensor) -> Tensor:
        """Return a tensor that the file does not store, because it equals a stored one."""
        if _BUFFER.search(name):
            return tensor._replace(params=())
        self.recording.params[name] = tensor.shape
        return tensor._replace(params=(name,))

    def _folded_norm(self, node: Any, x: Tensor) -> Tensor:
        """Return the output of a norm that torch has folded into the preceding convolution."""
        place, features = self.places.noted(node, "batch_norm"), (x.shape[1],)
        weight, bias = (
            self.recording.module_param(place, name, features) for name in ("weight", "bias")
        )
        return self.recording.batch_norm(place, x, weight, bias)

    def _group_norm(self, nodes: Sequence[Any]) -> None:
        """Record the operators to which torch's exporter expands a group norm as one group norm.

        They are a reshape to groups, an instance norm, a reshape back, a product and a sum.
        """
        x = self._value(nodes[0].input[0])
        shape = self._value(nodes[0].input[1]).data or ()
        kinds = {node.op_type for node in nodes}
        place, features = self.places.noted(nodes[0], "group_norm"), (x.shape[1],)
        if nodes[0].op_type != "Reshape" or len(shape) != 3 or shape[1] < 1:
            raise RequestError("{name}: a group norm of another form", name=show(place.name))
        weight, bias = (
            self.recording.module_param(place, name, features) if kind in kinds else None
            for name, kind in (("weight", "Mul"), ("bias", "Add"))
        )
        value = self.recording.scaled(place, "group_norm", x, weight, bias, groups=shape[1])
        self.values[nodes[-1].output[0]] = value

    def _value(self, name: str) -> Tensor:
        try:
            return self.values[name]
        except KeyError:
            raise RequestError("{name} is read before it is made", name=show(name)) from None


def _inputs(inputs: Sequence[Any], given: Any) -> list[tuple[int, ...]]:
    """Return the shape of each input: the given one, or the file's with 1 for open sizes."""
    if given is not None:
        given = [given] if given and isinstance(given[0], int) else list(given)
        if len(given) != len(inputs):
            raise RequestError(
                "input: {count} shapes (the file has {inputs})",
                count=len(given),
                inputs=len(inputs),
            )
    made = []
    for number, one in enumerate(inputs):
        sizes = [dim.dim_value or None for dim in one.type.tensor_type.shape.dim]
        wanted = [size or 1 for size in sizes] if given is None else list(given[number])
        fits = len(wanted) == len(sizes) and all(
            size in (None, other) for size, other in zip(sizes, wanted, strict=True)
        )
        if not fits or any(type(size) is not int or not 0 < size < 2**31 for size in wanted):
            raise RequestError(
                "input: {wanted} (the file takes {sizes})",
                wanted="x".join(map(str, wanted)),
                sizes="x".join(str(size or "N") for size in sizes),
            )
        made.append(tuple(wanted))
    return made


def _inferred(
    model: Any, inputs: Sequence[Any], shapes: Sequence[tuple[int, ...]]
) -> Mapping[str, tuple[int, ...]]:
    """Return the shapes of the inputs and of the values for which ONNX infers one."""
    from onnx import shape_inference

    for one, shape in zip(inputs, shapes, strict=True):
        for dim, size in zip(one.type.tensor_type.shape.dim, shape, strict=True):
            dim.dim_value = size
    open_sizes = any(
        not dim.HasField("dim_value")
        for one in model.graph.value_info
        for dim in one.type.tensor_type.shape.dim
    )
    if open_sizes:
        del model.graph.value_info[:]
        for one in model.graph.output:
            one.type.tensor_type.ClearField("shape")
    if open_sizes or not model.graph.value_info:
        try:
            model = shape_inference.infer_shapes(model, data_prop=True)
        except Exception as error:  # ONNX's C++ code raises many types
            raise RequestError("shapes: {reason}", reason=first_line(error)) from None
    known = {}
    for one in (*model.graph.value_info, *model.graph.output):
        dims = one.type.tensor_type.shape.dim
        if one.type.tensor_type.HasField("shape") and all(dim.dim_value > 0 for dim in dims):
            known[one.name] = tuple(dim.dim_value for dim in dims)
    return known


def _without_filters(params: dict[str, Any], nodes: Sequence[Any]) -> dict[str, Any]:
    """Return parameters without torch's constant filters of depthwise blurs."""
    filters = {
        node.input[1]
        for node in nodes
        if node.op_type == "Conv" and len(node.input) > 1 and node.input[1].isidentifier()
        if params.get(node.input[1], ())[1:2] == (1,)
    }
    return {name: shape for name, shape in params.items() if name not in filters}


# Reading the description


def _attribute(one: Any) -> Any:
    kinds = {1: one.f, 2: one.i, 3: one.s, 6: tuple(one.floats), 7: tuple(one.ints)}
    return kinds.get(one.type)


def _integers(tensor: Any) -> tuple[int, ...] | None:
    """Return the elements of a small tensor of integers."""
    if tensor.data_type not in _INTEGERS or tensor.external_data:
        return None
    size = 8 if tensor.data_type == 7 else 4
    if tensor.raw_data:
        raw = tensor.raw_data
        parts = (raw[i : i + size] for i in range(0, len(raw), size))
        return tuple(int.from_bytes(part, "little", signed=True) for part in parts)
    return tuple(tensor.int64_data or tensor.int32_data) or None


def _constant(node: Any) -> Tensor:
    for one in node.attribute:
        if one.name == "value":
            return Tensor("", tuple(one.t.dims), (), _integers(one.t))
        if one.name in ("value_int", "value_ints"):
            numbers = (one.i,) if one.name == "value_int" else tuple(one.ints)
            return Tensor("", () if one.name == "value_int" else (len(numbers),), (), numbers)
        if one.name == "value_floats":
            return Tensor("", (len(one.floats),))
    return Tensor("", ())


def _group_norm_scope(node: Any) -> str:
    """Return the name of the group norm to which a node belongs, or an empty text."""
    kinds = metadata(node, "pkg.torch.onnx.class_hierarchy")
    scopes = metadata(node, "pkg.torch.onnx.name_scopes")
    return scopes if "'aten.group_norm.default'" in kinds else ""
