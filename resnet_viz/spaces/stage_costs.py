"""Compute the cost that a stage adds to a network, for many input and inner widths at once.

A stage's cost is the difference between two networks: stem, one convolution and head, with and
without the stage between convolution and head. The difference includes the change of the head's
cost, so that the differences of all stages add up to the cost of a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from resnet_viz.arithmetic import Size
from resnet_viz.errors import RequestError, SpecError
from resnet_viz.spaces.columns import BACKWARD, Columns, Step
from resnet_viz.spec import ResNetSpec, Stage, Stem
from resnet_viz.spec.kinds import SHORTCUTS

__all__ = ["ARRAYS", "Costs", "Position", "stage_costs"]

ARRAYS = ("channels", "group_width", "bottleneck_width", "base_width")
"""The fields of a stage that may be arrays in one graph."""

MAX_COST = 1 << 55
"""The bound on every cost of a stage, so that sums over stages fit in 64 bits."""

Array = Any


class Position(NamedTuple):
    """The position of a stage in a network.

    Attributes:
        spec: a network with the stage.
        number: the index of the stage.
        size: the height and width of its input.
    """

    spec: ResNetSpec
    number: int
    size: tuple[int, int]


class Costs(NamedTuple):
    """The costs of stages, by input channels and shape.

    Attributes:
        first: the costs with one block, `(before, shapes, columns)`.
        rest: the costs of each further block, `(before, shapes, columns)`; for the columns of the
            stage's own moments a lower bound.
        excess: the differences of these columns from that bound, forward and backward,
            `(2, before, shapes, numbers of blocks)`.
        legal: whether the network is legal, `(before, shapes)`.
    """

    first: Array
    rest: Array
    excess: Array
    legal: Array


def stage_costs(
    position: Position,
    columns: Columns,
    kind: Mapping[str, Any],
    sizes: Mapping[str, Array],
    before: Array,
    blocks: Array,
) -> Costs:
    """Return the costs of stages that differ only in some sizes.

    Args:
        position: the position of the stage.
        columns: the columns to count.
        kind: the fields that all stages share.
        sizes: arrays of the other fields, named in `ARRAYS`, with one element per shape.
        before: the possible input channels of the stage.
        blocks: the numbers of blocks for which `excess` is needed.
    """
    pads = SHORTCUTS[kind["shortcut"]].changed == "pad"  # a tensor only where channels are added
    if kind["stride"] > 1 and not pads:  # all have the same operators, so that one graph holds them
        rows = {name: values[None, :] for name, values in sizes.items()}
        try:
            made = _costs(_Alone(position, kind, rows, before[:, None]), columns, blocks)
            return Costs(*made, np.ones((len(before), len(sizes["channels"])), dtype=bool))
        except RequestError:
            pass  # some are not legal: for example, a norm's groups do not divide its channels
    shape = (len(before), len(sizes["channels"]))
    ahead = np.repeat(before, shape[1])
    flat = {name: np.tile(values, shape[0]) for name, values in sizes.items()}
    costs = _one_by_one(position, columns, kind, flat, ahead, blocks)
    return Costs(
        first=costs.first.reshape(*shape, -1),
        rest=costs.rest.reshape(*shape, -1),
        excess=costs.excess.reshape(2, *shape, -1),
        legal=costs.legal.reshape(shape),
    )


def _one_by_one(
    position: Position,
    columns: Columns,
    kind: Mapping[str, Any],
    sizes: Mapping[str, Array],
    before: Array,
    blocks: Array,
) -> Costs:
    """Return the costs of pairs, split until one graph holds each part or a pair is not legal."""
    pairs = len(before)
    wide = len(columns.counts) + len(columns.moments(len(position.spec.stages)))
    first, rest = (np.zeros((pairs, wide), dtype=np.int64) for _ in range(2))
    excess = np.zeros((2, pairs, len(blocks) if columns.memory else 0), dtype=np.int64)
    legal = np.zeros(pairs, dtype=bool)
    same = before == sizes["channels"]
    waiting = [np.flatnonzero(same), np.flatnonzero(~same)]
    while waiting:
        part = waiting.pop()
        if not len(part):
            continue
        alone = _Alone(position, kind, {n: v[part] for n, v in sizes.items()}, before[part])
        try:
            first[part], rest[part], excess[:, part] = _costs(alone, columns, blocks)
        except RequestError:
            if len(part) > 1:
                waiting += [part[: len(part) // 2], part[len(part) // 2 :]]
            continue
        legal[part] = True
    return Costs(first, rest, excess, legal)


class _Alone(NamedTuple):
    """Stages that fit into one graph, each in a network without other stages."""

    position: Position
    kind: Mapping[str, Any]
    sizes: Mapping[str, Array]
    before: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array of pairs of input channels and stages."""
        return np.broadcast_shapes(self.before.shape, self.sizes["channels"].shape)

    def without(self) -> ResNetSpec | None:
        """Return the network without the stage; None if it is the first, after the stem."""
        spec, number, size = self.position
        if number == 0:
            return None
        before = spec.stages[number - 1]
        ahead = Stage(
            blocks=1,
            channels=self.before,
            block="conv",
            shortcut="none",
            dilation=before.dilation,
            pool=before.pool,
        )
        stem = Stem(channels=spec.norm_groups, kernel=1, stride=1, pool=False)
        sides = [side * (2 if before.pool else 1) for side in size]
        return replace(spec, stem=stem, stages=(ahead,), input=(1, sides[0], sides[1]))

    def having(self, blocks: int) -> ResNetSpec:
        """Return the network with the stage, with the given number of blocks."""
        stage = Stage(**{**self.kind, **self.sizes, "blocks": blocks})
        without = self.without()
        if without is None:
            return replace(self.position.spec, stages=(stage,))
        return replace(without, stages=(*without.stages, stage))


