"""Lay out a net with Graphviz's `dot`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.errors import RequestError
from resnet_viz.fonts import text_width
from resnet_viz.layout.box_text import stacked, width
from resnet_viz.layout.flow import DIRECTIONS
from resnet_viz.layout.graphviz import run_dot
from resnet_viz.layout.metrics import ARROW, BOX, CIRCLE, FONT, MARGIN, NOTE
from resnet_viz.scene import Box, Circle, Group, Item, Line, Point, Run, Scene, Text
from resnet_viz.themes import Theme
from resnet_viz.view import Words, captions
from resnet_viz.view.annotate import NO_FACTS, Facts
from resnet_viz.view.net import Cluster, Edge, Net, NetBox

__all__ = ["lay_out_net"]

MAX_BOXES = 1000
MAX_EDGES = 2000
"""The most edges; with more, dot takes minutes and the figure is not readable."""

MAX_RANKED_WHOLE = 150
"""The most boxes that are ranked across clusters (`newrank`); with more, dot takes minutes."""

QUICK = "nslimit=0.2, nslimit1=0.2, mclimit=0.5"
"""The effort limits of dot for a large net without clusters, which otherwise takes minutes."""

TITLE = 8.0
"""The font size of a cluster's title."""

BAND = 13.0
"""The margin between a cluster's frame and its content, which contains the title."""

INSET = 4.0
"""The gap between the ends of a title and the cluster's frame."""

SPREAD = 8.0
"""The distance between two arrowheads at one side of a box."""

ROLE_SPREAD = 20.0
"""The distance between arrowheads with roles beside them."""

ROLE_ROOM = 14.0
"""The space before a box for the roles of its inputs."""

STRAIGHT = 8
"""The weight of an edge in a chain, relative to edges where lines fork or join."""

_BARE = frozenset({"input", "output", "parameter"})
"""The kinds of box without an outline."""

_BEHIND = NOTE.ROOM + NOTE.GAP
"""The space after a box for its output shape."""

_INCH = 72.0


class _Orientation(NamedTuple):
    """A direction in dot's terms: `rankdir`, and the ports where edges leave and enter boxes."""

    rankdir: str
    tail: str
    head: str


_ORIENTATIONS: Mapping[str, _Orientation] = MappingProxyType(
    {
        "up": _Orientation("BT", "n", "s"),
        "down": _Orientation("TB", "s", "n"),
        "right": _Orientation("LR", "e", "w"),
        "left": _Orientation("RL", "w", "e"),
    }
)


def lay_out_net(
    net: Net,
    theme: Theme,
    direction: str = "up",
    language: str = "en",
    facts: Facts = NO_FACTS,
) -> Scene:
    """Return the scene of a net, annotated with the given facts.

    Raises:
        RequestError: the net is too large for dot, or Graphviz is not installed.
        ResNetVizError: Graphviz failed.
    """
    boxes = list(net.boxes())
    for count, most, what in (
        (len(boxes), MAX_BOXES, "boxes"),
        (len(net.edges), MAX_EDGES, "edges"),
    ):
        if count > most:
            raise RequestError(
                f"{net.name}: {count} {what} (must be at most {most} for the dot layout; a smaller "
                "depth shows fewer)"
            )
    drawing = _Drawing(net, theme, direction, language, facts)
    items = drawing.items()
    left, top, right, bottom = Group(items).bounds if items else (0.0, 0.0, 0.0, 0.0)
    return Scene(
        width=right - left + 2 * MARGIN,
        height=bottom - top + 2 * MARGIN,
        items=items,
        title=net.name,
        background=theme.background,
        line=theme.line,
        text=theme.text,
        stroke=theme.stroke,
        origin=(left - MARGIN, top - MARGIN),
    )


