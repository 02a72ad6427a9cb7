"""Read `.pt2` files of `torch.export` as graphs, mapping ATen operators to the catalogue.

The file is a zip archive; the graph in it is JSON, which is read without torch. The weights are not
read. Source of the format: torch/_export/serde/schema.py; of the operators, with their defaults:
aten/src/ATen/native/native_functions.yaml.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from resnet_viz.checkpoints.shapes import parse_json
from resnet_viz.errors import RequestError, first_line, show
from resnet_viz.exported.recording import MAX_NODES, Place, Recording, Tensor
from resnet_viz.graph import Graph

__all__ = ["read"]

MAX_MEMBERS = 100_000
MAX_JSON = 64_000_000  # bytes of a graph


def read(path: Path, input: Any = None) -> Graph:
    """Return the graph of a file; see `read_exported`."""
    program = _program(path)
    try:
        return _File(program, path.stem, input).graph()
    except RequestError:  # which is also a ValueError
        raise
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        what = f"{type(error).__name__}: {first_line(error)}"
        raise RequestError("not an exported program ({what})", what=what) from None


def _program(path: Path) -> Any:
    """Return the JSON in an archive, after checking its size."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise RequestError("more than {most} files in it", most=MAX_MEMBERS)
            found = [one for one in members if _is_program(one.filename)]
            if len(found) != 1:
                raise RequestError("{count} graphs in it (must be 1)", count=len(found))
            if found[0].file_size > MAX_JSON:
                raise RequestError("a graph of more than {most} bytes", most=MAX_JSON)
            with archive.open(found[0]) as file:
                text = file.read(MAX_JSON + 1)  # the size in the zip directory may be wrong
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        reason = first_line(error)
        raise RequestError(
            "not a whole archive of torch.export ({reason})", reason=reason
        ) from None
    if len(text) > MAX_JSON:
        raise RequestError("a graph of more than {most} bytes", most=MAX_JSON)
    return parse_json(text, "graph")


def _is_program(name: str) -> bool:
    return name.endswith(("/models/model.json", "serialized_exported_program.json"))