def _costs(alone: _Alone, columns: Columns, blocks: Array) -> tuple[Array, Array, Array]:
    """Return the costs of pairs with one block, of each further block, and the excess."""
    without, shape = alone.without(), alone.shape
    zero: list[Size] = [0] * len(columns.counts)
    counts = [
        _table(columns.sums(spec) if spec else zero, shape)
        for spec in (without, alone.having(1), alone.having(2))
    ]
    first, rest = counts[1] - counts[0], counts[2] - counts[1]
    if not columns.memory:
        return first, rest, np.zeros((2, *shape, 0), dtype=np.int64)
    base, slope, excess = _moments(alone, columns, blocks)
    return np.concatenate([first, base], axis=-1), np.concatenate([rest, slope], axis=-1), excess


def _moments(alone: _Alone, columns: Columns, blocks: Array) -> tuple[Array, Array, Array]:
    """Return the columns of bytes: with one block, of each further block, and the excess."""
    number, stages = alone.position.number, len(alone.position.spec.stages)
    without, shape = alone.without(), alone.shape
    ahead = columns.step(without) if without else Step(0, 0, 0, {})
    one, two, three = (columns.step(alone.having(n), depth=2) for n in (1, 2, 3))
    stage = "layer1" if without is None else "layer2"
    stays, saved, gradients = (
        [_int64(getattr(made, name), shape) for made in (ahead, one, two)]
        for name in ("stays", "saved", "gradients")
    )

    def peak(made: Step, block: str, direction: str) -> Array:
        return _int64(made.peaks[f"{stage}.{block}", direction], shape)

    first, rest, excess = [], [], []
    for part, direction in columns.moments(stages):
        base = slope = np.zeros(shape, dtype=np.int64)
        later = part == "head" or (part.startswith("layer") and int(part[5:]) > number + 1)
        if part == f"layer{number + 1}":
            base = peak(one, "0", direction) - saved[0]
            slope = peak(two, "0", direction) - peak(one, "0", direction)
            least = base[..., None] + slope[..., None] * (blocks - 1)
            real = least
            for name in _parts(two, stage, direction):
                at, after = peak(two, name, direction), peak(three, name, direction)
                line = (at - saved[0])[..., None] + (after - at)[..., None] * (blocks - 2)
                lone = peak(one, name, direction) - saved[0] if name != "1" else base
                real = np.maximum(real, np.where(blocks > 1, line, lone[..., None]))
            excess.append(real - least)
        elif part == "head" and number == stages - 1:
            heads = [_int64(made.peaks["head", direction], shape) for made in (one, two)]
            base, slope = heads[0] - saved[0], heads[1] - heads[0]
        elif later:
            base, slope = saved[1] - saved[0], saved[2] - saved[1]
        elif direction == BACKWARD:
            base, slope = gradients[1] - gradients[0], gradients[2] - gradients[1]
        first.append(base + stays[1] - stays[0])
        rest.append(slope + stays[2] - stays[1])
    return np.stack(first, axis=-1), np.stack(rest, axis=-1), np.stack(excess)


def _parts(made: Step, stage: str, direction: str) -> list[str]:
    """Return the names of a stage's parts: its first block, its repeated block, its pool."""
    return [
        path.partition(".")[2]
        for path, way in made.peaks
        if way == direction and path.partition(".")[0] == stage
    ]


def _table(columns: list[Size], shape: tuple[int, ...]) -> Array:
    """Return columns as one array, `(*shape, columns)`."""
    return np.stack([_int64(column, shape) for column in columns], axis=-1)


def _int64(size: Size, shape: tuple[int, ...]) -> Array:
    """Return a size as an array of 64-bit integers.

    Raises:
        SpecError: the size is too large.
    """
    values = np.asarray(size)
    if values.dtype.kind == "O" and max(map(abs, values.flat)) >= MAX_COST:
        raise SpecError("space", "networks too large to be counted in 64 bits")
    return np.broadcast_to(values.astype(np.int64), shape)
