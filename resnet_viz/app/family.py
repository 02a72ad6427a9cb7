"""Find the members of a network's family that use most of a budget, on a coarse grid.

The grid is small enough to be counted while a visitor edits; `app.exact` searches all members.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from resnet_viz.app.answers import keeps
from resnet_viz.app.budget import Budget, Setting
from resnet_viz.spaces.columns import METRICS, Columns
from resnet_viz.spaces.family import count_family, family
from resnet_viz.spec import ResNetSpec

__all__ = ["nearest_of_family"]

WIDTHS = tuple(eighths / 8 for eighths in range(12, 0, -1))
DEPTHS = (1.0, 0.5)


@lru_cache(maxsize=64)
def nearest_of_family(
    spec: ResNetSpec, budget: Budget, setting: Setting, most: int
) -> tuple[ResNetSpec, ...]:
    """Return up to `most` members that use most of a budget without exceeding it.

    Members within the limits of parameters and MACs are ordered by them, by MACs if neither is set;
    the memory and time of a member are computed when its turn comes.
    """
    counted = budget._replace(memory=0, time=0)
    limits = counted.limits() or {"macs": 1}

    def used(member: ResNetSpec) -> float:
        return max(totals[member][name] / limit for name, limit in limits.items())

    totals = _counted(spec)
    within = [member for member, costs in totals.items() if counted.holds(costs)]
    ordered = map(_named, sorted(within, key=used, reverse=True))
    if counted == budget:
        return tuple(islice(ordered, most))
    return tuple(islice((one for one in ordered if keeps(one, budget, setting)), most))


@lru_cache(maxsize=64)
def _counted(spec: ResNetSpec) -> dict[ResNetSpec, Mapping[str, int]]:
    """Return the members except the network itself, with their counts."""
    others = (one for one in family(spec, WIDTHS, DEPTHS) if one.stages != spec.stages)
    members, costs = count_family(others, Columns())
    return {
        member: dict(zip(METRICS, row, strict=True))
        for member, row in zip(members, costs.tolist(), strict=True)
    }


def _named(member: ResNetSpec) -> ResNetSpec:
    """Return a member, named after its blocks and its last channels."""
    blocks = "-".join(f"{stage.blocks}" for stage in member.stages)
    name = f"{member.name.partition('_at_')[0]}_at_{blocks}x{member.stages[-1].channels}"
    return replace(member, name=name)