class _Drawing:
    """Lays out one net. Graphviz gets only sizes and numbers, no text."""

    def __init__(self, net: Net, theme: Theme, direction: str, language: str, facts: Facts) -> None:
        self.net, self.theme, self.language, self.facts = net, theme, language, facts
        self.orientation, self.flow = _ORIENTATIONS[direction], DIRECTIONS[direction]
        self.turned = self.flow.horizontal
        self.boxes = list(net.boxes())
        self.numbers = {box.id: i for i, box in enumerate(self.boxes)}
        self.clusters: dict[str, int] = {}
        self.framed = True
        self.shapes: dict[str, Box | Circle] = {}
        ends = {box.id for box in self.boxes if box.kind in _BARE}
        self.noted = {edge.source for edge in net.edges if edge.target not in ends} - ends
        if "shape" not in facts:
            self.noted.clear()
        self.told = {edge.target for edge in net.edges if edge.roles}

    def items(self) -> tuple[Item, ...]:
        """Return the primitives: boxes in their clusters, then the edges."""
        answer = self.answer()
        names = [thing["name"] for thing in answer.get("objects", ())]
        things = dict(zip(names, answer.get("objects", ()), strict=True))
        for box in self.boxes:
            self.shapes[box.id] = self.shape(box, _point(things[f"n{self.numbers[box.id]}"]["pos"]))
        splines = {
            (names[edge["tail"]], names[edge["head"]]): edge["pos"]
            for edge in answer.get("edges", ())
        }
        curves = {
            edge: [
                _point(pair)
                for pair in splines[
                    f"n{self.numbers[edge.source]}", f"n{self.numbers[edge.target]}"
                ].split()
            ]
            for edge in self.net.edges
        }
        tips = self.tips(curves)
        lines = [
            (edge, self.line(edge, curves[edge], across))
            for edge in self.net.edges
            for across in tips[edge]
        ]
        roles = [role for edge in self.net.edges for role in edge.roles or ("",)]
        words = map(self.role, roles, [line for _, line in lines])
        return (
            *self.placed(self.net.children, things, lines),
            *(line for _, line in lines),
            *(word for word in words if word.runs[0].text),
        )

    def answer(self) -> Any:
        """Return Graphviz's positions of boxes and edges, none of which runs backward.

        Ranked cluster by cluster, scopes that read each other alternately get backward edges, which
        would enter a box on its output side. Ranking all clusters together (`newrank`) has none,
        but takes minutes for a large net; and its clusters may overlap boxes outside them. A net
        for which neither will do is placed without cluster frames.
        """
        answer = run_dot("\n".join(self.source("")))
        if not any(map(self.runs_back, answer.get("edges", ()))):
            return answer
        if len(self.boxes) <= MAX_RANKED_WHOLE:
            answer = run_dot("\n".join(self.source("newrank=true, ")))
            if self.is_sound(answer):
                return answer
        self.framed = False
        return run_dot("\n".join(self.source("")))

    def is_sound(self, answer: Any) -> bool:
        """Return whether no edge goes backward and no box overlaps a cluster that it is not in."""
        things = {thing["name"]: thing for thing in answer.get("objects", ())}
        places = {id: _point(things[f"n{n}"]["pos"]) for id, n in self.numbers.items()}
        for cluster in _clusters(self.net.children):
            inside = {box.id for box in Net("", cluster.children, ()).boxes()}
            number = self.clusters[cluster.id]
            x0, y0, x1, y1 = map(float, things[f"cluster_{number}"]["bb"].split(","))
            for box in self.boxes:
                (x, y), (wide, high) = places[box.id], self.room(box)
                beside = x + wide / 2 <= x0 or x - wide / 2 >= x1
                over = y + high / 2 <= -y1 or y - high / 2 >= -y0
                if box.id not in inside and not beside and not over:
                    return False
        return not any(map(self.runs_back, answer.get("edges", ())))

    def runs_back(self, edge: Mapping[str, Any]) -> bool:
        """Return whether an edge goes backward along the flow."""
        pairs = edge["pos"].split()
        (x0, y0), (x1, y1) = _point(pairs[0]), _point(pairs[-1])
        du, dv = self.flow.along
        return (x1 - x0) * du + (y1 - y0) * dv < 0

    def source(self, ranking: str) -> Iterator[str]:
        """Yield the lines of the DOT source."""
        orientation = self.orientation
        yield "digraph {"
        quick = not self.framed and len(self.boxes) > MAX_RANKED_WHOLE
        effort = QUICK if quick else "nslimit=10, nslimit1=10"
        spacing = f"nodesep=0.25, ranksep=0.3, {effort}"
        yield f"graph [rankdir={orientation.rankdir}, {ranking}{spacing}]"
        yield 'node [shape=box, fixedsize=true, label=""]'
        yield f"edge [dir=none, tailport={orientation.tail}, headport={orientation.head}]"
        yield from self.nodes(self.net.children)
        signs = {box.id for box in self.boxes if box.sign}
        leaving = Counter(edge.source for edge in self.net.edges)
        entering = Counter(edge.target for edge in self.net.edges)
        for edge in self.net.edges:
            source, target = self.numbers[edge.source], self.numbers[edge.target]
            chained = leaving[edge.source] == entering[edge.target] == 1
            weight = STRAIGHT if chained else 1
            port = ", headport=_" if edge.target in signs else ""
            yield f"n{source} -> n{target} [weight={weight}{port}]"
        yield "}"

    def nodes(self, children: tuple[NetBox | Cluster, ...]) -> Iterator[str]:
        for child in children:
            if isinstance(child, Cluster) and not self.framed:
                yield from self.nodes(child.children)
                continue
            if isinstance(child, Cluster):
                number = self.clusters.setdefault(child.id, len(self.clusters))
                yield f"subgraph cluster_{number} {{"
                yield f"margin={BAND:g}"
                yield from self.nodes(child.children)
                yield "}"
                continue
            width, height = (size / _INCH for size in self.room(child))
            shape = ", shape=circle" if child.sign else ""
            yield f"n{self.numbers[child.id]} [width={width:.5f}, height={height:.5f}{shape}]"

    def size(self, box: NetBox) -> tuple[float, float]:
        """Return the width and the height of a box on the page."""
        if box.sign:
            return 2 * CIRCLE.RADIUS, 2 * CIRCLE.RADIUS
        lines, notes = self.lines(box)
        widths = [width(words, FONT) for words in lines] + [width(n, NOTE.FONT) for n in notes]
        text = max(widths) + 2 * BOX.PADDING
        across = text if box.kind in _BARE else max(BOX.WIDTH, text)
        along = BOX.HEIGHT + len(notes) * NOTE.LINE
        return (along, across) if self.turned else (across, along)

    def lines(self, box: NetBox) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
        """Return the label lines of a box, and the smaller lines below."""
        notes = captions.notes(box, self.facts, self.language)
        return ((Run(captions.caption(box, self.language)),),), tuple((Run(n),) for n in notes)

    def room(self, box: NetBox) -> tuple[float, float]:
        """Return the size of a box on the page, with space for its notes.

        Its output shape stands after it, and the roles of its inputs before it. Edges start and end
        at the far ends of these spaces, so that none crosses a note.
        """
        wide, high = self.size(box)
        if box.id in self.told:
            wide, high = (wide + ROLE_ROOM, high) if self.turned else (wide, high + ROLE_ROOM)
        if box.id not in self.noted:
            return wide, high
        beside = 2 * (NOTE.BESIDE + width(self.shape_of(box), NOTE.FONT))
        if self.turned:
            return wide + _BEHIND, max(high, beside)
        return max(wide, beside), high + _BEHIND

    def shape_of(self, box: NetBox) -> Words:
        return (Run(captions.shapes(box)),)

    def shape(self, box: NetBox, middle: Point) -> Box | Circle:
        """Return the box or circle within its space around a point."""
        fill = self.theme.fills[captions.category(box)]
        title, desc = captions.title(box, self.language), captions.desc(box)
        before = ROLE_ROOM if box.id in self.told else 0.0
        behind = _BEHIND if box.id in self.noted else 0.0
        x, y = self.ahead(middle, (before - behind) / 2)
        wide, high = self.size(box)
        if box.sign:
            return Circle(
                x=x,
                y=y,
                radius=wide / 2,
                fill=fill,
                sign=box.sign,
                arm=CIRCLE.PLUS,
                id=box.id,
                title=title,
                desc=desc,
            )
        outlined = box.kind not in _BARE
        fill = fill if outlined else ""
        return Box(
            x=x - wide / 2,
            y=y - high / 2,
            width=wide,
            height=high,
            fill=fill,
            id=box.id,
            title=title,
            desc=desc,
            outlined=outlined,
        )

    def ahead(self, place: Point, u: float, v: float = 0) -> Point:
        """Return the point at distance u along and v across the flow from another."""
        dx, dy = self.flow.point(u, v)
        return place[0] + dx, place[1] + dy

    def texts(self, box: NetBox) -> Iterator[Text]:
        """Yield the texts in a box, and the output shape beside its output line."""
        shape = self.shapes[box.id]
        left, top, right, bottom = shape.bounds
        middle = ((left + right) / 2, (top + bottom) / 2)
        if isinstance(shape, Box):
            yield from stacked(middle, *self.lines(box), self.turned, self.theme.muted)
        if box.id in self.noted:
            half = (right - left if self.turned else bottom - top) / 2
            place = self.ahead(middle, half + _BEHIND / 2, NOTE.BESIDE)
            words, muted = self.shape_of(box), self.theme.muted
            yield Text(
                x=place[0],
                y=place[1],
                runs=words,
                size=NOTE.FONT,
                turned=self.turned,
                anchor="start",
                colour=muted,
            )

    def placed(
        self,
        children: tuple[NetBox | Cluster, ...],
        things: Mapping[str, Any],
        lines: list[tuple[Edge, Line]],
    ) -> Iterator[Item]:
        """Yield boxes with their captions, and clusters as groups in a frame."""
        for child in children:
            if isinstance(child, NetBox):
                yield self.shapes[child.id]
                yield from self.texts(child)
                continue
            if not self.framed:
                title = captions.title(child, self.language)
                yield Group(tuple(self.placed(child.children, things, lines)), child.id, title)
                continue
            x0, y0, x1, y1 = map(
                float, things[f"cluster_{self.clusters[child.id]}"]["bb"].split(",")
            )
            frame = Box(x0, -y1, x1 - x0, y1 - y0, colour=self.theme.muted)
            inside = tuple(self.placed(child.children, things, lines))
            heading = self.title(child, frame, lines)
            yield Group((frame, *heading, *inside), child.id, captions.title(child, self.language))

    def title(self, cluster: Cluster, frame: Box, lines: list[tuple[Edge, Line]]) -> Iterator[Text]:
        """Yield a cluster's title inside its frame, at the position that the fewest lines cross."""
        caption = captions.caption(cluster, self.language)
        inside = {box.id for box in Net("", cluster.children, ()).boxes()}
        crossing = [
            point
            for edge, line in lines
            if (edge.source in inside) != (edge.target in inside)
            for point in _samples(line)
        ]
        places = [text for text in _places(caption, frame) if text.runs[0].text]
        if places:
            yield min(places, key=lambda text: _within(crossing, text.bounds))

    def role(self, role: str, line: Line) -> Text:
        """Return a role beside the end of a line."""
        x, y = self.ahead(line.points[-1], -ROLE_ROOM / 2)
        beside = NOTE.FONT / 2 + ARROW.HALF
        place = (x, y + beside) if self.turned else (x + beside, y)
        return Text(*place, (Run(role),), NOTE.FONT, colour=self.theme.muted)

    def tips(self, curves: Mapping[Edge, list[Point]]) -> dict[Edge, list[float]]:
        """Return how far across the flow from a box's middle each edge ends, once for each role.

        dot leads all edges to the middle of a side. They end beside each other instead, in the
        order in which they arrive, so that their arrowheads are apart.
        """
        across: dict[Edge, list[float]] = {}
        entering: dict[str, list[Edge]] = {}
        for edge in curves:
            entering.setdefault(edge.target, []).append(edge)
        axis = 1 if self.turned else 0
        for target, edges in entering.items():
            shape = self.shapes[target]
            ends = [edge for edge in edges for _ in edge.roles or ("",)]
            ends.sort(key=lambda edge: _before_end(curves[edge])[axis])
            room = 0.0
            if isinstance(shape, Box):
                side = shape.height if self.turned else shape.width
                most = ROLE_SPREAD if any(edge.roles for edge in edges) else SPREAD
                room = min(most, (side - 2 * BOX.PADDING) / len(ends))
            for i, edge in enumerate(ends):
                across.setdefault(edge, []).append((i - (len(ends) - 1) / 2) * room)
        return across

    def line(self, edge: Edge, curve: list[Point], across: float) -> Line:
        """Return an edge as curves from the outline of one shape to just before another's.

        It ends at a distance across the flow from where dot lets it end.
        """
        points = list(curve)
        for i in (-2, -1):
            x, y = points[i]
            points[i] = (x, y + across) if self.turned else (x + across, y)
        begin = _onto(self.shapes[edge.source], points[0])
        if edge.source in self.noted:
            points = [*_straight(begin, points[0]), *points]
        points[0] = begin
        tip = _onto(self.shapes[edge.target], points[-1])
        if edge.target in self.told:
            points = [*points[:-1], *_straight(points[-1], tip), tip]
        (x0, y0), (x1, y1) = points[-2], tip
        span = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        back = min(ARROW.ROOM, span / 2) / span if span else 0
        points[-1] = (x1 - (x1 - x0) * back, y1 - (y1 - y0) * back)
        head = (ARROW.LENGTH, ARROW.HALF)
        return Line(
            points=tuple(points), head=head, source=edge.source, target=edge.target, smooth=True
        )


