"""Find the members of a network's family that use most of a budget, on a coarse grid.

The grid is small enough to be counted while a visitor edits; `app.exact` searches all members.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from resnet_viz.app.answers import check, costs_of, keeps
from resnet_viz.app.budget import Budget, Setting
from resnet_viz.errors import RequestError
from resnet_viz.spaces.family import family
from resnet_viz.spec import ResNetSpec

__all__ = ["nearest_of_family"]

WIDTHS = tuple(eighths / 8 for eighths in range(12, 0, -1))
DEPTHS = (1.0, 0.75, 0.5)


@lru_cache(maxsize=64)
def nearest_of_family(
    spec: ResNetSpec, budget: Budget, setting: Setting, most: int
) -> tuple[ResNetSpec, ...]:
    """Return up to `most` members that use most of a budget without exceeding it."""
    kept = {one: costs_of(one, setting) for one in _members(spec) if keeps(one, budget, setting)}

    def used(member: ResNetSpec) -> float:
        return max(kept[member][name] / limit for name, limit in budget.limits().items())

    return tuple(sorted(kept, key=used, reverse=True)[:most])


def _members(spec: ResNetSpec) -> Iterator[ResNetSpec]:
    """Yield the members except the network itself, each with a new name."""
    for member in family(spec, WIDTHS, DEPTHS):
        if member.stages == spec.stages:
            continue
        blocks = "-".join(f"{stage.blocks}" for stage in member.stages)
        name = f"{spec.name.partition('_at_')[0]}_at_{blocks}x{member.stages[-1].channels}"
        try:
            yield check(replace(member, name=name))
        except RequestError:  # groups of a norm that no longer divide, for example
            continue
