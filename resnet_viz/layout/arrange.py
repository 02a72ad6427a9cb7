"""Arrange a figure: choose the layout engine and, if requested, the deepest legible detail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple, Protocol

from resnet_viz.count import Costs
from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Graph, Scope
from resnet_viz.layout.decorate import with_legend
from resnet_viz.layout.layout import MAX_COLUMNS, Plan, plan
from resnet_viz.layout.metrics import FONT, LEGEND
from resnet_viz.layout.page import LETTER, Page, fitted, is_legible
from resnet_viz.ops import Shape
from resnet_viz.scene import Scene
from resnet_viz.themes import Theme
from resnet_viz.view import Figure, Kind
from resnet_viz.view.annotate import NO_FACTS, Facts, annotated, describe
from resnet_viz.view.detail import Detail, count_shown, nesting
from resnet_viz.view.legend import legend_of
from resnet_viz.view.net import Net, net_of
from resnet_viz.view.parts import leaves
from resnet_viz.view.request import FigureRequest

__all__ = ["LAYOUTS", "Arrangement", "arrange"]

LAYOUTS = {
    "figure": "chains, and branches side by side",
    "dot": "Graphviz, for any network",
    "auto": "figure wherever it can",
}
"""The layout engines."""

USUAL_BOXES = 40
"""The number of boxes that usually fits a page; the search for a depth begins there."""

MAX_BOXES = 75
"""The most boxes that fit a page: three columns of 25."""

MAX_LEGIBLE_NET = 70
"""The most boxes that can be legible on a page in Graphviz's layout; larger nets are not tried."""

SMALL_NET = 100
"""The most operators for which Graphviz's layout shows every operator and stays readable."""


class LayoutRequest(FigureRequest, Protocol):
    """The options of a figure that affect its content or its layout."""

    @property
    def palette(self) -> Theme:
        """The colours."""

    @property
    def layout(self) -> str:
        """The layout engine, one of `LAYOUTS`."""

    @property
    def depth(self) -> str | int | None:
        """The requested depth, if any."""

    @property
    def paper(self) -> Page | None:
        """The page that the figure must fit, if any."""

    def at(self, detail: Detail) -> LayoutRequest:
        """Return the options of the same figure that opens other scopes."""


class Arrangement(NamedTuple):
    """A placed figure, and the scopes of the network that it opens."""

    scene: Scene
    detail: Detail


def arrange(
    kind: Kind,
    graphs: Sequence[Graph],
    options: LayoutRequest,
    facts: Facts,
    costs: Costs,
    decorate: Callable[[Scene], Scene],
) -> Arrangement:
    """Return the placed figure of graphs.

    If no depth is requested, a whole network is drawn at the deepest level that is legible on the
    page (a letter page by default). Facts, highlights and captions do not change that choice.

    Args:
        kind: the kind of figure.
        graphs: the graphs to draw, as many as the kind of figure takes.
        options: the options of the figure.
        facts: the facts to write into boxes and beside lines.
        costs: the costs of the graphs' operators.
        decorate: a function that adds highlights, title and caption to a placed scene.

    Raises:
        RequestError: the figure cannot be made from these graphs, or is not legible on the page.
    """
    views = _Views(kind, graphs, options, facts, costs)
    if options.depth is None and kind.whole:
        view, columns = views.deepest_legible()
    else:
        view, columns = views.at(options.detail), 1
    counts = range(1, MAX_COLUMNS + 1) if options.paper else (columns,)
    return Arrangement(fitted(map(decorate, view.scenes(counts)), options.paper), view.detail)


