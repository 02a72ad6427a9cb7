"""Find the best networks of a space under budgets: dynamic programming over stages, with bounds.

A label is the first stages of a network, with their costs and output channels. Stage by stage, each
label is extended by every possible next stage. A label is kept only if

- its cheapest completion is within every budget,
- no other label with the same channels is at least as good in all relevant costs (dominance),
- its best completion could still be better than the best known network. The bound on it is the
  Lagrangian relaxation of the budgets: `objective − Σ λ·(cost − budget)` is a sum over stages, so
  that dynamic programming over channels alone finds its maximum, and for λ ≥ 0 no network within
  the budgets exceeds it (Geoffrion 1974, doi 10.1007/BFb0120690).

The multipliers λ are chosen to make that bound small. The first pass keeps few labels and finds
good networks; the last pass keeps every label that the bound allows, so that its result is optimal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Any, NamedTuple

import numpy as np

from resnet_viz.spaces.costs import METRICS, Setting

__all__ = ["Choice", "Goal", "Limit", "Outcome", "optimize"]

Array = Any

PASSES = ((200, 100_000), (2_000, 2_000_000), (50_000, 4_000_000))
"""For each pass, the most labels kept after a stage, and the most extensions of labels."""

POOL = 24
"""The number of labels to which all others of a state are compared."""

LAST = 50
"""The factor by which the last stage may have more extensions, because none has to be kept."""

CHUNK = 1 << 20
"""The number of extensions computed at once."""


class Limit(NamedTuple):
    """A budget: `sign · cost` of a metric must not exceed `bound`."""

    metric: int
    sign: int
    bound: int


class Goal(NamedTuple):
    """The objective to maximize: `sign · cost` of a metric."""

    metric: int
    sign: int


class Choice(NamedTuple):
    """A found network.

    Attributes:
        value: the value of the goal.
        costs: the costs, in the order of `METRICS`.
        setting: the index of its setting.
        stages: for each stage, the index of its shape and the number of its blocks.
    """

    value: int
    costs: tuple[int, ...]
    setting: int
    stages: tuple[tuple[int, int], ...]


@dataclass
class Outcome:
    """The best known choices, best first, and whether they are proved to be optimal."""

    wanted: int
    choices: dict[Choice, None] = field(default_factory=dict)
    proved: bool = False
    interrupted: bool = False

    @property
    def worst(self) -> float:
        """The value that a new choice must exceed."""
        if len(self.choices) < self.wanted:
            return -np.inf
        return min(choice.value for choice in self.choices)

    def add(self, choices: Iterable[Choice]) -> None:
        """Add choices and keep the best ones."""
        self.choices.update(dict.fromkeys(choices))
        best = sorted(self.choices, key=lambda choice: (-choice.value, choice))[: self.wanted]
        self.choices = dict.fromkeys(best)


def optimize(
    settings: Sequence[Setting],
    goal: Goal,
    limits: Sequence[Limit],
    wanted: int,
    step: Callable[[], None] = lambda: None,
) -> Outcome:
    """Return the best choices; if interrupted or if there are too many labels, the best so far."""
    outcome = Outcome(wanted)
    try:
        bounds = [_Bounds(setting, goal, limits) for setting in settings]
        order = sorted(range(len(settings)), key=lambda number: -bounds[number].best)
        for labels, pairs in PASSES:
            complete = True
            for number in order:
                if _reached(outcome, bounds[number].best):
                    continue
                search = _Pass(settings[number], number, bounds[number], outcome, labels, pairs)
                complete &= search.run() or _reached(outcome, bounds[number].best)
                step()
            if complete:
                outcome.proved = True
                break
    except KeyboardInterrupt:
        outcome.interrupted = True
    return outcome


def _reached(outcome: Outcome, best: float) -> bool:
    """Return whether the known choices are as good as any with the given bound."""
    return bool(outcome.worst >= np.floor(best))


class _Bounds:
    """Bounds on the completion of a network, by stage and input channels."""

    def __init__(self, setting: Setting, goal: Goal, limits: Sequence[Limit]) -> None:
        self.setting, self.goal, self.limits = setting, goal, limits
        self.tables = [(s.first.astype(float), s.rest.astype(float)) for s in setting.stages]
        self.cheapest = [self._completion(_unit(limit.metric, -limit.sign)) for limit in limits]
        self.most = self._completion(_unit(goal.metric, goal.sign))
        self.scale = [
            max(abs(float(self.most[0][0])), 1.0) / max(abs(float(limit.bound)), 1.0)
            for limit in limits
        ]
        own = [(limit.metric, limit.sign) == (goal.metric, goal.sign) for limit in limits]
        multipliers = self._multipliers(range(len(limits)))
        self.best = self._value(multipliers)
        self.weights, self.constant = self._relaxed(multipliers)
        self.relaxed = self._completion(self.weights)
        # If the goal itself has a budget, the bound equals that budget for nearly every label; the
        # bound by the other budgets alone tells which labels can come close to it.
        others = self._multipliers([i for i, itself in enumerate(own) if not itself])
        self.weights_beside, self.constant_beside = self._relaxed(others)
        self.relaxed_beside = self._completion(self.weights_beside)
        self.best = min(self.best, self._value(others))
        for limit, itself in zip(limits, own, strict=True):
            if itself:
                self.best = min(self.best, float(limit.bound))
        self.best = self._divisible(self.best)

    @property
    def margin(self) -> float:
        """The largest rounding error of floating-point sums."""
        return self._rounding(self.best)

    def _relaxed(self, multipliers: Sequence[float]) -> tuple[Array, float]:
        weights = _unit(self.goal.metric, self.goal.sign)
        constant = 0.0
        for multiplier, limit in zip(multipliers, self.limits, strict=True):
            weights[limit.metric] -= multiplier * limit.sign
            constant += multiplier * limit.bound
        return weights, constant

    def _value(self, multipliers: Sequence[float]) -> float:
        weights, constant = self._relaxed(multipliers)
        rest = self._completion(weights)[0][0]
        return float(rest + weights @ self.setting.base + constant)

    def _divisible(self, best: float) -> float:
        """Return the largest value up to a bound that the costs' common divisor allows."""
        base = self.goal.sign * int(self.setting.base[self.goal.metric])
        metric, divisor = self.goal.metric, 0
        for stage in self.setting.stages:
            for costs in (stage.first[stage.legal], stage.rest):
                divisor = gcd(divisor, int(np.gcd.reduce(costs[:, metric])))
        divisor = gcd(divisor, int(np.gcd.reduce(self.setting.heads[:, metric])))
        if not np.isfinite(best) or not divisor:
            return best
        return float(
            (int(np.floor(best + self._rounding(best))) - base) // divisor * divisor + base
        )

    def _rounding(self, best: float) -> float:
        """Return the largest rounding error of floating-point sums."""
        return 1e-11 * (abs(best) + float(np.abs(self.most[0]).max()) + abs(self.constant))

    def reach(self, number: int, costs: Array, states: Array) -> Array:
        """Return the bounds of labels before a stage."""
        relaxed = costs @ self.weights + self.relaxed[number][states] + self.constant
        beside = costs @ self.weights_beside + self.relaxed_beside[number][states]
        return np.minimum(np.minimum(relaxed, beside + self.constant_beside), self.best)

    def _multipliers(self, which: Sequence[int]) -> list[float]:
        """Return multipliers that make the bound small; those not in `which` are 0.

        The bound is convex in each multiplier, so that a few rounds of coordinate descent suffice.
        """
        chosen = [0.0] * len(self.limits)
        best = self._value(chosen)
        for _ in range(4 if len(which) > 1 else 1):
            before = best
            for number in which:
                unit = self.scale[number]

                def at(exponent: float, number: int = number, unit: float = unit) -> float:
                    trial = [*chosen]
                    trial[number] = unit * np.exp(exponent)
                    return self._value(trial)

                exponent = _least(at, -14.0, 8.0)
                value = at(exponent)
                if value < best:
                    best, chosen[number] = value, unit * float(np.exp(exponent))
            if before - best <= 1e-7 * abs(best):
                break
        return chosen

    def _completion(self, weights: Array) -> list[Array]:
        """Return the largest weighted cost from each stage to the end, by input channels."""
        values = self.setting.heads @ weights
        completions = [values]
        for stage, costs in zip(reversed(self.setting.stages), reversed(self.tables), strict=True):
            first, rest = (cost @ weights for cost in costs)
            ends = np.array([stage.blocks[0], stage.blocks[-1]]) - 1
            most = np.maximum(rest * ends[0], rest * ends[1]) + values[stage.states]
            values = np.where(stage.legal, first + most, -np.inf).max(axis=1)
            completions.append(values)
        return completions[::-1]