class _File:
    """Reads one program."""

    def __init__(self, program: Any, name: str, input: Any) -> None:
        module = program["graph_module"]
        self.proto, self.name = module["graph"], name
        self.symbols: dict[str, int] = {}
        tensors = self.proto["tensor_values"]
        parameters: dict[str, str] = {}
        users: list[str] = []
        for spec in module["signature"]["input_specs"]:
            if "parameter" in spec:
                said = spec["parameter"]
                parameters[said["arg"]["name"]] = said["parameter_name"]
            elif "user_input" in spec and "as_tensor" in spec["user_input"]["arg"]:
                users.append(spec["user_input"]["arg"]["as_tensor"]["name"])
        if input is not None:
            self._take([tensors[one] for one in users], input)
        self.shapes = {name: self._shape(one) for name, one in tensors.items()}
        held = {own: self.shapes[name] for name, own in parameters.items()}
        self.recording = Recording([self.shapes[one] for one in users], held)
        self.values = {
            name: Tensor("", shape, (parameters[name],) if name in parameters else ())
            for name, shape in self.shapes.items()
            if name in parameters or any(name == _named(one) for one in self.proto["inputs"])
        }
        self.values |= dict(zip(users, self.recording.inputs(), strict=True))

    def _take(self, tensors: Sequence[Any], given: Any) -> None:
        """Set the values of the symbols from a given input shape."""
        shapes = [given] if given and isinstance(given[0], int) else list(given)
        if len(shapes) != len(tensors):
            raise RequestError(
                "input: {count} shapes (the file has {inputs})",
                count=len(shapes),
                inputs=len(tensors),
            )
        for tensor, shape in zip(tensors, shapes, strict=True):
            sizes = [one.get("as_int") for one in tensor["sizes"]]
            fits = len(sizes) == len(shape) and all(
                size in (None, other) for size, other in zip(sizes, shape, strict=True)
            )
            if not fits:
                raise RequestError(
                    "input: {shape} (the file takes {sizes})",
                    shape="x".join(map(str, shape)),
                    sizes="x".join(str(size or "N") for size in sizes),
                )
            for one, size in zip(tensor["sizes"], shape, strict=True):
                if "as_expr" in one:
                    self.symbols[one["as_expr"]["expr_str"]] = size

    def _shape(self, tensor: Any) -> tuple[int, ...]:
        sizes = tuple(self._size(one) for one in tensor["sizes"])
        if len(sizes) > 16 or not all(type(size) is int and 0 <= size < 2**40 for size in sizes):
            raise RequestError("shape: {sizes} (must be sizes below 2^40)", sizes=show(sizes))
        return sizes

    def _size(self, one: Any) -> int:
        """Return a size: the value of its symbol, or the size at the time of export."""
        if "as_int" in one:
            size: int = one["as_int"]
            return size
        said = one["as_expr"]
        hint: int = self.symbols.get(said["expr_str"]) or said["hint"]["as_int"]
        return hint

    def graph(self) -> Graph:
        nodes = self.proto["nodes"]
        if len(nodes) > MAX_NODES:
            raise RequestError("more than {most} operators", most=MAX_NODES)
        for node in nodes:
            names = [name for one in node["outputs"] for name in _names(one)]
            for name, value in zip(names, self._call(node, names), strict=False):
                self.values[name] = value
        leaving = [self.values[name] for one in self.proto["outputs"] for name in _names(one)]
        return self.recording.graph(self.name, leaving)

    def _call(self, node: Any, names: Sequence[str]) -> list[Tensor]:
        """Record a call and return its outputs."""
        target = node["target"].removeprefix("torch.ops.aten.")
        op = target.partition(".")[0]
        given = {one["name"]: self._argument(one["arg"]) for one in node["inputs"]}
        place = _place(node, op)
        row = _ROWS.get(op.removesuffix("_")) if target != node["target"] else None
        made = row(self.recording, place, given) if row is not None else None
        if made is not None:
            return [made]
        shapes = [self.shapes.get(name, ()) for name in names]
        inputs = [one for value in given.values() for one in _tensors(value)]
        known = target != node["target"] and op not in _COSTLY
        value = self.recording.other(place, op, inputs, shapes[0] if shapes else (), known=known)
        return [value._replace(shape=shape) for shape in shapes]

    def _argument(self, arg: Any) -> Any:
        """Return an argument: a tensor, several, or a plain value."""
        ((kind, value),) = arg.items()
        if kind == "as_tensor":
            return self._value(value["name"])
        if kind in ("as_tensors", "as_optional_tensors"):
            named = [one.get("as_tensor", one) for one in value]
            return [self._value(one["name"]) for one in named if "name" in one]
        if kind == "as_sym_int":
            return value.get("as_int")
        if kind == "as_sym_ints":
            return [one.get("as_int") for one in value]
        return None if kind == "as_none" else value

    def _value(self, name: str) -> Tensor:
        try:
            return self.values[name]
        except KeyError:
            raise RequestError("{name} is read before it is made", name=show(name)) from None


def _named(one: Any) -> str | None:
    name: str | None = one.get("as_tensor", {}).get("name")
    return name


def _names(one: Any) -> list[str]:
    """Return the names of the tensors in an output."""
    if "as_tensor" in one:
        return [one["as_tensor"]["name"]]
    return [inner["name"] for inner in one.get("as_tensors", ())]


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    return [one for one in value if isinstance(one, Tensor)] if isinstance(value, list) else []


def _place(node: Any, op: str) -> Place:
    """Return the place of a call from torch's metadata: `key,path,class` for each module."""
    stack = [one.split(",") for one in node["metadata"].get("nn_module_stack", "").split(";")]
    around = [(one[1], one[2]) for one in stack if len(one) == 3 and one[1]]
    if not around:
        return Place((), op)
    kinds = {path: kind.rpartition(".")[2] for path, kind in around}
    path = around[-1][0].split("@")[0].split(".")
    leaf = around[-1][1].startswith("torch.nn.modules.") and ".container." not in around[-1][1]
    if not leaf:
        path.append(op)
    outer = [".".join(path[: i + 1]) for i in range(len(path) - 1)]
    return Place(
        tuple((path[i], kinds.get(one, "module")) for i, one in enumerate(outer)), path[-1]
    )


# Operators

_Given = Mapping[str, Any]
_Row = Callable[[Recording, Place, _Given], Tensor | None]


