"""Define the metrics of a network's parts: a number for each path."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.count import receptive_fields, tally
from resnet_viz.errors import RequestError, choose, show, show_path
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.layout.paint import Colors
from resnet_viz.text.labels import phrase
from resnet_viz.text.numbers import short, show_bytes, show_time
from resnet_viz.view.annotate import Facts

__all__ = [
    "MEASURED",
    "METRICS",
    "Metric",
    "colors_of",
    "facts_of",
    "heading_of",
    "of_all",
    "read_numbers",
]

MAX_CSV = 16_000_000
"""The largest size of a file of numbers, in bytes."""

Numbers = dict[str, float]


class Metric(NamedTuple):
    """A number for each part of a network; for a repeat, that of one copy.

    Attributes:
        help: the description, with the unit.
        numbers: a function from a graph to the numbers by path of scope or operator.
        show: a function that formats a number for readers.
    """

    help: str
    numbers: Callable[[Graph], Numbers]
    show: Callable[[float], str]


def _walk(part: Any) -> Iterator[Any]:
    yield part
    for child in part.children:
        yield from _walk(child)


def _counted(name: str) -> Callable[[Graph], Numbers]:
    return lambda graph: {
        part.path: getattr(part, name) / part.repeat for part in _walk(tally(graph))
    }


# The modules that count are imported lazily: most users of this table need only its names


def _memory(graph: Graph) -> Numbers:
    from resnet_viz.count.memory import footprint, sizes

    root = footprint(graph, sizes("float32"), training=True).root
    return {part.path: part.saved / part.repeat for part in _walk(root)}


def _timed(graph: Graph) -> Any:
    from resnet_viz.answers.latency import time_parts
    from resnet_viz.devices import find_device

    return time_parts(graph, find_device("rtx4090"))


def _time(graph: Graph) -> Numbers:
    root = _timed(graph)
    return {part.path: 1e6 * part.time.total / part.repeat for part in _walk(root)}


def _intensity(graph: Graph) -> Numbers:
    root = _timed(graph)
    return {part.path: part.flops / part.bytes for part in _walk(root) if part.bytes}


def _receptive_field(graph: Graph) -> Numbers:
    fields = receptive_fields(graph)
    found: Numbers = {}

    def visit(part: Node | Scope) -> float | None:
        field = None
        if isinstance(part, Node):
            field = fields[part.path]
        else:
            for child in part.children:
                field = visit(child)
        if field is not None:
            found[part.path] = field
        return field

    visit(graph.root)
    return found


def _show(number: float) -> str:
    return short(round(number)) if number >= 10 or number == int(number) else f"{number:.3g}"


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "params": Metric("parameters", _counted("params"), _show),
        "macs": Metric("multiply-adds", _counted("macs"), _show),
        "memory": Metric(
            "bytes saved for backward, single floats",
            _memory,
            lambda number: show_bytes(round(number)),
        ),
        "time": Metric("microseconds in inference on the rtx4090", _time, show_time),
        "intensity": Metric("FLOPs for each byte that is moved", _intensity, _show),
        "receptive-field": Metric("pixels that an element depends on", _receptive_field, _show),
    }
)
"""The metrics by which boxes can be coloured and that reports can have as columns."""


def of_all(name: str, number: float, copies: int) -> float:
    """Return a part's number for all its copies; the intensity, a ratio, stays that of one copy."""
    if name == "intensity":
        return number
    return round(number * copies) if name == "memory" else number * copies


MEASURED = ("memory", "time", "intensity")
"""The metrics that are no counts of a graph, but predicted for a run."""


def colors_of(graph: Graph, metric: object, language: str) -> Colors:
    """Return the numbers by which to colour boxes.

    Args:
        graph: the graph to measure.
        metric: the name of a metric, the path of a CSV file, or a mapping of paths to numbers.
        language: the language of the heading.

    Raises:
        RequestError: the metric is unknown, or the file cannot be read or is not legal.
    """
    if isinstance(metric, Mapping):
        return Colors(_checked(metric), _show)
    if isinstance(metric, os.PathLike) or (isinstance(metric, str) and metric.endswith(".csv")):
        numbers, heading = read_numbers(metric)
        return Colors(numbers, _show, heading)
    found = choose("color", metric, METRICS)
    return Colors(found.numbers(graph), found.show, heading_of(graph, str(metric), language))


def heading_of(graph: Graph, name: str, language: str) -> str:
    """Return the heading of a metric's numbers, with the device and batch that they are for."""
    has_batch = graph.means or len(graph.input) > 3
    return phrase(f"color_{name}", language, graph.input[0] if has_batch else 1)


def facts_of(graph: Graph, names: Iterable[str]) -> Facts:
    """Return the facts for a graph's figure, with numbers by path for `memory` and `time`."""
    return {name: METRICS[name].numbers(graph) if name in MEASURED else {} for name in names}


def read_numbers(path: str | os.PathLike[str]) -> tuple[Numbers, str]:
    """Return the numbers of a CSV file of paths and numbers, and their heading if it has one.

    Raises:
        RequestError: the file cannot be read, or a row is not a path and a number.
    """
    import csv  # lazy: most figures need no file of numbers

    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file.read(MAX_CSV).splitlines()) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RequestError(
            "color: cannot read {path} (must be a CSV file of paths and numbers): {error}",
            path=show_path(os.fspath(path)),
            error=getattr(error, "strerror", None) or type(error).__name__,
        ) from None
    found: dict[object, object] = {}
    heading = ""
    for number, row in enumerate(rows):
        if len(row) == 2:
            try:
                found[row[0]] = float(row[1])
                continue
            except ValueError:
                if number == 0:
                    heading = row[1]
                    continue
        raise RequestError(
            "color: {path}, row {number}: {row} (must be a path and a number)",
            path=show_path(os.fspath(path)),
            number=number + 1,
            row=show(",".join(row)),
        )
    return _checked(found), heading


def _checked(numbers: Mapping[Any, Any]) -> Numbers:
    """Check that a mapping has texts as keys and finite numbers as values, and return it.

    Raises:
        RequestError: it has not.
    """
    for path, number in numbers.items():
        is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
        if not isinstance(path, str) or not is_number or not math.isfinite(number):
            raise RequestError(
                "color: {path}: {number} (must be a finite number by a path)",
                path=show(path),
                number=show(number),
            )
    return {path: float(number) for path, number in numbers.items()}
