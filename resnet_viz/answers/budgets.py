"""Translate a user's goals and budgets to columns of costs and their limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_viz.answers.memory import memory, parse_bytes
from resnet_viz.answers.report import report
from resnet_viz.devices import find_device
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.spaces.units import parse_amount, parse_range, parse_time
from resnet_viz.spec import ResNetSpec
from resnet_viz.text.numbers import show_bytes

if TYPE_CHECKING:
    from resnet_viz.spaces.columns import Columns
    from resnet_viz.spaces.goal import Goal, Limit

__all__ = ["QUANTITIES", "Budgets", "Found", "Running", "count", "quantity"]


def _bytes(name: str, amount: object) -> int:
    """Parse a number of bytes.

    Raises:
        RequestError: the amount is no number of bytes, or exceeds 64 bits.
    """
    bytes = parse_bytes(amount)
    if bytes >= 1 << 62:
        raise RequestError("{name}: {amount} (must be below 4 EiB)", name=name, amount=show(amount))
    return bytes


class Quantity(NamedTuple):
    """A cost of networks that can be limited or optimized.

    Attributes:
        total: the name of the total that is counted.
        units: the number of units of this quantity in one unit of the total.
        parse: the function that parses a user's amount, given the name of the quantity.
        show: the function that formats an amount.
    """

    total: str
    units: int = 1
    parse: Callable[[str, object], int] = parse_amount
    show: Callable[[int], str] = "{:,}".format


QUANTITIES: Mapping[str, Quantity] = {
    "params": Quantity("params"),
    "macs": Quantity("macs"),
    "flops": Quantity("macs", 2),
    "activations": Quantity("activations"),
    "layers": Quantity("layers"),
    "depth": Quantity("layers"),
    "memory": Quantity("memory", parse=_bytes, show=show_bytes),
    "latency": Quantity(
        "latency", parse=parse_time, show=lambda picoseconds: f"{picoseconds / 10**9:,.3f} ms"
    ),
}
"""The quantities that can be limited or optimized, by name."""


def quantity(what: str, name: object) -> Quantity:
    """Return the quantity with the given name.

    Raises:
        RequestError: the name is unknown.
    """
    return choose(what, name, QUANTITIES)


class Running(NamedTuple):
    """The settings of a run, for the memory of a training step and the time of a forward pass.

    Attributes:
        batch: the number of images.
        device: the device, as in `resnet_viz.latency`.
    """

    batch: int = 1
    device: str = "rtx4090"

    def columns(self, totals: set[str]) -> Columns:
        """Return the columns to count for some totals.

        Raises:
            RequestError: the device is unknown, or the batch is not legal.
        """
        from resnet_viz.spaces.columns import Columns

        if type(self.batch) is not int or not 1 <= self.batch <= 1_000_000:
            raise RequestError(
                "batch: {batch} (must be an integer of 1 or more)", batch=show(self.batch)
            )
        device = find_device(self.device)
        return Columns(device if "latency" in totals else None, self.batch, "memory" in totals)


class Found(NamedTuple):
    """A found network, with its totals as in `report`, `memory` and `latency`.

    Attributes:
        memory: the bytes of a training step, if requested.
        latency: the milliseconds of a forward pass, if requested.
    """

    spec: ResNetSpec
    params: int
    macs: int
    activations: int
    layers: int
    memory: int | None = None
    latency: float | None = None

    @property
    def name(self) -> str:
        """The name in the table: blocks and widths."""
        blocks = "-".join(str(stage.blocks) for stage in self.spec.stages)
        widths = "-".join(str(stage.channels) for stage in self.spec.stages)
        return f"{blocks} blocks of {widths} at {self.spec.input[-1]}"

    def amount(self, total: str) -> int:
        """Return a total in the unit of its column; for latency, picoseconds."""
        value = getattr(self, total)
        return round(value * 10**9) if total == "latency" else int(value)


def count(spec: ResNetSpec, columns: Columns) -> Found:
    """Count a network by `report`, `memory` and `latency`."""
    from resnet_viz.answers.latency import latency_graph
    from resnet_viz.assembly import assemble

    totals = report(spec, depth="network").totals
    time = None
    if columns.device is not None:
        graph = assemble(spec, (columns.batch, *spec.input))
        time = latency_graph(graph, columns.device, depth="network").step_ms
    return Found(
        spec=spec,
        params=totals["params"],
        macs=totals["macs"],
        activations=totals["activations"],
        layers=totals["layers"],
        memory=memory(spec, batch=columns.batch, depth="network").totals["total_training"]
        if columns.memory
        else None,
        latency=time,
    )


class Budgets(NamedTuple):
    """The limits of totals.

    Attributes:
        given: the budgets as given by the user, by name.
        ranges: for each total, the minimum (or None) and the maximum, in the total's unit.
    """

    given: Mapping[str, Any]
    ranges: Mapping[str, tuple[int | None, int]]

    @classmethod
    def of(cls, budgets: Mapping[str, Any]) -> Budgets:
        """Parse a user's budgets; those that are None are ignored.

        Raises:
            RequestError: a name or an amount is not legal, or two budgets conflict.
        """
        given = {name: budget for name, budget in budgets.items() if budget is not None}
        least: dict[str, tuple[int, str]] = {}
        most: dict[str, tuple[int, str]] = {}
        for name, budget in given.items():
            of = quantity("budget", name)
            low, high = parse_range(name, budget, of.parse)
            if of.total not in most or high // of.units < most[of.total][0]:
                most[of.total] = (high // of.units, name)
            if low is not None and (
                of.total not in least or -(-low // of.units) > least[of.total][0]
            ):
                least[of.total] = (-(-low // of.units), name)
        for total, (low, name) in least.items():
            high, other = most[total]
            if low > high:
                raise RequestError(
                    "{name} and {other} contradict each other ({metric} of at least {low} and at "
                    "most {high})",
                    name=name,
                    other=other,
                    metric=total,
                    low=low,
                    high=high,
                )
        ranges = {
            total: (least[total][0] if total in least else None, high)
            for total, (high, _) in most.items()
        }
        return cls(given, ranges)

    def hold(self, found: Found) -> bool:
        """Return whether a network is within all budgets."""
        return all(
            (low or 0) <= found.amount(total) <= high for total, (low, high) in self.ranges.items()
        )

    @property
    def words(self) -> str:
        """Return the budgets in words."""
        return ", ".join(f"{name} at most {budget}" for name, budget in self.given.items())

    def requests(
        self, total: str, sign: int, columns: Columns, stages: int
    ) -> list[tuple[Goal, list[Limit]]]:
        """Return pairs of a goal and limits by column; the best result of all pairs is the answer.

        A total may be the maximum of several columns. It is below a limit if all of them are, and
        above a limit if one of them is, which takes one pair for each; the same holds for the goal.
        """
        from resnet_viz.spaces.goal import Goal, Limit

        wanted = columns.of(total, stages)
        goals = [Goal(wanted, sign)] if sign < 0 else [Goal((column,), sign) for column in wanted]
        limits = [
            Limit(column, 1, high)
            for name, (_, high) in self.ranges.items()
            for column in columns.of(name, stages)
        ]
        ways = [
            [Limit(column, -1, -low) for column in columns.of(name, stages)]
            for name, (low, _) in self.ranges.items()
            if low is not None
        ]
        return [(goal, [*limits, *lows]) for goal in goals for lows in product(*ways)]
