"""Define the drawing of a network, which exporters write as a scene, a net of boxes, or a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from resnet_viz.answers.picture import Picture
from resnet_viz.errors import RequestError
from resnet_viz.export import EXPORTERS, Exporter
from resnet_viz.graph import Graph
from resnet_viz.layout.paint import Colors, painted_net
from resnet_viz.view.compose import EVERYTHING
from resnet_viz.view.detail import Detail
from resnet_viz.view.net import Net, net_of

if TYPE_CHECKING:
    import graphviz

__all__ = ["Drawing"]


@dataclass(frozen=True)
class Drawing(Picture):
    """A figure of a network; a notebook displays it.

    Attributes:
        scene: the placed shapes and texts.
        graph: the network that it shows.
        detail: the scopes that its `net` opens.
        look: theme, direction and language, by option name.
        colors: the numbers that its boxes are painted by, if there are any.
    """

    graph: Graph
    detail: Detail = EVERYTHING
    look: Mapping[str, Any] = field(default_factory=dict)
    colors: Colors | None = None

    @cached_property
    def net(self) -> Net:
        """The network as boxes, clusters and edges, as written to `.dot` and `.mmd` files."""
        net = net_of(self.graph, self.detail)
        return painted_net(net, self.colors, self.look["theme"]) if self.colors else net

    def to_graphviz(self) -> graphviz.Digraph:
        """Return the drawing as a `Digraph` of the package graphviz.

        Nodes are named by their paths.

        Raises:
            RequestError: the package graphviz is not installed.
        """
        try:
            import graphviz
        except ImportError:
            raise RequestError(
                "graphviz is not installed (to_graphviz needs it: pip install 'resnet-viz[dot]')"
            ) from None
        from resnet_viz.export.dot import body

        return graphviz.Digraph(
            self.net.name, body=list(body(self.net, **self._look(EXPORTERS[".dot"])))
        )

    def _look(self, exporter: Exporter) -> Mapping[str, Any]:
        return {name: value for name, value in self.look.items() if name in exporter.options}
