"""Extend the promising beginnings of networks (labels) stage by stage: one pass of a search.

A label is the first stages of a network, with their costs and output channels. Each label is
extended by every possible next stage. A label is kept only if

- its cheapest completion is within every budget,
- no other label with the same channels is at least as good in all relevant costs (dominance),
- its best completion could still be better than the best known network (`bounds`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from resnet_viz.spaces.bounds import Bounds
from resnet_viz.spaces.goal import Choice, Outcome
from resnet_viz.spaces.tables import Chosen, Setting

__all__ = ["Pass"]

Array = Any

POOL = 24
"""The number of labels to which all others of a state are compared."""

LAST = 50
"""The factor by which the last stage may have more extensions, because none has to be kept."""

CHUNK = 1 << 20
"""The number of extensions computed at once."""


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


class Pass:
    """One pass through the stages of a setting with a limited number of labels."""

    def __init__(
        self,
        setting: Setting,
        number: int,
        bounds: Bounds,
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
                        if self.outcome.reaches(self.bounds.best):
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
        lead = bounds.lead
        shapes, blocks, options = stage.options(state)
        after = stage.states[shapes]
        gains = options @ lead.weights + lead.completions[number + 1][after]
        order = self.random.permutation(np.flatnonzero(np.isfinite(gains)))
        if not len(order):
            return
        order = order[np.argsort(-gains[order], kind="stable")]
        options, shapes, blocks, after, gains = (
            column[order] for column in (options, shapes, blocks, after, gains)
        )
        begun = labels.costs[here] @ lead.weights + lead.constant
        # A new network must be better by at least 1, since values are integers
        needed = self.outcome.worst + 1 - bounds.margin
        counts = np.searchsorted(-gains, begun - needed, side="right")
        if counts.sum() > most:
            self.complete = False
            low = max(needed, float(begun.min() + gains[-1]))
            high = float(begun.max() + gains[0])
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
        states = after[option]
        keep = self.bounds.may_do(
            number + 1, lambda column: labels.costs[which, column] + options[option, column], states
        )
        goal, worst = self.bounds.goal, self.outcome.worst
        for column, most in zip(goal.columns, self.bounds.most, strict=True):
            value = goal.sign * (labels.costs[which, column] + options[option, column])
            keep &= value + most[number + 1][states] > worst + 0.5
        which, option = which[keep], option[keep]
        costs, states = labels.costs[which] + options[option], after[option]
        needed = worst + 0.5 - self.bounds.margin
        better = self.bounds.reach(number + 1, costs, states, needed) > needed
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
        columns = [bounds.goal.sign * labels.costs[:, column] for column in bounds.goal.columns]
        columns += [-limit.sign * labels.costs[:, limit.column] for limit in bounds.limits]
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
        costs = joined.costs
        keep = np.ones(len(costs), dtype=bool)
        for column, sign, bound in self.bounds.limits:
            keep &= sign * costs[:, column] <= bound
        value = self.bounds.goal.value(costs)
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
                chosen=(*self._stages_before(history, int(joined.parents[i])), _last(joined, i)),
            )
            for i in better
        )

    def _stages_before(self, history: list[_Labels], label: int) -> Chosen:
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
