"""Read the names and shapes in a checkpoint: a file, an index of files, or a state_dict.

No code in a file is executed. Only the header of a `.safetensors` file is read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from resnet_viz.checkpoints.safetensors import read_header
from resnet_viz.checkpoints.shapes import MAX_TENSORS, Shapes, checked_shape, parse_json
from resnet_viz.errors import RequestError, show

__all__ = ["SUFFIXES", "State", "is_checkpoint", "read_shapes"]

State: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any]"
"""A path, or a dict (possibly nested) of names to tensors or shapes."""

MAX_INDEX = 20_000_000  # bytes of an index
MAX_SHARDS = 1_000
MAX_NESTING = 8  # levels of nested dicts


def _safetensors(path: Path) -> Any:
    with path.open("rb") as file:
        return read_header(file)


def _pickled(path: Path) -> Any:
    try:
        corner = import_module("resnet_viz.nn.checkpoint")
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise RequestError(
            "torch is not installed (it reads {suffix} files; .safetensors files need none: "
            "pip install 'resnet-viz[torch]')",
            suffix=path.suffix,
        ) from None
    return corner.load_checkpoint(path)


def _index(path: Path) -> Any:
    """Read the files named in an index, which must be in the same folder."""
    if path.stat().st_size > MAX_INDEX:
        raise RequestError("larger than {most} bytes", most=MAX_INDEX)
    index = parse_json(path.read_bytes(), "index")
    places = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(places, dict) or not all(isinstance(v, str) for v in places.values()):
        raise RequestError("index: no weight_map (must say which file has which tensor)")
    shards: dict[str, Shapes] = {}
    for name in dict.fromkeys(places.values()):
        suffix = os.path.splitext(name)[1].lower()
        if os.path.basename(name) != name or suffix not in SUFFIXES or "\0" in name:
            raise RequestError("index: {name} (must be a checkpoint beside it)", name=show(name))
        if len(shards) == MAX_SHARDS:
            raise RequestError("index: names more than {most} files", most=MAX_SHARDS)
        shards[name] = _read(path.with_name(name), SUFFIXES[suffix])
    for key, name in places.items():
        if key not in shards[name]:
            raise RequestError(
                "{name}: has no {key}, which the index says", name=name, key=show(key)
            )
    return {key: shards[name][key] for key, name in places.items()}


SUFFIXES: Mapping[str, Callable[[Path], Any]] = MappingProxyType(
    {".safetensors": _safetensors, ".pth": _pickled, ".pt": _pickled, ".bin": _pickled}
)
"""The function that reads a file, by suffix."""

_INDEX = ".index.json"


def is_checkpoint(source: object) -> bool:
    """Return whether a path has the suffix of a checkpoint."""
    if not isinstance(source, (str, os.PathLike)):
        return False
    path = os.fspath(source).lower()
    return path.endswith((*SUFFIXES, _INDEX))


def read_shapes(source: State) -> Shapes:
    """Return the shape of each tensor by name; the names of nested dicts are joined by dots.

    Raises:
        RequestError: the file is missing, truncated, inconsistent, of another format, or too large
            for a network; the message begins with the path.

    >>> read_shapes({"state_dict": {"fc.weight": (10, 512)}, "epoch": 3})
    {'state_dict.fc.weight': (10, 512)}
    """
    if isinstance(source, Mapping) or hasattr(source, "state_dict"):
        return _flat(source)
    if not is_checkpoint(source):
        raise RequestError(
            "checkpoint: {source} (must be a state_dict, or the path of a {suffixes} or {index} "
            "file)",
            source=show(source),
            suffixes=", ".join(SUFFIXES),
            index=_INDEX,
        )
    path = Path(os.fspath(source))
    name = path.name.lower()
    reader = _index if name.endswith(_INDEX) else SUFFIXES[path.suffix.lower()]
    return _read(path, reader)


def _read(path: Path, reader: Callable[[Path], Any]) -> Shapes:
    try:
        if not path.is_file():
            raise RequestError("no such file")
        return _flat(reader(path))
    except RequestError as error:
        raise RequestError("{path}: {error}", path=path, error=error) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RequestError("{path}: cannot be read ({reason})", path=path, reason=reason) from None


def _flat(value: Any) -> Shapes:
    """Return the shapes of the tensors in nested dicts; other values are left out."""
    made: dict[str, tuple[int, ...]] = {}
    for name, shape in _tensors("", value, 0):
        if len(made) == MAX_TENSORS:
            raise RequestError("more than {most} tensors", most=MAX_TENSORS)
        made[name] = checked_shape(name, shape)
    if not made:
        raise RequestError("no tensors by name (must be a state_dict, or hold one)")
    return made


def _tensors(prefix: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        value = value.state_dict() if hasattr(value, "state_dict") else {}
    if depth > MAX_NESTING:
        return
    for key, inner in value.items():
        shape = inner if isinstance(inner, tuple) else getattr(inner, "shape", None)
        if shape is not None:
            yield f"{prefix}{key}", tuple(shape)
        elif isinstance(inner, Mapping) or hasattr(inner, "state_dict"):
            yield from _tensors(f"{prefix}{key}.", inner, depth + 1)
