"""Search spaces of networks: the best under budgets, the Pareto front, and a family's members."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_viz.answers.report import report
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.errors import RequestError, ResNetVizError, SpecError, choose, show
from resnet_viz.progress import progress
from resnet_viz.sources import find_spec
from resnet_viz.spaces.space import Space
from resnet_viz.spaces.units import parse_range
from resnet_viz.spec import ResNetSpec

if TYPE_CHECKING:
    from resnet_viz.spaces.costs import Setting
    from resnet_viz.spaces.optimize import Choice, Limit

__all__ = ["Found", "Search", "fit", "pareto", "search"]

GOALS = {
    "params": ("params", 1),
    "macs": ("macs", 1),
    "flops": ("macs", 2),
    "activations": ("activations", 1),
    "layers": ("layers", 1),
    "depth": ("layers", 1),
}
"""The totals that can be optimized or limited: for each name, the total and the unit."""

MAX_K = 1_000


class Found(NamedTuple):
    """A found network, with its totals as `report` counts them."""

    spec: ResNetSpec
    params: int
    macs: int
    activations: int
    layers: int

    @property
    def name(self) -> str:
        """The name in the table: blocks and widths."""
        blocks = "-".join(str(stage.blocks) for stage in self.spec.stages)
        widths = "-".join(str(stage.channels) for stage in self.spec.stages)
        return f"{blocks} blocks of {widths} at {self.spec.input[-1]}"


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
            ),
            rows=self.rows,
            sentences=(certainty,),
            facts={
                "request": self.request,
                "proved": self.proved,
                "specs": [_plain(row.spec) for row in self.rows],
            },
        )


def _plain(spec: ResNetSpec) -> object:
    from resnet_viz.spec.files import to_plain

    return to_plain(spec)


def search(
    space: Space | Mapping[str, Any] | str | os.PathLike[str],
    *,
    maximise: str | None = None,
    minimise: str | None = None,
    k: int = 1,
    **budgets: Any,
) -> Search:
    """Return the best networks of a space under budgets; the optimum is exact.

    The costs of stages add up, so that dynamic programming over stages finds the optimum; see
    `resnet_viz.spaces.optimize`. Every returned network is counted again by `report`.

    Args:
        space: the space, its data, or the path of its file.
        maximise: the total to maximize: `params`, `macs`, `flops`, `activations`, or `layers` (also
            called `depth`); `params` if neither this nor `minimise` is given.
        minimise: the total to minimize, one of the same.
        k: the number of networks to return.
        **budgets: limits of these totals by name: a maximum, as an integer or a text with a unit
            (`"1G"`, `"5M"`), or a range, `(low, high)` or `"0.5G:1G"`.

    Raises:
        RequestError: an argument is not legal, or no network of the space fits the budgets; the
            message names the limits.

    >>> space = Space.around("resnet18", width=(0.5, 1), depth=(0.5, 1))
    >>> found = search(space, macs="1G", params="5M", maximise="params")
    >>> found.proved, found.rows[0].params <= 5_000_000
    (True, True)
    """
    space = Space.of(space)
    metric, sign, goal = _goal(maximise, minimise)
    if type(k) is not int or not 1 <= k <= MAX_K:
        raise RequestError("k: {k} (must be an integer from 1 to {most})", k=show(k), most=MAX_K)
    _needs_numpy()
    budgets = _given(budgets)
    limits = _limits(budgets)
    from resnet_viz.spaces.costs import METRICS, settings
    from resnet_viz.spaces.optimize import PASSES, Goal, optimize

    tables = list(settings(space))
    if not tables:
        raise RequestError("space: no network in it is legal")
    wanted = Goal(METRICS.index(metric), sign)
    with progress("Searching", len(tables) * len(PASSES)) as step:
        outcome = optimize(tables, wanted, limits, k, step)
    if not outcome.choices:
        if outcome.interrupted:
            raise RequestError("stopped before any network was found")
        raise RequestError(
            "no network of the space keeps the budgets ({extremes})",
            extremes=_extremes(tables, budgets),
        )
    rows = tuple(_found(space, tables, choice) for choice in outcome.choices)
    words = _words(budgets)
    asked = f"{'largest' if sign > 0 else 'smallest'} {goal}"
    request = f"{asked} with {words}" if words else asked
    return Search(
        request=request, rows=rows, proved=outcome.proved, interrupted=outcome.interrupted
    )


def _needs_numpy() -> None:
    from importlib.util import find_spec as find_package

    if find_package("numpy") is None:
        raise RequestError(
            "numpy is not installed (a search needs it: pip install 'resnet-viz[search]')"
        )


def _goal(maximise: str | None, minimise: str | None) -> tuple[str, int, str]:
    if maximise is not None and minimise is not None:
        raise RequestError("maximise and minimise are both given (must be one of them)")
    name = minimise if minimise is not None else "params" if maximise is None else maximise
    metric, _ = choose("goal", name, GOALS)
    return metric, -1 if minimise is not None else 1, name


def _given(budgets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the budgets that are not None."""
    return {name: budget for name, budget in budgets.items() if budget is not None}


