"""A network to a drawing that shows itself and saves itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from resnet_viz.count import Cost, Costs
from resnet_viz.errors import NotSeriesParallel, RequestError, choose, show, unknown
from resnet_viz.export import EXPORTERS, Exporter
from resnet_viz.export.svg import to_svg
from resnet_viz.files import write_whole
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph import unroll as unroll_graph
from resnet_viz.graph.repeat import count_nodes
from resnet_viz.layout import DIRECTIONS, lay_out
from resnet_viz.layout.decorate import captioned, marked
from resnet_viz.layout.page import PAGES, fitted
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Scene
from resnet_viz.sources import Network, to_graph
from resnet_viz.text import LANGUAGES
from resnet_viz.text.labels import phrase
from resnet_viz.themes import Theme, find_theme
from resnet_viz.view import DEPTHS, FIGURES, Figure, Options
from resnet_viz.view.annotate import FACTS, annotated
from resnet_viz.view.catalogue import Kind
from resnet_viz.view.net import Net, net_of
from resnet_viz.view.parts import leaves

if TYPE_CHECKING:
    import graphviz

__all__ = ["Drawing", "check_options", "draw", "exporter_for"]

MOST_OPERATORS = 200_000

LAYOUTS = {
    "figure": "chains, and branches side by side",
    "dot": "Graphviz, for any network",
    "auto": "figure wherever it can",
}
"""What places the boxes."""


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
    look: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def net(self) -> Net:
        """The network as boxes, clusters and edges, as `.dot` and `.mmd` files hold it."""
        return net_of(self.graph, self.depth)

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

    def _look(self, module: str) -> dict[str, Any]:
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
            **options: what this format takes besides: of a `.png` its `scale`, in pixels per point.

        Raises:
            RequestError: the suffix is unknown, an option is not for it or wrong, the format needs
                what is not installed, or the file cannot be written; a file that stood there before
                is left as it was.
        """
        write_whole(path, self.to_bytes(exporter_for(path), **options))

    def to_bytes(self, suffix: str, **options: Any) -> bytes:
        """Return the bytes of a file of the drawing; its suffix, as `.png`, says the format.

        Raises:
            RequestError: as `save`, but for the file itself.
        """
        exporter = check_options(f"a{suffix}", options)
        look = self._look(exporter.module)
        return exporter.write(getattr(self, exporter.of), **{**look, **options})

    def check(self, suffix: str) -> None:
        """Raise what `to_bytes` would if the figure is too large for a format, and write nothing.

        Raises:
            RequestError: the format does not hold a figure of this size.
        """
        exporter = check_options(f"a{suffix}", ())
        exporter.check(getattr(self, exporter.of), **self._look(exporter.module))

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
    network: Network | Sequence[Network],
    *,
    figure: str = "network",
    direction: str = "up",
    lang: str = "en",
    theme: str | os.PathLike[str] | Theme = "d2l",
    input: Any = None,
    unroll: bool = False,
    depth: str | None = None,
    annotate: str | Iterable[str] = (),
    highlight: str | Iterable[str] = (),
    page: str | None = None,
    title: str = "",
    caption: str = "",
    layout: str = "auto",
) -> Drawing:
    """Draw a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module;
            a list of them for figures that show several.
        figure: what to show, a name in `view.FIGURES`: `network` (the whole, blocks and stages that
            look the same folded), `blocks` (its kinds of block), or a figure of book and papers:
            `residual`, `groups`, `anynet`, `shortcut`, `bodies`, `layers`.
        direction: where data flows: `up`, `down`, `right` or `left`.
        lang: `en` or `zh`.
        theme: `d2l`, `paper`, `mono`, `dark`, the path of a TOML file, or a theme.
        input: the input's shape, `(C, H, W)`, a spec's own if None; of a module its whole shape.
        unroll: draw every block of the network, none folded.
        depth: what the boxes are: `network`, `stage`, `block` or `op`. None draws a network as the
            book does; with annotations it is `block`.
        annotate: what is written beside boxes and lines: any of `shape`, `params`, `macs`, as a
            sequence or with commas between them.
        highlight: the paths of scopes and operators to mark, as reports have them: one, several
            with commas between them, or a sequence of them. Of several, those that the figure does
            not show, because they are folded away or deeper than it looks, are passed over.
        page: `a4`, `letter`, `column` or `slide`: what the figure is to fit, in several columns
            where one would be too small to read.
        title: written above the figure.
        caption: written below it.
        layout: `figure` (chains, and branches side by side), `dot` (Graphviz, for any network), or
            `auto`: `figure`, in which scopes whose lines cross are one box; `dot` where the whole
            network's do, and where it is small enough to show such scopes.

    Raises:
        RequestError: a name is unknown, the spec is wrong or the input does not fit it; the network
            is too large for the `dot` layout, or that lacks Graphviz.

    >>> drawing = draw("d2l-resnet18", lang="zh")
    >>> "全连接层" in drawing.to_svg()
    True
    """
    kind = choose("figure", figure, FIGURES)
    flow = choose("direction", direction, DIRECTIONS)
    choose("language", lang, LANGUAGES)
    look = find_theme(theme)
    facts = _annotations(annotate)
    marks = _paths(highlight)
    paper = None if page is None else choose("page", page, PAGES)
    choose("layout", layout, LAYOUTS)
    if depth is not None:
        choose("depth", depth, DEPTHS)
    elif facts:
        depth = "block"
    if not kind.whole:
        wishes = {"unroll": unroll, "depth": depth and not facts, "layout": layout == "dot"}
        for name in (name for name, value in wishes.items() if value):
            raise RequestError(f"{name}: not for a figure of {figure} (must be the network figure)")
    if facts and not kind.plain:
        raise RequestError(f"annotate: not for a figure of {figure} (must be network or blocks)")
    networks = _networks(network, figure, kind.several)
    graphs = [to_graph(one, input, folded=not unroll) for one in networks]
    for graph in graphs:
        _can_be_drawn(graph, whole=unroll or figure == "layers")
    if unroll:
        graphs = list(map(unroll_graph, graphs))
    levels = None if depth is None else DEPTHS[depth]
    options = Options(lang, depth, flow.horizontal, unroll, exact=bool(facts))
    parts = _figure(kind, graphs, options, layout)
    if parts is None:
        scene = _placed_by_dot(net_of(graphs[0], levels), look, direction, lang, facts)
        scene = fitted([captioned(scene, title, caption)], paper)
    else:
        costs = Costs()
        if facts:
            parts = annotated(parts, facts, costs.of, lang, graphs[0].input)
        scene = lay_out(parts, look, direction, lang, _describe(costs, lang), paper, title, caption)
    if marks:
        scene = _marked(scene, marks, graphs, look)
    return Drawing(scene, graphs[0], levels, {"theme": look, "direction": direction, "lang": lang})


