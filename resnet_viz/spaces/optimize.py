"""Find the best networks of a space under budgets: dynamic programming over stages, with bounds.

A first pass that keeps few labels finds good networks (`labels`). If the goal itself is limited,
random halves of networks are joined to sums close to the limit (`halves`). The last passes keep
every label that could still be better, so that their result is proved to be optimal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from resnet_viz.spaces.bounds import Bounds
from resnet_viz.spaces.goal import Goal, Limit, Outcome
from resnet_viz.spaces.halves import join_halves
from resnet_viz.spaces.labels import Pass
from resnet_viz.spaces.tables import Setting

__all__ = ["PASSES", "optimize"]

PASSES = ((200, 100_000), (2_000, 2_000_000), (20_000, 2_000_000))
"""For each pass, the most labels kept after a stage, and the most extensions of labels."""


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
        bounds = [Bounds(setting, goal, limits) for setting in settings]
        order = [i for i, one in enumerate(bounds) if np.isfinite(one.best)]
        order.sort(key=lambda number: -bounds[number].best)
        for labels, pairs in PASSES:
            complete = True
            for number in order:
                if not outcome.reaches(bounds[number].best):
                    search = Pass(settings[number], number, bounds[number], outcome, labels, pairs)
                    complete &= search.run() or outcome.reaches(bounds[number].best)
                step()
            if complete:
                outcome.proved = True
                break
            for number in order:
                if not outcome.reaches(bounds[number].best):
                    join_halves(bounds[number], number, outcome)
    except KeyboardInterrupt:
        outcome.interrupted = True
    return outcome
