"""A graph to what each figure shows of it: which blocks, what is folded, what is labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, TypeGuard

from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph, Node, Scope, unroll
from resnet_viz.graph.repeat import copy_scope
from resnet_viz.view.compose import compose
from resnet_viz.view.parts import Chain, Fold, Leaf, Module, Part, signature

__all__ = ["FIGURES", "Column", "Figure"]


class Column(NamedTuple):
    """One flow from input to output; `open` draws the lines that enter and leave it."""

    chain: Chain
    open: bool = False


class Figure(NamedTuple):
    """What a figure shows, before any place or colour."""

    title: str
    columns: tuple[Column, ...]


def _network(graph: Graph, pairs: bool, unrolled: bool) -> Figure:
    """The whole network: labelled boxes for stem and head, small ones inside the blocks.

    Blocks that look the same in a row are folded, and stages too. Where no stage has more than two
    blocks that look the same, these are drawn twice, unless `pairs` are to be folded.
    """
    if unrolled:
        graph = unroll(graph)
    stages = {child.path: child for child in graph.root.children if _is_stage(child)}
    runs = {path: () if unrolled else _runs(stage) for path, stage in stages.items()}
    longest = max((run.times for stage in runs.values() for run in stage), default=1)
    parts: list[Part] = []
    for part in compose(graph.root).parts:
        if isinstance(part, Module) and part.path in stages:
            run = runs[part.path]
            body = _stage(run, pairs or longest > 2) if run else part.body
            parts.append(part._replace(body=body, repeat=1, small=True))
        else:
            parts.append(part)
    return Figure(graph.name, (Column(Chain(tuple(parts if unrolled else _folded(parts)))),))


def _is_stage(child: Scope | Node) -> TypeGuard[Scope]:
    return isinstance(child, Scope) and child.kind not in ("stem", "head")


class _Run(NamedTuple):
    """Blocks in a row that look the same."""

    scopes: tuple[Scope, ...]

    @property
    def times(self) -> int:
        return sum(int(scope.repeat) for scope in self.scopes)


def _runs(stage: Scope) -> tuple[_Run, ...]:
    """Return the blocks of a stage by how they look; none if there is more in it than blocks."""
    blocks = [child for child in stage.children if isinstance(child, Scope)]
    if len(blocks) < len(stage.children):
        return ()
    looks = [signature(compose(block), strides=True) for block in blocks]
    pairs = groupby(zip(looks, blocks, strict=True), key=lambda pair: pair[0])
    return tuple(_Run(tuple(block for _, block in group)) for _, group in pairs)


def _stage(runs: tuple[_Run, ...], pairs: bool) -> Chain:
    """Return a stage's blocks, those that look the same in a row folded."""
    parts: list[Part] = []
    for run in runs:
        if run.times > 2 or (run.times == 2 and pairs):
            parts.append(Fold(Chain((_module(run.scopes[0]),)), run.times))
        else:
            copies = (copy_scope(scope, i) for scope in run.scopes for i in range(scope.repeat))
            parts.extend(map(_module, copies))
    return Chain(tuple(parts))


def _module(scope: Scope) -> Module:
    return Module(scope.path, scope.kind, compose(scope))


def _folded(parts: list[Part]) -> Iterator[Part]:
    """Yield the parts of a network, stages that look the same in a row folded."""

    def look(part: Part) -> object:
        if isinstance(part, Module) and part.small:
            return signature(part, strides=True)
        return id(part)

    for _, group in groupby(parts, key=look):
        same = list(group)
        yield same[0] if len(same) == 1 else Fold(Chain((same[0],)), len(same))


def _blocks(graph: Graph, pairs: bool, unrolled: bool) -> Figure:
    """The kinds of block that the network has, side by side, with every box labelled."""
    kinds: dict[object, Column] = {}
    for stage in graph.root.children:
        for block in stage.children if isinstance(stage, Scope) else ():
            if isinstance(block, Node) or not _is_stage(stage):
                continue
            chain = Chain((_module(block)._replace(repeat=1),))
            kinds.setdefault(signature(chain, strides=False), Column(chain, open=True))
    if not kinds:
        raise RequestError(f"{graph.name}: has no blocks to draw")
    columns = sorted(kinds.values(), key=lambda column: len(_paths(column.chain)))
    return Figure(f"{graph.name}: its residual blocks", tuple(columns))


def _paths(chain: Chain) -> list[str]:
    """Return the operators of a chain; a block with a projection has more of them."""
    found: list[str] = []
    for part in chain.parts:
        if isinstance(part, Leaf):
            found.append(part.node.path)
        elif isinstance(part, (Module, Fold)):
            found.extend(_paths(part.body))
        else:
            found.extend(path for branch in part.branches for path in _paths(branch))
    return found


FIGURES: Mapping[str, Callable[[Graph, bool, bool], Figure]] = MappingProxyType(
    {"network": _network, "blocks": _blocks}
)
"""The figures by name, each a function of a graph, of whether pairs fold, and of whether all is
unrolled."""
