"""Draw why a space can be searched exactly: costs of stages add up."""

from __future__ import annotations

import itertools

from resnet_viz.scene import Box, Line, Run, Scene, Text
from resnet_viz.themes import THEMES

_STAGES = (
    ("stem", "norm", ()),
    ("stage 1", "conv", ("64, 2 blocks", "64, 3 blocks", "128, 2 blocks", "…")),
    ("stage 2", "conv", ("128, 2 blocks", "256, 4 blocks", "256, 6 blocks", "…")),
    ("stage 3", "conv", ("256, 2 blocks", "512, 3 blocks", "512, 9 blocks", "…")),
    ("head", "norm", ()),
)
_CHOSEN = (1, 1, 2)
_WIDTH, _HEIGHT, _BETWEEN, _LEFT, _TOP = 96.0, 20.0, 38.0, 12.0, 46.0


def stage_costs() -> Scene:
    """Return the picture: one choice for each stage, and the sum of what they cost."""
    theme = THEMES["d2l"]
    items: list[Box | Line | Text] = []
    middles: list[tuple[float, float]] = []
    lowest = _TOP + 4 * (_HEIGHT + 6)
    for number, (name, kind, options) in enumerate(_STAGES):
        left = _LEFT + number * (_WIDTH + _BETWEEN)
        x = left + _WIDTH / 2
        items.append(Text(x, 20, (Run(name),), 10))
        for row, option in enumerate(options or ("",)):
            chosen = not options or row == _CHOSEN[number - 1]
            top = _TOP + row * (_HEIGHT + 6) if options else _TOP + 1 * (_HEIGHT + 6)
            fill = theme.fills[kind] if chosen else theme.background
            items.append(Box(left, top, _WIDTH, _HEIGHT, fill, id=f"{number}-{row}"))
            items.append(Text(x, top + _HEIGHT / 2, (Run(option or name),), 9))
            if chosen:
                middles.append((left, top + _HEIGHT / 2))
        cost = "cost of the " + name if not options else f"cost of {name}"
        items.append(Text(x, lowest + 22, (Run(cost),), 9))
        if number:
            items.append(Text(left - _BETWEEN / 2, lowest + 22, (Run("+"),), 11))
    for (x0, y0), (x1, y1) in itertools.pairwise(middles):
        begin, end = x0 + _WIDTH, x1 - 2
        middle = (begin + end) / 2
        corners = ((begin, y0), (middle, y0), (middle, y1), (end, y1))
        items.append(Line(corners if y0 != y1 else ((begin, y0), (end, y0)), 3, (4, 1.5)))
    items.append(
        Text(
            _LEFT,
            lowest + 48,
            (Run("A stage's cost depends on its own choice and on the channels before it only."),),
            9,
            anchor="start",
        )
    )
    return Scene(
        2 * _LEFT + 5 * _WIDTH + 4 * _BETWEEN,
        lowest + 66,
        tuple(items),
        "A network's cost is the sum of the costs of its stem, stages and head",
        theme.background,
        theme.line,
        theme.text,
        theme.stroke,
    )
