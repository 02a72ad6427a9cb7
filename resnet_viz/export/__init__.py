"""Write a drawing to the bytes of a file; each format has a module, imported on first use."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["EXPORTERS", "Exporter"]


class Exporter(NamedTuple):
    """The exporter of a file format.

    Attributes:
        of: the attribute of a drawing that it writes.
        module: the name of the module whose `write` takes that attribute and returns bytes; if the
            format has limits, the module also has a `check` with the same arguments.
        options: the names of further arguments of `write`.
    """

    of: str
    module: str
    options: tuple[str, ...] = ()

    def write(self, value: Any, **options: Any) -> bytes:
        """Return the file as bytes."""
        written: bytes = self._module.write(value, **options)
        return written

    def check(self, value: Any, **options: Any) -> None:
        """Check quickly that a figure is not too large for the format, without writing it.

        Raises:
            RequestError: the figure is too large.
        """
        if hasattr(self._module, "check"):
            self._module.check(value, **options)

    @property
    def _module(self) -> Any:
        return import_module(f"resnet_viz.export.{self.module}")


_LOOK = ("theme", "direction", "lang", "annotate")

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        ".svg": Exporter("scene", "svg"),
        ".png": Exporter("scene", "png", ("scale",)),
        ".pdf": Exporter("scene", "pdf"),
        ".tex": Exporter("scene", "tikz"),
        ".drawio": Exporter("scene", "drawio"),
        ".pptx": Exporter("scene", "pptx"),
        ".html": Exporter("scene", "html"),
        ".dot": Exporter("net", "dot", _LOOK),
        ".mmd": Exporter("net", "mermaid", _LOOK),
        ".json": Exporter("graph", "graph_json"),
    }
)
"""The exporter of each file suffix."""
