"""Draw the data flow of the package, with the package's own scene."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.scene import Box, Line, Run, Scene, Text
from resnet_viz.themes import THEMES


class _Place(NamedTuple):
    """A box: what it says, the fill of a category of operators, its left, middle and width."""

    label: str
    fill: str
    left: float
    y: float
    width: float

    @property
    def x(self) -> float:
        return self.left + self.width / 2

    @property
    def right(self) -> float:
        return self.left + self.width


_BOXES = {
    "names": _Place("zoo name, spec file", "norm", 10, 40, 96),
    "checkpoint": _Place("checkpoint", "norm", 10, 80, 96),
    "own": _Place("module of your own", "norm", 10, 150, 96),
    "spec": _Place("Spec", "conv", 176, 40, 58),
    "module": _Place("nn.Module", "conv", 176, 150, 58),
    "graph": _Place("Graph", "activation", 312, 95, 50),
    "count": _Place("count", "norm", 400, 40, 50),
    "answer": _Place("Report, Comparison, …", "conv", 490, 40, 108),
    "tables": _Place("text, md, csv, json, latex, html", "norm", 638, 40, 148),
    "view": _Place("view", "norm", 400, 150, 50),
    "layout": _Place("layout", "norm", 490, 150, 50),
    "scene": _Place("Scene", "conv", 580, 150, 46),
    "files": _Place("svg, png, pdf, tex, html", "norm", 666, 150, 120),
    "options": _Place("FigureOptions", "conv", 435, 205, 70),
}

_ARROWS = [
    ("names", "spec", ""),
    ("checkpoint", "spec", "identify"),
    ("own", "module", ""),
    ("spec", "module", "build"),
    ("spec", "graph", "assemble"),
    ("module", "graph", "trace"),
    ("graph", "count", ""),
    ("count", "answer", ""),
    ("answer", "tables", ""),
    ("graph", "view", ""),
    ("view", "layout", ""),
    ("layout", "scene", ""),
    ("scene", "files", ""),
    ("options", "view", ""),
    ("options", "layout", ""),
]

_HALF = 10.0
"""Half the height of a box."""


def _points(source: _Place, target: _Place) -> tuple[tuple[float, float], ...]:
    """Return the corners of an arrow: straight, up into a box, or with a step in its middle."""
    if source.x == target.x:
        return (source.x, source.y + _HALF), (target.x, target.y - _HALF - 2)
    if source.y > target.y and source is _BOXES["options"]:
        side = source.left if target.x < source.x else source.right
        return (side, source.y), (target.x, source.y), (target.x, target.y + _HALF + 2)
    begin, end = (source.right, source.y), (target.left - 2, target.y)
    if source.y == target.y:
        return begin, end
    middle = (begin[0] + end[0]) / 2
    return begin, (middle, begin[1]), (middle, end[1]), end


def dataflow() -> Scene:
    """Return the picture."""
    theme = THEMES["d2l"]
    items: list[Box | Line | Text] = []
    for id, place in _BOXES.items():
        top = place.y - _HALF
        fill = theme.fills[place.fill]
        items.append(Box(place.left, top, place.width, 2 * _HALF, fill, id=id))
        items.append(Text(place.x, place.y, (Run(place.label),), 9))
    for source, target, label in _ARROWS:
        points = _points(_BOXES[source], _BOXES[target])
        items.append(Line(points, 3, (4, 1.5), source, target))
        if label:
            (x, y), (x1, y1) = points[:2]
            at = (x + 3, (y + y1) / 2) if x == x1 else (x + 3, y - 7)
            items.append(Text(*at, (Run(label, "serif-italic"),), 9, anchor="start"))
    return Scene(
        796,
        232,
        tuple(items),
        "The way of the data: what names a network, Spec, Graph, then counts and drawings",
        theme.background,
        theme.line,
        theme.text,
        theme.stroke,
    )