def _unit(metric: int, sign: int) -> Array:
    weights = np.zeros(len(METRICS))
    weights[metric] = sign
    return weights


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


class _Labels(NamedTuple):
    """Labels as arrays of equal length: the first stages of networks."""

    costs: Array
    states: Array
    parents: Array
    shapes: Array
    blocks: Array

    def take(self, which: Array) -> _Labels:
        """Return the selected labels."""
        return _Labels(*(column[which] for column in self))


class _Pass:
    """One pass through the stages of a setting with a limited number of labels."""

    def __init__(
        self,
        setting: Setting,
        number: int,
        bounds: _Bounds,
        outcome: Outcome,
        labels: int,
        pairs: int,
    ) -> None:
        self.setting, self.number, self.bounds, self.outcome = setting, number, bounds, outcome
        self.most_labels, self.most_pairs = labels, pairs
        self.complete = True
        self.random = np.random.default_rng(0)

    def run(self) -> bool:
        """Add the networks found to the outcome; return whether no label was left out."""
        zero = np.zeros(1, dtype=np.int64)
        labels = _Labels(self.setting.base[None, :], zero, zero - 1, zero, zero)
        history = [labels]
        last = len(self.setting.stages) - 1
        for stage in range(last + 1):
            parts = []
            pairs = self.most_pairs * (LAST if stage == last else 1)
            per_state = max(pairs // len(np.unique(labels.states)), 1_000)
            for state in np.unique(labels.states):
                here = np.flatnonzero(labels.states == state)
                for joined in self._joined(stage, int(state), labels, here, per_state):
                    if stage == last:
                        self._found(joined, history)
                        if _reached(self.outcome, self.bounds.best):
                            return True
                    else:
                        parts.append(joined)
            if stage == last or not parts:
                break
            labels = _Labels(*(np.concatenate(column) for column in zip(*parts, strict=True)))
            labels = self._thinned(stage + 1, labels)
            history.append(labels)
        return self.complete

    def _joined(
        self, number: int, state: int, labels: _Labels, here: Array, most: int
    ) -> Iterable[_Labels]:
        """Yield the labels of a state extended by each promising next stage."""
        stage, bounds = self.setting.stages[number], self.bounds
        legal = np.flatnonzero(stage.legal[state])
        further = (stage.blocks - 1)[None, :, None] * stage.rest[legal][:, None, :]
        options = (stage.first[state, legal][:, None, :] + further).reshape(-1, len(METRICS))
        shapes = np.repeat(legal, len(stage.blocks))
        blocks = np.tile(stage.blocks, len(legal))
        after = stage.states[shapes]
        gains = options @ bounds.weights + bounds.relaxed[number + 1][after]
        order = self.random.permutation(len(gains))
        order = order[np.argsort(-gains[order], kind="stable")]
        options, shapes, blocks, after, gains = (
            column[order] for column in (options, shapes, blocks, after, gains)
        )
        begun = labels.costs[here] @ bounds.weights + bounds.constant
        # A new network must be better by at least 1, since values are integers
        needed = self.outcome.worst + 1 - bounds.margin
        counts = np.searchsorted(-gains, begun - needed, side="right")
        if counts.sum() > most:
            self.complete = False
            low, high = needed, float(begun.max() + gains[0])
            for _ in range(40):
                middle = (low + high) / 2
                if np.searchsorted(-gains, begun - middle, side="right").sum() > most:
                    low = middle
                else:
                    high = middle
            counts = np.searchsorted(-gains, begun - high, side="right")
            if counts.sum() < most // 2:  # many gains are equal
                counts = np.minimum(
                    np.searchsorted(-gains, begun - low, side="right"), max(most // len(here), 1)
                )
        ends = np.cumsum(counts)
        start = 0
        while start < len(here):
            stop = max(
                int(np.searchsorted(ends, (ends[start - 1] if start else 0) + CHUNK)), start + 1
            )
            part = counts[start:stop]
            which = np.repeat(np.arange(start, stop), part)
            option = np.arange(int(part.sum())) - np.repeat(np.cumsum(part) - part, part)
            yield self._kept(number, labels, here[which], options, option, shapes, blocks, after)
            start = stop

    def _kept(
        self,
        number: int,
        labels: _Labels,
        which: Array,
        options: Array,
        option: Array,
        shapes: Array,
        blocks: Array,
        after: Array,
    ) -> _Labels:
        """Return the extensions that can end within the budgets and better than known networks."""
        keep = np.ones(len(which), dtype=bool)
        states = after[option]
        tests = [
            (limit.metric, limit.sign, limit.bound, rest[number + 1])
            for limit, rest in zip(self.bounds.limits, self.bounds.cheapest, strict=True)
        ]
        for metric, sign, bound, rest in tests:
            cost = labels.costs[which, metric] + options[option, metric]
            keep &= sign * cost - rest[states] <= bound + 0.5
        goal = self.bounds.goal
        value = goal.sign * (labels.costs[which, goal.metric] + options[option, goal.metric])
        keep &= value + self.bounds.most[number + 1][states] > self.outcome.worst + 0.5
        which, option = which[keep], option[keep]
        costs, states = labels.costs[which] + options[option], after[option]
        better = (
            self.bounds.reach(number + 1, costs, states)
            > self.outcome.worst + 0.5 - self.bounds.margin
        )
        which, option = which[better], option[better]
        return _Labels(
            costs=costs[better],
            states=states[better],
            parents=which,
            shapes=shapes[option],
            blocks=blocks[option],
        )

    def _thinned(self, number: int, labels: _Labels) -> _Labels:
        """Return the undominated labels, at most as many as this pass keeps."""
        bounds = self.bounds
        reach = bounds.reach(number, labels.costs, labels.states)
        order = self.random.permutation(len(reach))
        order = order[np.argsort(-reach[order], kind="stable")]
        if len(order) > 8 * self.most_labels:  # most of them would be dropped below anyway
            self.complete = False
            order = order[: 8 * self.most_labels]
        labels = labels.take(order)
        columns = [bounds.goal.sign * labels.costs[:, bounds.goal.metric]]
        columns += [-limit.sign * labels.costs[:, limit.metric] for limit in bounds.limits]
        quality = np.stack(columns, axis=1)
        keep = np.ones(len(quality), dtype=bool)
        for state in np.unique(labels.states):
            here = np.flatnonzero(labels.states == state)
            keep[here] = _undominated(quality[here], self.outcome.wanted)
        labels = labels.take(np.flatnonzero(keep))
        if len(labels.states) > self.most_labels:
            self.complete = False
            labels = labels.take(slice(self.most_labels))
        return labels

    def _found(self, joined: _Labels, history: list[_Labels]) -> None:
        """Add complete networks to the outcome, best first."""
        goal, limits = self.bounds.goal, self.bounds.limits
        costs = joined.costs + self.setting.heads[joined.states]
        keep = np.ones(len(costs), dtype=bool)
        for metric, sign, bound in limits:
            keep &= sign * costs[:, metric] <= bound
        value = goal.sign * costs[:, goal.metric]
        keep &= value > self.outcome.worst
        better = np.flatnonzero(keep)
        wanted = self.outcome.wanted
        if len(better) > wanted:
            better = better[np.argpartition(-value[better], wanted - 1)[:wanted]]
        self.outcome.add(
            Choice(
                value=int(value[i]),
                costs=tuple(map(int, costs[i])),
                setting=self.number,
                stages=(*self._begun(history, int(joined.parents[i])), _last(joined, i)),
            )
            for i in better
        )

    def _begun(self, history: list[_Labels], label: int) -> tuple[tuple[int, int], ...]:
        """Return the shape and blocks of each stage on the way to a label."""
        stages = []
        for labels in reversed(history[1:]):
            stages.append(_last(labels, label))
            label = int(labels.parents[label])
        return tuple(reversed(stages))


def _last(labels: _Labels, number: Any) -> tuple[int, int]:
    return int(labels.shapes[number]), int(labels.blocks[number])


def _undominated(quality: Array, wanted: int) -> Array:
    """Return which rows are dominated, in all columns, by fewer than `wanted` rows of a pool.

    The pool is the first rows, which have the largest bounds; of equal rows, the earlier dominates.
    """
    dominators = np.zeros(len(quality), dtype=np.int32)
    for i in range(min(POOL, len(quality))):
        if dominators[i] >= wanted:
            continue
        worse = (quality <= quality[i]).all(axis=1)
        worse[: i + 1] &= (quality[: i + 1] != quality[i]).any(axis=1)
        dominators += worse
    return dominators < wanted
