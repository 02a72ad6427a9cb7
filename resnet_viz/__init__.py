"""Describe a residual network once; get its exact counts, its shapes and its figures.

>>> import resnet_viz
>>> resnet_viz.report("resnet50").totals["macs"]
4089184256
>>> resnet_viz.draw("d2l-resnet18").save("resnet18.svg")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_viz.answers.build import build
    from resnet_viz.answers.chart import SpaceChart, chart
    from resnet_viz.answers.compare import Comparison, compare
    from resnet_viz.answers.details import details
    from resnet_viz.answers.draw import Drawing, draw
    from resnet_viz.answers.explain import explain
    from resnet_viz.answers.fit import fit
    from resnet_viz.answers.identify import Identification, identify
    from resnet_viz.answers.latency import LatencyReport, latency
    from resnet_viz.answers.lesson import Lesson, lesson, measured_lesson
    from resnet_viz.answers.measure import Measurement, calibrate, measure
    from resnet_viz.answers.memory import MemoryReport, memory
    from resnet_viz.answers.memory_timeline import memory_timeline
    from resnet_viz.answers.receptive_field import receptive_field
    from resnet_viz.answers.report import Report, report
    from resnet_viz.answers.search import Search, pareto, search
    from resnet_viz.answers.shapes import shapes
    from resnet_viz.answers.show import show
    from resnet_viz.answers.summary import summary
    from resnet_viz.answers.table import table
    from resnet_viz.answers.to_code import Code, to_code
    from resnet_viz.assembly import assemble
    from resnet_viz.errors import RequestError, ResNetVizError, SpecError
    from resnet_viz.graph import Graph, fold, unroll
    from resnet_viz.spaces.sample import sample
    from resnet_viz.spaces.space import Space
    from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
    from resnet_viz.spec.files import load, save
    from resnet_viz.tracing import trace
    from resnet_viz.zoo.regnet import regnet

__version__ = "0.1.0"

__all__ = [
    "Code",
    "Comparison",
    "Drawing",
    "Graph",
    "Head",
    "Identification",
    "LatencyReport",
    "Lesson",
    "Measurement",
    "MemoryReport",
    "Report",
    "RequestError",
    "ResNetSpec",
    "ResNetVizError",
    "Search",
    "Space",
    "SpaceChart",
    "SpecError",
    "Stage",
    "Stem",
    "assemble",
    "build",
    "calibrate",
    "chart",
    "compare",
    "details",
    "draw",
    "explain",
    "fit",
    "fold",
    "identify",
    "latency",
    "lesson",
    "load",
    "measure",
    "measured_lesson",
    "memory",
    "memory_timeline",
    "pareto",
    "receptive_field",
    "regnet",
    "report",
    "sample",
    "save",
    "search",
    "shapes",
    "show",
    "summary",
    "table",
    "to_code",
    "trace",
    "unroll",
]

_HOMES = {
    "Code": "answers.to_code",
    "Comparison": "answers.compare",
    "Drawing": "answers.draw",
    "Graph": "graph",
    "Head": "spec",
    "Identification": "answers.identify",
    "LatencyReport": "answers.latency",
    "Lesson": "answers.lesson",
    "Measurement": "answers.measure",
    "MemoryReport": "answers.memory",
    "Report": "answers.report",
    "RequestError": "errors",
    "ResNetSpec": "spec",
    "ResNetVizError": "errors",
    "Search": "answers.search",
    "Space": "spaces.space",
    "SpaceChart": "answers.chart",
    "SpecError": "errors",
    "Stage": "spec",
    "Stem": "spec",
    "assemble": "assembly",
    "calibrate": "answers.measure",
    "build": "answers.build",
    "chart": "answers.chart",
    "compare": "answers.compare",
    "details": "answers.details",
    "draw": "answers.draw",
    "explain": "answers.explain",
    "fit": "answers.fit",
    "fold": "graph",
    "identify": "answers.identify",
    "latency": "answers.latency",
    "lesson": "answers.lesson",
    "load": "spec.files",
    "measure": "answers.measure",
    "measured_lesson": "answers.lesson",
    "memory": "answers.memory",
    "memory_timeline": "answers.memory_timeline",
    "receptive_field": "answers.receptive_field",
    "pareto": "answers.search",
    "regnet": "zoo.regnet",
    "report": "answers.report",
    "sample": "spaces.sample",
    "save": "spec.files",
    "search": "answers.search",
    "shapes": "answers.shapes",
    "show": "answers.show",
    "summary": "answers.summary",
    "table": "answers.table",
    "to_code": "answers.to_code",
    "trace": "tracing",
    "unroll": "graph",
}
"""The module of each public name, imported when the name is first used (PEP 562)."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
