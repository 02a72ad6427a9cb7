"""Export: a drawing to the bytes of a file; each format has a module, loaded when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["EXPORTERS", "Exporter"]


class Exporter(NamedTuple):
    """What writes a format.

    Attributes:
        of: the attribute of a drawing that it writes.
        module: where its `write` is, which takes that attribute and returns bytes.
        options: the names of what else its `write` takes.
    """

    of: str
    module: str
    options: tuple[str, ...] = ()

    def write(self, value: Any, **options: Any) -> bytes:
        """Return the bytes of a file."""
        written: bytes = import_module(f"resnet_viz.export.{self.module}").write(value, **options)
        return written


_LOOK = ("theme", "direction", "lang")

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        ".svg": Exporter("scene", "svg"),
        ".png": Exporter("scene", "png", ("scale",)),
        ".pdf": Exporter("scene", "pdf"),
        ".tex": Exporter("scene", "tikz"),
        ".html": Exporter("scene", "html"),
        ".dot": Exporter("net", "dot", _LOOK),
        ".mmd": Exporter("net", "mermaid", _LOOK),
        ".json": Exporter("graph", "graph_json"),
    }
)
"""Each file suffix and what writes such a file."""
