"""Read graphs exported by other programs: `.onnx` and `.pt2` files.

`onnx` and `pt2` read the calls in a file, `onnx_operators` and `aten_operators` map them to the
catalogue, and `recording` makes nodes with the catalogue's counts. Only names and shapes of the
weights are read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph

__all__ = ["SUFFIXES", "is_exported", "read_exported"]


def _reader(module: str) -> Callable[[Path, Any], Graph]:
    def read(path: Path, input: Any) -> Graph:
        graph: Graph = import_module(f"resnet_viz.exported.{module}").read(path, input)
        return graph

    return read


SUFFIXES: Mapping[str, Callable[[Path, Any], Graph]] = MappingProxyType(
    {".onnx": _reader("onnx"), ".pt2": _reader("pt2")}
)
"""The function that reads a file, by suffix."""


def is_exported(source: object) -> bool:
    """Return whether a path has the suffix of an exported graph.

    >>> is_exported("model.onnx"), is_exported("resnet50")
    (True, False)
    """
    if not isinstance(source, (str, os.PathLike)):
        return False
    return os.path.splitext(os.fspath(source))[1].lower() in SUFFIXES


def read_exported(source: str | os.PathLike[str], input: Any = None) -> Graph:
    """Return the graph in a file.

    Args:
        source: the path of the file.
        input: the input shape, including the batch, if the file leaves sizes open; by default, open
            sizes are 1.

    Raises:
        RequestError: the file is missing, truncated, inconsistent, of another format, too large for
            a graph's description, or has another input; the message begins with the path.
    """
    path = Path(os.fspath(source))
    try:
        if not path.is_file():
            raise RequestError("no such file")
        return SUFFIXES[path.suffix.lower()](path, input)
    except RequestError as error:
        raise RequestError("{path}: {error}", path=path, error=error) from None
    except OSError as error:
        reason = error.strerror or error
        raise RequestError("{path}: cannot be read ({reason})", path=path, reason=reason) from None
