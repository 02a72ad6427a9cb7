"""A scene that shows itself and saves itself, whatever it shows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from resnet_viz.answers.draw import check_options, exporter_for
from resnet_viz.errors import RequestError
from resnet_viz.export import EXPORTERS
from resnet_viz.export.svg import to_svg
from resnet_viz.files import write_whole
from resnet_viz.scene import Scene

__all__ = ["Picture"]


@dataclass(frozen=True)
class Picture:
    """A figure that is no network: a chart. A notebook shows it as it is."""

    scene: Scene

    def to_svg(self) -> str:
        """Return the picture as an SVG document."""
        return to_svg(self.scene)

    def to_bytes(self, suffix: str, **options: Any) -> bytes:
        """Return the bytes of a file of the picture; its suffix, as `.png`, says the format.

        Raises:
            RequestError: no such file can be written of a picture, or an option is not for it.
        """
        exporter = check_options(f"a{suffix}", options)
        if exporter.of != "scene":
            raise RequestError(
                "{suffix}: holds a network, not a chart (must be one of {legal})",
                suffix=suffix,
                legal=[name for name, other in EXPORTERS.items() if other.of == "scene"],
            )
        return exporter.write(self.scene, **options)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the picture to a file whose suffix says the format; whole or not at all.

        Raises:
            RequestError: as `to_bytes`, or the file cannot be written.
        """
        write_whole(path, self.to_bytes(exporter_for(path), **options))

    def _repr_svg_(self) -> str:
        return self.to_svg()
