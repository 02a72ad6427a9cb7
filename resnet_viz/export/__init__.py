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
        module: where its `write` is, which takes that attribute and returns bytes, and, if the
            format has limits, a `check` that takes the same.
        options: the names of what else its `write` takes.
    """

    of: str
    module: str
    options: tuple[str, ...] = ()

    def write(self, value: Any, **options: Any) -> bytes:
        """Return the bytes of a file."""
        written: bytes = self._module.write(value, **options)
        return written

    def check(self, value: Any, **options: Any) -> None:
        """Raise what `write` would raise of a figure that is too large, before much is done.

        Raises:
            RequestError: the format cannot hold it.
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
"""Each file suffix and what writes such a file."""
