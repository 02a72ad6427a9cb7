"""The way of the data through the package, drawn with the package's own scene."""

from __future__ import annotations

from resnet_viz.scene import Box, Line, Run, Scene, Text
from resnet_viz.themes import THEMES

_BOXES = {
    # id: (label, category, left, top, width)
    "configs": ("stage configs", "norm", 10, 60, 78),
    "spec": ("Spec", "conv", 118, 60, 50),
    "graph": ("Graph", "activation", 232, 60, 56),
    "module": ("nn.Module", "norm", 114, 104, 58),
    "count": ("count", "norm", 328, 30, 50),
    "report": ("Report", "conv", 408, 30, 56),
    "tables": ("text, md, csv, json, latex", "norm", 494, 30, 124),
    "view": ("view", "norm", 328, 90, 50),
    "layout": ("layout", "norm", 408, 90, 56),
    "scene": ("Scene", "conv", 494, 90, 50),
    "export": ("SVG", "norm", 574, 90, 44),
}

_ARROWS = [
    ("configs", "spec", ""),
    ("spec", "graph", "assemble"),
    ("graph", "count", ""),
    ("count", "report", ""),
    ("report", "tables", ""),
    ("graph", "view", ""),
    ("view", "layout", ""),
    ("layout", "scene", ""),
    ("scene", "export", ""),
]

_HEIGHT = 20


def dataflow() -> Scene:
    """Return the picture."""
    theme = THEMES["d2l"]
    items: list[Box | Line | Text] = []
    for id, (label, category, x, y, width) in _BOXES.items():
        items.append(Box(x, y, width, _HEIGHT, theme.fills[category], id=id))
        items.append(Text(x + width / 2, y + _HEIGHT / 2, (Run(label),), 9))
    for source, target, label in _ARROWS:
        _, _, x0, y0, width = _BOXES[source]
        _, _, x1, y1, _ = _BOXES[target]
        begin, end = (x0 + width, y0 + _HEIGHT / 2), (x1 - 2, y1 + _HEIGHT / 2)
        if y0 == y1:
            points: tuple[tuple[float, float], ...] = (begin, end)
        else:
            middle = (begin[0] + end[0]) / 2
            points = (begin, (middle, begin[1]), (middle, end[1]), end)
        items.append(Line(points, 3, (4, 1.5), source, target))
        if label:
            items.append(
                Text((begin[0] + end[0]) / 2, begin[1] - 8, (Run(label, "serif-italic"),), 9)
            )
    _, _, x, y, width = _BOXES["spec"]
    down, up = x + width / 2, _BOXES["graph"][2] + _BOXES["graph"][4] / 2
    below = _BOXES["module"][3]
    right = _BOXES["module"][2] + _BOXES["module"][4]
    level = below + _HEIGHT / 2
    for points, source, target, place, label in (
        (((down, y + _HEIGHT), (down, below - 2)), "spec", "module", (down - 14, 92), "build"),
        (
            ((right, level), (up, level), (up, y + _HEIGHT + 2)),
            "module",
            "graph",
            ((right + up) / 2, level - 8),
            "trace",
        ),
    ):
        items.append(Line(points, 3, (4, 1.5), source, target))
        items.append(Text(*place, (Run(label, "serif-italic"),), 9))
    return Scene(
        628,
        140,
        tuple(items),
        "The way of the data: stage configs, Spec, Graph, then counts and drawings",
        theme.background,
        theme.line,
        theme.text,
        theme.stroke,
    )
