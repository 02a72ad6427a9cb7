"""Tabulate the costs of a space's stages, for all choices of a stage and of its input channels.

The costs of stages add up: a stage's cost depends only on the stage, its input channels and its
input size. All costs come from `assemble` and `tally`, as every count does; see `stage_costs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, islice, product
from typing import Any

import numpy as np

from resnet_viz.assembly import assemble
from resnet_viz.errors import RequestError
from resnet_viz.graph import Scope
from resnet_viz.spaces.columns import Columns
from resnet_viz.spaces.space import Space
from resnet_viz.spaces.stage_costs import ARRAYS, Costs, Position, stage_costs
from resnet_viz.spec import ResNetSpec, Stage

__all__ = ["Chosen", "Setting", "StageTable", "settings"]

MAX_TRIED = 10_000
"""The most combinations to try before a setting counts as having no legal network."""

Array = Any

Chosen = tuple[tuple[int, int], ...]
"""For each stage, the index of its shape and its number of blocks."""


@dataclass(frozen=True)
class StageTable:
    """The choices for one stage, with their costs.

    Attributes:
        shapes: the possible fields of the stage, including channels but not the number of blocks.
        states: for each shape, the index of its channels in `channels`.
        channels: the possible output channels, in ascending order without duplicates.
        blocks: the possible numbers of blocks, in ascending order.
        first: the costs of the first block, `(input channels, shapes, columns)`.
        rest: the costs of each further block, `(shapes, columns)`.
        excess: the amounts to add to the columns `own`, `(2, input channels, shapes, blocks)`.
        own: the columns of the stage's own moments.
        legal: whether a shape may follow given input channels, `(input channels, shapes)`.
    """

    shapes: tuple[Mapping[str, Any], ...]
    states: Array
    channels: tuple[int, ...]
    blocks: Array
    first: Array
    rest: Array
    excess: Array
    own: tuple[int, ...]
    legal: Array

    def options(self, before: int) -> tuple[Array, Array, Array]:
        """Return the options for given input channels: shapes, blocks, and costs, one per row."""
        legal = np.flatnonzero(self.legal[before])
        further = self.rest[legal][:, None] * (self.blocks - 1)[:, None]
        costs = self.first[before, legal][:, None] + further
        for column, more in zip(self.own, self.excess, strict=False):
            costs[:, :, column] += more[before, legal]
        shapes, blocks = np.repeat(legal, len(self.blocks)), np.tile(self.blocks, len(legal))
        return shapes, blocks, costs.reshape(len(shapes), costs.shape[-1])

    def cost(self, before: int, shape: int, blocks: int) -> Array:
        """Return the costs of one option."""
        cost = self.first[before, shape] + self.rest[shape] * (blocks - 1)
        for column, more in zip(self.own, self.excess, strict=False):
            cost[column] += more[before, shape, int(np.searchsorted(self.blocks, blocks))]
        return cost


@dataclass(frozen=True)
class Setting:
    """The networks of a space that share the values of the network-wide axes.

    Attributes:
        chosen: the values of those axes, by path.
        base: the costs of stem and head.
        stages: the choices for each stage.
    """

    chosen: Mapping[str, Any]
    base: Array
    stages: tuple[StageTable, ...]

    def values(self, chosen: Chosen) -> dict[str, Any]:
        """Return the values of all axes, by path."""
        values = dict(self.chosen)
        for i, (shape, blocks) in enumerate(chosen):
            fields = {**self.stages[i].shapes[shape], "blocks": blocks}
            values |= {f"stages[{i}].{name}": value for name, value in fields.items()}
        return values

    def cost(self, chosen: Chosen) -> Array:
        """Return the costs of one network."""
        total, before = self.base, 0
        for stage, (shape, blocks) in zip(self.stages, chosen, strict=True):
            total = total + stage.cost(before, shape, blocks)
            before = int(stage.states[shape])
        return total


def settings(space: Space, columns: Columns) -> Iterator[Setting]:
    """Yield each setting of a space that has legal networks, with its tables."""
    axes = space.settings
    for values in product(*(axis.values for axis in axes)):
        chosen = dict(zip([axis.path for axis in axes], values, strict=True))
        made = _setting(space, chosen, columns)
        if made is not None:
            yield made


def _setting(space: Space, chosen: Mapping[str, Any], columns: Columns) -> Setting | None:
    shapes = [space.shapes(i, chosen) for i in range(space.stages)]
    spec = _member(space, chosen, shapes)
    if spec is None:
        return None
    tables: list[StageTable] = []
    before: tuple[int, ...] = (int(spec.stem.channels),)
    for i, size in enumerate(_sizes(spec)):
        no_fall = i > 0 and not space.widths_may_fall
        position = Position(spec, i, size)
        table = _table(position, shapes[i], space.blocks(i), before, no_fall, columns)
        if table is None:
            return None
        tables.append(table)
        before = table.channels
    made = Setting(chosen, np.zeros(1, dtype=np.int64), tuple(tables))
    numbers = [
        table.shapes.index(_fields(stage)) for table, stage in zip(tables, spec.stages, strict=True)
    ]
    found = tuple(zip(numbers, (int(stage.blocks) for stage in spec.stages), strict=True))
    return replace(made, base=columns.whole(spec) - made.cost(found))


def _member(
    space: Space, chosen: Mapping[str, Any], shapes: Sequence[Sequence[Mapping[str, Any]]]
) -> ResNetSpec | None:
    """Return a network that can be assembled, or None."""
    alike = (
        [each[min(i, len(each) - 1)] for each in shapes]
        for i in range(max(map(len, shapes)) if all(shapes) else 0)
    )
    for stages in islice(chain(alike, product(*shapes)), MAX_TRIED):
        values = dict(chosen)
        for i, shape in enumerate(stages):
            given = {**shape, "blocks": space.blocks(i)[0]}
            values |= {f"stages[{i}].{name}": value for name, value in given.items()}
        try:
            spec = space.at(values)
            assemble(spec)
        except RequestError:
            continue
        return spec
    return None


def _fields(stage: Stage) -> dict[str, Any]:
    return {
        field.name: getattr(stage, field.name) for field in fields(stage) if field.name != "blocks"
    }


def _sizes(spec: ResNetSpec) -> list[tuple[int, int]]:
    """Return the height and width of each stage's input."""
    graph = assemble(spec)
    scopes = [child for child in graph.root.children if isinstance(child, Scope)]
    outputs = [[*scope.nodes()][-1].output for scope in scopes]
    return [(int(shape[-2]), int(shape[-1])) for shape in outputs[: len(spec.stages)]]


