"""Lay out line charts side by side on shared axes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from resnet_viz.scene import Box, Group, Item, Line, Point, Run, Scene, Text
from resnet_viz.themes import Theme

__all__ = ["COLOURS", "Axis", "Panel", "Series", "lay_out_charts"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colours that stay distinct with the common kinds of colour blindness (Okabe and Ito 2008)."""

WIDTH, HEIGHT = 190.0, 150.0
"""The size of a panel in points."""

BETWEEN = 22.0
"""The gap between a panel's labels and the next panel."""

FONT, SMALL = 8.0, 7.0
TICK = 3.0
DOT = 1.0
ASIDE = 16.0
BOLD, THIN = 1.4, 0.6
MARGIN = 6.0


class Series(NamedTuple):
    """A series of points, drawn as one line.

    Attributes:
        label: the label; may be empty.
        points: x and y, in the order of x.
        colour: an index into `COLOURS`, which repeat after the last one.
        faint: whether the line is thin and pale, as for one run of several.
        dash: as in `scene.Line`.
        dots: whether to draw the points as dots without a line.
        radius: the radius of a dot in points.
        label_at: the place of the label: the line's `end`; `middle`, above and left of the line's
            middle point; `aside`, in a column beside the panel, with a thin line to the last point.
    """

    label: str
    points: tuple[Point, ...]
    colour: int = 0
    faint: bool = False
    dash: str = ""
    dots: bool = False
    radius: float = DOT
    label_at: str = "end"


class Axis(NamedTuple):
    """An axis: its title, and whether it is logarithmic."""

    title: str
    log: bool = False


class Panel(NamedTuple):
    """One chart: its title and its lines."""

    title: str
    series: tuple[Series, ...]


def lay_out_charts(
    panels: Sequence[Panel], x: Axis, y: Axis, theme: Theme, title: str = "", caption: str = ""
) -> Scene:
    """Return panels side by side with the same axes.

    >>> from resnet_viz.themes import find_theme
    >>> line = Series("a", ((0, 1), (1, 4), (2, 9)))
    >>> scene = lay_out_charts([Panel("squares", (line,))], Axis("x"), Axis("y"), find_theme("d2l"))
    >>> "squares" in [text.runs[0].text for text in scene.walk() if isinstance(text, Text)]
    True
    """
    points = [point for panel in panels for series in panel.series for point in series.points]
    columns, rows = _Scale.over([p[0] for p in points], x), _Scale.over([p[1] for p in points], y)
    items: list[Item] = []
    left = 0.0
    for number, panel in enumerate(panels):
        inside = _panel(panel, columns, rows, theme, left, labelled=number == 0)
        items.append(Group(tuple(inside)))
        left = items[-1].bounds[2] + BETWEEN
    right = left - BETWEEN
    if title:
        items.append(_text((-TICK - 2, -44), title, FONT + 1, "start", theme.text))
    if caption:
        items.append(_text((0, HEIGHT + 44), caption, SMALL, "start", theme.muted))
    bounds = Group(tuple(items)).bounds
    x0, y0, x1, y1 = bounds[0], bounds[1], max(right, bounds[2]), bounds[3]
    return Scene(
        width=x1 - x0 + 2 * MARGIN,
        height=y1 - y0 + 2 * MARGIN,
        items=tuple(items),
        title=title or ", ".join(panel.title for panel in panels),
        background=theme.background,
        line=theme.line,
        text=theme.text,
        stroke=theme.stroke,
        origin=(x0 - MARGIN, y0 - MARGIN),
    )


class _Scale(NamedTuple):
    """The scale of an axis, which maps numbers to fractions of its length, from 0 to 1."""

    axis: Axis
    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def over(cls, numbers: Sequence[float], axis: Axis) -> _Scale:
        """Return the scale whose first and last tick enclose all numbers."""
        finite = [n for n in numbers if math.isfinite(n) and (n > 0 or not axis.log)]
        low, high = (min(finite), max(finite)) if finite else (1.0, 1.0)
        if axis.log:
            first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
            stride = max(1, math.ceil((last - first) / 6))
            powers = range(first, max(last, first + 1) + stride, stride)
            return cls(axis, powers[0], powers[-1], tuple(map(float, powers)))
        step = _step((high - low) or abs(high) or 1.0)
        low_tick, high_tick = math.floor(low / step), math.ceil(high / step)
        ticks = tuple(n * step for n in range(low_tick, max(high_tick, low_tick + 1) + 1))
        return cls(axis, ticks[0], ticks[-1], ticks)

    def place(self, number: float) -> float:
        value = math.log10(number) if self.axis.log else number
        return (value - self.low) / (self.high - self.low)

    def marks(self) -> Iterator[tuple[float, str]]:
        """Yield the position and label of each tick."""
        for tick in self.ticks:
            where = (tick - self.low) / (self.high - self.low)
            yield where, _power(int(tick)) if self.axis.log else f"{tick:g}"


