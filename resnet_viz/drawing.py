"""A network to a drawing that shows itself and saves itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from resnet_viz.errors import RequestError, choose
from resnet_viz.export import EXPORTERS, Exporter
from resnet_viz.export.svg import to_svg
from resnet_viz.files import write_whole
from resnet_viz.graph import Graph
from resnet_viz.labels import LANGUAGES
from resnet_viz.layout import DIRECTIONS, lay_out
from resnet_viz.scene import Scene
from resnet_viz.sources import Network, to_graph
from resnet_viz.themes import THEMES
from resnet_viz.view import FIGURES

__all__ = ["Drawing", "check_options", "draw", "exporter_for"]


@dataclass(frozen=True)
class Drawing:
    """A figure of a network. A notebook shows it as it is.

    Attributes:
        scene: what is where.
        graph: the network that it shows.
    """

    scene: Scene
    graph: Graph

    def to_svg(self) -> str:
        """Return the drawing as an SVG document."""
        return to_svg(self.scene)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the drawing to a file whose suffix says the format.

        Args:
            path: of the file.
            **options: what this format takes besides: of a `.png` its `scale`, in pixels per point.

        Raises:
            RequestError: the suffix is unknown, an option is not for it or wrong, the format needs
                what is not installed, or the file cannot be written; a file that stood there before
                is left as it was.
        """
        exporter = check_options(path, options)
        write_whole(path, exporter.write(getattr(self, exporter.of), **options))

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
            more = f" (must be for one of {takers})" if takers else ""
            raise RequestError(f"{name}: not an option of {suffix} files{more}")
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
            f"unknown suffix of a drawing: {name!r} (must be one of {list(EXPORTERS)})"
        )
    return suffix


def draw(
    network: Network,
    *,
    figure: str = "network",
    direction: str = "up",
    lang: str = "en",
    theme: str = "d2l",
    input: Any = None,
    unroll: bool = False,
) -> Drawing:
    """Draw a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        figure: `network` (the whole, blocks and stages that look the same folded) or `blocks` (the
            kinds of block that it has, side by side).
        direction: where data flows: `up`, `down`, `right` or `left`.
        lang: `en` or `zh`.
        theme: `d2l`, `paper`, `mono` or `dark`.
        input: the input's shape, `(C, H, W)`, a spec's own if None; of a module its whole shape.
        unroll: draw every block of the network, none folded.

    Raises:
        RequestError: a name is unknown, the spec is wrong or the input does not fit it.

    >>> drawing = draw("d2l-resnet18", lang="zh")
    >>> "全连接层" in drawing.to_svg()
    True
    """
    view = choose("figure", figure, FIGURES)
    flow = choose("direction", direction, DIRECTIONS)
    choose("language", lang, LANGUAGES)
    look = choose("theme", theme, THEMES)
    if unroll and figure != "network":
        raise RequestError(f"unroll: not for a figure of {figure} (must be the network figure)")
    graph = to_graph(network, input)
    parts = view(graph, flow.horizontal, unroll)
    return Drawing(lay_out(parts, look, direction, lang), graph)
