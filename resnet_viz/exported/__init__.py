"""Networks that other programs have written as graphs: `.onnx` and `.pt2` files.

A file's calls are read one by one (`onnx`, `pt2`). A table of its format says what each is in the
catalogue, and one recording makes nodes of them, with the catalogue's own counts (`recording`). Of
the weights only names and shapes are read.
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
"""What reads a file, by its suffix."""


def is_exported(source: object) -> bool:
    """Tell whether a path is that of an exported graph, by its suffix.

    >>> is_exported("model.onnx"), is_exported("resnet50")
    (True, False)
    """
    if not isinstance(source, (str, os.PathLike)):
        return False
    return os.path.splitext(os.fspath(source))[1].lower() in SUFFIXES


def read_exported(source: str | os.PathLike[str], input: Any = None) -> Graph:
    """Return the graph that a file holds.

    Args:
        source: its path.
        input: the shape of the input, batch included, where the file leaves sizes open; 1 is put
            for those that are open if None.

    Raises:
        RequestError: the file is missing, of another format, cut off, contradicts itself, is larger
            than a graph's description could be, or takes another input; the message begins with the
            path.
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
