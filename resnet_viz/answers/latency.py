"""Predict the time of a network on a device, operator by operator, by a roofline model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from resnet_viz.answers.batch import default_batch, to_batch_graph
from resnet_viz.answers.parts import parts_at, row_name
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.count.roofline import Time, Work, bytes_of, time_of, work_of
from resnet_viz.devices import Device, find_device
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import DEPTHS
from resnet_viz.ops import OPERATORS, Shape
from resnet_viz.ops.operator import spell
from resnet_viz.sources import Network

__all__ = ["LatencyReport", "LatencyRow", "TimedPart", "latency", "latency_graph", "time_parts"]

BASES: Mapping[str, tuple[str, str]] = {
    layout: (f"amp-{layout}-pt113-cu117-rtx3090", f"amp-{layout}-pt112-cu113-rtx3090")
    for layout in ("nchw", "nhwc")
}
"""By memory layout, the pair of devices with which inference and training were measured."""


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """The time of a part of the network, including all repeats.

    Attributes:
        path: PyTorch's module path; for a repeat, that of its first copy.
        kind: `stem`, `stage`, a block kind or an operator.
        repeat: the number of consecutive copies that the row covers.
        output: the output shape.
        flops: FLOPs of its matrix products in a forward pass, two for each multiply-add.
        bytes: bytes that its operators read and write in a forward pass.
        intensity: FLOPs per byte.
        ms: time in milliseconds.
        bound: the bottleneck: `compute`, `bandwidth`, or the `launch` of kernels.
    """

    path: str
    kind: str
    repeat: int
    output: Shape
    flops: int
    bytes: int
    intensity: float
    ms: float
    bound: str


@dataclass(frozen=True, slots=True)
class LatencyReport(Tabular):
    """The predicted time of a network.

    Attributes:
        network: the name of the network.
        inputs: the shape of each input.
        device: the device, with the error of its fit.
        mode: `infer`, a forward pass, or `train`, a training step.
        batch: the number of images in a pass or step.
        step_ms: time of one pass or step in milliseconds.
        images_per_s: images per second.
        interval: the 90 % prediction interval in milliseconds, from networks left out of the fit.
        totals: the sums of the rows' `flops`, `bytes` and `ms`, and the `intensity` of the whole.
        rows: the parts of the network.
        estimated: whether training was never measured on this device; the time is then that of
            inference, scaled by the ratio on a device with which both were measured.
        unknown: operators whose work is unknown; the time is then a lower bound.
    """

    network: str
    inputs: tuple[Shape, ...]
    device: Device
    mode: str
    batch: int
    step_ms: float
    images_per_s: float
    interval: tuple[float, float]
    totals: Mapping[str, float]
    rows: tuple[LatencyRow, ...]
    estimated: bool = False
    unknown: tuple[str, ...] = ()

    def to_table(self) -> Table:
        """Return the report as a table."""
        shapes = ", ".join(map(spell, self.inputs))
        return Table(
            title=f"{self.network}, input {shapes}, {self.mode}, {self.device.name}",
            columns=(
                Column("path", ""),
                Column("", "path", row_name),
                Column("kind", "kind"),
                Column("repeat", ""),
                Column("output", "output"),
                Column("flops", "FLOPs", right=True),
                Column("bytes", "bytes", right=True),
                Column("intensity", "FLOPs/byte", show=_one_digit, right=True),
                Column("ms", "ms", show=_three_digits, right=True),
                Column("bound", "bound by"),
            ),
            rows=self.rows,
            totals=self.totals,
            sentences=tuple(_sentences(self)),
            facts={
                "network": self.network,
                "input": list(self.inputs[0]) if len(self.inputs) == 1 else self.inputs,
                "device": self.device.name,
                "mode": self.mode,
                "batch": self.batch,
                "step_ms": self.step_ms,
                "images_per_s": self.images_per_s,
                "interval": list(self.interval),
                "estimated": self.estimated,
                "totals": dict(self.totals),
                **({"unknown": self.unknown} if self.unknown else {}),
            },
        )


def _one_digit(value: float) -> str:
    return f"{value:,.1f}"


def _three_digits(value: float) -> str:
    return f"{value:,.3f}"


def _sentences(report: LatencyReport) -> list[str]:
    """Return the sentences below the table: the time, its uncertainty, and its assumptions."""
    low, high = report.interval
    device = report.device
    least = "at least " if report.unknown else ""
    said = [
        f"{least}{report.step_ms:,.2f} ms a step = {report.images_per_s:,.0f} images/s; "
        f"of networks left out of the fit, nine in ten lie between {low:,.2f} and {high:,.2f} ms",
        f"fitted to {device.rows} measurements of {device.networks} networks ({device.source}); "
        f"median error {device.median_error:.1%}, rank correlation {device.rank_correlation:.2f}",
    ]
    if report.estimated:
        said.append(
            f"training was not measured on {device.machine}: inference times what training takes "
            "more on the rtx3090"
        )
    if report.unknown:
        said.append(f"nobody knows the work of {', '.join(report.unknown)}")
    return said


def latency(
    network: Network,
    input: Any = None,
    *,
    device: str = "rtx4090",
    batch: int | None = None,
    dtype: str | None = None,
    mode: str = "infer",
    depth: str = "block",
    means: str | None = None,
) -> LatencyReport:
    """Predict the time of a network on a device, with the error of the prediction.

    Each operator takes the longer of the times of its arithmetic and of its memory traffic, at the
    rates that the device reaches; these are fitted to public measurements of other networks.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        input: the input shape: `(C, H, W)` for a spec (default: its own), the full shape for a
            module.
        device: a machine, such as `rtx4090` or `i7-12700h`, or a full name from
            `resnet_viz.devices`, which also gives number format, memory layout, torch version and
            whether networks are compiled.
        batch: the number of images; by default 256, or that of the input if it has one.
        dtype: `float32`, `float16`, `bfloat16` or `amp`, if the device was measured with it; by
            default the device's own.
        mode: `infer`, a forward pass, or `train`, a training step.
        depth: the level of the rows: `network`, `stage`, `block` or `op`.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: the network or device is unknown, the device lacks the dtype or mode, or the
            input or batch does not fit the network.

    >>> resnet50 = latency("resnet50", device="rtx4090", batch=256)
    >>> resnet50.interval[0] < resnet50.step_ms < resnet50.interval[1]
    True
    """
    choose("depth", depth, DEPTHS)
    found, estimated = _device(device, mode, dtype)
    if batch is None:
        batch = default_batch(network, input, 256)
    if type(batch) is not int:
        raise RequestError("batch: {batch} (must be an integer of 1 or more)", batch=show(batch))
    graph = to_batch_graph(network, input, batch, means=means)
    return latency_graph(graph, found, mode=mode, depth=depth, estimated=estimated)


def latency_graph(
    graph: Graph,
    device: Device,
    *,
    mode: str = "infer",
    depth: str = "block",
    estimated: bool = False,
) -> LatencyReport:
    """Predict the time of a graph without unrolling it; see `latency`."""
    levels = choose("depth", depth, DEPTHS)
    root = time_parts(graph, device)
    spread, factor = device.spread, 1.0
    if estimated:
        infer, train = (find_device(n, mode=m) for n, m in zip(_base(device), _MODES, strict=True))
        works = work_of(graph)
        factor = _total(works, train) / _total(works, infer)
        spread += train.spread
    batch = graph.input[0]
    step_ms = 1000 * factor * root.time.total
    return LatencyReport(
        network=graph.name,
        inputs=graph.inputs,
        device=device,
        mode=mode,
        batch=batch,
        step_ms=step_ms,
        images_per_s=1000 * batch / step_ms,
        interval=(step_ms / math.exp(spread), step_ms * math.exp(spread)),
        totals={
            "flops": root.flops,
            "bytes": root.bytes,
            "intensity": root.flops / max(root.bytes, 1),
            "ms": step_ms,
        },
        rows=tuple(_row(part, factor) for part in parts_at(root, levels)),
        estimated=estimated,
        unknown=tuple(sorted({n.op for n in graph.nodes() if n.op not in OPERATORS})),
    )


def time_parts(graph: Graph, device: Device) -> TimedPart:
    """Return a graph's tree with the work and time of each part, including repeats."""
    return _Parts(work_of(graph), device).scope(graph.root)


