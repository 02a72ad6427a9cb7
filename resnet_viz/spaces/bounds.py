"""Bound the best completion of a network, by stage and input channels.

For multipliers λ ≥ 0, no network within the budgets has a goal above the maximum of
`goal − Σ λ · (cost − budget)` (Lagrangian relaxation; Geoffrion 1974, doi 10.1007/BFb0120690). That
expression is a sum over stages as costs are, so that dynamic programming over channels alone finds
its maximum. The multipliers are chosen to make the maximum small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import gcd
from typing import Any, NamedTuple

import numpy as np

from resnet_viz.spaces.goal import Goal, Limit
from resnet_viz.spaces.tables import Setting

__all__ = ["Bounds"]

Array = Any

STEPS = 150
"""The number of steps in the search for good multipliers."""

PATIENCE = 4
"""The steps without progress after which the target level is raised."""

MOMENTS = 2
"""The most budgets of one kind with a multiplier: of the moments, those exceeded the most."""


class _Relaxation(NamedTuple):
    """A weighted cost that is an upper bound on the goal of every network within the budgets.

    Attributes:
        weights: the weights of the columns.
        constant: the constant term.
        completions: the largest weighted cost from each stage to the end, by input channels.
    """

    weights: Array
    constant: float
    completions: list[Array]


class Bounds:
    """The bounds of one setting.

    Attributes:
        cheapest: for each limit, the negative of its least cost from each stage to the end.
        most: for each column of the goal, its largest cost from each stage to the end.
        best: an upper bound on the goal in the setting; not finite if no network is legal.
    """

    def __init__(self, setting: Setting, goal: Goal, limits: Sequence[Limit]) -> None:
        self.setting, self.goal, self.limits = setting, goal, limits
        columns = sorted({*goal.columns, *(limit.column for limit in limits)})
        self._used = {column: i for i, column in enumerate(columns)}
        self._first = [
            np.stack(
                [
                    np.where(stage.legal, 0.0, -np.inf),
                    *(stage.first[:, :, column].astype(float) for column in columns),
                ]
            )
            for stage in setting.stages
        ]
        self.cheapest = [self._completions(self._unit(l.column, -l.sign)) for l in limits]
        self.most = [self._completions(self._unit(column, goal.sign)) for column in goal.columns]
        self.relaxations: tuple[_Relaxation, ...] = ()
        self.best = self._divisible(self._ceiling())
        if not np.isfinite(self.best):
            return
        own = [limit.column in goal.columns and limit.sign == goal.sign for limit in limits]
        others = [i for i, itself in enumerate(own) if not itself]
        found = [
            self._relaxed(column, self._multipliers(column, which))
            for column in goal.columns[:1]
            for which in ([range(len(limits)), others] if any(own) else [others])
        ]
        # If the goal itself has a budget, the bound equals that budget for nearly every label; the
        # bound by the other budgets alone tells which labels can come close to it.
        self.best = self._divisible(min(self.best, *(self._value(one) for one in found)))
        self.relaxations = tuple(found)

    def reach(self, number: int, costs: Array, states: Array, needed: float = -np.inf) -> Array:
        """Return the bounds of labels before a stage.

        For a label that cannot reach `needed`, the bound may be any value below `needed`.
        """
        best = np.full(len(costs), self.best)
        open_ = np.arange(len(costs))
        for one in self.relaxations:
            value = costs[open_] @ one.weights + one.completions[number][states[open_]]
            best[open_] = np.minimum(best[open_], value + one.constant)
            open_ = open_[best[open_] > needed]
        return best

    @property
    def lead(self) -> _Relaxation:
        """The relaxation by which labels are sorted."""
        return self.relaxations[0]

    def may_do(self, number: int, cost: Callable[[int], Array], states: Array) -> Array:
        """Return which labels before a stage have a completion within every budget.

        Args:
            number: the index of the stage; the number of stages for complete networks.
            cost: a function that returns a column of the labels' costs.
            states: the indices of the labels' output channels.
        """
        keep = np.ones(len(states), dtype=bool)
        for limit, rest in zip(self.limits, self.cheapest, strict=True):
            keep &= limit.sign * cost(limit.column) - rest[number][states] <= limit.bound + 0.5
        return keep

    @property
    def margin(self) -> float:
        """The largest rounding error of floating-point sums."""
        return self._rounding(self.best)

    def _rounding(self, best: float) -> float:
        scale = max(float(np.abs(most[0]).max()) for most in self.most)
        return 1e-11 * (
            abs(best) + scale + max((abs(r.constant) for r in self.relaxations), default=0)
        )

    def _ceiling(self) -> float:
        """Return the best value that a single column, or a budget of it, allows."""
        best = np.inf
        for column, most in zip(self.goal.columns, self.most, strict=True):
            best = min(best, float(most[0][0]) + self.goal.sign * float(self.setting.base[column]))
        for limit, least in zip(self.limits, self.cheapest, strict=True):
            spent = limit.sign * float(self.setting.base[limit.column]) - float(least[0][0])
            if spent > limit.bound + 0.5:
                return -np.inf
            if limit.column in self.goal.columns and limit.sign == self.goal.sign:
                best = min(best, float(limit.bound))
        return best

    def _relaxed(self, column: int, multipliers: Sequence[float]) -> _Relaxation:
        weights = self._unit(column, self.goal.sign)
        constant = 0.0
        for multiplier, limit in zip(multipliers, self.limits, strict=True):
            weights[limit.column] -= multiplier * limit.sign
            constant += multiplier * limit.bound
        return _Relaxation(weights, constant, self._completions(weights))

    def _value(self, relaxation: _Relaxation) -> float:
        weights, constant, completions = relaxation
        return float(completions[0][0] + weights @ self.setting.base + constant)

    def _divisible(self, best: float) -> float:
        """Return the largest value up to a bound that the costs' common divisor allows."""
        if not np.isfinite(best) or len(self.goal.columns) > 1:
            return best
        column = self.goal.columns[0]
        base, divisor = int(self.setting.base[column]), 0
        for stage in self.setting.stages:
            if column in stage.own:
                return best
            first = stage.first[..., column][stage.legal]
            base += int(first[0])
            steps = np.gcd.reduce(np.diff(stage.blocks)) if len(stage.blocks) > 1 else 0
            fewest = first + (
                np.broadcast_to(stage.rest[:, column], stage.legal.shape)[stage.legal]
                * (stage.blocks[0] - 1)
            )
            base += int(fewest[0] - first[0])
            divisor = gcd(divisor, int(np.gcd.reduce(fewest - fewest[0])))
            divisor = gcd(divisor, int(np.gcd.reduce(stage.rest[:, column]) * steps))
        if not divisor:
            return best
        start = self.goal.sign * base
        return float(
            (int(np.floor(best + self._rounding(best))) - start) // divisor * divisor + start
        )

    def _multipliers(self, column: int, which: Sequence[int]) -> Array:
        """Return multipliers that make the bound small; those not in `which` are 0.

        The bound is convex in the multipliers, and the amounts by which the best relaxed network
        exceeds the limits are a subgradient. The step length aims at a level below the best known
        bound; if the level is not reached, it is raised (Polyak 1969; Goffin and Kiwiel 1999,
        doi 10.1007/s101070050054).
        """
        unit = self._unit(column, self.goal.sign)
        signs = np.zeros((len(self.limits), len(unit)))
        bounds = np.array([float(limit.bound) for limit in self.limits])
        for i, limit in enumerate(self.limits):
            signs[i, limit.column] = limit.sign
        chosen = np.zeros(len(self.limits), dtype=bool)
        chosen[self._strictest(which)] = True
        scale = np.where(chosen, 1 / np.maximum(np.abs(bounds), 1), 0)
        if not chosen.any():
            return scale

        def at(multipliers: Array) -> tuple[float, Array]:
            value, costs = self._relaxed_best(unit - multipliers @ signs)
            return value + multipliers @ bounds, bounds - signs @ costs

        size = max(abs(float(self.most[0][0][0])), 1.0)
        exponent = _least(lambda power: at(np.exp(power) * size * scale)[0], -24.0, 8.0)
        best = np.exp(exponent) * size * scale
        least, _ = at(best)
        for axis in [*np.flatnonzero(chosen)] * 2:

            def along(power: float, axis: int = axis, best: Array = best) -> float:
                return at(np.where(np.arange(len(best)) == axis, best * np.exp(power), best))[0]

            power = _least(along, -6.0, 6.0)
            if along(power) < least:
                least = along(power)
                best = np.where(np.arange(len(best)) == axis, best * np.exp(power), best)
        here = best
        gap, failed = abs(least) / 2, 0
        for _ in range(STEPS):
            value, slack = at(here)
            failed = 0 if value < least - gap / 10 else failed + 1
            if value < least:
                least, best = value, here
            if failed > PATIENCE:
                gap, failed, here = gap / 2, 0, best
                if gap < 1e-6 * abs(least):
                    break
                continue
            slope = slack * scale
            slope[(here <= 0) & (slope > 0)] = 0
            norm = float(slope @ slope)
            if not norm:
                break
            here = np.maximum(here - (value - least + gap) / norm * slope * scale, 0)
        return best

    def _strictest(self, which: Sequence[int]) -> list[int]:
        """Return the budgets with a multiplier: of several with the same bound, the last two."""
        kept: list[int] = []
        for number in reversed(which):
            limit = self.limits[number]
            alike = [i for i in kept if self.limits[i][1:] == limit[1:]]
            if len(alike) < MOMENTS:
                kept.append(number)
        return kept[::-1]

    def _unit(self, column: int, sign: int) -> Array:
        weights = np.zeros(len(self.setting.base))
        weights[column] = sign
        return weights

    def _completions(self, weights: Array) -> list[Array]:
        """Return the largest weighted cost from each stage to the end, by input channels."""
        return self._solve(weights)[0]

    def _relaxed_best(self, weights: Array) -> tuple[float, Array]:
        """Return the largest weighted cost of a network, and the costs of such a network."""
        completions, shapes = self._solve(weights)
        costs, state = self.setting.base.astype(float), 0
        for stage, best in zip(self.setting.stages, shapes, strict=True):
            shape = int(best[state])
            rest = stage.rest[shape].astype(float)
            further = stage.blocks[-1 if rest @ weights > 0 else 0] - 1
            costs = costs + stage.first[state, shape] + rest * further
            state = int(stage.states[shape])
        return float(completions[0][0] + weights @ self.setting.base), costs

    def _solve(self, weights: Array) -> tuple[list[Array], list[Array]]:
        """Return the completions, and the shape that attains each, by stage and input channels."""
        used = [int(column) for column in np.flatnonzero(weights)]
        values = np.zeros(len(self.setting.stages[-1].channels))
        completions, shapes = [values], []
        for stage, first in zip(reversed(self.setting.stages), reversed(self._first), strict=True):
            rest = stage.rest[:, used] @ weights[used]
            further = np.maximum(rest * (stage.blocks[0] - 1), rest * (stage.blocks[-1] - 1))
            total = first[0] + (further + values[stage.states])
            for column in used:
                total += weights[column] * first[1 + self._used[column]]
            for own, more in zip(stage.own, stage.excess, strict=False):
                if weights[own] > 0:
                    total += weights[own] * more.max(axis=2)
            best = total.argmax(axis=1)
            values = total[np.arange(len(best)), best]
            completions.append(values)
            shapes.append(best)
        return completions[::-1], shapes[::-1]


def _least(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the minimizer of a convex function, by golden-section search."""
    ratio = (5**0.5 - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(26):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return left if at_left <= at_right else right
