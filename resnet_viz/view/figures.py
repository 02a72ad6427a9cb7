"""Define the content of a figure, and make the figures of a network's blocks and stem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import DEPTHS
from resnet_viz.scene import Run
from resnet_viz.view.compose import compose
from resnet_viz.view.folding import fold_inside
from resnet_viz.view.looks import Looks
from resnet_viz.view.parts import Chain, Module, Words, leaves
from resnet_viz.view.request import FigureRequest

__all__ = [
    "DEPTHS",
    "Column",
    "Figure",
    "X",
    "blocks",
    "blocks_of",
    "is_stage",
    "module_of",
    "stem",
]

X: Words = (Run("x", "serif-bold"),)
"""The input's symbol in the book."""


class Column(NamedTuple):
    """One flow from input to output.

    Attributes:
        foot: the words at the start of the input line; if empty, there is no input line.
        title: the title of the column.
        leaving: whether there is an output line; by default, if there is an input line.
        joined: whether it continues from the end of the previous column.
        prefix: the prefix of its boxes' ids, if several networks are shown.
    """

    chain: Chain
    foot: Words = ()
    title: Words = ()
    leaving: bool | None = None
    joined: bool = False
    prefix: str = ""

    @property
    def leaves(self) -> bool:
        """Whether it has an output line."""
        return bool(self.foot) if self.leaving is None else self.leaving


class Figure(NamedTuple):
    """The content of a figure, before layout and colours.

    Attributes:
        compact: whether the boxes of each column are only as wide as its own labels need.
    """

    title: str
    columns: tuple[Column, ...]
    compact: bool = False


def stem(graph: Graph, options: FigureRequest) -> Figure:
    """Return the figure of the stem, with every box labelled."""
    for child in graph.root.children:
        if isinstance(child, Scope) and child.kind == "stem":
            return Figure(f"{graph.name}: its stem", (Column(compose(child), foot=X),))
    raise RequestError("{name}: has no stem to draw", name=graph.name)


def blocks(graph: Graph, options: FigureRequest) -> Figure:
    """Return the figure of the network's kinds of block, side by side, with every box labelled."""
    looks, kinds = Looks(strides=False), dict[int, Column]()
    for block in blocks_of(graph):
        chain = fold_inside(Chain((module_of(block),)), exact=False)
        kinds.setdefault(looks.chain(chain), Column(chain, foot=X))
    if not kinds:
        raise RequestError("{name}: has no blocks to draw", name=graph.name)
    columns = sorted(kinds.values(), key=lambda column: sum(1 for _ in leaves(column.chain)))
    return Figure(f"{graph.name}: its blocks", tuple(columns))


def blocks_of(graph: Graph) -> Iterator[Scope]:
    """Yield the blocks of all stages, repeated blocks once."""
    for stage in graph.root.children:
        if is_stage(stage):
            yield from (block for block in stage.children if isinstance(block, Scope))


def is_stage(child: Scope | Node) -> TypeGuard[Scope]:
    """Return whether a child of a network is a stage: a scope that is neither stem nor head."""
    return isinstance(child, Scope) and child.kind not in ("stem", "head")


def module_of(scope: Scope) -> Module:
    """Return an opened scope; its body is one box if it is not series-parallel."""
    (part,) = compose(Scope("", "", (scope._replace(repeat=1, carry=None),))).parts
    if isinstance(part, Module):
        return part
    return Module(scope, Chain((part,)))
