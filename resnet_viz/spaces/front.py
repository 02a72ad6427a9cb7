"""Compute the exact Pareto front of a space: keep undominated labels, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from resnet_viz.errors import RequestError
from resnet_viz.spaces.costs import Setting
from resnet_viz.spaces.optimize import Choice

__all__ = ["front"]

MAX_LABELS = 5_000_000


def front(settings: Sequence[Setting], large: int, small: int) -> list[Choice]:
    """Return the choices that no other dominates: more of one metric for less of another.

    Args:
        settings: the tables of a space.
        large: the index of the metric to maximize.
        small: the index of the metric to minimize.

    Raises:
        RequestError: there are too many labels to compare.
    """
    choices = [
        choice
        for number, setting in enumerate(settings)
        for choice in _of_setting(setting, number, large, small)
    ]
    costs = np.array([choice.costs for choice in choices])
    kept = _skyline(costs[:, large], costs[:, small])
    return [choices[i] for i in kept]


def _of_setting(setting: Setting, number: int, large: int, small: int) -> list[Choice]:
    costs = setting.base[None, :]
    states = np.zeros(1, dtype=np.int64)
    steps: list[tuple[Any, Any, Any]] = []
    for stage in setting.stages:
        parts = []
        for state in np.unique(states):
            here = np.flatnonzero(states == state)
            legal = np.flatnonzero(stage.legal[state])
            further = (stage.blocks - 1)[None, :, None] * stage.rest[legal][:, None, :]
            options = (stage.first[state, legal][:, None, :] + further).reshape(-1, costs.shape[1])
            shapes, blocks = np.repeat(legal, len(stage.blocks)), np.tile(stage.blocks, len(legal))
            if len(here) * len(shapes) > MAX_LABELS:
                raise RequestError(
                    "space: the front needs more than {most} beginnings of networks (must be a "
                    "smaller space)",
                    most=MAX_LABELS,
                )
            joined = (costs[here][:, None, :] + options[None, :, :]).reshape(-1, costs.shape[1])
            parents, option = (
                np.repeat(here, len(shapes)),
                np.tile(np.arange(len(shapes)), len(here)),
            )
            parts.append(
                (joined, stage.states[shapes][option], parents, shapes[option], blocks[option])
            )
        joined, states, parents, shapes, blocks = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        kept = np.concatenate(
            [
                np.flatnonzero(states == state)[
                    _skyline(*(joined[states == state][:, i] for i in (large, small)))
                ]
                for state in np.unique(states)
            ]
        )
        costs, states = joined[kept], states[kept]
        steps.append((parents[kept], shapes[kept], blocks[kept]))
    costs = costs + setting.heads[states]
    choices = []
    for label in _skyline(costs[:, large], costs[:, small]):
        at, stages = int(label), []
        for parents, shapes, blocks in reversed(steps):
            stages.append((int(shapes[at]), int(blocks[at])))
            at = int(parents[at])
        choices.append(
            Choice(
                value=int(costs[label, large]),
                costs=tuple(map(int, costs[label])),
                setting=number,
                stages=tuple(reversed(stages)),
            )
        )
    return choices


def _skyline(large: Any, small: Any) -> Any:
    """Return the indices of the undominated pairs, in descending order of `large`."""
    order = np.lexsort((small, -large))
    best = np.minimum.accumulate(small[order])
    keep = np.ones(len(order), dtype=bool)
    keep[1:] = small[order][1:] < best[:-1]
    return order[keep]
