"""A network to a drawing that shows itself and saves itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from resnet_viz.errors import NotSeriesParallel, RequestError, choose, show, unknown
from resnet_viz.export import EXPORTERS
from resnet_viz.export.svg import to_svg
from resnet_viz.files import write_whole
from resnet_viz.graph import Graph
from resnet_viz.graph import unroll as unrolled
from resnet_viz.labels import LANGUAGES
from resnet_viz.layout import DIRECTIONS, lay_out
from resnet_viz.scene import Scene
from resnet_viz.sources import Network, to_graph
from resnet_viz.themes import THEMES
from resnet_viz.view import FIGURES

if TYPE_CHECKING:
    import graphviz

    from resnet_viz.view.net import Net

__all__ = ["Drawing", "draw", "exporter_for"]

LAYOUTS = ("auto", "figure", "dot")
"""What places boxes: `figure` in rows and side by side, `dot` Graphviz; `auto` takes the first that
can."""


@dataclass(frozen=True)
class Drawing:
    """A figure of a network. A notebook shows it as it is.

    Attributes:
        scene: what is where.
        graph: the network that it shows.
        depth: how many levels of scopes its `net` shows; all if None.
        look: theme, direction and language by the names of their options.
    """

    scene: Scene
    graph: Graph
    depth: int | None = None
    look: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def net(self) -> Net:
        """The network as boxes, clusters and edges, as `.dot` and `.mmd` files hold it."""
        return _net(self.graph, self.depth)

    def to_graphviz(self) -> graphviz.Digraph:
        """Return the drawing as a `Digraph` of the package graphviz, to go on with there.

        Nodes are named by their paths.

        Raises:
            RequestError: that package is not installed.
        """
        try:
            import graphviz
        except ImportError:
            raise RequestError(
                "graphviz is not installed (to_graphviz needs it: pip install 'resnet-viz[dot]')"
            ) from None
        from resnet_viz.export.dot import body

        return graphviz.Digraph(self.net.name, body=list(body(self.net, **self._look("dot"))))

    def _look(self, module: str) -> dict[str, str]:
        """Return what of the drawing's look the writer of a format takes."""
        (names,) = (e.options for e in EXPORTERS.values() if e.module == module)
        return {name: value for name, value in self.look.items() if name in names}

    def to_svg(self) -> str:
        """Return the drawing as an SVG document."""
        return to_svg(self.scene)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the drawing to a file whose suffix says the format.

        Args:
            path: of the file.
            **options: what this format takes besides, see `EXPORTERS`.

        Raises:
            RequestError: the suffix is unknown or the file cannot be written; a file that stood
                there before is left as it was.
        """
        suffix = exporter_for(path)
        exporter = EXPORTERS[suffix]
        for name in options:
            if name not in exporter.options:
                raise RequestError(f"{name}: not for an {suffix} file")
        look = self._look(exporter.module)
        write_whole(path, exporter.write(getattr(self, exporter.of), **{**look, **options}))

    def _repr_svg_(self) -> str:
        return self.to_svg()


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
    layout: str = "auto",
    depth: int | None = None,
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
        layout: `figure` (chains, and branches side by side), `dot` (Graphviz, for any network), or
            `auto`: `figure` wherever it can and no depth is asked for.
        depth: of the `dot` layout: how many levels of scopes are shown, those below as one box
            each; every operator if None.

    Raises:
        RequestError: a name is unknown, the spec is wrong or the input does not fit it; the network
            is too large for the `dot` layout, or that lacks Graphviz.

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
    if layout not in LAYOUTS:
        raise unknown("layout", layout, LAYOUTS)
    if layout == "dot" and figure != "network":
        raise RequestError(f"layout: dot is not for a figure of {figure} (must be figure or auto)")
    if depth is not None and (layout == "figure" or figure != "network"):
        raise RequestError(f"depth: {show(depth)} (only the dot layout of the network has one)")
    graph = to_graph(network, input)
    chosen = {"theme": theme, "direction": direction, "lang": lang}
    scene = None
    if layout != "dot" and depth is None:
        try:
            scene = lay_out(view(graph, flow.horizontal, unroll), look, direction, lang)
        except NotSeriesParallel:
            if layout == "figure" or figure != "network":
                raise
    shown = unrolled(graph) if unroll else graph
    if scene is not None:
        return Drawing(scene, shown, depth, chosen)
    from resnet_viz.layout.dot import lay_out_net  # here, because most drawings need no Graphviz

    return Drawing(lay_out_net(_net(shown, depth), look, direction, lang), shown, depth, chosen)


def _net(graph: Graph, depth: int | None) -> Net:
    from resnet_viz.view.net import net_of

    return net_of(graph, depth)
