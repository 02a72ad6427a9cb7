"""Lay out a stacked area chart: amounts that add up, over an axis of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from resnet_viz.layout.chart import COLOURS
from resnet_viz.layout.decorate import with_legend
from resnet_viz.scene import Box, Item, Line, Run, Scene, Text
from resnet_viz.themes import Theme

__all__ = ["lay_out_bands"]

WIDTH, HEIGHT = 420.0, 180.0
"""The size of the chart in points."""

MAX_COLUMNS = 240
"""The most columns; more steps are merged into columns, each as high as its highest step."""

FONT, SMALL = 9.0, 7.0
MARGIN = 8.0

SEAM = 0.15
"""The overlap of neighbouring columns, so that no background shows between them."""


def lay_out_bands(
    names: Sequence[str],
    steps: Sequence[tuple[float, ...]],
    show: Callable[[float], str],
    marks: Sequence[tuple[int, str]],
    spans: Sequence[tuple[int, int, str]],
    theme: Theme,
    title: str,
) -> Scene:
    """Return a stacked area chart with the first band at the bottom.

    Args:
        names: the names of the bands.
        steps: the amount of each band at each step.
        show: the function that formats an amount.
        marks: the indices of steps with labels above them.
        spans: the first and last step of ranges with labels below them.
        theme: the colours of axes and text.
        title: the title above the chart.
    """
    most = max(sum(step) for step in steps)
    per_column = -(-len(steps) // MAX_COLUMNS)
    columns = [max(steps[i : i + per_column], key=sum) for i in range(0, len(steps), per_column)]
    wide, tall = WIDTH / len(columns), HEIGHT / most
    items: list[Item] = [_text(WIDTH / 2, -34, title, FONT, "middle", theme.text)]
    for share in (0.0, 0.5, 1.0):
        y = HEIGHT * (1 - share)
        items.append(Line(((-4, y), (0, y)), width=0.5))
        items.append(_text(-7, y, show(most * share), SMALL, "end", theme.muted))
    for i, column in enumerate(columns):
        top = HEIGHT
        for band, amount in enumerate(column):
            if amount > 0:
                top -= amount * tall
                fill = COLOURS[band % len(COLOURS)]
                items.append(
                    Box(i * wide, top, wide + SEAM, amount * tall, fill=fill, outlined=False)
                )
    below = [((a + b) / 2 / len(steps) * WIDTH, words) for a, b, words in spans]
    for step, words in marks:
        x = (step // per_column + 0.5) * wide
        anchor = "start" if x < WIDTH / 4 else "end" if x > 3 * WIDTH / 4 else "middle"
        items.append(Line(((x, -8), (x, HEIGHT)), dash="dashed", width=0.5))
        items.append(_text(x, -15, words, SMALL, anchor, theme.text))
    items.append(Line(((0, 0), (0, HEIGHT), (WIDTH, HEIGHT)), width=0.75))
    items += [_text(x, HEIGHT + 10, words, SMALL, "middle", theme.muted) for x, words in below]
    scene = Scene(
        width=WIDTH + 70 + 2 * MARGIN,
        height=HEIGHT + 58 + 2 * MARGIN,
        items=tuple(items),
        title=title,
        background=theme.background,
        line=theme.line,
        text=theme.text,
        stroke=theme.stroke,
        origin=(-60 - MARGIN, -40 - MARGIN),
    )
    used = [i for i in range(len(names)) if any(step[i] > 0 for step in steps)]
    return with_legend(scene, [(COLOURS[i % len(COLOURS)], names[i]) for i in used])


def _text(x: float, y: float, text: str, size: float, anchor: str, colour: str) -> Text:
    return Text(x, y, (Run(text),), size, anchor=anchor, colour=colour)