def _clusters(children: tuple[NetBox | Cluster, ...]) -> Iterator[Cluster]:
    for child in children:
        if isinstance(child, Cluster):
            yield child
            yield from _clusters(child.children)


def _point(pair: str) -> Point:
    """Return a point on the page; Graphviz's y axis points upwards."""
    x, y = pair.split(",")
    return float(x), -float(y)


def _before_end(curve: list[Point]) -> Point:
    """Return the middle of a curve's last piece."""
    pieces = zip(*curve[-4:], strict=True)
    x, y = ((a + 3 * b + 3 * c + d) / 8 for a, b, c, d in pieces)
    return x, y


def _straight(start: Point, end: Point) -> tuple[Point, Point, Point]:
    """Return the first three control points of a straight line to the start of a curve."""
    (x0, y0), (x1, y1) = start, end
    steps = ((x1 - x0) / 3, (y1 - y0) / 3)
    return start, (x0 + steps[0], y0 + steps[1]), (x0 + 2 * steps[0], y0 + 2 * steps[1])


def _onto(shape: Box | Circle, point: Point) -> Point:
    """Return a point moved onto a shape's outline; dot rounds to five digits."""
    if isinstance(shape, Circle):
        dx, dy = point[0] - shape.x, point[1] - shape.y
        part = shape.radius / ((dx**2 + dy**2) ** 0.5 or 1)
        return shape.x + dx * part, shape.y + dy * part
    left, top, right, bottom = shape.bounds
    return min(max(point[0], left), right), min(max(point[1], top), bottom)