_MODES = ("infer", "train")


def _device(name: str, mode: str, dtype: str | None) -> tuple[Device, bool]:
    """Return the device, and whether its training is to be estimated from its inference."""
    try:
        return find_device(name, mode=mode, dtype=dtype), False
    except RequestError:
        if mode != "train":
            raise
        found = find_device(name, mode="infer", dtype=dtype)
        if found.source != find_device("rtx3090").source:
            raise  # the user's own machine: training can be measured there
        return found, True


def _base(device: Device) -> tuple[str, str]:
    return BASES[device.layout if device.layout in BASES else "nchw"]


def _total(works: tuple[Work, ...], device: Device) -> float:
    """Return the seconds of all calls."""
    times = (work.times * _time(work, device).total for work in works)
    return float(sum(times))


def _time(work: Work, device: Device) -> Time:
    return time_of(work, device.coefficients, device.element, compiled=device.compiled)


class TimedPart(NamedTuple):
    """The work and time of a scope or node, including repeats."""

    path: str
    kind: str
    repeat: int
    output: Shape
    flops: int
    bytes: int
    time: Time
    children: tuple[TimedPart, ...] = ()


_NO_TIME = Time(total=0.0, compute=0.0, traffic=0.0, launch=0.0)


class _Parts:
    """Builds the tree of timed parts of a graph."""

    def __init__(self, works: tuple[Work, ...], device: Device) -> None:
        self.device = device
        self.works = {work.path: work for work in works}

    def scope(self, scope: Scope, times: int = 1) -> TimedPart:
        times = times * scope.repeat
        children = tuple(
            self.node(child, times) if isinstance(child, Node) else self.scope(child, times)
            for child in scope.children
        )
        return TimedPart(
            path=scope.path,
            kind=scope.kind,
            repeat=times,
            output=children[-1].output if children else (),
            flops=sum(child.flops for child in children),
            bytes=sum(child.bytes for child in children),
            time=Time(
                *(sum(part) for part in zip(_NO_TIME, *(c.time for c in children), strict=True))
            ),
            children=children,
        )

    def node(self, node: Node, times: int) -> TimedPart:
        work, device = self.works.get(node.path), self.device
        flops = bytes = 0
        time = _NO_TIME
        if work is not None:
            flops = times * work.flops
            bytes = times * bytes_of(work, device.element, compiled=device.compiled)
            time = Time(*(times * part for part in _time(work, device)))
        return TimedPart(
            path=node.path,
            kind=node.op,
            repeat=times,
            output=node.output,
            flops=flops,
            bytes=bytes,
            time=time,
        )


def _row(part: TimedPart, factor: float) -> LatencyRow:
    return LatencyRow(
        path=part.path,
        kind=part.kind,
        repeat=part.repeat,
        output=part.output,
        flops=part.flops,
        bytes=part.bytes,
        intensity=part.flops / max(part.bytes, 1),
        ms=1000 * factor * part.time.total,
        bound=part.time.bound if part.time.total else "",
    )
