"""A graph to what a figure of it shows: which scopes are looked into, what is folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import is_not
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import DEPTHS
from resnet_viz.graph.repeat import copy_scope
from resnet_viz.scene import Run
from resnet_viz.text.labels import name_of
from resnet_viz.view.compose import compose, compose_graph
from resnet_viz.view.parts import (
    Chain,
    Fold,
    Leaf,
    Module,
    Part,
    Words,
    children,
    leaves,
    rebuilt,
    signature,
)

if TYPE_CHECKING:
    from resnet_viz.answers.figure_options import FigureOptions

__all__ = ["DEPTHS", "Column", "Figure", "X", "blocks", "blocks_of", "network"]

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


def network(graph: Graph, options: FigureOptions) -> Figure:
    """Return the whole network."""
    chain = _as_in_the_book(graph, options) if options.boxes is None else _to_depth(graph, options)
    return Figure(graph.name, (Column(chain),))


def _to_depth(graph: Graph, options: FigureOptions) -> Chain:
    """Return the network down to a depth, with every box labelled; equal scopes in a row fold."""
    levels = options.levels
    if levels == 0:
        return Chain((Leaf(graph.root._replace(kind=graph.name)),))
    closed = partial(_summed_up, language=options.lang)
    chain = compose_graph(graph, None if levels is None else levels - 1, closed)
    return chain if options.unroll else _folded_inside(chain, bool(options.annotate))


def _summed_up(scope: Scope, language: str) -> Leaf:
    """Return a closed scope's box with what it repeats inside."""
    blocks = [child for child in scope.children if isinstance(child, Scope)]
    kinds = {block.kind for block in blocks}
    times = sum(block.repeat for block in blocks)
    if len(kinds) != 1 or (type(times) is int and times < 2):
        return Leaf(scope)
    what = name_of(blocks[0].kind, "", language)
    return Leaf(scope, notes=((Run(f"{times} × {what}"),),))


def _folded_inside(chain: Chain, exact: bool) -> Chain:
    """Return a chain with the scopes in it that look the same in a row folded, at every level.

    Where nothing folds, it is the chain itself.
    """
    parts: list[Part] = []
    for part in chain.parts:
        inside = children(part)
        folded = tuple([_folded_inside(body, exact) for body in inside])
        parts.append(rebuilt(part, folded) if any(map(is_not, folded, inside)) else part)
    if any(_scope_of(part) is not None for part in parts):
        parts = list(_folded(parts, exact))
    same = len(parts) == len(chain.parts) and not any(map(is_not, parts, chain.parts))
    return chain if same else Chain(tuple(parts))


def _folded(parts: Iterable[Part], exact: bool) -> Iterator[Part]:
    """Yield parts, scopes that look the same in a row as one."""

    def look(part: Part) -> object:
        scope = _scope_of(part)
        if scope is None:
            return id(part)
        return (_look(part), _sizes(scope) if exact else None)

    for _, group in groupby(parts, key=look):
        same = list(group)
        scopes = [scope for part in same if (scope := _scope_of(part)) is not None]
        times = sum(scope.repeat for scope in scopes)
        if times <= 1 or (exact and _share(scopes)):
            yield from same
        else:
            yield Fold(Chain((_once(same[0]),)), times)


def _look(part: Part) -> object:
    """Return what one copy of a scope has in common with those that look the same."""
    return signature(part.body if isinstance(part, Module) else _once(part), strides=True)


def _share(scopes: list[Scope]) -> bool:
    """Tell whether scopes read the same parameters, so that their costs do not add up."""
    names = [{param.name for node in scope.nodes() for param in node.params} for scope in scopes]
    return sum(map(len, names)) > len(set().union(*names))


def _sizes(scope: Scope) -> tuple[object, ...]:
    """Return the shapes and costs of a scope's operators."""
    return tuple(
        (node.outputs, tuple(param.shape for param in node.params), tuple(node.terms.items()))
        for node in scope.nodes()
    )


def _scope_of(part: Part) -> Scope | None:
    if isinstance(part, Module):
        return part.scope
    return part.item if isinstance(part, Leaf) and isinstance(part.item, Scope) else None


def _once(part: Part) -> Part:
    """Return a part as one copy of what it repeats."""
    if isinstance(part, Module):
        return part._replace(scope=part.scope._replace(repeat=1))
    if isinstance(part, Leaf) and isinstance(part.item, Scope):
        return part._replace(item=part.item._replace(repeat=1))
    return part