def _can_be_drawn(graph: Graph, whole: bool) -> None:
    """Check that there is something to draw, and not more than a figure can hold.

    Raises:
        RequestError: there is not.
    """
    if not _is_one(graph.root):
        raise RequestError(f"{graph.name}: many networks at once (a figure shows one)")
    operators = count_nodes(graph) if whole else int(any(graph.nodes()))
    if not operators:
        raise RequestError(f"{graph.name}: has no operators to draw")
    if operators > MOST_OPERATORS:
        raise RequestError(
            f"{graph.name}: {operators:,} operators (must be at most {MOST_OPERATORS:,} for a "
            "figure of all of them; folded, equal ones are drawn once)"
        )


def _is_one(scope: Scope) -> bool:
    """Tell whether all sizes are single ones, not arrays of them."""
    for child in scope.children:
        if isinstance(child, Scope):
            if not _is_one(child):
                return False
        elif any(type(size) is not int for size in child.output):
            return False
    return type(scope.repeat) is int


def _figure(kind: Kind, graphs: list[Graph], options: Options, layout: str) -> Figure | None:
    """Return the parts that the figure layout places; None if Graphviz is to place the network."""
    if layout == "dot":
        return None
    try:
        figure = kind.make(graphs, options)
    except NotSeriesParallel:
        if layout == "figure" or not kind.whole:
            raise
        return None
    wants_all = kind.whole and layout == "auto" and options.depth in (None, "op")
    if wants_all and _is_small(graphs[0]):
        boxes = (leaf.item for column in figure.columns for leaf in leaves(column.chain))
        if any(isinstance(item, Scope) for item in boxes):
            return None
    return figure


def _is_small(graph: Graph) -> bool:
    """Tell whether Graphviz can show all operators of a network and people can follow the lines."""
    return not any(islice(graph.nodes(), 100, None))


def _describe(costs: Costs, language: str) -> Callable[[Node | Scope], str]:
    def describe(item: Node | Scope) -> str:
        return _said(costs.of(item), language)

    return describe


@lru_cache(maxsize=4096)  # as labels are: a network has many operators of few costs
def _said(cost: Cost, language: str) -> str:
    output, params, macs = cost
    return phrase("cost", language, output=spell(output), params=params, macs=macs)


def _placed_by_dot(
    net: Net, theme: Theme, direction: str, language: str, facts: tuple[str, ...]
) -> Scene:
    from resnet_viz.layout.dot import lay_out_net  # here, because most drawings need no Graphviz

    return lay_out_net(net, theme, direction, language, facts)


def _networks(network: Any, figure: str, several: bool) -> list[Network]:
    networks = list(network) if isinstance(network, (list, tuple)) else [network]
    if not networks or (len(networks) > 1 and not several):
        raise RequestError(f"networks: {len(networks)} given (a figure of {figure} takes one)")
    return networks


def _annotations(wish: str | Iterable[str]) -> tuple[str, ...]:
    names = wish.split(",") if isinstance(wish, str) else wish
    facts = [name.strip() for name in names if name.strip()]
    for name in facts:
        choose("annotation", name, FACTS)
    return tuple(name for name in FACTS if name in facts)


def _paths(wish: Any) -> tuple[str, ...]:
    """Return the paths to mark, each once.

    Raises:
        RequestError: they are no strings.
    """
    if isinstance(wish, str):
        wish = [path.strip() for path in wish.split(",")]
    paths = list(wish) if isinstance(wish, Iterable) else [wish]
    for path in paths:
        if not isinstance(path, str):
            raise RequestError(
                f"highlight: {show(path)} (must be a path, as 'layer3.0', or several)"
            )
    return tuple(path for path in dict.fromkeys(paths) if path)


def _marked(scene: Scene, paths: tuple[str, ...], graphs: list[Graph], theme: Theme) -> Scene:
    """Return a scene with those of its parts marked that it shows.

    Raises:
        RequestError: the networks have no such part, or the figure shows none of them.
    """
    ids = scene.ids()
    known = ids.union(part.path for graph in graphs for part in graph.root.parts())
    if not known.issuperset(paths):
        copies = [part.path for g in graphs for part in unroll_graph(g).root.parts() if part.path]
        known.update(copies)
        for path in paths:
            if path not in known:
                raise unknown("scope", path, copies)
    shown = ids.intersection(paths)
    if not shown:
        what = show(paths[0]) if len(paths) == 1 else show(paths)
        raise RequestError(
            f"highlight: {what} ({'is' if len(paths) == 1 else 'are'} in the network but not in "
            "this figure; unroll or another depth may show it)"
        )
    return marked(scene, shown, theme.highlight)
