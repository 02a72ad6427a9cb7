"""What a figure shows, and the figures of a network's blocks and stem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import DEPTHS
from resnet_viz.scene import Run
from resnet_viz.view.compose import EVERYTHING, compose
from resnet_viz.view.detail import Detail
from resnet_viz.view.folding import fold_inside
from resnet_viz.view.parts import Chain, Module, Words, leaves, signature

__all__ = [
    "DEPTHS",
    "Column",
    "Figure",
    "Options",
    "X",
    "blocks",
    "blocks_of",
    "is_stage",
    "module_of",
    "stem",
]

X: Words = (Run("x", "serif-bold"),)
"""The input, as the book writes it."""


class Column(NamedTuple):
    """One flow from input to output.

    Attributes:
        foot: what stands where the line into it begins; without, no line enters or leaves it.
        title: what stands before it.
        leaving: whether a line leaves it at its end; None if one does where there is a foot.
        joined: whether it goes on from where the column before ends.
        prefix: what the ids of its boxes begin with, where several networks are shown.
    """

    chain: Chain
    foot: Words = ()
    title: Words = ()
    leaving: bool | None = None
    joined: bool = False
    prefix: str = ""

    @property
    def leaves(self) -> bool:
        """Whether a line leaves it."""
        return bool(self.foot) if self.leaving is None else self.leaving


class Figure(NamedTuple):
    """What a figure shows, before any place or colour."""

    title: str
    columns: tuple[Column, ...]


class Options(NamedTuple):
    """What is asked of a figure.

    Attributes:
        lang: the language of what is written in it.
        detail: which scopes a network's figure looks into.
        book: whether to draw a network as the book does, with small boxes inside its blocks.
        pairs: whether the book's form folds two equal blocks in a row where no stage has more.
        unrolled: whether to fold nothing; the graph has no repeats then.
    """

    lang: str = "en"
    detail: Detail = EVERYTHING
    book: bool = False
    pairs: bool = False
    unrolled: bool = False


def stem(graph: Graph, options: Options) -> Figure:
    """Return what comes before the stages, with every box labelled."""
    for child in graph.root.children:
        if isinstance(child, Scope) and child.kind == "stem":
            return Figure(f"{graph.name}: its stem", (Column(compose(child), foot=X),))
    raise RequestError("{name}: has no stem to draw", name=graph.name)


def blocks(graph: Graph, options: Options) -> Figure:
    """Return the kinds of block that the network has, side by side, with every box labelled."""
    kinds: dict[object, Column] = {}
    for block in blocks_of(graph):
        chain = fold_inside(Chain((module_of(block),)), exact=False)
        kinds.setdefault(signature(chain, strides=False), Column(chain, foot=X))
    if not kinds:
        raise RequestError("{name}: has no blocks to draw", name=graph.name)
    columns = sorted(kinds.values(), key=lambda column: sum(1 for _ in leaves(column.chain)))
    return Figure(f"{graph.name}: its blocks", tuple(columns))


def blocks_of(graph: Graph) -> Iterator[Scope]:
    """Yield the blocks of all stages, those that repeat once."""
    for stage in graph.root.children:
        if is_stage(stage):
            yield from (block for block in stage.children if isinstance(block, Scope))


def is_stage(child: Scope | Node) -> TypeGuard[Scope]:
    """Return whether a child of a network is a stage: a scope that is neither stem nor head."""
    return isinstance(child, Scope) and child.kind not in ("stem", "head")


def module_of(scope: Scope) -> Module:
    """Return a scope that is looked into, as one box if it is no composition."""
    (part,) = compose(Scope("", "", (scope._replace(repeat=1, carry=None),))).parts
    if isinstance(part, Module):
        return part
    return Module(scope, Chain((part,)))
