"""Represent the tensors of a file or spec in one form: stem, head, first blocks of stages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from resnet_viz.checkpoints.names import Dialect
from resnet_viz.checkpoints.shapes import Shapes
from resnet_viz.graph import Graph

__all__ = ["Found", "find_parts", "names_of", "shapes_of"]

_BLOCK = re.compile(r"layer(\d{1,4})\.(\d{1,6})\.(.+)")
_STATISTICS = ("running_mean", "running_var")
_COUNTER = "num_batches_tracked"


class Found(NamedTuple):
    """A network's tensors in a file.

    Attributes:
        shapes: the shapes of stem, head, and the first two blocks of each stage, by our names.
        blocks: the number of blocks in each stage.
        even: whether all blocks of a stage after the first are equal, as in a spec.
        statistics: whether there are running statistics, which only batch norm has.
        dialect: the dialect of the file's names.
        parameters_only: whether running statistics are left out of comparisons, as in a file that
            holds only parameters.
    """

    shapes: Shapes
    blocks: tuple[int, ...]
    even: bool
    statistics: bool
    dialect: Dialect
    parameters_only: bool = False

    def block(self, stage: int, number: int) -> Shapes:
        """Return the tensors of block 0 or 1 of a stage, counted from 0."""
        prefix = f"layer{stage + 1}.{number}."
        return {
            name[len(prefix) :]: shape
            for name, shape in self.shapes.items()
            if name.startswith(prefix)
        }


def find_parts(shapes: Shapes, dialect: Dialect) -> Found:
    """Return a file's tensors, without a stage's blocks after the second where they are equal."""
    kept: dict[str, tuple[int, ...]] = {}
    stages: dict[int, dict[int, dict[str, tuple[int, ...]]]] = {}
    for name, shape in shapes.items():
        if name.endswith(_COUNTER):
            continue
        match = _BLOCK.fullmatch(name)
        if match is None:
            kept[name] = shape
            continue
        stage, block = int(match[1]), int(match[2])
        stages.setdefault(stage, {}).setdefault(block, {})[match[3]] = shape
        if block < 2:
            kept[name] = shape
    even = sorted(stages) == list(range(1, len(stages) + 1)) and all(
        sorted(blocks) == list(range(len(blocks)))
        and all(blocks[number] == blocks[1] for number in range(2, len(blocks)))
        for blocks in stages.values()
    )
    numbers = tuple(len(stages[stage]) for stage in sorted(stages))
    statistics = any(name.endswith(_STATISTICS) for name in kept)
    return Found(kept, numbers, even, statistics, dialect)


def names_of(name: str) -> str:
    """Return a parameter's name with the number of a later block replaced by that of the second.

    >>> names_of("layer1.7.conv1.weight")
    'layer1.1.conv1.weight'
    """
    match = _BLOCK.fullmatch(name)
    return f"layer{match[1]}.{min(int(match[2]), 1)}.{match[3]}" if match else name


def shapes_of(graph: Graph, found: Found) -> Shapes:
    """Return the tensors of a spec's graph as they would be in the file."""
    tensors = _tensors(graph, statistics=not found.parameters_only)
    return {found.dialect.merge(name): shape for name, shape in tensors}


def _tensors(graph: Graph, *, statistics: bool) -> Iterator[tuple[str, tuple[int, ...]]]:
    for node in graph.nodes():
        for param in node.params:
            yield param.name, tuple(param.shape)
        if node.op == "batch_norm" and statistics:
            for name in _STATISTICS:
                yield f"{node.path}.{name}", (node.attrs["features"],)
