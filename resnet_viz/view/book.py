"""A network as the book draws it: labels on stem and head, small boxes inside the blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from resnet_viz.graph import Graph, Scope
from resnet_viz.graph.repeat import copy_scope
from resnet_viz.view.compose import compose_graph
from resnet_viz.view.figures import Options, is_stage, module_of
from resnet_viz.view.folding import alike, fold_inside, once, scope_of
from resnet_viz.view.parts import Chain, Fold, Module, Part

__all__ = ["as_in_the_book"]


def as_in_the_book(graph: Graph, options: Options) -> Chain:
    """Return labelled boxes for stem and head, small ones inside the blocks.

    Blocks that look the same in a row are folded, and stages too. Where no stage has more than two
    blocks that look the same, these are drawn twice, unless pairs are to be folded.
    """
    parts = [_small(part) for part in compose_graph(graph).parts]
    if options.unrolled:
        return Chain(tuple(parts))
    runs = [_runs(part) if isinstance(part, Module) and part.small else () for part in parts]
    longest = max((run.times for stage in runs for run in stage), default=1)
    shown: list[Part] = []
    for part, stage in zip(parts, runs, strict=True):
        if stage and isinstance(part, Module):
            part = part._replace(body=_stage(stage, options.pairs or longest > 2))
        else:
            (part,) = fold_inside(Chain((part,)), exact=False).parts
        shown.append(part)
    return Chain(tuple(_alike_stages(shown)))


def _small(part: Part) -> Part:
    """Return a part with its boxes small if it is a stage."""
    if isinstance(part, Module) and is_stage(part.scope):
        return part._replace(small=True)
    return part


class _Run(NamedTuple):
    """Blocks in a row that look the same: their scopes, and how many they stand for."""

    blocks: tuple[Part, ...]
    scopes: tuple[Scope, ...]
    times: int


def _runs(stage: Module) -> tuple[_Run, ...]:
    """Return the blocks of a stage by how they look; none if there is more in it than blocks."""
    blocks = stage.body.parts
    if any(scope_of(block) is None for block in blocks):
        return ()
    runs = []
    for _, group in groupby(blocks, key=alike):
        same = tuple(group)
        scopes = tuple([scope for block in same if (scope := scope_of(block)) is not None])
        runs.append(_Run(same, scopes, sum(int(scope.repeat) for scope in scopes)))
    return tuple(runs)


def _stage(runs: tuple[_Run, ...], pairs: bool) -> Chain:
    """Return a stage's blocks, those that look the same in a row folded."""
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
    """Return a block, or what folds some, with the scopes inside it folded."""
    if isinstance(part, Fold):
        return part._replace(body=Chain(tuple(map(_folded_blocks, part.body.parts))))
    if isinstance(part, Module):
        return part._replace(body=fold_inside(part.body, exact=False))
    return part


def _alike_stages(parts: list[Part]) -> Iterator[Part]:
    """Yield the parts of a network, stages that look the same in a row folded."""

    def look(part: Part) -> object:
        return alike(part) if isinstance(part, Module) and part.small else id(part)

    for _, group in groupby(parts, key=look):
        same = list(group)
        scopes = [scope for part in same if (scope := scope_of(part)) is not None]
        times = sum(scope.repeat for scope in scopes) if scopes else len(same)
        yield same[0] if times == 1 else Fold(Chain((once(same[0]),)), times, scopes=tuple(scopes))
