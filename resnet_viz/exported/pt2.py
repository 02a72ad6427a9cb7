"""Read `.pt2` files of `torch.export` as graphs.

The file is a zip archive; the graph in it is JSON, which is read without torch. The weights are not
read. Source of the format: torch/_export/serde/schema.py.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resnet_viz.checkpoints.shapes import parse_json
from resnet_viz.errors import RequestError, first_line, show
from resnet_viz.exported.aten_operators import COSTLY, ROWS
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
        row = ROWS.get(op.removesuffix("_")) if target != node["target"] else None
        made = row(self.recording, place, given) if row is not None else None
        if made is not None:
            return [made]
        shapes = [self.shapes.get(name, ()) for name in names]
        inputs = [one for value in given.values() for one in _tensors(value)]
        known = target != node["target"] and op not in COSTLY
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
