"""Place parts as primitives, one after the other along the flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import starmap
from typing import NamedTuple

from resnet_viz.graph import Node, Scope
from resnet_viz.layout.box_text import stacked, width
from resnet_viz.layout.extent import gap
from resnet_viz.layout.flow import Flow
from resnet_viz.layout.kinds import KINDS
from resnet_viz.layout.kinds.fold import bracket_distances, draw_bracket
from resnet_viz.layout.measure import Measure
from resnet_viz.layout.metrics import ARROW, CORNER, FONT, LEAD
from resnet_viz.ops import category_of
from resnet_viz.scene import Box, Item, Line, Text
from resnet_viz.themes import Theme
from resnet_viz.view import Chain, Column, Leaf, Part, Words

__all__ = ["Placer", "Style"]


class Style(NamedTuple):
    """The settings with which all parts of a figure are placed.

    Attributes:
        describe: the function that returns the tooltip of an operator or scope.
    """

    flow: Flow
    theme: Theme
    measure: Measure
    describe: Callable[[Node | Scope], str]


class Placer:
    """Places the parts of one column.

    Attributes:
        u: the position along the flow where the last part ended.
        v: the position across the flow of the current middle.
        line: the points of the line to the next part; empty if there is none.
        source: the id of the box or circle where that line starts.
        prefix: the prefix of ids.
        rows: the start of each row that is aligned across columns, by name.
        scale: the scale of the last part; None if the next part needs no gap before it.
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
        self.brackets: list[tuple[float, float, int, str]] = []

    def column(self, column: Column, start: float, brackets: list[float]) -> list[Item]:
        """Place a column whose flow starts at `start`, and return its primitives.

        `brackets` has the distance from the middle to the brackets of each level.
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
        """Draw the brackets of the placed parts, each level at its distance from the middle."""
        side = -1 if self.turned else 1
        for u0, u1, level, label in self.brackets:
            draw_bracket(u0, u1, self.v + side * distances[level], label, self)

    def bracketed(self, chain: Chain, scale: float, spread: float = 0) -> None:
        """Place a chain with its own brackets beside it; `spread` widens its gaps."""
        outer, self.brackets = self.brackets, []
        middle = self.v
        self.chain(chain, scale, spread)
        self.v = middle
        self.draw_brackets(bracket_distances(chain, scale, self.measure))
        self.brackets = outer

    def chain(self, chain: Chain, scale: float, spread: float = 0) -> None:
        """Place parts one after the other; `spread` widens the gaps between them."""
        for part in chain.parts:
            self.part(part, scale)
            self.u += spread

    def part(self, part: Part, scale: float) -> None:
        """Place one part."""
        KINDS[type(part)].place(part, scale, self)

    def id_of(self, item: Node | Scope) -> str:
        """Return the id of the box of an operator or scope: its path."""
        return f"{self.prefix}{item.path}" if item.path else ""

    def go_on_from(self, other: Placer, between: float, start: float, turn: float) -> None:
        """Continue the line of another column, around its end, to the start of this one."""
        out = [(other.u + turn, other.v), (other.u + turn, between)]
        self.line = [*other.line, *out, (start, between), (start, self.v)]
        self.source = other.source

    def advance(self, scale: float) -> float:
        """Return the start of the next part, after a gap if there is a part before it."""
        return self.u if self.scale is None else self.u + gap(self.scale, scale)

    def box(self, leaf: Leaf, id: str, u: float, height: float, scale: float) -> None:
        """Place the box of a leaf, starting at u."""
        item, text = leaf.item, self.measure.text_of(leaf)
        half = self.measure.width * scale / 2
        x, y, wide, high = self.flow.rectangle(u, u + height, self.v - half, self.v + half)
        self.items.append(
            Box(
                x=x,
                y=y,
                width=wide,
                height=high,
                fill=self._shade(leaf.shade) if leaf.shade else self._fill(item),
                id=id,
                title=f"{item.path}: {text.name}" if item.path else text.name,
                desc=self.describe(item),
            )
        )
        if scale != 1:
            return
        if leaf.notes or len(text.lines) > 1:
            middle = self.flow.point(u + height / 2, self.v)
            self.items += stacked(middle, text.lines, leaf.notes, self.turned, self.theme.muted)
        else:
            self.text(u + height / 2, self.v, text.lines[0], self.turned)

    def _shade(self, shade: int) -> str:
        """Return a stage colour; the colours repeat after the last one."""
        return self.theme.stages[(shade - 1) % len(self.theme.stages)]

    def _fill(self, item: Node | Scope) -> str:
        """Return the fill colour of an operator's category, cached by operator."""
        op = item.op if isinstance(item, Node) else ""
        fill = self.fills.get(op)
        if fill is None:
            fill = self.fills[op] = self.theme.fills[category_of(op) if op else "scope"]
        return fill

    def leave(self, u: float, source: str, scale: float) -> None:
        """Start the line to the next part at u."""
        self.u, self.scale, self.source, self.line = u, scale, source, [(u, self.v)]

    def begin_branch(
        self, line: list[tuple[float, float]], source: str, u: float, v: float
    ) -> None:
        """Continue with a branch whose first part starts at u, v."""
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
        """Draw a line and clear the current one."""
        radius = corner if scale == 1 else corner * 0.75
        places = tuple(starmap(self.flow.point, points))
        self.items.append(
            Line(points=places, radius=radius, head=head, source=source, target=target)
        )
        self.line = []

    def text(self, u: float, v: float, words: Words, turned: bool = False) -> None:
        """Place a line of text centred on a point."""
        self.items.append(Text(*self.flow.point(u, v), words, FONT, turned))