def _table(
    position: Position,
    shapes: Sequence[Mapping[str, Any]],
    blocks: Sequence[int],
    before: tuple[int, ...],
    no_fall: bool,
    columns: Columns,
) -> StageTable | None:
    """Return the table of one stage, or None if no choice is legal."""
    kinds: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for shape in shapes:
        alike = tuple((n, v if n not in ARRAYS else v is None) for n, v in shape.items())
        kinds.setdefault(alike, []).append(shape)
    numbers = np.array(sorted(set(blocks)), dtype=np.int64)
    parts: list[Costs] = []
    ordered: list[Mapping[str, Any]] = []
    for members in kinds.values():
        ordered += members
        arrays = [n for n in ARRAYS if n == "channels" or len({m[n] for m in members}) > 1]
        common = {n: v for n, v in members[0].items() if n not in arrays}
        sizes = {n: np.array([m[n] for m in members], dtype=np.int64) for n in arrays}
        made = stage_costs(position, columns, common, sizes, np.array(before), numbers)
        narrower = sizes["channels"][None, :] < np.array(before)[:, None]
        parts.append(made._replace(legal=made.legal & ~narrower) if no_fall else made)
    first, rest, legal = (
        np.concatenate([getattr(part, name) for part in parts], axis=1)
        for name in ("first", "rest", "legal")
    )
    excess = np.concatenate([part.excess for part in parts], axis=2)
    if not legal.any():
        return None
    channels = tuple(sorted({shape["channels"] for shape in ordered}))
    places = {width: i for i, width in enumerate(channels)}
    start = len(columns.counts)
    moments = columns.moments(len(position.spec.stages))
    own = [
        start + i for i, (part, _) in enumerate(moments) if part == f"layer{position.number + 1}"
    ]
    return StageTable(
        shapes=tuple(ordered),
        states=np.array([places[shape["channels"]] for shape in ordered]),
        channels=channels,
        blocks=numbers,
        first=first,
        rest=_rest(rest, legal),
        excess=excess,
        own=tuple(own),
        legal=legal,
    )


def _rest(rest: Array, legal: Array) -> Array:
    """Return the costs of further blocks by shape; they do not depend on the input channels."""
    return rest[legal.argmax(axis=0), np.arange(rest.shape[1])]