def _as_in_the_book(graph: Graph, options: FigureOptions) -> Chain:
    """Return labelled boxes for stem and head, small ones inside the blocks.

    Blocks that look the same in a row are folded, and stages too. Where no stage has more than two
    blocks that look the same, these are drawn twice, unless pairs are to be folded.
    """
    parts = [_small(part) for part in compose_graph(graph).parts]
    if options.unroll:
        return Chain(tuple(parts))
    runs = [_runs(part) if isinstance(part, Module) and part.small else () for part in parts]
    longest = max((run.times for stage in runs for run in stage), default=1)
    shown: list[Part] = []
    for part, stage in zip(parts, runs, strict=True):
        if stage and isinstance(part, Module):
            part = part._replace(body=_stage(stage, options.horizontal or longest > 2))
        else:
            (part,) = _folded_inside(Chain((part,)), exact=False).parts
        shown.append(part)
    return Chain(tuple(_alike_stages(shown)))


def _small(part: Part) -> Part:
    """Return a part with its boxes small if it is a stage."""
    if isinstance(part, Module) and _is_stage(part.scope):
        return part._replace(small=True)
    return part


def _is_stage(child: Scope | Node) -> TypeGuard[Scope]:
    return isinstance(child, Scope) and child.kind not in ("stem", "head")


class _Run(NamedTuple):
    """Blocks in a row that look the same: their scopes, and how many they stand for."""

    blocks: tuple[Part, ...]
    scopes: tuple[Scope, ...]
    times: int


def _runs(stage: Module) -> tuple[_Run, ...]:
    """Return the blocks of a stage by how they look; none if there is more in it than blocks."""
    blocks = stage.body.parts
    if any(_scope_of(block) is None for block in blocks):
        return ()
    runs = []
    for _, group in groupby(blocks, key=_look):
        same = tuple(group)
        scopes = tuple([scope for block in same if (scope := _scope_of(block)) is not None])
        runs.append(_Run(same, scopes, sum(int(scope.repeat) for scope in scopes)))
    return tuple(runs)


def _stage(runs: tuple[_Run, ...], pairs: bool) -> Chain:
    """Return a stage's blocks, those that look the same in a row folded."""
    parts: list[Part] = []
    for blocks, scopes, times in runs:
        if times > 2 or (times == 2 and pairs):
            parts.append(Fold(Chain((_once(blocks[0]),)), times))
        elif times == len(blocks):
            parts.extend(blocks)
        else:
            copies = (copy_scope(scope, i) for scope in scopes for i in range(scope.repeat))
            parts.extend(map(_module, copies))
    return Chain(tuple(map(_folded_blocks, parts)))


def _folded_blocks(part: Part) -> Part:
    """Return a block, or what folds some, with the scopes inside it folded."""
    if isinstance(part, Fold):
        return part._replace(body=Chain(tuple(map(_folded_blocks, part.body.parts))))
    if isinstance(part, Module):
        return part._replace(body=_folded_inside(part.body, exact=False))
    return part


def _module(scope: Scope) -> Module:
    """Return a scope that is looked into, as one box if it is no composition."""
    (part,) = compose(Scope("", "", (scope._replace(repeat=1, carry=None),))).parts
    if isinstance(part, Module):
        return part
    return Module(scope, Chain((part,)))


def _alike_stages(parts: list[Part]) -> Iterator[Part]:
    """Yield the parts of a network, stages that look the same in a row folded."""

    def look(part: Part) -> object:
        return _look(part) if isinstance(part, Module) and part.small else id(part)

    for _, group in groupby(parts, key=look):
        same = list(group)
        scopes = [scope for part in same if (scope := _scope_of(part)) is not None]
        times = sum(scope.repeat for scope in scopes) if scopes else len(same)
        yield same[0] if times == 1 else Fold(Chain((_once(same[0]),)), times)


def stem(graph: Graph, options: FigureOptions) -> Figure:
    """Return what comes before the stages, with every box labelled."""
    for child in graph.root.children:
        if isinstance(child, Scope) and child.kind == "stem":
            return Figure(f"{graph.name}: its stem", (Column(compose(child), foot=X),))
    raise RequestError("{name}: has no stem to draw", name=graph.name)


def blocks(graph: Graph, options: FigureOptions) -> Figure:
    """Return the kinds of block that the network has, side by side, with every box labelled."""
    kinds: dict[object, Column] = {}
    for block in blocks_of(graph):
        chain = _folded_inside(Chain((_module(block),)), exact=False)
        kinds.setdefault(signature(chain, strides=False), Column(chain, foot=X))
    if not kinds:
        raise RequestError("{name}: has no blocks to draw", name=graph.name)
    columns = sorted(kinds.values(), key=lambda column: sum(1 for _ in leaves(column.chain)))
    return Figure(f"{graph.name}: its blocks", tuple(columns))


def blocks_of(graph: Graph) -> Iterator[Scope]:
    """Yield the blocks of all stages, those that repeat once."""
    for stage in graph.root.children:
        if _is_stage(stage):
            yield from (block for block in stage.children if isinstance(block, Scope))
