"""A network to its drawing: the graph, what of it is shown, where that stands, what is marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from resnet_viz.answers.drawing import Drawing
from resnet_viz.answers.figure_options import FigureOptions, documented, figure_options
from resnet_viz.count import Cost, Costs
from resnet_viz.errors import NotSeriesParallel, RequestError, show, unknown
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph import unroll as unroll_graph
from resnet_viz.graph.repeat import count_nodes
from resnet_viz.layout import lay_out
from resnet_viz.layout.decorate import captioned, marked
from resnet_viz.layout.page import fitted
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Scene
from resnet_viz.sources import Network, to_graph
from resnet_viz.text.labels import phrase
from resnet_viz.view import Figure
from resnet_viz.view.annotate import annotated
from resnet_viz.view.net import net_of
from resnet_viz.view.parts import leaves

__all__ = ["Drawing", "draw", "draw_figure"]

MAX_OPERATORS = 200_000


@documented
def draw(network: Network | Sequence[Network], **options: Any) -> Drawing:
    """Draw a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module;
            a list of them for figures that show several.
        **options: of the figure.
        {options}

    Raises:
        RequestError: an option is unknown or wrong, the spec is wrong or the input does not fit it;
            the network is too large for the `dot` layout, or that lacks Graphviz.

    >>> drawing = draw("d2l-resnet18", lang="zh")
    >>> "全连接层" in drawing.to_svg()
    True
    """
    return draw_figure(network, figure_options(**options))


def draw_figure(network: Network | Sequence[Network], options: FigureOptions) -> Drawing:
    """Draw a network as options say; see `draw`."""
    graphs = _graphs(network, options)
    figure = _figure(graphs, options)
    if figure is None:
        scene = _placed_by_graphviz(graphs[0], options)
    else:
        scene = _placed_in_chains(figure, graphs[0], options)
    if options.highlight:
        scene = _marked(scene, graphs, options)
    look = {"theme": options.palette, "direction": options.direction, "lang": options.lang}
    return Drawing(scene, graphs[0], options.levels, look)


def _graphs(network: Any, options: FigureOptions) -> list[Graph]:
    """Return the graphs to draw, unrolled if asked.

    Raises:
        RequestError: the figure shows another number of them, or one cannot be drawn.
    """
    networks = list(network) if isinstance(network, (list, tuple)) else [network]
    if not networks or (len(networks) > 1 and not options.kind.several):
        raise RequestError(
            "networks: {count} given (a figure of {figure} takes one)",
            count=len(networks),
            figure=options.figure,
        )
    graphs = [to_graph(one, options.input, folded=not options.unroll) for one in networks]
    for graph in graphs:
        _check_drawable(graph, whole=options.unroll or options.figure == "layers")
    return list(map(unroll_graph, graphs)) if options.unroll else graphs


def _check_drawable(graph: Graph, whole: bool) -> None:
    """Check that there is something to draw, and not more than a figure can hold.

    Raises:
        RequestError: there is not.
    """
    if not _is_one(graph.root):
        raise RequestError("{name}: many networks at once (a figure shows one)", name=graph.name)
    operators = count_nodes(graph) if whole else int(any(graph.nodes()))
    if not operators:
        raise RequestError("{name}: has no operators to draw", name=graph.name)
    if operators > MAX_OPERATORS:
        raise RequestError(
            "{name}: {operators:,} operators (must be at most {most:,} for a figure of all of "
            "them; folded, equal ones are drawn once)",
            name=graph.name,
            operators=operators,
            most=MAX_OPERATORS,
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


def _figure(graphs: list[Graph], options: FigureOptions) -> Figure | None:
    """Return the parts of a figure of chains; None if Graphviz is to place the network."""
    kind, layout = options.kind, options.layout
    if layout == "dot":
        return None
    try:
        figure = kind.make(graphs, options)
    except NotSeriesParallel:
        if layout == "figure" or not kind.whole:
            raise
        return None
    wants_all = kind.whole and layout == "auto" and options.boxes in (None, "op")
    if wants_all and _is_small(graphs[0]):
        boxes = (leaf.item for column in figure.columns for leaf in leaves(column.chain))
        if any(isinstance(item, Scope) for item in boxes):
            return None
    return figure


def _is_small(graph: Graph) -> bool:
    """Tell whether Graphviz can show all operators of a network and people can follow the lines."""
    return not any(islice(graph.nodes(), 100, None))


def _placed_in_chains(figure: Figure, graph: Graph, options: FigureOptions) -> Scene:
    """Return the scene of chains, numbers written into their boxes if asked."""
    costs = Costs()
    if options.annotate:
        facts = tuple(options.annotate)
        figure = annotated(figure, facts, costs.of, options.lang, graph.input)
    return lay_out(
        figure,
        options.palette,
        options.direction,
        options.lang,
        _describe(costs, options.lang),
        options.paper,
        options.title,
        options.caption,
    )


def _placed_by_graphviz(graph: Graph, options: FigureOptions) -> Scene:
    """Return the scene of boxes and edges that Graphviz places."""
    from resnet_viz.layout.dot import lay_out_net  # here, because most drawings need no Graphviz

    net = net_of(graph, options.levels)
    facts = tuple(options.annotate)
    scene = lay_out_net(net, options.palette, options.direction, options.lang, facts)
    return fitted([captioned(scene, options.title, options.caption)], options.paper)


def _describe(costs: Costs, language: str) -> Callable[[Node | Scope], str]:
    """Return what says a box's output and cost to those who point at it."""
    return lambda item: _cost_phrase(costs.of(item), language)


@lru_cache(maxsize=4096)  # as labels are: a network has many operators of few costs
def _cost_phrase(cost: Cost, language: str) -> str:
    output, params, macs = cost
    return phrase("cost", language, output=spell(output), params=params, macs=macs)


def _marked(scene: Scene, graphs: list[Graph], options: FigureOptions) -> Scene:
    """Return a scene with those of the paths to highlight marked that it shows.

    Raises:
        RequestError: the networks have no such part, or the figure shows none of them.
    """
    paths = tuple(options.highlight)
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
        raise RequestError(
            "highlight: {path} (is in the network but not in this figure; unroll or another depth "
            "may show it)"
            if len(paths) == 1
            else "highlight: {path} (are in the network but not in this figure; unroll or another "
            "depth may show it)",
            path=show(paths[0] if len(paths) == 1 else paths),
        )
    return marked(scene, shown, options.palette.highlight)
