"""Search exactly around a network: for the best within a budget, and for a Pareto front."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import resnet_viz
from resnet_viz.app.answers import keeps
from resnet_viz.app.budget import Budget, Setting
from resnet_viz.spaces.space import Space
from resnet_viz.spec import ResNetSpec

__all__ = ["best_of_space", "front_of", "nearest_members"]

STEP = 32
"""The step of channels in the spaces, chosen so that a page answers within about a second."""

MOST = 3
"""The most proposals of each kind."""


@lru_cache(maxsize=64)
def nearest_members(spec: ResNetSpec, budget: Budget, setting: Setting) -> tuple[ResNetSpec, ...]:
    """Return the members of a network's family that come closest to a budget; see `fit`.

    Raises:
        RequestError: no member fits.
    """
    found = resnet_viz.fit(spec, k=MOST, **_limits(budget, setting))
    return _kept(spec, [row.spec for row in found.rows], budget, setting)


@lru_cache(maxsize=64)
def best_of_space(spec: ResNetSpec, budget: Budget, setting: Setting) -> tuple[ResNetSpec, ...]:
    """Return the largest networks within a budget, with stages varied separately; see `search`.

    Raises:
        RequestError: no network fits.
    """
    around = Space.around(spec, width=(0.25, 1.25), depth=(0.5, 1.25), step=STEP)
    space = Space({**around.data, "rules": ["widths_do_not_fall"]})
    found = resnet_viz.search(space, k=MOST, **_limits(budget, setting))
    return _kept(spec, [row.spec for row in found.rows], budget, setting)


@lru_cache(maxsize=64)
def front_of(spec: ResNetSpec) -> tuple[ResNetSpec, ...]:
    """Return the Pareto front of parameters and MACs around a network; see `pareto`.

    Raises:
        RequestError: the front has too many networks.
    """
    space = Space.around(spec, width=(0.5, 1.5), step=STEP)
    rows = resnet_viz.pareto(space, ("params", "macs")).rows
    return tuple(_named(spec, row.spec) for row in rows)


def _limits(budget: Budget, setting: Setting) -> dict[str, Any]:
    """Return a budget as arguments of the searches, with the time in milliseconds."""
    limits: dict[str, Any] = budget.limits()
    if "time" in limits:
        limits["latency"] = limits.pop("time") / 1000
    return {**limits, "batch": setting.batch, "device": setting.device}


def _kept(
    spec: ResNetSpec, found: list[ResNetSpec], budget: Budget, setting: Setting
) -> tuple[ResNetSpec, ...]:
    """Return the networks within the budget for the chosen dtype and optimizer."""
    return tuple(_named(spec, one) for one in found if keeps(one, budget, setting))


def _named(spec: ResNetSpec, found: ResNetSpec) -> ResNetSpec:
    """Return a network, named after the chosen blocks and channels."""
    blocks = "-".join(f"{stage.blocks}" for stage in found.stages)
    channels = "-".join(f"{stage.channels}" for stage in found.stages)
    return replace(found, name=f"{spec.name.partition('_at_')[0]}_at_{blocks}x{channels}")
