"""Draw a network: graph, view, layout, and marks such as highlights and captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resnet_viz.answers.drawing import Drawing
from resnet_viz.answers.figure_options import FigureOptions, documented, figure_options
from resnet_viz.answers.metrics import MEASURED, colors_of, facts_of, heading_of
from resnet_viz.count import Costs
from resnet_viz.errors import RequestError, show, unknown
from resnet_viz.graph import Graph, Scope
from resnet_viz.graph import unroll as unroll_graph
from resnet_viz.graph.depth import depth_of, room_for
from resnet_viz.graph.repeat import count_nodes
from resnet_viz.layout.arrange import arrange
from resnet_viz.layout.decorate import captioned, marked, with_legend
from resnet_viz.layout.page import resized
from resnet_viz.layout.paint import Colors, painted
from resnet_viz.scene import Scene
from resnet_viz.sources import Network, to_graph
from resnet_viz.themes import THEMES, counterparts
from resnet_viz.view.detail import check_scopes
from resnet_viz.zoo.d2l import FAMILIES as CHAPTERS

__all__ = ["Drawing", "draw", "draw_figure"]

MAX_OPERATORS = 200_000

CHAPTER = frozenset(name for family in CHAPTERS for name in family.makers)
"""The networks of the d2l book, which are drawn as in the book."""


@documented
def draw(network: Network | Sequence[Network], **options: Any) -> Drawing:
    """Draw a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module;
            a list of them for figures that show several.
        **options: the options of the figure, as follows.
        {options}

    Raises:
        RequestError: an option is unknown or wrong, the spec is wrong, or the input does not fit
            it; for the `dot` layout, the network is too large or Graphviz is not installed.

    >>> drawing = draw("d2l-resnet18", lang="zh")
    >>> "全连接层" in drawing.to_svg()
    True
    """
    return draw_figure(network, figure_options(**options))


def draw_figure(network: Network | Sequence[Network], options: FigureOptions) -> Drawing:
    """Draw a network with checked options; see `draw`."""
    graphs = _graphs(network, options)
    with room_for(max(depth_of(graph.root) for graph in graphs)):
        return _drawing(graphs, options)


def _drawing(graphs: list[Graph], options: FigureOptions) -> Drawing:
    """Draw graphs with checked options."""
    for graph in graphs:
        _check_drawable(graph, whole=options.unroll or options.figure == "layers")
    if options.unroll:
        graphs = list(map(unroll_graph, graphs))
    for name in ("expand", "collapse"):
        for graph in graphs:
            check_scopes(name, frozenset(getattr(options, name)), graph)
    costs = Costs()
    facts, colors = facts_of(graphs[0], options.annotate), _colors(graphs, options)
    if options.depth is None and graphs[0].name in CHAPTER:
        options = options.at(options.detail._replace(book=True))
    scene, detail = arrange(
        options.kind,
        graphs,
        options,
        facts,
        costs,
        lambda one: _decorated(one, graphs, options, colors),
    )
    scene = resized(scene, options.width, options.font_size)
    if options.dark_mode:
        scene = scene._replace(dark=counterparts(options.palette, THEMES["dark"]))
    if options.transparent:
        scene = scene._replace(background="")
    look = {
        "theme": options.palette,
        "direction": options.direction,
        "lang": options.lang,
        "annotate": facts,
    }
    return Drawing(scene, graphs[0], detail, look, colors)


def _graphs(network: Any, options: FigureOptions) -> list[Graph]:
    """Return the graphs of the networks to draw.

    Raises:
        RequestError: the figure shows another number of networks.
    """
    networks = list(network) if isinstance(network, (list, tuple)) else [network]
    if not networks or (len(networks) > 1 and not options.kind.several):
        raise RequestError(
            "networks: {count} given (a figure of {figure} takes one)",
            count=len(networks),
            figure=options.figure,
        )
    return [
        to_graph(one, options.input, folded=not options.unroll, means=options.means)
        for one in networks
    ]


def _check_drawable(graph: Graph, whole: bool) -> None:
    """Check that a graph has operators, and not more than a figure can show.

    Raises:
        RequestError: it has none or too many.
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
    """Return whether all sizes are single numbers, not arrays."""
    for child in scope.children:
        if isinstance(child, Scope):
            if not _is_one(child):
                return False
        elif any(type(size) is not int for size in child.output):
            return False
    return type(scope.repeat) is int


def _colors(graphs: list[Graph], options: FigureOptions) -> Colors | None:
    """Return the numbers that boxes are painted by, by path and by box id; None without any."""
    if not options.color:
        return None
    numbers: dict[str, float] = {}
    for graph in graphs:
        drawn = unroll_graph(graph) if options.figure == "layers" else graph
        colors = colors_of(drawn, options.color, options.lang)
        numbers.update(colors.numbers)
        if options.kind.several:
            numbers.update((f"{graph.name}/{path}", n) for path, n in colors.numbers.items())
    return colors._replace(numbers=numbers)


def _decorated(
    scene: Scene, graphs: list[Graph], options: FigureOptions, colors: Colors | None
) -> Scene:
    """Return a scene with highlights, headings of numbers, title and caption added."""
    if colors:
        scene = painted(scene, colors, options.palette)
    for name in options.annotate:
        if name in MEASURED and name != options.color:
            scene = with_legend(scene, (), heading_of(graphs[0], name, options.lang))
    marked = _marked(scene, graphs, options) if options.highlight else scene
    return captioned(marked, options.title, options.caption)


def _marked(scene: Scene, graphs: list[Graph], options: FigureOptions) -> Scene:
    """Return a scene with the highlighted paths marked.

    Raises:
        RequestError: a path is no part of the networks, or the figure shows none of the paths.
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
