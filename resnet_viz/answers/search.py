"""Search a space for the best networks under budgets, or for its Pareto front."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resnet_viz.answers.budgets import QUANTITIES, Budgets, Found, Running, count, quantity
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.errors import RequestError, ResNetVizError, show
from resnet_viz.progress import progress
from resnet_viz.spaces.space import Space
from resnet_viz.spec import ResNetSpec

if TYPE_CHECKING:
    from resnet_viz.spaces.columns import Columns
    from resnet_viz.spaces.goal import Choice
    from resnet_viz.spaces.tables import Setting

__all__ = ["Found", "Search", "check_k", "needs_numpy", "pareto", "search"]

MAX_K = 1_000


@dataclass(frozen=True, slots=True)
class Search(Tabular):
    """The result of a search.

    Attributes:
        request: the request in words.
        rows: the networks found, with their totals, best first.
        proved: whether no other network in the searched set is better.
        interrupted: whether the search was stopped before its end.
        among: the searched set: the space, or a network's family.
    """

    request: str
    rows: tuple[Found, ...]
    proved: bool = True
    interrupted: bool = False
    among: str = "space"

    @property
    def specs(self) -> tuple[ResNetSpec, ...]:
        """The specs of the networks, best first."""
        return tuple(row.spec for row in self.rows)

    @property
    def best(self) -> ResNetSpec:
        """The spec of the best network."""
        return self.rows[0].spec

    def to_spec(self, format: str = "yaml") -> str:
        """Return the best network as a spec file in `yaml`, `toml` or `json`."""
        from resnet_viz.spec.files import dumps

        return dumps(self.best, format)

    def to_table(self) -> Table:
        """Return the networks as a table with one row each."""
        certainty = f"proved: no network of the {self.among} is better"
        if not self.proved:
            certainty = "the best so far: not proved"
        if self.interrupted:
            certainty = "stopped; the best so far: not proved"
        return Table(
            title=self.request,
            columns=(
                Column("name", "network"),
                *(
                    Column(name, "MACs" if name == "macs" else name, right=True)
                    for name in ("params", "macs", "activations", "layers")
                ),
                *(
                    Column(name, heading, show=write, right=True)
                    for name, heading, write in _ASKED
                    if getattr(self.rows[0], name) is not None
                ),
            ),
            rows=self.rows,
            sentences=(certainty,),
            facts={
                "request": self.request,
                "proved": self.proved,
                "specs": [_plain(row.spec) for row in self.rows],
            },
        )


_ASKED = (
    ("memory", "bytes in training", "{:,}".format),
    ("latency", "ms", "{:,.3f}".format),
)
"""The columns that are shown only if requested."""


def _plain(spec: ResNetSpec) -> object:
    from resnet_viz.spec.files import to_plain

    return to_plain(spec)


def search(
    space: Space | Mapping[str, Any] | str | os.PathLike[str],
    *,
    maximise: str | None = None,
    minimise: str | None = None,
    k: int = 1,
    batch: int = 1,
    device: str = "rtx4090",
    **budgets: Any,
) -> Search:
    """Return the best networks of a space under budgets; the optimum is exact.

    The costs of stages add up, so that dynamic programming over stages finds the optimum; see
    `resnet_viz.spaces.optimize`. Every returned network is counted again by `report`, `memory` and
    `latency`.

    Args:
        space: the space, its data, or the path of its file.
        maximise: the total to maximize: `params`, `macs`, `flops`, `activations`, `layers` (also
            called `depth`), `memory` or `latency`; `params` if neither this nor `minimise` is
            given.
        minimise: the total to minimize, one of the same.
        k: the number of networks to return.
        batch: the number of images, for memory (of a training step) and latency (of a forward
            pass).
        device: the device for latency, as in `resnet_viz.latency`.
        **budgets: limits of these totals by name: a maximum, as an integer or a text with a unit
            (`"1G"`, `"5M"`, for memory `"2GB"`, for latency `"5ms"`), or a range, `(low, high)` or
            `"0.5G:1G"`.

    Raises:
        RequestError: an argument is not legal, or no network of the space fits the budgets; the
            message names the limits.

    >>> space = Space.around("resnet18", width=(0.5, 1), depth=(0.5, 1))
    >>> found = search(space, macs="1G", params="5M", maximise="params")
    >>> found.proved, found.rows[0].params <= 5_000_000
    (True, True)
    """
    space = Space.of(space)
    if maximise is not None and minimise is not None:
        raise RequestError("maximise and minimise are both given (must be one of them)")
    sign = 1 if minimise is None else -1
    name = minimise if minimise is not None else "params" if maximise is None else maximise
    total = quantity("goal", name).total
    check_k(k)
    allowed = Budgets.of(budgets)
    needs_numpy()
    columns = Running(batch, device).columns({total, *allowed.ranges})
    tables = _tables(space, columns)
    found = _best(tables, allowed.requests(total, sign, columns, space.stages), k)
    if not found.choices:
        if found.interrupted:
            raise RequestError("stopped before any network was found")
        raise RequestError(
            "no network of the space keeps the budgets ({extremes})",
            extremes=_extremes(tables, allowed, columns, space.stages),
        )
    rows = [_found(space, tables, choice, columns) for choice in found.choices]
    kept = tuple(row for row, same in rows if same or allowed.hold(row))
    if not kept:
        raise RequestError("space: memory is no sum over its stages (must be searched without)")
    asked = f"{'largest' if sign > 0 else 'smallest'} {name}"
    return Search(
        request=f"{asked} with {allowed.words}" if allowed.words else asked,
        rows=kept,
        proved=found.proved and all(same for _, same in rows),
        interrupted=found.interrupted,
    )


def check_k(k: object) -> None:
    """Check the number of networks to return."""
    if type(k) is not int or not 1 <= k <= MAX_K:
        raise RequestError("k: {k} (must be an integer from 1 to {most})", k=show(k), most=MAX_K)


def needs_numpy() -> None:
    """Check that numpy, which the tables of costs need, is installed."""
    from importlib.util import find_spec as find_package

    if find_package("numpy") is None:
        raise RequestError(
            "numpy is not installed (a search needs it: pip install 'resnet-viz[search]')"
        )


def _tables(space: Space, columns: Columns) -> list[Setting]:
    from resnet_viz.spaces.tables import settings

    tables = list(settings(space, columns))
    if not tables:
        raise RequestError("space: no network in it is legal")
    return tables


def _best(tables: Sequence[Setting], requests: Sequence[Any], k: int) -> Any:
    """Return the best choices over several pairs of goal and limits."""
    from resnet_viz.spaces.goal import Outcome
    from resnet_viz.spaces.optimize import PASSES, optimize

    known: dict[tuple[int, Any], Choice] = {}
    merged = Outcome(k, proved=True)
    with progress("Searching", len(tables) * len(PASSES) * len(requests)) as step:
        for goal, limits in requests:
            outcome = optimize(tables, goal, limits, k, step)
            merged.proved &= outcome.proved
            for choice in outcome.choices:
                key = (choice.setting, choice.chosen)
                if key not in known or known[key].value < choice.value:
                    known[key] = choice
            if outcome.interrupted:
                merged.interrupted, merged.proved = True, False
                break
    merged.add(known.values())
    return merged


def _extremes(tables: Sequence[Setting], allowed: Budgets, columns: Columns, stages: int) -> str:
    """Return a sentence with the space's minimum and maximum of each limited total."""
    free = Budgets({}, {})
    parts = []
    for name in allowed.given:
        of = QUANTITIES[name]
        ends = []
        for sign in (-1, 1):
            best = _best(tables, free.requests(of.total, sign, columns, stages), 1)
            ends.append(of.show(sign * next(iter(best.choices)).value * of.units))
        parts.append(f"smallest in this space: {ends[0]} {name}, largest: {ends[1]}")
    return "; ".join(parts)