def _sizes(value: Any, rank: int) -> tuple[int, ...]:
    """Return sizes for `rank` dimensions; a single size applies to all of them."""
    given = (value,) if isinstance(value, int) else tuple(value)
    return given * rank if len(given) == 1 else given


def _conv(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    weight, padding = given["weight"], given.get("padding", 0)
    rank = len(weight.shape) - 2
    dilation = _sizes(given.get("dilation", 1), rank)
    if padding == "valid":
        padding = 0
    if padding == "same":
        extra = [d * (k - 1) for d, k in zip(dilation, weight.shape[2:], strict=True)]
        if any(one % 2 for one in extra):
            return None
        padding = [one // 2 for one in extra]
    if weight.source or rank not in (1, 2, 3):
        return None
    transposed = "output_padding" in given and given.get("transposed", True)
    return recording.convolution(
        place,
        given["input"],
        weight,
        given.get("bias"),
        stride=_sizes(given.get("stride", 1), rank),
        padding=_sizes(padding, rank),
        dilation=dilation,
        groups=given.get("groups", 1),
        output_padding=_sizes(given["output_padding"], rank) if transposed else None,
    )


def _conv_transposed(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    return _conv(recording, place, {"output_padding": 0, **given})


def _linear(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    if given["weight"].source:
        return None
    return recording.linear(place, given["input"], given["weight"], given.get("bias"))


def _addmm(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    weight = given["mat2"]
    if weight.source:
        return None
    turned = weight._replace(shape=weight.shape[::-1])
    return recording.linear(place, given["mat1"], turned, given["self"])


def _matmul(recording: Recording, place: Place, given: _Given) -> Tensor:
    return recording.matmul(
        place, *(value for value in given.values() if isinstance(value, Tensor))
    )


def _attend(recording: Recording, place: Place, given: _Given) -> Tensor:
    inputs = [given[name] for name in ("query", "key", "value")]
    return recording.node(place, "scaled_dot_product_attention", inputs, {})


def _batch_norm(recording: Recording, place: Place, given: _Given) -> Tensor:
    return recording.batch_norm(place, given["input"], given.get("weight"), given.get("bias"))


def _group_norm(recording: Recording, place: Place, given: _Given) -> Tensor:
    scales = (given.get("weight"), given.get("bias"))
    return recording.scaled(
        place, "group_norm", given["input"], *scales, groups=given["num_groups"]
    )


def _layer_norm(recording: Recording, place: Place, given: _Given) -> Tensor:
    scales = (given.get("weight"), given.get("bias"))
    return recording.scaled(place, "layer_norm", given["input"], *scales)


def _unary(op: str) -> _Row:
    return lambda recording, place, given: recording.node(place, op, [_first(given)], {})


def _first(given: _Given) -> Tensor:
    return next(value for value in given.values() if isinstance(value, Tensor))


def _hardtanh(recording: Recording, place: Place, given: _Given) -> Tensor:
    relu6 = (given.get("min_val"), given.get("max_val")) == (0.0, 6.0)
    return recording.node(place, "relu6" if relu6 else "hardtanh", [_first(given)], {})


def _merge(op: str) -> _Row:
    def row(recording: Recording, place: Place, given: _Given) -> Tensor:
        a, b = (
            value if isinstance(value, Tensor) else Tensor("", ())
            for value in (given["self"], given["other"])
        )
        return recording.merge(place, op, a, b)

    return row


def _pool(op: str, rank: int) -> _Row:
    def row(recording: Recording, place: Place, given: _Given) -> Tensor:
        kernel = _sizes(given["kernel_size"], rank)
        attrs = {
            "kernel": kernel,
            "stride": _sizes(given.get("stride") or kernel, rank),
            "padding": _sizes(given.get("padding", 0), rank),
            "dilation": _sizes(given.get("dilation", 1), rank),
        }
        ceil = {"ceil_mode": True} if given.get("ceil_mode") else {}
        return recording.node(place, f"{op}_pool{rank}d", [_first(given)], {**attrs, **ceil})

    return row


def _adaptive(op: str, rank: int) -> _Row:
    def row(recording: Recording, place: Place, given: _Given) -> Tensor:
        size = _sizes(given["output_size"], rank)
        return recording.node(place, f"adaptive_{op}_pool{rank}d", [_first(given)], {"size": size})

    return row


def _flatten(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    x, rank = given["self"], len(given["self"].shape)
    start, end = (given.get(name, default) for name, default in (("start_dim", 0), ("end_dim", -1)))
    if end % rank != rank - 1:
        return None
    return recording.node(place, "flatten", [x], {"start": start % rank - rank})


def _reshape(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    sizes = given.get("size", given.get("shape"))
    if sizes is None or not all(type(size) is int for size in sizes):
        return None
    return recording.reshape(place, given["self"], sizes)


def _permute(recording: Recording, place: Place, given: _Given) -> Tensor:
    rank = len(given["self"].shape)
    order = tuple(dim % rank - rank for dim in given["dims"])
    return recording.node(place, "permute", [given["self"]], {"order": order})


def _transpose(recording: Recording, place: Place, given: _Given) -> Tensor:
    order = list(range(len(given["self"].shape)))
    a, b = given["dim0"], given["dim1"]
    order[a], order[b] = order[b], order[a]
    return _permute(recording, place, {"self": given["self"], "dims": order})


def _pad(recording: Recording, place: Place, given: _Given) -> Tensor:
    return recording.node(place, "pad", [given["self"]], {"amounts": tuple(given["pad"])})


def _cat(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    parts, axis = given["tensors"], given.get("dim", 0)
    if not all(one.source for one in parts):
        return None
    axis -= len(parts[0].shape) if axis >= 0 else 0
    return recording.node(place, "cat", parts, {"axis": axis})


def _same(recording: Recording, place: Place, given: _Given) -> Tensor:
    return _first(given)


_RANKS = (1, 2, 3)

_ROWS: Mapping[str, _Row] = MappingProxyType(
    {
        **{f"conv{rank}d": _conv for rank in _RANKS},
        "convolution": _conv,
        **{f"conv_transpose{rank}d": _conv_transposed for rank in _RANKS},
        "linear": _linear,
        "addmm": _addmm,
        **dict.fromkeys(("matmul", "mm", "bmm"), _matmul),
        "scaled_dot_product_attention": _attend,
        **dict.fromkeys(
            ("batch_norm", "_native_batch_norm_legit_no_training", "cudnn_batch_norm"), _batch_norm
        ),
        "group_norm": _group_norm,
        "layer_norm": _layer_norm,
        **{
            name: _unary(name)
            for name in (
                *("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus"),
                *("sigmoid", "tanh", "hardswish", "hardsigmoid", "softmax"),
            )
        },
        "_softmax": _unary("softmax"),
        "hardtanh": _hardtanh,
        **{name: _merge(name) for name in ("add", "sub", "mul", "div")},
        **{f"{op}_pool{rank}d": _pool(op, rank) for op in ("max", "avg") for rank in _RANKS},
        **{
            f"adaptive_{op}_pool{rank}d": _adaptive(op, rank)
            for op in ("max", "avg")
            for rank in _RANKS
        },
        "flatten": _flatten,
        **dict.fromkeys(("view", "reshape", "_unsafe_view"), _reshape),
        "permute": _permute,
        "transpose": _transpose,
        **dict.fromkeys(("pad", "constant_pad_nd"), _pad),
        "cat": _cat,
        **dict.fromkeys(("dropout", "alias", "detach", "clone", "contiguous", "to"), _same),
        **dict.fromkeys(("_to_copy", "lift_fresh_copy", "feature_dropout"), _same),
    }
)

_COSTLY = frozenset(
    {
        *("addbmm", "addmv", "addr", "baddbmm", "bilinear", "cdist", "conv_tbc", "convolution"),
        *("conv1d", "conv2d", "conv3d", "dot", "einsum", "gru", "linear", "lstm", "mv"),
        *("multi_head_attention_forward", "rnn_relu", "rnn_tanh", "stft", "tensordot", "vdot"),
        *("_native_multi_head_attention", "_transformer_encoder_layer_fwd", "addmm", "matmul"),
        *("deform_conv2d", "linalg_matrix_exp", "linalg_multi_dot", "matrix_exp", "chain_matmul"),
    }
)
"""Operators that multiply and add; if no row records them, their cost is unknown."""
