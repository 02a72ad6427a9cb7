"""Define a picture: a scene that a notebook displays and that saves itself to files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from resnet_viz.errors import Message, RequestError
from resnet_viz.export import EXPORTERS, Exporter
from resnet_viz.export.svg import to_svg
from resnet_viz.files import write_whole
from resnet_viz.scene import Scene

__all__ = ["Picture", "check_options", "exporter_for"]


@dataclass(frozen=True)
class Picture:
    """A figure or chart; a notebook displays it.

    Attributes:
        scene: the placed shapes and texts.
    """

    scene: Scene

    def to_svg(self) -> str:
        """Return the picture as an SVG document."""
        return to_svg(self.scene)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the picture to a file in the format of its suffix.

        Args:
            path: the path of the file.
            **options: options of the format, such as `scale` for a `.png`, in pixels per point.

        Raises:
            RequestError: the suffix or an option is unknown or wrong, the format needs a package
                that is not installed or cannot hold the picture, or the file cannot be written; an
                existing file is left unchanged.
        """
        write_whole(path, self.to_bytes(exporter_for(path), **options))

    def to_bytes(self, suffix: str, **options: Any) -> bytes:
        """Return the picture as the bytes of a file with the given suffix, such as `.png`.

        Raises:
            RequestError: as for `save`, except for errors of writing.
        """
        exporter = check_options(f"a{suffix}", options)
        return exporter.write(self._part(exporter, suffix), **{**self._look(exporter), **options})

    def check(self, suffix: str) -> None:
        """Check that the picture is not too large for a format, without writing it.

        Raises:
            RequestError: the format cannot hold a picture of this size.
        """
        exporter = check_options(f"a{suffix}", ())
        exporter.check(self._part(exporter, suffix), **self._look(exporter))

    def plot(self, ax: Any = None) -> Any:
        """Draw the picture on matplotlib axes, by default new ones of the picture's size.

        Returns:
            The axes; one data unit is one point of the picture.

        Raises:
            RequestError: matplotlib is not installed.
        """
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            raise RequestError("matplotlib is not installed (pip install matplotlib)") from None
        from resnet_viz.export.axes import plot

        if ax is None:
            scale = self.scene.scale / 72
            size = (self.scene.width * scale, self.scene.height * scale)
            ax = plt.figure(figsize=size).add_axes((0, 0, 1, 1))
        return plot(self.scene, ax)

    def _part(self, exporter: Exporter, suffix: str) -> Any:
        """Return the attribute that an exporter writes.

        Raises:
            RequestError: the picture has no such attribute.
        """
        if not hasattr(self, exporter.of):
            raise RequestError(
                "{suffix}: holds a network, not a chart (must be one of {legal})",
                suffix=suffix,
                legal=[name for name, other in EXPORTERS.items() if hasattr(self, other.of)],
            )
        return getattr(self, exporter.of)

    def _look(self, exporter: Exporter) -> Mapping[str, Any]:
        """Return the exporter options that reproduce the look of the picture."""
        return {}

    def _repr_svg_(self) -> str:
        return self.to_svg()


def check_options(path: str | os.PathLike[str], options: Iterable[str]) -> Exporter:
    """Return the exporter of a file, after checking that it takes the given options.

    Raises:
        RequestError: no exporter writes such a file, or it lacks an option.
    """
    suffix = exporter_for(path)
    for name in options:
        takers = [other for other, exporter in EXPORTERS.items() if name in exporter.options]
        if suffix not in takers:
            more = Message(" (must be for one of {takers})", takers=takers) if takers else ""
            raise RequestError(
                "{name}: not an option of {suffix} files{more}",
                name=name,
                suffix=suffix,
                more=more,
            )
    return EXPORTERS[suffix]


def exporter_for(path: str | os.PathLike[str]) -> str:
    """Return the suffix that selects a file's exporter.

    Raises:
        RequestError: no exporter writes such a file.
    """
    name = os.path.basename(path)
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in EXPORTERS:
        raise RequestError(
            "unknown suffix of a drawing: {name!r} (must be one of {legal})",
            name=name,
            legal=list(EXPORTERS),
        )
    return suffix
