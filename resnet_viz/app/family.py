"""Find members of a network's family, with scaled widths and depths, within a budget.

The grid is coarser than that of `resnet_viz.fit`, which takes seconds, because a page must answer
at once. Budgets may also limit memory and time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from resnet_viz.app.answers import check, costs_of, keeps
from resnet_viz.app.budget import Budget, Setting
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec, Stage
from resnet_viz.spec.kinds import BLOCKS

__all__ = ["nearest_of_family"]

STEP = 8
"""The number of which channels are multiples."""

WIDTHS = tuple(eighths / 8 for eighths in range(12, 0, -1))
DEPTHS = (1.0, 0.75, 0.5)


@lru_cache(maxsize=64)
def nearest_of_family(
    spec: ResNetSpec, budget: Budget, setting: Setting, most: int
) -> tuple[ResNetSpec, ...]:
    """Return the members of a network's family that use the most of a budget within it."""
    kept = {one: costs_of(one, setting) for one in _members(spec) if keeps(one, budget, setting)}

    def used(member: ResNetSpec) -> float:
        return max(kept[member][name] / limit for name, limit in budget.limits().items())

    return tuple(sorted(kept, key=used, reverse=True)[:most])


def _members(spec: ResNetSpec) -> Iterator[ResNetSpec]:
    for depth in DEPTHS:
        for width in WIDTHS:
            stem = replace(spec.stem, channels=_rounded(spec.stem.channels * width, STEP))
            try:
                stages = tuple(_scaled(stage, width, depth) for stage in spec.stages)
                member = check(replace(spec, stem=stem, stages=stages, name=_name(spec, stages)))
            except RequestError:  # for example, groups that no longer divide the channels
                continue
            if member.stages != spec.stages:
                yield member


def _scaled(stage: Stage, width: float, depth: float) -> Stage:
    step = stage.group_width or STEP * (stage.expansion if BLOCKS[stage.block].bottleneck else 1)
    inside = stage.bottleneck_width
    return replace(
        stage,
        channels=_rounded(stage.channels * width, step),
        blocks=max(1, round(stage.blocks * depth)),
        bottleneck_width=None if inside is None else _rounded(inside * width, step),
    )


def _rounded(channels: float, step: int) -> int:
    """Return the nearest multiple of a step, at least one step.

    >>> _rounded(100, 8), _rounded(3, 8)
    (96, 8)
    """
    return max(step, round(channels / step) * step)


def _name(spec: ResNetSpec, stages: tuple[Stage, ...]) -> str:
    """Return the network's name with the chosen blocks and channels."""
    blocks = "-".join(f"{stage.blocks}" for stage in stages)
    return f"{spec.name.partition('_at_')[0]}_at_{blocks}x{stages[-1].channels}"
