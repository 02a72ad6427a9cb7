"""Arrange a figure: choose the layout engine and, if requested, the deepest legible detail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from resnet_viz.count import Costs
from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.layout.decorate import with_legend
from resnet_viz.layout.layout import MAX_COLUMNS, lay_out
from resnet_viz.layout.page import LETTER, Page, fitted, is_legible
from resnet_viz.scene import Scene
from resnet_viz.themes import Theme
from resnet_viz.view import Figure, Kind, Options
from resnet_viz.view.annotate import NO_FACTS, Facts, annotated
from resnet_viz.view.detail import Detail, nesting
from resnet_viz.view.legend import legend_of
from resnet_viz.view.net import Net, net_of
from resnet_viz.view.parts import leaves

__all__ = ["LAYOUTS", "Arrangement", "Look", "arrange"]

LAYOUTS = {
    "figure": "chains, and branches side by side",
    "dot": "Graphviz, for any network",
    "auto": "figure wherever it can",
}
"""The layout engines."""

MAX_LEGIBLE_BOXES = 240
"""The most boxes of a chain that can be legible on a page, in any number of columns."""

MAX_LEGIBLE_NET = 70
"""The most boxes that can be legible on a page in Graphviz's layout; larger nets are not tried."""

SMALL_NET = 100
"""The most operators for which Graphviz's layout shows every operator and stays readable."""


class Look(NamedTuple):
    """The options of drawing that do not depend on the kind of figure.

    Attributes:
        facts: the facts written beside lines and in boxes.
        describe: the function that returns the tooltip of an operator or scope.
        decorate: the function that adds highlights, title and caption to a placed scene.
    """

    theme: Theme
    direction: str = "up"
    language: str = "en"
    layout: str = "auto"
    page: Page | None = None
    facts: Facts = NO_FACTS
    describe: Callable[[Node | Scope], str] = lambda item: ""
    decorate: Callable[[Scene], Scene] = lambda scene: scene


class Arrangement(NamedTuple):
    """A placed figure, and the scopes of the network that it opens."""

    scene: Scene
    detail: Detail


def arrange(
    kind: Kind,
    graphs: Sequence[Graph],
    options: Options,
    look: Look,
    costs: Costs,
    deepest: bool = False,
) -> Arrangement:
    """Return the placed figure of graphs.

    Args:
        kind: the kind of figure.
        graphs: the graphs, as many as the kind takes.
        options: the options of the figure's content.
        look: the options of drawing.
        costs: the costs of the graphs' operators.
        deepest: whether to choose the deepest level whose text is legible on the page (by default a
            letter page) instead of the level in the options. Annotations do not affect the choice.

    Raises:
        RequestError: the figure cannot be made from these graphs, or is not legible on the page.
    """
    if not deepest:
        columns = MAX_COLUMNS if look.page else 1
        scene = fitted(_scenes(kind, graphs, options, look, costs, columns), look.page)
        return Arrangement(scene, options.detail)
    page = look.page or LETTER
    choices = [options] if options.book else []
    choices += [options._replace(book=False, detail=d) for d in _details(graphs[0], options)]
    bare = look._replace(facts=NO_FACTS)
    for choice in choices:
        for columns, scene in enumerate(_readable(kind, graphs, choice, bare, costs), start=1):
            if is_legible(scene, page) or choice is choices[-1]:
                scenes = _scenes(kind, graphs, choice, look, costs, columns)
                if look.page is None:
                    return Arrangement(list(scenes)[-1], choice.detail)
                return Arrangement(fitted(scenes, page), choice.detail)
    raise AssertionError("a network in one box can always be placed")


def _details(graph: Graph, options: Options) -> Iterator[Detail]:
    """Yield the details to try for a figure, from every operator to fewer levels."""
    yield options.detail._replace(levels=None)
    for levels in range(nesting(graph.root), -1, -1):
        yield options.detail._replace(levels=levels)


def _readable(
    kind: Kind, graphs: Sequence[Graph], options: Options, look: Look, costs: Costs
) -> Iterator[Scene]:
    """Yield the scenes of a figure that may be legible; none if it has too many boxes."""
    figure = _figure(kind, graphs, options, look)
    if figure is None:
        boxes = sum(1 for _ in net_of(graphs[0], options.detail).boxes())
        if boxes > MAX_LEGIBLE_NET and options.detail.levels != 0:
            return
    elif _count_boxes(figure) > MAX_LEGIBLE_BOXES:
        return
    yield from _scenes(kind, graphs, options, look, costs, MAX_COLUMNS // 2)


def _count_boxes(figure: Figure) -> int:
    boxes = (leaf for column in figure.columns for leaf in leaves(column.chain))
    return sum(1 for _ in islice(boxes, MAX_LEGIBLE_BOXES + 1))


def _scenes(
    kind: Kind,
    graphs: Sequence[Graph],
    options: Options,
    look: Look,
    costs: Costs,
    columns: int,
) -> Iterator[Scene]:
    """Yield the scenes of a figure: in one column, in two, and so on; one scene with Graphviz."""
    figure = _figure(kind, graphs, options, look)
    if figure is None:
        yield look.decorate(_placed_by_dot(net_of(graphs[0], options.detail), look))
        return
    entries = legend_of(figure, look.theme, look.language)
    if look.facts:
        figure = annotated(figure, look.facts, costs, look.language, graphs[0].input)
    for scene in lay_out(figure, look.theme, look.direction, look.language, look.describe, columns):
        yield look.decorate(with_legend(scene, entries))


def _figure(kind: Kind, graphs: Sequence[Graph], options: Options, look: Look) -> Figure | None:
    """Return the parts for the figure layout; None if Graphviz has to place the network."""
    if look.layout == "dot":
        return None
    try:
        figure = kind.make(graphs, options)
    except NotSeriesParallel:
        if look.layout == "figure" or not kind.whole:
            raise
        return None
    wants_all = kind.whole and look.layout == "auto" and options.detail.levels is None
    if wants_all and not any(islice(graphs[0].nodes(), SMALL_NET, None)):
        boxes = (leaf.item for column in figure.columns for leaf in leaves(column.chain))
        if any(isinstance(item, Scope) and options.detail.opens(item, 0) for item in boxes):
            return None
    return figure


def _placed_by_dot(net: Net, look: Look) -> Scene:
    from resnet_viz.layout.dot import lay_out_net  # lazy: most drawings need no Graphviz

    return lay_out_net(net, look.theme, look.direction, look.language, look.facts)
