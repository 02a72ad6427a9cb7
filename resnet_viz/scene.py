"""Define the scene: positioned primitives that know their bounds, independent of file formats.

Lengths are in points; x grows to the right and y downwards. Colours are `#rrggbb`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from resnet_viz.fonts import text_width

__all__ = ["SUBSCRIPT", "Bounds", "Box", "Circle", "Group", "Item", "Line", "Run", "Scene", "Text"]

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Box(NamedTuple):
    """A rectangle.

    Attributes:
        fill: the fill colour; empty for none.
        dashed: whether the outline is dashed.
        id: the path of the part of the network that it represents.
        title: a line that names the part.
        desc: a line with the part's output shape and cost.
        outlined: whether it has an outline.
        colour: the colour of the outline; empty for that of the scene's lines.
    """

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    dashed: bool = False
    id: str = ""
    title: str = ""
    desc: str = ""
    outlined: bool = True
    colour: str = ""

    @property
    def bounds(self) -> Bounds:
        """The bounding box."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    @property
    def boxes(self) -> Bounds:
        """The bounding box."""
        return self.bounds


class Circle(NamedTuple):
    """A circle with a sign, `+` or `×`, whose arms are `arm` long; see `Box` for the rest."""

    x: float
    y: float
    radius: float
    fill: str = ""
    sign: str = "+"
    arm: float = 0
    id: str = ""
    title: str = ""
    desc: str = ""

    @property
    def bounds(self) -> Bounds:
        """The bounding box."""
        r = self.radius
        return self.x - r, self.y - r, self.x + r, self.y + r

    @property
    def boxes(self) -> Bounds:
        """The bounding box."""
        return self.bounds


class Line(NamedTuple):
    """A line through points, with round corners.

    Attributes:
        points: the corners; for a smooth line, the control points of cubic Bézier curves: a start
            and three more for each curve.
        radius: the radius of the corners.
        head: the length and half width of an open arrowhead at the end; `(0, 0)` for none.
        source: the id of the box or circle where it starts; empty if it starts at another line.
        target: the id of the box or circle where it ends.
        dash: `dashed`, `dotted`, or empty.
        smooth: whether it consists of curves.
        colour: the colour; empty for that of the scene's lines.
        width: the width in points; 0 for that of the scene's strokes.
        fill: the colour of the enclosed area; empty for none.
    """

    points: tuple[Point, ...]
    radius: float = 0
    head: tuple[float, float] = (0, 0)
    source: str = ""
    target: str = ""
    dash: str = ""
    smooth: bool = False
    colour: str = ""
    width: float = 0
    fill: str = ""

    def path(self) -> tuple[Point, ...]:
        """Return the points of the line as a polyline, with curves approximated."""
        if not self.smooth:
            return self.points
        found = [self.points[0]]
        for i in range(0, len(self.points) - 3, 3):
            a, b, c, d = self.points[i : i + 4]
            for k in range(1, _STEPS + 1):
                t = k / _STEPS
                s = 1 - t
                parts = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
                x, y = (
                    sum(p * q[n] for p, q in zip(parts, (a, b, c, d), strict=True)) for n in (0, 1)
                )
                found.append((x, y))
        return tuple(found)

    @property
    def bounds(self) -> Bounds:
        """The bounding box, including the arrowhead."""
        xs, ys = zip(*self.points, *self.barbs, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def barbs(self) -> tuple[Point, ...]:
        """The two outer points of the arrowhead."""
        length, half = self.head
        if not length:
            return ()
        (x0, y0), (x1, y1) = self.points[-2:]
        span = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1
        dx, dy = (x1 - x0) / span, (y1 - y0) / span
        x, y = x1 - dx * length, y1 - dy * length
        return (x - dy * half, y + dx * half), (x + dy * half, y - dx * half)


_STEPS = 8
"""The number of straight segments by which a curve is approximated."""

SUBSCRIPT = 0.7
"""The font size of a subscript, as a fraction of that of the text beside it."""


class Run(NamedTuple):
    """Text in one face; see `fonts.FACES`. If `low`, it is a subscript."""

    text: str
    face: str = "sans"
    low: bool = False

    def width(self, size: float) -> float:
        """Return the width in points."""
        return text_width(self.text, self.face, size * (SUBSCRIPT if self.low else 1))


class Text(NamedTuple):
    """One line of text, vertically centred on a point.

    Attributes:
        turned: whether it is rotated clockwise by 90 degrees, so that it reads downwards.
        anchor: the part of the text at the point: `start`, `middle` or `end`.
        colour: the colour; empty for that of the scene's text.
    """

    x: float
    y: float
    runs: tuple[Run, ...]
    size: float
    turned: bool = False
    anchor: str = "middle"
    colour: str = ""

    @property
    def width(self) -> float:
        """The width of the line in points."""
        return sum(run.width(self.size) for run in self.runs)

    @property
    def bounds(self) -> Bounds:
        """The bounding box: the width, and half the font size above and below."""
        before = {"start": 0.0, "middle": self.width / 2, "end": self.width}[self.anchor]
        after, half = self.width - before, self.size * 0.5
        if self.turned:
            return self.x - half, self.y - before, self.x + half, self.y + after
        return self.x - before, self.y - half, self.x + after, self.y + half


class Group(NamedTuple):
    """The items of a scope of the network, whose path is the id; see `Box`."""

    items: tuple[Item, ...]
    id: str = ""
    title: str = ""
    desc: str = ""

    @property
    def bounds(self) -> Bounds:
        """The bounding box of its items."""
        return _union(self.items)

    @property
    def boxes(self) -> Bounds:
        """The bounding box of its boxes and circles, without lines."""
        return _union(tuple(item for item in _walk(self.items) if isinstance(item, (Box, Circle))))


Item: TypeAlias = Box | Circle | Line | Text | Group


class Scene(NamedTuple):
    """A figure: items on a page of given width and height, whose top left corner is at `origin`.

    Attributes:
        title: the title, also read by screen readers.
        background: the colour behind the items; empty for transparent.
        line: the colour of lines and outlines.
        text: the colour of text.
        stroke: the width of lines and outlines.
        scale: the size of a scene's point on paper, in points.
        dark: pairs of a colour and its replacement in dark mode.
        axis: the axis along which all data flows, `x` or `y`; empty if there is none.
    """

    width: float
    height: float
    items: tuple[Item, ...]
    title: str
    background: str
    line: str
    text: str
    stroke: float
    origin: Point = (0, 0)
    scale: float = 1
    axis: str = ""
    dark: tuple[tuple[str, str], ...] = ()

    def walk(self) -> Iterator[Box | Circle | Line | Text]:
        """Yield every primitive in the order in which it is painted."""
        yield from _walk(self.items)

    def ids(self) -> set[str]:
        """Return the ids of all boxes, circles and groups."""
        return set(_ids(self.items))


def _walk(items: tuple[Item, ...]) -> Iterator[Box | Circle | Line | Text]:
    for item in items:
        if isinstance(item, Group):
            yield from _walk(item.items)
        else:
            yield item


def _ids(items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Group):
            yield from _ids(item.items)
        if isinstance(item, (Box, Circle, Group)) and item.id:
            yield item.id


def _union(items: tuple[Item, ...]) -> Bounds:
    lefts, tops, rights, bottoms = zip(*(item.bounds for item in items), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
