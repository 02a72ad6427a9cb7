"""List and count a network's family: its widths scaled by one factor, its depths by another."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import lcm
from typing import Any

import numpy as np

from resnet_viz.errors import RequestError, SpecError
from resnet_viz.spaces.columns import Columns
from resnet_viz.spec import ResNetSpec, Stage

__all__ = ["count_family", "family"]

WIDTHS = tuple(i / 32 for i in range(4, 97))
"""Width multipliers of a family."""

DEPTHS = tuple(i / 8 for i in range(2, 25))
"""Depth multipliers of a family."""


def family(
    spec: ResNetSpec, widths: Iterable[float] = WIDTHS, depths: Iterable[float] = DEPTHS
) -> Iterator[ResNetSpec]:
    """Yield the members of a network's family without duplicates, only legal specs.

    Args:
        spec: the network.
        widths: the factors of its channels.
        depths: the factors of its blocks.
    """
    made = set()
    for depth, width in itertools.product(depths, widths):
        try:
            member = _scaled(spec, width, depth)
        except SpecError:  # for example, 32 groups that do not divide the scaled channels
            continue
        if member.stages not in made:
            made.add(member.stages)
            yield member


def count_family(members: Iterable[ResNetSpec], columns: Columns) -> tuple[list[ResNetSpec], Any]:
    """Return the members that can be assembled, and their costs, one row each.

    Members of equal depth with the same kinds of shortcut are counted together, as one network with
    arrays as widths.
    """
    alike: dict[Any, list[ResNetSpec]] = {}
    for member in members:
        widths = [member.stem.channels, *(stage.channels for stage in member.stages)]
        same = tuple(a == b for a, b in itertools.pairwise(widths))
        alike.setdefault((tuple(stage.blocks for stage in member.stages), same), []).append(member)
    waiting, counted, costs = [*alike.values()], [], []
    while waiting:
        group = waiting.pop()
        try:
            made = columns.whole(_together(group))
        except RequestError:  # for example, a norm's groups do not divide the channels
            if len(group) > 1:
                waiting += [group[: len(group) // 2], group[len(group) // 2 :]]
            continue
        counted += group
        costs.append(made.reshape(-1, made.shape[-1]))
    return counted, np.concatenate(costs)


def _together(members: Sequence[ResNetSpec]) -> ResNetSpec:
    """Return networks that differ only in widths as one network with arrays as widths."""
    if len(members) == 1:
        return members[0]
    first = members[0]

    def array(values: Any) -> Any:
        values = [*values]
        return values[0] if values[0] is None else np.array(values)

    stages = tuple(
        replace(
            stage,
            channels=array(member.stages[i].channels for member in members),
            bottleneck_width=array(member.stages[i].bottleneck_width for member in members),
        )
        for i, stage in enumerate(first.stages)
    )
    stem = replace(
        first.stem,
        channels=array(member.stem.channels for member in members),
        hidden=tuple(
            array(member.stem.hidden[i] for member in members)
            for i in range(len(first.stem.hidden))
        ),
    )
    return replace(first, stages=stages, stem=stem)


def _scaled(spec: ResNetSpec, width: float, depth: float) -> ResNetSpec:
    """Return a network with its channels and blocks multiplied.

    Raises:
        SpecError: the scaled network is not legal.
    """
    stages = tuple(
        replace(
            stage,
            channels=_rounded(stage.channels * width, _unit(stage)),
            blocks=max(round(stage.blocks * depth), 1),
            bottleneck_width=stage.bottleneck_width
            and _rounded(stage.bottleneck_width * width, int(stage.group_width or 8)),
        )
        for stage in spec.stages
    )
    stem = replace(
        spec.stem,
        channels=_rounded(spec.stem.channels * width, 8),
        hidden=tuple(_rounded(hidden * width, 8) for hidden in spec.stem.hidden),
    )
    return replace(spec, stages=stages, stem=stem)


def _unit(stage: Stage) -> int:
    if stage.block not in ("bottleneck", "senet") or stage.bottleneck_width is not None:
        return 8
    return lcm(8, stage.expansion * int(stage.group_width or 1))


def _rounded(channels: float, unit: int) -> int:
    """Return the nearest multiple of `unit` that loses at most a tenth of the channels."""
    rounded = max(int(channels + unit / 2) // unit * unit, unit)
    return rounded if rounded >= 0.9 * channels else rounded + unit