def _words(budgets: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} at most {budget}" for name, budget in budgets.items())


def _limits(budgets: Mapping[str, Any]) -> list[Limit]:
    """Return budgets as limits of metrics, after checking that they do not conflict."""
    from resnet_viz.spaces.costs import METRICS
    from resnet_viz.spaces.optimize import Limit

    least: dict[str, tuple[int, str]] = {}
    most: dict[str, tuple[int, str]] = {}
    for name, budget in budgets.items():
        metric, units = choose("budget", name, GOALS)
        low, high = parse_range(name, budget)
        if metric not in most or high // units < most[metric][0]:
            most[metric] = (high // units, name)
        if low is not None and (metric not in least or -(-low // units) > least[metric][0]):
            least[metric] = (-(-low // units), name)
    for metric, (low, name) in least.items():
        high, other = most[metric]
        if low > high:
            raise RequestError(
                "{name} and {other} contradict each other ({metric} of at least {low} and at most "
                "{high})",
                name=name,
                other=other,
                metric=metric,
                low=low,
                high=high,
            )
    uppers = [Limit(METRICS.index(metric), 1, high) for metric, (high, _) in most.items()]
    return uppers + [Limit(METRICS.index(metric), -1, -low) for metric, (low, _) in least.items()]


def _extremes(tables: Sequence[Setting], budgets: Mapping[str, Any]) -> str:
    """Return a sentence with the space's minimum and maximum of each limited total."""
    from resnet_viz.spaces.costs import METRICS
    from resnet_viz.spaces.optimize import Goal, optimize

    parts = []
    for name in budgets:
        metric, units = GOALS[name]
        ends = []
        for sign in (-1, 1):
            choice = next(iter(optimize(tables, Goal(METRICS.index(metric), sign), (), 1).choices))
            ends.append(sign * choice.value * units)
        parts.append(f"smallest in this space: {ends[0]:,} {name}, largest: {ends[1]:,}")
    return "; ".join(parts)


def _found(space: Space, tables: Sequence[Setting], choice: Choice) -> Found:
    """Return the network of a choice, counted by `report`.

    Raises:
        ResNetVizError: the report differs from the sum over stages; that would be a bug.
    """
    from resnet_viz.spaces.costs import METRICS

    setting = tables[choice.setting]
    chosen = dict(setting.chosen)
    for i, (number, blocks) in enumerate(choice.stages):
        fields = {**setting.stages[i].shapes[number], "blocks": blocks}
        chosen |= {f"stages[{i}].{name}": value for name, value in fields.items()}
    found = _counted(space.at(chosen))
    if tuple(getattr(found, metric) for metric in METRICS) != choice.costs:
        raise ResNetVizError(
            "{name}: stages add up to {sum}, and the report to {report}",
            name=found.name,
            sum=choice.costs,
            report=tuple(getattr(found, metric) for metric in METRICS),
        )
    return found


def _counted(spec: ResNetSpec) -> Found:
    totals = report(spec, depth="network").totals
    return Found(
        spec=spec,
        params=totals["params"],
        macs=totals["macs"],
        activations=totals["activations"],
        layers=totals["layers"],
    )


def pareto(
    space: Space | Mapping[str, Any] | str | os.PathLike[str],
    axes: Sequence[str] = ("params", "macs"),
) -> Search:
    """Return the Pareto front of a space: the networks with the best trade-off of two totals.

    Args:
        space: as for `search`.
        axes: two totals; the first is maximized, the second minimized.

    Raises:
        RequestError: an axis is unknown or repeated, or the front has too many networks.

    >>> space = Space({"stages": [{"blocks": [1, 2, 3], "channels": [32, 64]}]})
    >>> [row.layers for row in pareto(space, ("layers", "macs")).rows]
    [8, 6, 4]
    """
    if not isinstance(axes, (tuple, list)) or len(axes) != 2:
        raise RequestError("axes: {axes} (must be two totals)", axes=show(axes))
    (large, _), (small, _) = (choose("axis", axis, GOALS) for axis in axes)
    if large == small:
        raise RequestError("axes: {axes} (must be two different totals)", axes=show(axes))
    space = Space.of(space)
    _needs_numpy()
    from resnet_viz.spaces.costs import METRICS, settings
    from resnet_viz.spaces.front import front

    tables = list(settings(space))
    if not tables:
        raise RequestError("space: no network in it is legal")
    choices = front(tables, METRICS.index(large), METRICS.index(small))
    rows = tuple(_found(space, tables, choice) for choice in choices)
    return Search(request=f"front of large {axes[0]} and small {axes[1]}", rows=rows)


def fit(
    network: str | ResNetSpec,
    *,
    k: int = 1,
    **budgets: Any,
) -> Search:
    """Return the members of a network's family that come closest to the budgets within them.

    A member multiplies the channels of all stages by one factor and their blocks by another.
    Channels are rounded to multiples of 8 that lose at most a tenth (Sandler et al. 2018, arXiv
    1801.04381, as in their code). The closest member is the one whose least used budget is used
    the most.

    Args:
        network: a zoo name, the path of a spec file, or a spec.
        k: the number of networks to return.
        **budgets: as for `search`; at least one.

    Raises:
        RequestError: an argument is not legal, or no member fits; the message names the limits.

    >>> fit("resnet50", macs="1G", params="10M").rows[0].macs <= 10**9
    True
    """
    if type(k) is not int or not 1 <= k <= MAX_K:
        raise RequestError("k: {k} (must be an integer from 1 to {most})", k=show(k), most=MAX_K)
    spec = find_spec(network)
    budgets = _given(budgets)
    ranges = {name: parse_range(name, value) for name, value in budgets.items()}
    for name in ranges:
        choose("budget", name, GOALS)
    if not ranges:
        raise RequestError("fit: no budget is given (needs one of {names})", names=[*GOALS])
    members = list(_family(spec))
    fitting = []
    for member in members:
        shares = []
        for name, (low, high) in ranges.items():
            value = _amount(member, name)
            shares.append(value / high if (low or 0) <= value <= high else -1.0)
        if min(shares) >= 0:
            fitting.append((min(shares), sum(shares), member))
    if not fitting:
        smallest = [f"{min(_amount(m, name) for m in members):,} {name}" for name in ranges]
        raise RequestError(
            "no member of the family of {name} fits (smallest in this space: {smallest})",
            name=spec.name,
            smallest=", ".join(smallest),
        )
    fitting.sort(key=lambda item: item[:2], reverse=True)
    return Search(
        request=f"{spec.name} made to fit {_words(budgets)}",
        rows=tuple(member for _, _, member in fitting[:k]),
        among="family",
    )


def _amount(member: Found, name: str) -> int:
    metric, units = GOALS[name]
    return int(getattr(member, metric)) * units


WIDTHS = tuple(i / 32 for i in range(4, 97))
"""Width multipliers of a family."""

DEPTHS = tuple(i / 8 for i in range(2, 25))
"""Depth multipliers of a family."""


def _family(spec: ResNetSpec) -> Iterator[Found]:
    """Yield the members of a network's family without duplicates, only legal networks."""
    made = set()
    for depth in DEPTHS:
        for width in WIDTHS:
            try:
                member = _scaled(spec, width, depth)
            except SpecError:  # for example, 32 groups that do not divide the scaled channels
                continue
            if member.stages not in made:
                made.add(member.stages)
                yield _counted(member)


def _scaled(spec: ResNetSpec, width: float, depth: float) -> ResNetSpec:
    """Return a network with its channels and blocks multiplied.

    Raises:
        SpecError: the scaled network is not legal.
    """
    stages = tuple(
        replace(
            stage,
            channels=_rounded(stage.channels * width, _unit(stage)),
            blocks=max(round(stage.blocks * depth), 1),
            bottleneck_width=stage.bottleneck_width
            and _rounded(stage.bottleneck_width * width, int(stage.group_width or 8)),
        )
        for stage in spec.stages
    )
    stem = replace(
        spec.stem,
        channels=_rounded(spec.stem.channels * width, 8),
        hidden=tuple(_rounded(hidden * width, 8) for hidden in spec.stem.hidden),
    )
    return replace(spec, stages=stages, stem=stem)


def _unit(stage: Any) -> int:
    from math import lcm

    if stage.block not in ("bottleneck", "senet") or stage.bottleneck_width is not None:
        return 8
    return lcm(8, stage.expansion * int(stage.group_width or 1))


def _rounded(channels: float, unit: int) -> int:
    """Return the nearest multiple of `unit` that loses at most a tenth of the channels."""
    rounded = max(int(channels + unit / 2) // unit * unit, unit)
    return rounded if rounded >= 0.9 * channels else rounded + unit