def _step(span: float) -> float:
    """Return the largest tick step, 1, 2 or 5 times a power of ten, with at least four steps."""
    power = 10.0 ** math.floor(math.log10(span))
    return next(power * part for part in (1.0, 0.5, 0.2) if part == 0.2 or span / power >= 4 * part)


def _power(exponent: int) -> str:
    """Return a power of ten, written out if it is short.

    >>> _power(1), _power(-4)
    ('10', '1e-4')
    """
    return f"{10.0**exponent:g}" if -3 <= exponent <= 4 else f"1e{exponent}"


def _panel(
    panel: Panel, columns: _Scale, rows: _Scale, theme: Theme, left: float, labelled: bool
) -> Iterator[Item]:
    """Yield a panel whose axes meet at `(left, HEIGHT)`; y grows upwards in it."""
    yield _text((left + WIDTH / 2, -12), panel.title, FONT, "middle", theme.text)
    pale = _mixed(theme.line, theme.background, 0.15)
    for where, word in rows.marks():
        v = HEIGHT * (1 - where)
        yield Line(((left, v), (left + WIDTH, v)), colour=pale, width=0.5)
        if labelled:
            yield _text((left - TICK - 2, v), word, SMALL, "end", theme.muted)
    for where, word in columns.marks():
        u = left + WIDTH * where
        yield Line(((u, HEIGHT), (u, HEIGHT + TICK)), width=0.5)
        yield _text((u, HEIGHT + TICK + 7), word, SMALL, "middle", theme.muted)
    yield Line(((left, HEIGHT), (left + WIDTH, HEIGHT)), width=0.75)
    yield _text((left + WIDTH / 2, HEIGHT + 24), columns.axis.title, SMALL, "middle", theme.text)
    if labelled:
        yield _text((left - TICK - 2, -26), rows.axis.title, SMALL, "start", theme.text)
    ends: list[tuple[Point, str, str]] = []
    asides: list[tuple[Point, str, str]] = []
    for series in panel.series:
        colour = COLOURS[series.colour % len(COLOURS)]
        points = tuple(
            (left + WIDTH * columns.place(x), HEIGHT * (1 - rows.place(y)))
            for x, y in series.points
            if math.isfinite(y) and (y > 0 or not rows.axis.log)
        )
        shade = _mixed(colour, theme.background, 0.35) if series.faint else colour
        if series.dots:
            r = series.radius
            for x, y in points:
                yield Box(x - r, y - r, 2 * r, 2 * r, fill=shade, outlined=False)
        elif len(points) > 1:
            width = THIN if series.faint else BOLD
            yield Line(points, dash=series.dash, colour=shade, width=width)
        if not series.label or not points:
            continue
        if series.label_at == "middle":
            x, y = points[len(points) // 2]
            yield _text((x - 5, y - 5), series.label, SMALL, "end", colour)
        else:
            beside = asides if series.label_at == "aside" else ends
            beside.append((points[-1], series.label, colour))
    yield from _labels(ends)
    yield from _asides(asides, left + WIDTH + ASIDE, theme)


def _labels(ends: list[tuple[Point, str, str]]) -> Iterator[Text]:
    """Yield the labels of lines at their ends, moved up to avoid overlaps."""
    room = SMALL + 2
    above: dict[float, float] = {}
    for (x, y), label, colour in sorted(ends, key=lambda end: -end[0][1]):
        y = min(y, above[x] - room) if x in above else y
        above[x] = y
        yield _text((x + 5, y), label, SMALL, "start", colour)


def _asides(ends: list[tuple[Point, str, str]], column: float, theme: Theme) -> Iterator[Item]:
    """Yield labels in a column beside the panel, each with a thin line from its point."""
    room = SMALL + 3
    below = -math.inf
    for (x, y), label, colour in sorted(ends, key=lambda end: end[0][1]):
        below = max(y, below + room)
        pale = _mixed(theme.line, theme.background, 0.5)
        yield Line(((x, y), (column - 10, below), (column - 3, below)), colour=pale, width=0.5)
        yield _text((column, below), label, SMALL, "start", colour)


def _text(place: Point, text: str, size: float, anchor: str, colour: str) -> Text:
    return Text(*place, (Run(text),), size, anchor=anchor, colour=colour)


def _mixed(colour: str, ground: str, part: float) -> str:
    """Return a colour mixed with the background; `part` is the colour's share."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(a * part + b * (1 - part)):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
