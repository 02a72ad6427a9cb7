"""Join random halves of networks to pairs whose sums come closest to a bound from below.

If the goal itself is limited ("as many multiply-adds as 1G allows"), nearly every label could still
reach the limit, so that bounds exclude hardly any. But so many networks are close to the limit that
some reach it. The halves are sorted, and the best partner of each half is found by bisection
(Horowitz and Sahni 1974, doi 10.1145/321812.321823), so that a million halves cover billions of
networks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from resnet_viz.spaces.bounds import Bounds
from resnet_viz.spaces.goal import Choice, Outcome
from resnet_viz.spaces.tables import Chosen

__all__ = ["join_halves"]

Array = Any

HALVES = 200_000
"""The number of random halves on each side."""

STATES = 12
"""The number of channels between the halves to try."""

PARTNERS = 12
"""The number of partners to try for each first half: those with the closest sums."""


class _Halves(NamedTuple):
    """Parts of networks: their costs, and the choices for their stages."""

    costs: Array
    states: Array
    shapes: Array
    blocks: Array

    def take(self, which: Array) -> _Halves:
        """Return the selected halves."""
        return _Halves(*(column[which] for column in self))

    def chosen(self, number: int) -> Chosen:
        """Return the choices for the stages of one half."""
        pairs = zip(self.shapes[number], self.blocks[number], strict=True)
        return tuple((int(shape), int(blocks)) for shape, blocks in pairs)


def join_halves(bounds: Bounds, number: int, outcome: Outcome) -> None:
    """Join random halves, and add the networks found to the outcome.

    Args:
        bounds: the bounds of the setting.
        number: the index of the setting.
        outcome: the best known choices.
    """
    stages = bounds.setting.stages
    if len(stages) < 2 or len(bounds.goal.columns) > 1:
        return
    random = np.random.default_rng(0)
    middle = len(stages) // 2
    nothing = _Halves(
        costs=bounds.setting.base[None, :],
        states=np.zeros(1, dtype=np.intp),
        shapes=np.zeros((1, 0), dtype=np.intp),
        blocks=np.zeros((1, 0), dtype=np.intp),
    )
    begun = _extended(nothing, bounds, range(middle), random)
    states, counts = np.unique(begun.states, return_counts=True)
    for state in states[np.argsort(-counts, kind="stable")][:STATES]:
        first = begun.take(np.flatnonzero(begun.states == state))
        least = first.costs.min(axis=0)
        start = nothing._replace(costs=least[None, :], states=np.array([state]))
        second = _extended(start, bounds, range(middle, len(stages)), random)
        _join(first, second._replace(costs=second.costs - least), bounds, number, outcome)
        if outcome.reaches(bounds.best):
            return


def _extended(start: _Halves, bounds: Bounds, stages: range, random: Any) -> _Halves:
    """Return parts extended by random stages, among those that can stay within the budgets."""
    halves = start
    for stage in stages:
        table, parts = bounds.setting.stages[stage], []
        states = np.unique(halves.states)
        for state in states:
            here = np.flatnonzero(halves.states == state)
            shapes, blocks, options = table.options(int(state))
            most = max(HALVES // len(states), 1)
            pairs = len(here) * len(shapes)
            drawn = np.arange(pairs) if pairs <= most else random.integers(pairs, size=4 * most)
            which, option = here[drawn // len(shapes)], drawn % len(shapes)
            after = table.states[shapes[option]]
            costs = halves.costs[which] + options[option]
            columns = costs.T
            keep = bounds.may_do(stage + 1, columns.__getitem__, after)
            keep = np.flatnonzero(keep)[:most]
            which, option = which[keep], option[keep]
            parts.append(
                _Halves(
                    costs=costs[keep],
                    states=after[keep],
                    shapes=np.column_stack([halves.shapes[which], shapes[option]]),
                    blocks=np.column_stack([halves.blocks[which], blocks[option]]),
                )
            )
        if not parts:
            break
        halves = _Halves(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return halves


def _join(first: _Halves, second: _Halves, bounds: Bounds, number: int, outcome: Outcome) -> None:
    """Add the pairs of halves whose sums come closest to the bound."""
    goal = bounds.goal
    column = goal.columns[0]
    second = second.take(np.argsort(goal.sign * second.costs[:, column], kind="stable"))
    values = goal.sign * second.costs[:, column]
    room = int(np.floor(bounds.best)) - goal.sign * first.costs[:, column]
    place = np.searchsorted(values, room, side="right")
    for back in range(1, PARTNERS + 1):
        mine = np.flatnonzero(place >= back)
        others = place[mine] - back
        value = goal.sign * first.costs[mine, column] + values[others]
        keep = value > outcome.worst
        for limit in bounds.limits:
            cost = first.costs[mine, limit.column] + second.costs[others, limit.column]
            keep &= limit.sign * cost <= limit.bound
        found = np.flatnonzero(keep)
        best = found[np.argsort(-value[found], kind="stable")][: outcome.wanted]
        outcome.add(
            Choice(
                value=int(value[i]),
                costs=tuple(map(int, first.costs[mine[i]] + second.costs[others[i]])),
                setting=number,
                chosen=first.chosen(mine[i]) + second.chosen(others[i]),
            )
            for i in best
        )
        if outcome.reaches(bounds.best):
            return
