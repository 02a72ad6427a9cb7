"""Parts to primitives, one after the other along the flow."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from itertools import starmap
from typing import NamedTuple

from resnet_viz.arithmetic import Size
from resnet_viz.fonts import text_width
from resnet_viz.graph import Node, Scope
from resnet_viz.layout.again import Again, Placed, members
from resnet_viz.layout.flow import Flow
from resnet_viz.layout.measure import Measure, SplitExtent, gap, sign_of, size_of
from resnet_viz.layout.metrics import (
    ARC,
    ARROW,
    BRACKET,
    CIRCLE,
    CORNER,
    FONT,
    FRAME,
    LEAD,
    NOTE,
    SMALL,
)
from resnet_viz.layout.words import Look, stacked, width
from resnet_viz.ops import category_of
from resnet_viz.scene import Box, Circle, Group, Item, Line, Run, Text
from resnet_viz.themes import Theme
from resnet_viz.view import (
    Arc,
    Chain,
    Column,
    Fold,
    Frame,
    Leaf,
    Mark,
    Module,
    Note,
    Part,
    Split,
    Tick,
    Words,
)

__all__ = ["Placer", "Style"]


class Style(NamedTuple):
    """What all parts of a figure are placed with.

    Attributes:
        describe: what is said of an operator or scope to those who point at it.
    """

    flow: Flow
    theme: Theme
    measure: Measure
    describe: Callable[[Node | Scope], str]


class Placer:
    """Places the parts of one column.

    Attributes:
        u: where the last part ended along the flow.
        v: the middle of what is being placed, across the flow.
        line: the points of the line that leads to the next part; empty if none does.
        source: the id of what that line leaves.
        prefix: what ids begin with.
        rows: where the rows begin that all columns have in line, by their names.
        scale: of the last part; None if the next one may begin right here.
    """

    def __init__(self, style: Style, middle: float) -> None:
        self.style = style
        self.flow, self.theme, self.measure = style.flow, style.theme, style.measure
        self.describe, self.turned = style.describe, style.flow.horizontal
        self.fills: dict[str, str] = {}
        self.u, self.v = 0.0, middle
        self.scale: float | None = None
        self.line: list[tuple[float, float]] = []
        self.source = ""
        self.items: list[Item] = []
        self.rows: Mapping[Words, float] = {}
        self.prefix = ""
        self.brackets: list[tuple[float, float, int, Size]] = []
        self.placed: dict[Hashable, Placed] = {}

    def column(self, column: Column, start: float, brackets: list[float]) -> list[Item]:
        """Place a column whose flow begins at `start`, and return its primitives.

        `brackets` says how far from the middle the brackets of each level are.
        """
        self.u, self.prefix = start, column.prefix
        if column.foot:
            self.line = [(start - LEAD.IN, self.v)]
            turned = self.turned and width(column.foot, FONT) > LEAD.LABEL
            self.text(start - LEAD.IN - LEAD.LABEL / 2, self.v, column.foot, turned)
        if column.title:
            lead = LEAD.IN + LEAD.LABEL if column.foot else 0
            self.text(start - lead - LEAD.TITLE / 2, self.v, column.title, self.turned)
        self.chain(column.chain, 1)
        if column.leaves:
            self.arrow((self.u + LEAD.OUT, self.v), 1, "", 0)
        self.draw_brackets(brackets)
        return self.items

    def draw_brackets(self, distances: list[float]) -> None:
        """Draw the brackets of what was placed, each level at its distance from the middle."""
        side = -1 if self.turned else 1
        for u0, u1, level, times in self.brackets:
            self.bracket(u0, u1, self.v + side * distances[level], times)

    def bracketed(self, chain: Chain, scale: float) -> None:
        """Place a chain with brackets of its own beside it."""
        outer, self.brackets = self.brackets, []
        middle = self.v
        self.chain(chain, scale)
        self.v = middle
        self.draw_brackets(self.measure.brackets(chain, scale))
        self.brackets = outer

    def chain(self, chain: Chain, scale: float) -> None:
        """Place parts one after the other."""
        for part in chain.parts:
            self.part(part, scale)

    def part(self, part: Part, scale: float) -> None:
        """Place one part."""
        if isinstance(part, Leaf):
            self.leaf(part, scale)
        elif isinstance(part, Split):
            (self.even if part.even else self.split)(part, scale)
        elif isinstance(part, Module):
            self.module(part, scale)
        elif isinstance(part, Fold):
            begin = self.advance(self.scale or scale)
            self.chain(part.body, scale)
            level = self.measure.chain(part.body, scale).levels
            self.brackets.append((begin, self.u, level, part.times))
        elif isinstance(part, Frame):
            self.frame(part, scale)
        elif isinstance(part, Arc):
            self.arc(part, scale)
        elif isinstance(part, Note):
            self.note(part)
        elif isinstance(part, Tick):
            self.tick(part)
        else:
            self.mark(part)

    def module(self, module: Module, scale: float) -> None:
        """Place a scope; one that looks like another that was placed before is that one, moved.

        Small ones are placed anew: their places have more decimals than a file, so that the moved
        one might be rounded another way. So are those with brackets, which stand outside them.
        """
        if module.small or scale != 1 or self.measure.chain(module.body, 1).levels:
            self.anew(module, SMALL if module.small else scale)
            return
        begin, before = self.u, len(self.items)
        start = tuple([(u - self.u, v - self.v) for u, v in self.line])
        form = self.measure.form(module.body)
        key = (form, module.scope.kind, self.scale, start, bool(self.source))
        parts = members(Chain((module,)))
        if key in self.placed:
            self.again(self.placed[key], parts)
            return
        self.anew(module, scale)
        paths = [part.path for part in parts]
        if len(self.items) > before and all(paths) and len(set(paths)) == len(paths):
            end = (self.u, self.scale, tuple(self.line), self.source)
            self.placed[key] = Placed(self.items[-1], paths, begin, self.v, *end)

    def anew(self, module: Module, scale: float) -> None:
        """Place what is inside a scope, as one group."""
        outer, self.items = self.items, []
        self.chain(module.body, scale)
        if self.items:
            scope = module.scope
            title = f"{scope.path}: {scope.kind}" if scope.path else scope.kind
            group = Group(tuple(self.items), self.id_of(scope), title, self.describe(scope))
            outer.append(group)
        self.items = outer

    def again(self, placed: Placed, parts: list[Node | Scope]) -> None:
        """Place what was placed before, for other operators and scopes."""
        du, dv = self.u - placed.begin, self.v - placed.middle
        twins = dict(zip(placed.members, parts, strict=True))
        twin = Again(self.flow.point(du, dv), twins, self.source, self.prefix, self.describe)
        self.items += twin.moved((placed.group,))
        self.u, self.scale = placed.end + du, placed.scale
        self.line = [(u + du, v + dv) for u, v in placed.line]
        self.source = twin.id(placed.source)

    def id_of(self, item: Node | Scope) -> str:
        """Return the id of what stands for an operator or scope: its path."""
        return f"{self.prefix}{item.path}" if item.path else ""

    def go_on_from(self, other: Placer, between: float, start: float, turn: float) -> None:
        """Begin with the line that leaves another column, led around its end to this one."""
        out = [(other.u + turn, other.v), (other.u + turn, between)]
        self.line = [*other.line, *out, (start, between), (start, self.v)]
        self.source = other.source

    def advance(self, scale: float) -> float:
        """Return where the next part begins: behind a gap, if something stands before it."""
        return self.u if self.scale is None else self.u + gap(self.scale, scale)

    def leaf(self, leaf: Leaf, scale: float) -> None:
        """Place a box, with its label unless it is a small one."""
        u, id = self.advance(scale), self.id_of(leaf.item)
        self.arrow((u, self.v), scale, id)
        look = self.measure.look(leaf)
        height = look.height * scale
        self.box(leaf, look, id, u, height, scale)
        self.leave(u + height, id, scale)

    def box(self, leaf: Leaf, look: Look, id: str, u: float, height: float, scale: float) -> None:
        """Place the box of a leaf, which begins at u."""
        item = leaf.item
        half = self.measure.width * scale / 2
        area = self.flow.rectangle(u, u + height, self.v - half, self.v + half)
        title = f"{item.path}: {look.name}" if item.path else look.name
        fill = self._shade(leaf.shade) if leaf.shade else self._fill(item)
        self.items.append(Box(*area, fill, False, id, title, self.describe(item)))
        if scale != 1:
            return
        if leaf.notes or len(look.lines) > 1:
            middle = self.flow.point(u + height / 2, self.v)
            self.items += stacked(middle, look.lines, leaf.notes, self.turned, self.theme.muted)
        else:
            self.text(u + height / 2, self.v, look.lines[0], self.turned)

    def _shade(self, shade: int) -> str:
        """Return a stage colour; they begin again after the last one."""
        return self.theme.stages[(shade - 1) % len(self.theme.stages)]

    def _fill(self, item: Node | Scope) -> str:
        """Return the colour of an operator's category, looked up once for each operator."""
        op = item.op if isinstance(item, Node) else ""
        fill = self.fills.get(op)
        if fill is None:
            fill = self.fills[op] = self.theme.fills[category_of(op) if op else "scope"]
        return fill

    def leave(self, u: float, source: str, scale: float) -> None:
        """Begin the line to the next part."""
        self.u, self.scale, self.source, self.line = u, scale, source, [(u, self.v)]

    def note(self, note: Note) -> None:
        """Write words beside the line, which goes on."""
        u = self.advance(0)
        for words, side, anchor in ((note.words, 1, "start"), (note.other, -1, "end")):
            if words:
                size = size_of(words)
                colour = "" if size == FONT else self.theme.muted
                x, y = self.flow.point(u + NOTE.ROOM / 2, self.v + side * NOTE.BESIDE)
                self.items.append(Text(x, y, words, size, self.turned, anchor, colour))
        self.u, self.scale = u + NOTE.ROOM, 0

    def tick(self, tick: Tick) -> None:
        """Go on where all columns begin a row."""
        place = self.rows.get(tick.name)
        if place is not None:
            self.u = place - (0 if self.scale is None else gap(self.scale, 1))

    def mark(self, mark: Mark) -> None:
        """Write words in the line's way."""
        u = self.advance(1)
        self.arrow((u, self.v), 1, "")
        self.text(u + NOTE.ROOM / 2, self.v, mark.words, self.turned)
        self.leave(u + NOTE.ROOM, "", 1)

    def frame(self, frame: Frame, scale: float, length: float = 0) -> None:
        """Place a chain in a dashed frame that is at least so long."""
        begin = self.advance(scale)
        body = self.measure.branch(frame.body, scale)
        needs = body.length + (FRAME.BEFORE + FRAME.BEHIND) * scale
        end = begin + max(needs, length)
        beside = FRAME.BESIDE * scale
        low, high = self.v - body.negative - beside, self.v + body.positive + beside
        self.items.append(Box(*self.flow.rectangle(begin, end, low, high), dashed=True))
        self.u = begin + FRAME.BEFORE * scale + max(length - needs, 0) / 2
        self.scale = None
        self.bracketed(frame.body, scale)
        self.u, self.scale = end, scale

    def arc(self, arc: Arc, scale: float) -> None:
        """Place a chain and an arc that leaves before it and arrives behind it."""
        begin, middle = self.advance(scale) - ARC.LEAVE * scale, self.v
        out = middle + self.measure.chain(arc.body, scale).positive + ARC.BESIDE * scale
        self.chain(arc.body, scale)
        end = self.u + ARC.LEAVE * scale
        corners = [(begin, middle), (begin, out), (end, out), (end, middle + ARROW.ROOM * scale)]
        self.items.append(
            Line(
                tuple(self.flow.point(u, v) for u, v in corners),
                ARC.CORNER * scale,
                (ARROW.LENGTH * scale, ARROW.HALF * scale),
                dash="dotted" if arc.dotted else "",
            )
        )

    def split(self, split: Split, scale: float) -> None:
        """Place a body, the branches beside it, and the operator where they meet."""
        size = self.measure.split(split, scale)
        fork, middle = self.advance(scale), self.v
        begin = fork + size.before
        end = begin + size.inside
        body = split.branches[0]
        self.branch(self.line or [(fork, middle)], self.source, begin, middle)
        if len(body.parts) == 1 and isinstance(body.parts[0], Frame):
            self.frame(body.parts[0], scale, size.inside)
        else:
            self.u += (size.inside - size.branches[0].length) / 2
            self.bracketed(body, scale)
        length = self.measure.join(split.join) * scale
        half = length / 2 if sign_of(split.join) else self.measure.width * scale / 2
        join = end + size.behind
        path = self.id_of(split.join.item)
        self.arrow((join, middle), scale, path)
        for side, across in zip(split.branches[1:], size.middles[1:], strict=True):
            v = middle + across
            room = self.measure.chain(side, scale).length
            self.branch([(fork, middle), (fork, v)], "", (begin + end - room) / 2, v)
            self.bracketed(side, scale)
            self.line.append((join + length / 2, v))
            self.arrow((join + length / 2, middle + half), scale, path, corner=self.theme.corner)
            if split.arriving:
                at = (v + middle + half) / 2
                self.text(join + length / 2 + FONT, at, split.arriving)
        self.v = middle
        self.join(split.join, join, length, scale)
        self.leave(join + length, path, scale)

    def even(self, split: Split, scale: float) -> None:
        """Place branches side by side, and the operator where they meet."""
        size = self.measure.split(split, scale)
        fork, middle = self.advance(scale), self.v
        if self.line:
            self.stroke([*self.line, (fork, middle)], scale, self.source)
        begin = fork + size.before
        meet = begin + size.inside + size.before
        for branch, across in zip(split.branches, size.middles, strict=True):
            self.even_branch(branch, size, (fork, begin, meet), (middle, middle + across), scale)
        length = self.measure.join(split.join) * scale
        join = begin + size.inside + size.behind
        self.v, self.line, self.source = middle, [(meet, middle)], ""
        path = self.id_of(split.join.item)
        self.arrow((join, middle), scale, path)
        self.join(split.join, join, length, scale)
        self.leave(join + length, path, scale)

    def even_branch(
        self,
        branch: Chain,
        size: SplitExtent,
        along: tuple[float, float, float],
        across: tuple[float, float],
        scale: float,
    ) -> None:
        """Place one branch: from the fork past where boxes begin to where branches meet."""
        (fork, begin, meet), (middle, v) = along, across
        slack = size.inside - self.measure.chain(branch, scale).length
        start = [(fork, middle)] if v == middle else [(fork, middle), (fork, v)]
        self.branch(start, "", begin + slack / 2, v)
        self.bracketed(branch, scale)
        end = [(meet, v)] if v == middle else [(meet, v), (meet, middle)]
        if self.line:
            self.stroke([*self.line, *end], scale, self.source)

    def join(self, join: Leaf, u: float, length: float, scale: float) -> None:
        """Place the operator that joins a split: a circle with a sign, or a box with a label."""
        sign = sign_of(join)
        id, look = self.id_of(join.item), self.measure.look(join)
        if not sign:
            self.box(join, look, id, u, length, scale)
            return
        place = self.flow.point(u + length / 2, self.v)
        title = f"{join.item.path}: {look.name}"
        fill, arm = self.theme.fills["merge"], CIRCLE.PLUS * scale
        desc = self.describe(join.item)
        circle = Circle(*place, length / 2, fill, sign, arm, id, title, desc)
        self.items.append(circle)

    def branch(self, line: list[tuple[float, float]], source: str, u: float, v: float) -> None:
        """Go on with a branch whose first part begins at u, v."""
        self.line, self.source, self.u, self.v, self.scale = list(line), source, u, v, None

    def arrow(
        self,
        tip: tuple[float, float],
        scale: float,
        target: str,
        room: float = ARROW.ROOM,
        corner: float = CORNER,
    ) -> None:
        """End the line with an arrowhead just before a tip."""
        if not self.line:
            return
        (u0, v0), (u1, v1) = self.line[-1], tip
        span = abs(u1 - u0) + abs(v1 - v0)
        back = min(room * scale, span / 2) / span if span else 0
        points = [*self.line, (u1 - (u1 - u0) * back, v1 - (v1 - v0) * back)]
        head = (ARROW.LENGTH * scale, ARROW.HALF * scale)
        self.stroke(points, scale, self.source, target, head, corner)

    def stroke(
        self,
        points: list[tuple[float, float]],
        scale: float,
        source: str,
        target: str = "",
        head: tuple[float, float] = (0, 0),
        corner: float = CORNER,
    ) -> None:
        """Draw a line and begin none."""
        radius = corner if scale == 1 else corner * 0.75
        places = tuple(starmap(self.flow.point, points))
        self.items.append(Line(places, radius, head, source, target))
        self.line = []

    def text(self, u: float, v: float, words: Words, turned: bool = False) -> None:
        """Place a line of text centred on a point."""
        self.items.append(Text(*self.flow.point(u, v), words, FONT, turned))

    def bracket(self, u0: float, u1: float, v: float, times: object) -> None:
        """Draw a dimension line from u0 to u1, with its label in the middle."""
        text = f"{times} ×"
        middle = (u0 + u1) / 2
        room = FONT if not self.turned else text_width(text, "sans", FONT) / 2
        arrows = (u1 - u0) / 2 > room + BRACKET.BESIDE_LABEL / 2 + 2 * BRACKET.LENGTH
        for end, sign in ((u0, -1), (u1, 1)):
            tip = (end - sign * BRACKET.ROOM, v)
            start = (middle + sign * (room + BRACKET.BESIDE_LABEL / 2), v)
            bar = ((end, v - BRACKET.BAR), (end, v + BRACKET.BAR))
            head = (BRACKET.LENGTH, BRACKET.HALF)
            if arrows:
                ends = (self.flow.point(*start), self.flow.point(*tip))
                self.items.append(Line(ends, head=head))
            self.items.append(Line(tuple(self.flow.point(*point) for point in bar)))
        self.text(middle, v, (Run(text),))
