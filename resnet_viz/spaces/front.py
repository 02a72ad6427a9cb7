"""Compute the exact Pareto front of a space: keep undominated labels, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from resnet_viz.errors import RequestError
from resnet_viz.spaces.goal import Choice
from resnet_viz.spaces.tables import Setting

__all__ = ["front"]

MAX_LABELS = 5_000_000

Array = Any


def front(settings: Sequence[Setting], large: int, small: int) -> list[Choice]:
    """Return the choices that no other dominates: more of one total for less of another.

    Args:
        settings: the tables of a space.
        large: the index of the column to maximize.
        small: the index of the column to minimize.

    Raises:
        RequestError: there are too many labels to compare.
    """
    choices = [
        choice
        for number, setting in enumerate(settings)
        for choice in _of_setting(setting, number, large, small)
    ]
    if not choices:
        raise RequestError("space: no network in it is legal")
    costs = np.array([choice.costs for choice in choices])
    kept = _skyline(costs[:, large], costs[:, small])
    return [choices[i] for i in kept]


def _of_setting(setting: Setting, number: int, large: int, small: int) -> list[Choice]:
    costs = setting.base[None, :]
    states = np.zeros(1, dtype=np.intp)
    steps: list[tuple[Array, Array, Array]] = []
    for stage in setting.stages:
        parts = []
        for state in np.unique(states):
            here = np.flatnonzero(states == state)
            shapes, blocks, options = stage.options(int(state))
            worthy = _undominated(options, stage.states[shapes], large, small)
            shapes, blocks, options = shapes[worthy], blocks[worthy], options[worthy]
            if len(here) * len(shapes) > MAX_LABELS:
                raise RequestError(
                    "space: the front needs more than {most} beginnings of networks (must be a "
                    "smaller space)",
                    most=MAX_LABELS,
                )
            label = np.repeat(np.arange(len(here)), len(shapes))
            option = np.tile(np.arange(len(shapes)), len(here))
            joined = costs[here][label] + options[option]
            after = stage.states[shapes][option]
            kept = _undominated(joined, after, large, small)
            parts.append(
                tuple(c[kept] for c in (joined, after, here[label], shapes[option], blocks[option]))
            )
        joined, after, parents, shapes, blocks = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        kept = _undominated(joined, after, large, small)
        costs, states = joined[kept], after[kept]
        steps.append((parents[kept], shapes[kept], blocks[kept]))
    choices = []
    for label in _skyline(costs[:, large], costs[:, small]):
        at, chosen = int(label), []
        for parents, shapes, blocks in reversed(steps):
            chosen.append((int(shapes[at]), int(blocks[at])))
            at = int(parents[at])
        choices.append(
            Choice(
                value=int(costs[label, large]),
                costs=tuple(map(int, costs[label])),
                setting=number,
                chosen=tuple(reversed(chosen)),
            )
        )
    return choices


def _undominated(costs: Array, states: Array, large: int, small: int) -> Array:
    """Return the indices of the rows that no other row of the same state dominates."""
    found = [np.flatnonzero(states == state) for state in np.unique(states)]
    kept = [rows[_skyline(costs[rows, large], costs[rows, small])] for rows in found]
    return np.concatenate(kept) if kept else np.zeros(0, dtype=np.intp)


def _skyline(large: Array, small: Array) -> Array:
    """Return the indices of the undominated pairs, in descending order of `large`."""
    order = np.lexsort((small, -large))
    best = np.minimum.accumulate(small[order])
    keep = np.ones(len(order), dtype=bool)
    keep[1:] = small[order][1:] < best[:-1]
    return order[keep]
