"""A scene that shows itself in a notebook and saves itself by a file's suffix."""

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
    """A figure: a chart, or what it shows besides. A notebook shows it as it is.

    Attributes:
        scene: what is where.
    """

    scene: Scene

    def to_svg(self) -> str:
        """Return the picture as an SVG document."""
        return to_svg(self.scene)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the picture to a file whose suffix says the format.

        Args:
            path: of the file.
            **options: what this format takes besides: of a `.png` its `scale`, in pixels per point.

        Raises:
            RequestError: the suffix is unknown, an option is not for it or wrong, the format needs
                what is not installed or cannot hold such a picture, or the file cannot be written;
                a file that stood there before is left as it was.
        """
        write_whole(path, self.to_bytes(exporter_for(path), **options))

    def to_bytes(self, suffix: str, **options: Any) -> bytes:
        """Return the bytes of a file of the picture; its suffix, as `.png`, says the format.

        Raises:
            RequestError: as `save`, but for the file itself.
        """
        exporter = check_options(f"a{suffix}", options)
        return exporter.write(self._part(exporter, suffix), **{**self._look(exporter), **options})

    def check(self, suffix: str) -> None:
        """Raise what `to_bytes` would if the picture is too large for a format, and write nothing.

        Raises:
            RequestError: the format does not hold a picture of this size.
        """
        exporter = check_options(f"a{suffix}", ())
        exporter.check(self._part(exporter, suffix), **self._look(exporter))

    def plot(self, ax: Any = None) -> Any:
        """Draw the picture on matplotlib's axes, new ones of its size if none are given.

        Returns:
            The axes; a point of the picture is a unit of their data.

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
            RequestError: a picture of this kind has none.
        """
        if not hasattr(self, exporter.of):
            raise RequestError(
                "{suffix}: holds a network, not a chart (must be one of {legal})",
                suffix=suffix,
                legal=[name for name, other in EXPORTERS.items() if hasattr(self, other.of)],
            )
        return getattr(self, exporter.of)

    def _look(self, exporter: Exporter) -> Mapping[str, Any]:
        """Return the options by which an exporter makes its file look as the picture does."""
        return {}

    def _repr_svg_(self) -> str:
        return self.to_svg()


def check_options(path: str | os.PathLike[str], options: Iterable[str]) -> Exporter:
    """Return what writes a file, if it takes options of these names.

    Raises:
        RequestError: no exporter writes such a file, or it takes no such option.
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
    """Return the suffix by which a file's exporter is found.

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
