"""Compose a network as the d2l book draws it: small boxes in blocks, labelled stem and head."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from resnet_viz.graph import Graph, Scope
from resnet_viz.graph.repeat import copy_scope
from resnet_viz.view.compose import compose_graph
from resnet_viz.view.figures import is_stage, module_of
from resnet_viz.view.folding import fold_inside
from resnet_viz.view.looks import Looks, once, scope_of
from resnet_viz.view.parts import Chain, Fold, Module, Part
from resnet_viz.view.request import FigureRequest

__all__ = ["as_in_the_book"]


def as_in_the_book(graph: Graph, options: FigureRequest) -> Chain:
    """Return a chain with labelled boxes for stem and head, and small ones inside the blocks.

    Consecutive blocks that look the same are folded, and so are stages. If no stage has more than
    two such blocks, pairs are drawn in full, unless the option `pairs` is set.
    """
    parts = [_small(part) for part in compose_graph(graph, options.detail).parts]
    if options.unroll:
        return Chain(tuple(parts))
    looks = Looks()
    runs = [_runs(part, looks) if isinstance(part, Module) and part.small else () for part in parts]
    longest = max((run.times for stage in runs for run in stage), default=1)
    shown: list[Part] = []
    for part, stage in zip(parts, runs, strict=True):
        if stage and isinstance(part, Module):
            part = part._replace(body=_stage(stage, options.horizontal or longest > 2))
        else:
            (part,) = fold_inside(Chain((part,)), exact=False).parts
        shown.append(part)
    return Chain(tuple(_folded_stages(shown, looks)))


def _small(part: Part) -> Part:
    """Return a part, with small boxes if it is a stage."""
    if isinstance(part, Module) and is_stage(part.scope):
        return part._replace(small=True)
    return part


class _Run(NamedTuple):
    """Consecutive blocks that look the same, with their scopes and the number of copies."""

    blocks: tuple[Part, ...]
    scopes: tuple[Scope, ...]
    times: int


def _runs(stage: Module, looks: Looks) -> tuple[_Run, ...]:
    """Return the runs of blocks that look the same; empty if a stage has other parts as well."""
    blocks = stage.body.parts
    if any(scope_of(block) is None for block in blocks):
        return ()
    runs = []
    for _, group in groupby(blocks, key=looks.once):
        same = tuple(group)
        scopes = tuple([scope for block in same if (scope := scope_of(block)) is not None])
        runs.append(_Run(same, scopes, sum(int(scope.repeat) for scope in scopes)))
    return tuple(runs)


def _stage(runs: tuple[_Run, ...], pairs: bool) -> Chain:
    """Return the blocks of a stage, with runs folded."""
    parts: list[Part] = []
    for blocks, scopes, times in runs:
        if times > 2 or (times == 2 and pairs):
            parts.append(Fold(Chain((once(blocks[0]),)), times))
        elif times == len(blocks):
            parts.extend(blocks)
        else:
            copies = (copy_scope(scope, i) for scope in scopes for i in range(scope.repeat))
            parts.extend(map(module_of, copies))
    return Chain(tuple(map(_folded_blocks, parts)))


def _folded_blocks(part: Part) -> Part:
    """Return a block, or a fold of blocks, with the scopes inside it folded."""
    if isinstance(part, Fold):
        return part._replace(body=Chain(tuple(map(_folded_blocks, part.body.parts))))
    if isinstance(part, Module):
        return part._replace(body=fold_inside(part.body, exact=False))
    return part


def _folded_stages(parts: list[Part], looks: Looks) -> Iterator[Part]:
    """Yield the parts of a network, with consecutive stages that look the same folded."""

    def look(part: Part) -> object:
        return looks.once(part) if isinstance(part, Module) and part.small else part

    for _, group in groupby(parts, key=look):
        same = list(group)
        scopes = [scope for part in same if (scope := scope_of(part)) is not None]
        times = sum(scope.repeat for scope in scopes) if scopes else len(same)
        yield same[0] if times == 1 else Fold(Chain((once(same[0]),)), times, scopes=tuple(scopes))