def _places(text: str, frame: Box) -> Iterator[Text]:
    """Yield the candidate positions of a title: in the corners of a frame and along its sides."""
    left, top, right, bottom = frame.bounds
    runs = (Run(_fit(text, frame.width - 2 * INSET)),)
    for y in (top + BAND / 2, bottom - BAND / 2):
        for x, anchor in ((left + INSET, "start"), (right - INSET, "end")):
            yield Text(x, y, runs, TITLE, anchor=anchor)
    runs = (Run(_fit(text, frame.height - 2 * INSET)),)
    for x in (left + BAND / 2, right - BAND / 2):
        yield Text(x, top + INSET, runs, TITLE, turned=True, anchor="start")


def _fit(text: str, room: float) -> str:
    """Return a text, cut off if it is wider than `room`."""
    if text_width(text, "sans", TITLE) <= room:
        return text
    while text and text_width(f"{text}…", "sans", TITLE) > room:
        text = text[:-1]
    return f"{text}…" if text else ""


def _samples(line: Line) -> Iterator[Point]:
    """Yield samples along a smooth line, about two points apart."""
    for i in range(0, len(line.points) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = line.points[i : i + 4]
        steps = int((abs(dx - ax) + abs(dy - ay)) / 2) + 4
        for k in range(steps + 1):
            t = k / steps
            s = 1 - t
            a, b, c, d = s**3, 3 * s * s * t, 3 * s * t * t, t**3
            yield a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


def _within(points: list[Point], bounds: tuple[float, float, float, float]) -> int:
    left, top, right, bottom = bounds
    return sum(left <= x <= right and top <= y <= bottom for x, y in points)
