"""Cache the library's answers for the page, shared by all visitors."""

from __future__ import annotations

from functools import cache, lru_cache, partial

from resnet_viz.answers.compare import Comparison, compare
from resnet_viz.answers.details import Details, details
from resnet_viz.answers.draw import draw_figure
from resnet_viz.answers.drawing import Drawing
from resnet_viz.answers.explain import Explanation, explain
from resnet_viz.answers.figure_options import OPTIONS, FigureOptions
from resnet_viz.answers.latency import LatencyReport, latency_graph
from resnet_viz.answers.report import Report, report_graph
from resnet_viz.app.budget import Budget, Setting
from resnet_viz.app.state import PLAIN, Look, Paper
from resnet_viz.assembly import assemble
from resnet_viz.count.memory import OPTIMIZERS, footprint, sizes
from resnet_viz.devices import devices, find_device
from resnet_viz.errors import RequestError
from resnet_viz.export.graph_json import from_json
from resnet_viz.graph import Graph, fold
from resnet_viz.graph.repeat import count_nodes
from resnet_viz.spec import ResNetSpec
from resnet_viz.themes import Theme, find_theme

__all__ = ["MAX_OPERATORS", "Traced", "check", "comparison_of", "details_of", "drawing_of"]
__all__ += ["costs_of", "explanation_of", "graph_of", "keeps", "latency_of"]
__all__ += ["machines", "memory_of", "report_of"]

MAX_OPERATORS = 5_000
"""The most operators of a network that is drawn unfolded, so that the browser stays responsive."""

MARKS = (
    {"before": "#ffc9c4", "after": "#bfe8c8"},
    {"before": "#7a2f2a", "after": "#1f5a33"},
)
"""The highlights of differences on light and dark backgrounds: red before, green after."""

# Every rerun of the page asks for the same answers again, and visitors look at the same networks;
# so answers are cached and shared. The sizes bound the memory of a long-running server.


@lru_cache(maxsize=24)
def graph_of(spec: ResNetSpec) -> Graph:
    """Return the graph of a network."""
    return assemble(spec)


@lru_cache(maxsize=24)
def _batch_graph_of(spec: ResNetSpec, batch: int) -> Graph:
    """Return the graph of a network for a batch, which memory and time share."""
    return assemble(spec, (batch, *spec.input))


@lru_cache(maxsize=24)
def drawing_of(
    spec: ResNetSpec,
    look: Look,
    lang: str,
    highlight: tuple[str, ...] = (),
    side: str = "",
    paper: Paper = PLAIN,
) -> Drawing:
    """Draw a network; see `_draw`."""
    return _draw(spec, look, lang, highlight, side, paper)


def _draw(
    network: ResNetSpec | Graph,
    look: Look,
    lang: str,
    highlight: tuple[str, ...] = (),
    side: str = "",
    paper: Paper = PLAIN,
) -> Drawing:
    """Draw a network with a given look.

    Args:
        network: the network.
        look: the options of the figure.
        lang: the language of the labels.
        highlight: the paths to highlight, in the theme's colour or, if `side` is given, in its.
        side: the side of a comparison, a name in `SIDES`.
        paper: the options of a file of the figure.

    Raises:
        RequestError: this figure cannot show the network, or the network is too large for a page.
    """
    asked = {name: value for name, value in look._asdict().items() if value != ""}
    fitting = {name: value for name, value in asked.items() if OPTIONS[name].fits(look.figure)}
    if side:
        theme = find_theme(look.theme or "d2l")
        fitting["theme"] = theme._replace(highlight=MARKS[is_dark(theme)][side])
    options = FigureOptions(**fitting, **paper.asked(), lang=lang, highlight=highlight)
    if options.unroll or look.figure == "layers":
        graph = network if isinstance(network, Graph) else graph_of(network)
        operators = count_nodes(graph)
        if operators > MAX_OPERATORS:
            raise RequestError(
                "{operators:,} operators (must be at most {most:,} on a page; folded, "
                "equal blocks are drawn once)",
                operators=operators,
                most=MAX_OPERATORS,
            )
    return draw_figure(network, options)


def is_dark(theme: Theme) -> bool:
    """Return whether a theme has a dark background."""
    return sum(bytes.fromhex(theme.background[1:])) < 3 * 128


class Traced:
    """A visitor's own graph, which caches its figures and reports as long as it is shown.

    Raises:
        RequestError: the file has no graph, or one that is too large for a page.
    """

    def __init__(self, data: bytes) -> None:
        self.graph = fold(from_json(data))
        operators = sum(1 for _ in self.graph.nodes())
        if operators > MAX_OPERATORS:
            raise RequestError(
                "{operators:,} operators (must be at most {most:,} on a page)",
                operators=operators,
                most=MAX_OPERATORS,
            )
        self.draw = lru_cache(maxsize=8)(partial(_draw, self.graph))
        self.report = lru_cache(maxsize=8)(partial(report_graph, self.graph))
        try:
            self.draw(Look(), "en")
            self.report(depth="op")
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raise RequestError("attributes that its operators do not have") from None


@lru_cache(maxsize=256)
def report_of(
    spec: ResNetSpec, depth: str, convention: str = "macs", open_head: bool = False
) -> Report:
    """Count a network."""
    return report_graph(graph_of(spec), depth=depth, convention=convention, open_head=open_head)


@lru_cache(maxsize=256)
def memory_of(spec: ResNetSpec, setting: Setting) -> int:
    """Return the peak memory of a training step in bytes."""
    graph = _batch_graph_of(spec, setting.batch)
    made = footprint(graph, sizes(setting.dtype), training=True)
    return int(made.total(OPTIMIZERS[setting.optimizer]))


@lru_cache(maxsize=256)
def latency_of(spec: ResNetSpec, setting: Setting) -> LatencyReport:
    """Predict the time of a forward pass."""
    graph = _batch_graph_of(spec, setting.batch)
    return latency_graph(graph, find_device(setting.device), depth="network")


@cache
def machines() -> tuple[str, ...]:
    """Return the names of the machines for which time can be predicted."""
    return tuple(sorted({device.machine for device in devices() if device.mode == "infer"}))


def costs_of(spec: ResNetSpec, setting: Setting) -> dict[str, int]:
    """Return the costs of a network, including all that a budget can limit."""
    totals = report_of(spec, "network").totals
    time = round(latency_of(spec, setting).step_ms * 1000)
    return {**totals, "memory": memory_of(spec, setting), "time": time}


def keeps(spec: ResNetSpec, budget: Budget, setting: Setting) -> bool:
    """Return whether a network is within a budget; the slowest costs are computed last."""
    counted = budget._replace(memory=0, time=0)
    if not counted.holds(report_of(spec, "network").totals):
        return False
    return counted == budget or budget.holds(costs_of(spec, setting))


def check(spec: ResNetSpec) -> ResNetSpec:
    """Check that no feature map of a network vanishes, and return the network.

    Raises:
        RequestError: a feature map has size zero.
    """
    report_of(spec, "network")
    return spec


@lru_cache(maxsize=64)
def explanation_of(spec: ResNetSpec) -> Explanation:
    """Count a network under every convention."""
    return explain(spec)


@lru_cache(maxsize=64)
def comparison_of(before: ResNetSpec, after: ResNetSpec) -> Comparison:
    """Compare two networks, block by block."""
    return compare(before, after)


@lru_cache(maxsize=256)
def details_of(spec: ResNetSpec, path: str) -> Details:
    """Describe a part of a network.

    Raises:
        RequestError: the network has no such part.
    """
    return details(spec, path)
