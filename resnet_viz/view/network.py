"""Make the figure of a whole network, with labelled boxes and repeats under brackets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import islice

from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.ops import category_of
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Run
from resnet_viz.text.labels import name_of
from resnet_viz.view.book import as_in_the_book
from resnet_viz.view.box_words import clipped, operator_words, own_name, scope_words
from resnet_viz.view.compose import compose, compose_graph
from resnet_viz.view.figures import Column, Figure
from resnet_viz.view.folding import fold_inside
from resnet_viz.view.parts import (
    Arc,
    Chain,
    Given,
    Leaf,
    Module,
    Part,
    Split,
    Words,
    children,
    leaves,
    mapped,
    rebuilt,
)
from resnet_viz.view.request import FigureRequest

__all__ = ["changes_shape", "network"]


def network(graph: Graph, options: FigureRequest) -> Figure:
    """Return the whole network.

    Raises:
        NotSeriesParallel: the network is no series-parallel graph with one input and one output.
    """
    if options.detail.book:
        return Figure(graph.name, (Column(as_in_the_book(graph, options)),))
    detail, language = options.detail, options.lang
    foot = (Run(spell(graph.input)),)
    if detail.levels == 0:
        whole = Leaf(graph.root._replace(kind=graph.name))
        return Figure(graph.name, (Column(Chain((whole,)), foot),))
    chain = compose_graph(graph, detail, partial(_summed_up, language=language))
    if not options.unroll:
        chain = fold_inside(chain, exact=True)
    return Figure(graph.name, (Column(_Writer(language).chain(chain), foot),))


def _summed_up(scope: Scope, language: str) -> Leaf:
    """Return a closed scope's box, with a note on the blocks that it repeats."""
    blocks = [child for child in scope.children if isinstance(child, Scope)]
    kinds = {block.kind for block in blocks}
    times = sum(block.repeat for block in blocks)
    if len(kinds) != 1 or (type(times) is int and times < 2):
        return Leaf(scope)
    what = name_of(blocks[0].kind, "", language)
    return Leaf(scope, notes=((Run(clipped(f"{times} × {what}")),),))


class _Writer:
    """Labels boxes, titles scopes, and adds the shortcut arcs of closed scopes."""

    def __init__(self, language: str) -> None:
        self.language = language

    def chain(self, chain: Chain) -> Chain:
        return Chain(tuple(map(self.part, chain.parts)))

    def part(self, part: Part) -> Part:
        if isinstance(part, Leaf):
            return self.leaf(part)
        if isinstance(part, Given):
            return part._replace(leaf=self.written(part.leaf))
        if isinstance(part, Module):
            return self.module(part)
        part = rebuilt(part, tuple(map(self.chain, children(part))))
        if isinstance(part, Split):
            branches = _with_distinct_names(part.branches) if part.even else part.branches
            return part._replace(branches=branches, join=self.written(part.join))
        return part

    def module(self, module: Module) -> Module:
        """Return a scope with its title; if it has only one box, that box gets the title."""
        boxes = list(islice(leaves(module.body), 2))
        if len(boxes) > 1:
            return module._replace(body=self.chain(module.body), title=self.words(module.scope))
        alone = module.body.parts == (boxes[0],) and isinstance(boxes[0].item, Scope)
        lines = (self.words(module.scope),) if alone else ()
        named = mapped(module.body, lambda leaf: leaf if leaf.lines else leaf._replace(lines=lines))
        return module._replace(body=self.chain(named))

    def leaf(self, leaf: Leaf) -> Part:
        """Return a box with its label; a scope with a shortcut gets an arc beside it."""
        written = self.written(leaf)
        if not isinstance(leaf.item, Scope):
            return written
        own = _shortcut(leaf.item)
        if own is not None:
            return Arc(Chain((written,)), dotted=own)
        inside = [child for child in leaf.item.children if isinstance(child, Scope)]
        has_shortcuts = bool(inside) and all(_shortcut(child) is not None for child in inside)
        return Arc(Chain((written,)), inside=True) if has_shortcuts else written

    def written(self, leaf: Leaf) -> Leaf:
        return leaf._replace(lines=(self.words(leaf.item),)) if not leaf.lines else leaf

    def words(self, item: Node | Scope) -> Words:
        words = operator_words if isinstance(item, Node) else scope_words
        return _line(words(item, self.language))  # type: ignore[arg-type]


@lru_cache(maxsize=4096)  # equal lines are one object, which is measured once
def _line(text: str) -> Words:
    return (Run(clipped(text)),)


def _with_distinct_names(branches: tuple[Chain, ...]) -> tuple[Chain, ...]:
    """Return branches, with their names added where their first boxes have equal labels."""
    firsts = [chain.parts[0] if chain.parts else None for chain in branches]
    lines = [first.lines for first in firsts if isinstance(first, Leaf)]
    named_branches: list[Chain] = []
    for chain, first in zip(branches, firsts, strict=True):
        if isinstance(first, Leaf) and first.lines and lines.count(first.lines) > 1:
            text = f"{own_name(first.item.path)}: {first.lines[0][0].text}"
            named = first._replace(lines=((Run(clipped(text)),),))
            chain = Chain((named, *chain.parts[1:]))
        named_branches.append(chain)
    return tuple(named_branches)


def _shortcut(scope: Scope) -> bool | None:
    """Return whether a scope's shortcut changes the shape; None if the scope has no shortcut.

    A scope has a shortcut if an addition in it joins a body with a branch from the same input: an
    empty branch, or one that fits the shape to the body's, such as a projection or a pool.
    """
    try:
        parts = compose(scope).parts
    except NotSeriesParallel:
        return None
    splits = [part for part in parts if isinstance(part, Split) and not part.even]
    for split in splits:
        if isinstance(split.join.item, Node) and split.join.item.op == "add":
            return changes_shape(split.branches[1])
    return None


def changes_shape(branch: Chain) -> bool:
    """Return whether a shortcut changes the shape of its input."""
    return any(map(_changes, _nodes(branch)))


def _nodes(chain: Chain) -> Iterator[Node | Scope]:
    return (leaf.item for leaf in leaves(chain))


def _changes(item: Node | Scope) -> bool:
    if not isinstance(item, Node) or category_of(item.op) in ("shape", "pool"):
        return True
    if category_of(item.op) != "conv":
        return False
    out, inside = item.params[0].shape[:2]
    return bool(max(item.attrs["stride"]) > 1 or out != inside * item.attrs["groups"])
