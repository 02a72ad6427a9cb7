"""Parts to primitives, one after the other along the flow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from resnet_viz.fonts import text_width
from resnet_viz.labels import label
from resnet_viz.layout.flow import Flow
from resnet_viz.layout.measure import SIGNS, Measure, folds, join_length
from resnet_viz.layout.metrics import (
    ARROW,
    BOX,
    BRACKET,
    CIRCLE,
    CORNER,
    FONT,
    FORK,
    FRAME,
    GAP,
    LEAD,
    SMALL,
)
from resnet_viz.ops import category_of
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Box, Circle, Group, Item, Line, Run, Text
from resnet_viz.themes import Theme
from resnet_viz.view import Chain, Column, Fold, Leaf, Module, Part, Split

__all__ = ["Placer"]


class Placer:
    """Places the parts of one column.

    Attributes:
        u: where the last part ended along the flow.
        v: the middle of what is being placed, across the flow.
        line: the points of the line that leads to the next part; empty if none does.
        source: the id of what that line leaves.
        scale: of the last part; 0 if the next one may begin right here.
    """

    def __init__(
        self, flow: Flow, theme: Theme, measure: Measure, language: str, middle: float
    ) -> None:
        self.flow, self.theme, self.measure, self.language = flow, theme, measure, language
        self.u, self.v, self.scale = 0.0, middle, 0.0
        self.line: list[tuple[float, float]] = []
        self.source = ""
        self.items: list[Item] = []
        self.brackets: list[tuple[float, float, Fold]] = []

    def column(self, column: Column, start: float, brackets: list[float]) -> list[Item]:
        """Place a column whose flow begins at `start`, and return its primitives.

        `brackets` says how far from the middle the brackets of each level are.
        """
        self.u = start
        if column.open:
            self.line = [(start - LEAD.IN, self.v)]
            foot = start - LEAD.IN - LEAD.LABEL / 2
            self.text(foot, self.v, (Run("x", "serif-bold"),))
        self.chain(column.chain, 1)
        if column.open:
            self.arrow((self.u + LEAD.OUT, self.v), 1, "", 0)
        side = -1 if self.flow.horizontal else 1
        for u0, u1, fold in self.brackets:
            self.bracket(u0, u1, self.v + side * brackets[folds(fold.body)], fold.times)
        return self.items

    def chain(self, chain: Chain, scale: float) -> None:
        """Place parts one after the other."""
        for part in chain.parts:
            self.part(part, scale)

    def part(self, part: Part, scale: float) -> None:
        """Place one part."""
        if isinstance(part, Leaf):
            self.leaf(part, scale)
        elif isinstance(part, Split):
            self.split(part, scale)
        elif isinstance(part, Module):
            with self.group(part):
                self.chain(part.body, SMALL if part.small else scale)
        else:
            begin = self.advance(self.scale)
            self.chain(part.body, scale)
            self.brackets.append((begin, self.u, part))

    @contextmanager
    def group(self, module: Module) -> Iterator[None]:
        """Collect what is placed inside into one group."""
        outer, self.items = self.items, []
        yield
        if self.items:
            outer.append(Group(tuple(self.items), module.path, f"{module.path}: {module.kind}"))
        self.items = outer

    def advance(self, scale: float) -> float:
        """Return where the next part begins: behind a gap, if something stands before it."""
        return self.u + GAP * max(self.scale, scale) if self.scale else self.u

    def leaf(self, leaf: Leaf, scale: float) -> None:
        """Place a box, with its label unless it is a small one."""
        node = leaf.node
        u = self.advance(scale)
        half, height = self.measure.width * scale / 2, BOX.HEIGHT * scale
        text = label(node.op, node.attrs, self.language)
        self.arrow((u, self.v), scale, node.path)
        self.items.append(
            Box(
                *self.flow.rectangle(u, u + height, self.v - half, self.v + half),
                fill=self.theme.fills[category_of(node.op)],
                id=node.path,
                title=f"{node.path}: {text}, {spell(node.output)}",
            )
        )
        if scale == 1:
            self.text(u + height / 2, self.v, (Run(text),), turned=self.flow.horizontal)
        self.leave(u + height, node.path, scale)

    def leave(self, u: float, source: str, scale: float) -> None:
        """Begin the line to the next part."""
        self.u, self.scale, self.source, self.line = u, scale, source, [(u, self.v)]

    def split(self, split: Split, scale: float) -> None:
        """Place a framed body, the branches beside it, and the circle where they meet."""
        size = self.measure.split(split, scale)
        fork, middle = self.advance(scale), self.v
        frame = fork + FORK * scale
        end = frame + size.inside
        beside = FRAME.BESIDE * scale
        self.items.append(
            Box(
                *self.flow.rectangle(
                    frame,
                    end,
                    middle - size.body.negative - beside,
                    middle + size.body.positive + beside,
                ),
                dashed=True,
            )
        )
        before = self.line or [(fork, middle)]
        slack = size.inside - size.body.length - (FRAME.BEFORE + FRAME.BEHIND) * scale
        self.branch(before, self.source, frame + FRAME.BEFORE * scale + slack / 2, middle, scale)
        self.chain(split.branches[0], scale)
        join = split.join.node
        length = join_length(split) * scale
        half = length / 2 if join.op in SIGNS else self.measure.width * scale / 2
        begin = end + CIRCLE.GAP * scale
        self.arrow((begin, middle), scale, join.path)
        for side, across in zip(split.branches[1:], size.sides, strict=True):
            v = middle + across
            room = self.measure.chain(side, scale).length
            self.branch([(fork, middle), (fork, v)], "", (frame + end - room) / 2, v, scale)
            self.chain(side, scale)
            self.line.append((begin + length / 2, v))
            self.arrow((begin + length / 2, middle + half), scale, join.path)
        self.v = middle
        self.join(split.join, begin, length, half, scale)
        self.leave(begin + length, join.path, scale)

    def join(self, join: Leaf, u: float, length: float, half: float, scale: float) -> None:
        """Place the operator that joins a split: a circle with a sign, or a box with a label."""
        node = join.node
        name = label(node.op, node.attrs, self.language)
        title = f"{node.path}: {name}, {spell(node.output)}"
        fill = self.theme.fills[category_of(node.op)]
        place = self.flow.point(u + length / 2, self.v)
        if node.op in SIGNS:
            arm = CIRCLE.PLUS * scale
            sign = SIGNS[node.op]
            self.items.append(Circle(*place, length / 2, fill, sign, arm, node.path, title))
            return
        area = self.flow.rectangle(u, u + length, self.v - half, self.v + half)
        self.items.append(Box(*area, fill=fill, id=node.path, title=title))
        if scale == 1:
            self.text(u + length / 2, self.v, (Run(name),), turned=self.flow.horizontal)

    def branch(
        self, line: list[tuple[float, float]], source: str, u: float, v: float, scale: float
    ) -> None:
        """Go on with a branch whose first part begins at u, v."""
        self.line, self.source, self.u, self.v, self.scale = list(line), source, u, v, 0

    def arrow(
        self, tip: tuple[float, float], scale: float, target: str, room: float = ARROW.ROOM
    ) -> None:
        """End the line with an arrowhead just before a tip."""
        if not self.line:
            return
        (u0, v0), (u1, v1) = self.line[-1], tip
        span = abs(u1 - u0) + abs(v1 - v0)
        back = min(room * scale, span / 2) / span if span else 0
        points = [*self.line, (u1 - (u1 - u0) * back, v1 - (v1 - v0) * back)]
        self.items.append(
            Line(
                tuple(self.flow.point(u, v) for u, v in points),
                CORNER if scale == 1 else CORNER * 0.75,
                (ARROW.LENGTH * scale, ARROW.HALF * scale),
                self.source,
                target,
            )
        )
        self.line = []

    def text(self, u: float, v: float, runs: tuple[Run, ...], turned: bool = False) -> None:
        """Place a line of text centred on a point."""
        self.items.append(Text(*self.flow.point(u, v), runs, FONT, turned))

    def bracket(self, u0: float, u1: float, v: float, times: int) -> None:
        """Draw a dimension line from u0 to u1, with its label in the middle."""
        text = f"{times} ×"
        middle = (u0 + u1) / 2
        room = FONT if not self.flow.horizontal else text_width(text, "sans", FONT) / 2
        for end, sign in ((u0, -1), (u1, 1)):
            tip = (end - sign * BRACKET.ROOM, v)
            start = (middle + sign * (room + BRACKET.BESIDE_LABEL / 2), v)
            bar = ((end, v - BRACKET.BAR), (end, v + BRACKET.BAR))
            head = (BRACKET.LENGTH, BRACKET.HALF)
            self.items.append(Line((self.flow.point(*start), self.flow.point(*tip)), head=head))
            self.items.append(Line(tuple(self.flow.point(*point) for point in bar)))
        self.text(middle, v, (Run(text),))
