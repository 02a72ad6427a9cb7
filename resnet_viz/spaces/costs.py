"""Tabulate the costs of a space's stages, for all choices of a stage and of its input channels.

The costs of stages add up: a stage's cost depends only on the stage, its input channels and its
input size. The tables come from `assemble` and `tally`, as all counts do, applied to networks of a
single stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from resnet_viz.assembly import assemble
from resnet_viz.count import count_layers, tally
from resnet_viz.errors import RequestError, SpecError
from resnet_viz.graph import Scope
from resnet_viz.spaces.machine import MAX_MACHINE, machine_integers
from resnet_viz.spaces.space import Space
from resnet_viz.spec import Head, ResNetSpec, Stage, Stem

__all__ = ["METRICS", "Setting", "StageTable", "settings"]

METRICS = ("params", "macs", "activations", "layers")
"""The totals that are sums over stages."""

Integers = Any
"""A numpy array of 64-bit integers."""


@dataclass(frozen=True)
class StageTable:
    """The choices for one stage, with their costs.

    Attributes:
        shapes: the possible fields of the stage, including channels but not the number of blocks.
        states: for each shape, the index of its channels in `channels`.
        channels: the possible output channels, in ascending order without duplicates.
        blocks: the possible numbers of blocks, in ascending order.
        first: the costs of the first block, `(input channels, shapes, metrics)`.
        rest: the costs of each further block, `(shapes, metrics)`.
        legal: whether a shape may follow given input channels, `(input channels, shapes)`.
    """

    shapes: tuple[Mapping[str, Any], ...]
    states: Integers
    channels: tuple[int, ...]
    blocks: Integers
    first: Integers
    rest: Integers
    legal: Any


class Setting(NamedTuple):
    """The networks of a space that share the values of the network-wide axes.

    Attributes:
        chosen: the values of those axes, by path.
        base: the constant costs of stem and head.
        stages: the choices for each stage.
        heads: the costs of the head for each output of the last stage, `(channels, metrics)`.
    """

    chosen: Mapping[str, Any]
    base: Integers
    stages: tuple[StageTable, ...]
    heads: Integers


def settings(space: Space) -> Iterator[Setting]:
    """Yield each setting of a space that has legal networks, with its tables."""
    axes = space.settings
    for values in product(*(axis.values for axis in axes)):
        chosen = dict(zip([axis.path for axis in axes], values, strict=True))
        made = _setting(space, chosen)
        if made is not None:
            yield made


def _setting(space: Space, chosen: Mapping[str, Any]) -> Setting | None:
    free = [axis for axis in space.axes if axis not in space.settings]
    spec = next(_members(space, chosen, free), None)
    if spec is None:
        return None
    graph = assemble(spec)
    scopes = [child for child in graph.root.children if isinstance(child, Scope)]
    sizes = [tuple(map(int, list(scope.nodes())[-1].output[-2:])) for scope in scopes]
    stages: list[StageTable] = []
    before: tuple[int, ...] = (int(spec.stem.channels),)
    for i in range(len(spec.stages)):
        choices = {
            axis.path.partition(".")[2]: axis.values
            for axis in free
            if axis.path.startswith(f"stages[{i}].")
        }
        table = _table(spec, i, choices, before, sizes[i], "widths_do_not_fall" in space.rules)  # type: ignore[attr-defined]
        if table is None:
            return None
        stages.append(table)
        before = table.channels
    whole = tally(graph)
    stem = whole.children[0]
    ends = count_layers(graph).total - sum(
        int(stage.blocks) * _layers(spec, i) for i, stage in enumerate(spec.stages)
    )
    base = np.array([stem.params, stem.macs, stem.activations, ends], dtype=np.int64)
    heads = np.array([_head(spec, channels, sizes[-2]) for channels in before], dtype=np.int64)
    return Setting(chosen, base, tuple(stages), heads)


def _members(space: Space, chosen: Mapping[str, Any], free: list[Any]) -> Iterator[ResNetSpec]:
    """Yield legal networks of a setting, trying the simplest combinations first."""
    for number in range(64):
        values = {axis.path: axis.values[min(number, len(axis.values) - 1)] for axis in free}
        try:
            yield space.at({**chosen, **values})
        except (SpecError, RequestError):
            continue
    for values_ in product(*(axis.values for axis in free)):
        try:
            yield space.at({**chosen, **dict(zip([a.path for a in free], values_, strict=True))})
        except (SpecError, RequestError):
            continue


def _table(
    spec: ResNetSpec,
    number: int,
    choices: Mapping[str, tuple[Any, ...]],
    before: tuple[int, ...],
    size: tuple[int, ...],
    no_fall: bool,
) -> StageTable | None:
    """Return the table of one stage, or None if no choice is legal."""
    stage = spec.stages[number]
    fixed = {name: (getattr(stage, name),) for name in Stage.__dataclass_fields__}
    fields = {**fixed, **choices}
    blocks = np.array(sorted(set(fields.pop("blocks"))), dtype=np.int64)
    widths = sorted(set(fields.pop("channels")))
    names = list(fields)
    shapes: list[dict[str, Any]] = []
    firsts, rests, legals = [], [], []
    for values in product(*fields.values()):
        kind = dict(zip(names, values, strict=True))
        legal_widths = [width for width in widths if _is_legal({**kind, "channels": width})]
        if not legal_widths:
            continue
        pairs = np.array([(c, w) for c in before for w in legal_widths], dtype=np.int64)
        first, rest, legal = _pair_costs(spec, number, kind, pairs, size)
        shape = (len(before), len(legal_widths))
        if no_fall:
            legal &= pairs[:, 1] >= pairs[:, 0] if number else True
        shapes += [{**kind, "channels": width} for width in legal_widths]
        firsts.append(first.reshape(*shape, -1))
        rests.append(_first_legal(rest.reshape(*shape, -1), legal.reshape(shape)))
        legals.append(legal.reshape(shape))
    if not shapes or not any(legal.any() for legal in legals):
        return None
    channels = tuple(sorted({shape["channels"] for shape in shapes}))
    places = {width: i for i, width in enumerate(channels)}
    return StageTable(
        shapes=tuple(shapes),
        states=np.array([places[shape["channels"]] for shape in shapes]),
        channels=channels,
        blocks=blocks,
        first=np.concatenate(firsts, axis=1),
        rest=np.concatenate(rests, axis=0),
        legal=np.concatenate(legals, axis=1),
    )


def _first_legal(rest: Integers, legal: Any) -> Integers:
    """Return the costs of further blocks, which do not depend on the input channels."""
    return rest[legal.argmax(axis=0), np.arange(rest.shape[1])]


def _is_legal(fields: Mapping[str, Any]) -> bool:
    try:
        Stage(**{"blocks": 1, **fields})
    except SpecError:
        return False
    return True


def _pair_costs(
    spec: ResNetSpec, number: int, kind: Mapping[str, Any], pairs: Integers, size: tuple[int, ...]
) -> tuple[Integers, Integers, Any]:
    """Return the costs of the first and each further block, for pairs of input and output channels.

    If the pairs mix structures that one graph cannot hold, such as projections and identities, they
    are split until each part has one structure.
    """
    first = np.zeros((len(pairs), len(METRICS)), dtype=np.int64)
    rest = np.zeros_like(first)
    legal = np.zeros(len(pairs), dtype=bool)
    same = pairs[:, 0] == pairs[:, 1]
    waiting = [np.flatnonzero(same), np.flatnonzero(~same)]
    while waiting:
        part = waiting.pop()
        if not len(part):
            continue
        try:
            once, twice = (_stage_cost(spec, number, kind, pairs[part], size, n) for n in (1, 2))
        except RequestError:
            if len(part) > 1:
                waiting += [part[: len(part) // 2], part[len(part) // 2 :]]
            continue
        rest[part] = twice - once
        first[part] = once
        first[part, METRICS.index("layers")] = rest[part, METRICS.index("layers")]
        legal[part] = True
    return first, rest, legal


def _stage_cost(
    spec: ResNetSpec,
    number: int,
    kind: Mapping[str, Any],
    pairs: Integers,
    size: tuple[int, ...],
    blocks: int,
) -> Integers:
    """Return the costs of a stage with the given number of blocks, one row per channel pair."""
    before, after = (machine_integers(pairs[:, i], 1 << 20) for i in (0, 1))
    stage = Stage(**{**kind, "channels": after, "blocks": blocks})
    alone = _alone(spec, number, stage, before, size)
    _must_not_overflow(spec, number, kind, pairs, size, blocks)
    graph = assemble(alone)
    part = tally(graph).children[1 + (number > 0)]
    layers = count_layers(graph).total
    costs = (part.params, part.macs, part.activations, layers)
    return np.stack([np.broadcast_to(np.asarray(cost), len(pairs)) for cost in costs], axis=1)


def _must_not_overflow(
    spec: ResNetSpec,
    number: int,
    kind: Mapping[str, Any],
    pairs: Integers,
    size: tuple[int, ...],
    blocks: int,
) -> None:
    """Check that no count of any element exceeds 64 bits.

    Shape and cost rules only add, multiply and divide non-negative numbers, so that every number is
    largest for the largest channels. That case is counted with Python's unbounded integers.
    """
    most = [int(pairs[:, i].max()) for i in (0, 1)]
    units = int(kind.get("expansion", 1)) * int(kind.get("group_width") or 1)
    most[1] = -(-most[1] // units) * units
    stage = Stage(**{**kind, "channels": most[1], "blocks": blocks})
    whole = tally(assemble(_alone(spec, number, stage, max(most), size)))
    if max((whole.params, *whole.terms.values())) * 1_000_000 >= MAX_MACHINE:
        raise SpecError("space", "networks too large to be counted in 64 bits")


def _alone(
    spec: ResNetSpec, number: int, stage: Stage, before: Any, size: tuple[int, ...]
) -> ResNetSpec:
    """Return a network with one stage, preceded by layers that produce its input."""
    if number == 0:
        return replace(spec, stages=(stage,), head=Head(1))
    ahead = Stage(
        blocks=1,
        channels=before,
        block="conv",
        shortcut="none",
        dilation=spec.stages[number - 1].dilation,
    )
    stem = Stem(channels=spec.norm_groups, kernel=1, stride=1, pool=False)
    return replace(
        spec, stem=stem, stages=(ahead, stage), input=(1, size[0], size[1]), head=Head(1)
    )


def _layers(spec: ResNetSpec, number: int) -> int:
    """Return the number of layers in one block of a stage."""
    one, two = (
        count_layers(
            assemble(replace(spec, stages=(replace(spec.stages[number], blocks=blocks),)))
        ).total
        for blocks in (1, 2)
    )
    return int(two - one)


def _head(spec: ResNetSpec, channels: int, size: tuple[int, ...]) -> list[int]:
    """Return the head's costs after a last stage with the given channels; `base` has its layers."""
    stem = Stem(channels=spec.norm_groups, kernel=1, stride=1, pool=False)
    stage = Stage(blocks=1, channels=channels, block="conv", shortcut="none")
    net = replace(spec, stem=stem, stages=(stage,), input=(1, size[0], size[1]))
    head = tally(assemble(net)).children[-1]
    return [int(head.params), int(head.macs), int(head.activations), 0]