def _found(
    space: Space, tables: Sequence[Setting], choice: Choice, columns: Columns
) -> tuple[Found, bool]:
    """Return the network of a choice, counted again, and whether its memory equals the sum.

    Raises:
        ResNetVizError: another count differs from the sum over stages; that would be a bug.
    """
    found = count(space.at(tables[choice.setting].values(choice.chosen)), columns)
    same = True
    for total in ("params", "macs", "activations", "layers", "memory", "latency"):
        if getattr(found, total) is None:
            continue
        added = max(choice.costs[i] for i in columns.of(total, space.stages))
        counted = found.amount(total)
        if total == "memory":
            same = added == counted
        elif abs(added - counted) > (counted // 10**6 if total == "latency" else 0):
            raise ResNetVizError(
                "{name}: stages add up to {sum} {total}, and the count is {report}",
                name=found.name,
                sum=added,
                total=total,
                report=counted,
            )
    return found, same


def pareto(
    space: Space | Mapping[str, Any] | str | os.PathLike[str],
    axes: Sequence[str] = ("params", "macs"),
    *,
    batch: int = 1,
    device: str = "rtx4090",
) -> Search:
    """Return the Pareto front of a space: the networks with the best trade-off of two totals.

    Args:
        space: as for `search`.
        axes: two totals; the first is maximized, the second minimized. All totals of `search` are
            possible except memory, which is no sum.
        batch: as for `search`.
        device: as for `search`.

    Raises:
        RequestError: an axis is unknown or repeated, or the front has too many networks.

    >>> space = Space({"stages": [{"blocks": [1, 2, 3], "channels": [32, 64]}]})
    >>> [row.layers for row in pareto(space, ("layers", "macs")).rows]
    [8, 6, 4]
    """
    if not isinstance(axes, (tuple, list)) or len(axes) != 2:
        raise RequestError("axes: {axes} (must be two totals)", axes=show(axes))
    large, small = (quantity("axis", axis).total for axis in axes)
    if large == small:
        raise RequestError("axes: {axes} (must be two different totals)", axes=show(axes))
    if "memory" in (large, small):
        raise RequestError(
            "axes: {axes} (memory is the largest of several sums; limit it in a search)",
            axes=show(axes),
        )
    space = Space.of(space)
    needs_numpy()
    from resnet_viz.spaces.front import front

    columns = Running(batch, device).columns({large, small})
    tables = _tables(space, columns)
    ends = (columns.of(total, space.stages)[0] for total in (large, small))
    rows = tuple(_found(space, tables, choice, columns)[0] for choice in front(tables, *ends))
    return Search(request=f"front of large {axes[0]} and small {axes[1]}", rows=rows)
