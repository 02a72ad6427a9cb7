"""What a file has and what a spec has, in one form: tensors of stem, head and different blocks."""

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
        shapes: of stem and head, and of the first two blocks of each stage, by our names.
        blocks: how many blocks each stage has.
        even: whether each stage's blocks from the second on are alike, as a spec's are.
        statistics: whether there are running statistics, which only batch norm has.
        dialect: in which the file is written.
    """

    shapes: Shapes
    blocks: tuple[int, ...]
    even: bool
    statistics: bool
    dialect: Dialect

    def block(self, stage: int, number: int) -> Shapes:
        """Return the tensors of one block, of the first two of a stage; both count from 0."""
        prefix = f"layer{stage + 1}.{number}."
        return {
            name[len(prefix) :]: shape
            for name, shape in self.shapes.items()
            if name.startswith(prefix)
        }


def find_parts(shapes: Shapes, dialect: Dialect) -> Found:
    """Return a file's tensors, the blocks of a stage after its second left out where alike."""
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
    """Return the name under which a parameter of a stage's third or later block is compared.

    >>> names_of("layer1.7.conv1.weight")
    'layer1.1.conv1.weight'
    """
    match = _BLOCK.fullmatch(name)
    return f"layer{match[1]}.{min(int(match[2]), 1)}.{match[3]}" if match else name


def shapes_of(graph: Graph, found: Found) -> Shapes:
    """Return the tensors of a spec's graph as that file would have them."""
    return {found.dialect.merge(name): shape for name, shape in _tensors(graph)}


def _tensors(graph: Graph) -> Iterator[tuple[str, tuple[int, ...]]]:
    for node in graph.nodes():
        for param in node.params:
            yield param.name, tuple(param.shape)
        if node.op == "batch_norm":
            for name in _STATISTICS:
                yield f"{node.path}.{name}", (node.attrs["features"],)