class _Views:
    """The views of the graphs of a figure: one for each depth."""

    def __init__(
        self,
        kind: Kind,
        graphs: Sequence[Graph],
        options: LayoutRequest,
        facts: Facts,
        costs: Costs,
    ) -> None:
        self.kind = kind
        self.graphs, self.options, self.facts, self.costs = graphs, options, facts, costs

    def deepest_legible(self) -> tuple[_View, int]:
        """Return the deepest view that is legible on the page, and its number of columns.

        The search begins at the deepest level with at most `USUAL_BOXES` boxes. While views are
        legible, it goes deeper; if the first one is not, it goes up to the first one that is. If
        only the network as one box is legible, its top level is drawn, unless that is large.
        """
        page, detail = self.options.paper or LETTER, self.options.detail
        if detail.book:
            view = self.at(detail)
            if columns := view.columns(page):
                return view, columns
            detail = detail._replace(book=False)
        root = self.graphs[0].root
        depths = [detail._replace(levels=n) for n in range(nesting(root) + 1)]
        depths.append(detail._replace(levels=None))
        counts = [count_shown(root, depth, MAX_BOXES + 1) for depth in depths]
        start = max(i for i, count in enumerate(counts) if count <= USUAL_BOXES)
        found = None
        for depth, count in list(zip(depths, counts, strict=True))[start:]:
            if count > MAX_BOXES:
                break
            view = self.at(depth)
            columns = view.columns(page)
            if not columns:
                break
            found = view, columns
        for depth in reversed(depths[:start] if found is None else ()):
            view = self.at(depth)
            columns = view.columns(page)
            if columns:
                found = view, columns
                break
        if found is None or found[0].detail.levels == 0:
            top = self.at(depths[min(1, len(depths) - 1)])
            if top.count() <= SMALL_NET:  # better small print than one box without an inside
                found = top, 1
        assert found is not None  # one box is always legible
        return found

    def at(self, detail: Detail) -> _View:
        """Return the view at a depth, placed by the figure layout if it can be, else by Graphviz.

        Raises:
            RequestError: the figure cannot be made from these graphs.
            NotSeriesParallel: the figure layout is requested for other than series-parallel graphs.
        """
        options, kind, graph = self.options, self.kind, self.graphs[0]
        net = _NetView(graph, detail, options, self.facts)
        if options.layout == "dot":
            return net
        try:
            figure = kind.make(self.graphs, options.at(detail))
        except NotSeriesParallel:
            if options.layout == "figure" or not kind.whole:
                raise
            return net
        wants_all = options.layout == "auto" and detail.levels is None and not detail.book
        if kind.whole and wants_all and not any(islice(graph.nodes(), SMALL_NET, None)):
            boxes = (leaf.item for column in figure.columns for leaf in leaves(column.chain))
            if any(isinstance(item, Scope) and detail.opens(item, 0) for item in boxes):
                return net
        return _PartsView(figure, graph.input, detail, options, self.facts, self.costs)


class _View(Protocol):
    """A figure at one depth, not yet placed."""

    detail: Detail

    def count(self) -> int:
        """Return the number of boxes."""

    def columns(self, page: Page) -> int:
        """Return the least number of columns that is legible on a page; 0 if there is none."""

    def scenes(self, counts: Iterable[int]) -> Iterator[Scene]:
        """Yield the scene with facts for each number of columns."""


class _PartsView:
    """A view in the figure layout."""

    def __init__(
        self,
        figure: Figure,
        input: Shape,
        detail: Detail,
        options: LayoutRequest,
        facts: Facts,
        costs: Costs,
    ) -> None:
        self.figure, self.input, self.detail = figure, input, detail
        self.options, self.facts, self.costs = options, facts, costs
        self.legend = legend_of(figure, options.palette, options.lang)

    @cached_property
    def plan(self) -> Plan:
        return self.planned(self.figure)

    def planned(self, figure: Figure) -> Plan:
        options = self.options
        told = describe(self.costs, options.lang)
        return plan(figure, options.palette, options.direction, options.lang, told)

    def count(self) -> int:
        return sum(1 for column in self.figure.columns for _ in leaves(column.chain))

    def columns(self, page: Page) -> int:
        smallest = min(self.plan.smallest_text(), LEGEND.FONT if self.legend else FONT)
        for count in range(1, MAX_COLUMNS // 2 + 1):
            if self.plan.may_fit(page, count):
                outline = with_legend(self.plan.cut(count).outline(), self.legend)
                if is_legible(outline, page, smallest):
                    return count
        return 0

    def scenes(self, counts: Iterable[int]) -> Iterator[Scene]:
        lang = self.options.lang
        if self.facts:
            plan = self.planned(annotated(self.figure, self.facts, self.costs, lang, self.input))
        else:
            plan = self.plan
        return (with_legend(plan.cut(count).scene(), self.legend) for count in counts)


class _NetView:
    """A view in Graphviz's layout, which has one column."""

    def __init__(self, graph: Graph, detail: Detail, options: LayoutRequest, facts: Facts) -> None:
        self.graph, self.detail, self.options, self.facts = graph, detail, options, facts

    @cached_property
    def net(self) -> Net:
        return net_of(self.graph, self.detail)

    @cached_property
    def bare(self) -> Scene:
        return self.placed(NO_FACTS)

    def placed(self, facts: Facts) -> Scene:
        from resnet_viz.layout.dot import lay_out_net  # most drawings need no Graphviz

        options = self.options
        return lay_out_net(self.net, options.palette, options.direction, options.lang, facts)

    def count(self) -> int:
        return sum(1 for _ in self.net.boxes())

    def columns(self, page: Page) -> int:
        if self.detail.levels != 0 and self.count() > MAX_LEGIBLE_NET:
            return 0
        return int(is_legible(self.bare, page))

    def scenes(self, counts: Iterable[int]) -> Iterator[Scene]:
        yield self.placed(self.facts) if self.facts else self.bare
