"""Measure the time of a network on this machine, and calibrate the machine for predictions."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from resnet_viz.answers.batch import to_batch_graph
from resnet_viz.answers.latency import latency_graph
from resnet_viz.answers.memory import memory
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.assembly import assemble
from resnet_viz.count.roofline import Work, time_of, work_of
from resnet_viz.devices import Device, devices, find_device, own_folder
from resnet_viz.errors import RequestError, show
from resnet_viz.files import write_whole
from resnet_viz.graph import unroll
from resnet_viz.ops import Shape
from resnet_viz.ops.operator import spell
from resnet_viz.progress import progress
from resnet_viz.sources import Network, find_module, find_spec, torch_corner
from resnet_viz.zoo import find

__all__ = ["MeasuredRow", "Measurement", "calibrate", "measure"]

THIS_MACHINE = "this-machine"
"""The default name of a calibration."""

NETWORKS = (
    *(("resnet18", 224, 1), ("resnet18", 224, 8), ("resnet34", 224, 2), ("resnet50", 224, 1)),
    *(("resnet50", 160, 4), ("resnext50_32x4d", 224, 1), ("seresnet50", 224, 1)),
    *(("resnetv2_50", 224, 1), ("wide_resnet50_2", 160, 1), ("cifar-resnet56", 32, 16)),
)
"""The networks, input sizes and batches of a calibration, chosen for different bottlenecks."""

FITTED = ("flops", "matrix_bandwidth", "bandwidth", "launch", "grouped")
"""The coefficients that a calibration fits; the others are those of `BASE`."""

MIN_SECONDS = 1.0
"""The least time in seconds for which each of them runs, if the machine is quick enough."""

MAX_SECONDS = 30.0
"""The time in seconds that all of them share; on a slow machine each runs for less."""

HELD_BACK = 0.01
"""The weight of the regularization: a coefficient's squared log change against squared log errors.
"""

BASE = "i7-12700h"
"""The device whose coefficients a calibration starts from."""


class MeasuredRow(NamedTuple):
    """The measured time of a module of the network.

    Attributes:
        path: PyTorch's module path.
        kind: the kind of the module.
        output: the output shape.
        measured_ms: measured time in milliseconds, the median of several runs.
        predicted_ms: predicted time in milliseconds; None without a device.
    """

    path: str
    kind: str
    output: Shape
    measured_ms: float
    predicted_ms: float | None


@dataclass(frozen=True, slots=True)
class Measurement(Tabular):
    """The measured time of a network.

    Attributes:
        network: the name of the network.
        input: the shape of its input.
        threads: the number of threads that torch used.
        place: `cpu` or `cuda`.
        device: the device of the prediction; None if there is none.
        step_ms: measured time of a forward pass in milliseconds, by torch.utils.benchmark.
        images_per_s: images per second.
        predicted_ms: predicted time in milliseconds; None without a device.
        rows: the modules; functions called between them are in no row.
    """

    network: str
    input: Shape
    threads: int
    place: str
    device: Device | None
    step_ms: float
    images_per_s: float
    predicted_ms: float | None
    rows: tuple[MeasuredRow, ...]

    def to_table(self) -> Table:
        """Return the measurement as a table."""
        predicted = (
            ()
            if self.device is None
            else (Column("predicted_ms", "predicted ms", show=_show_ms, right=True),)
        )
        threads = f"{self.threads} thread" + "s" * (self.threads > 1)
        said = f"{self.step_ms:,.2f} ms a step = {self.images_per_s:,.1f} images/s"
        if self.device is not None and self.predicted_ms is not None:
            off = self.predicted_ms / self.step_ms - 1
            said += f"; predicted for {self.device.name}: {self.predicted_ms:,.2f} ms ({off:+.1%})"
        else:
            said += "; resnet-viz measure --calibrate makes predictions for this machine"
        return Table(
            title=f"{self.network}, input {spell(self.input)}, {self.place}, {threads}",
            columns=(
                Column("path", "path"),
                Column("kind", "kind"),
                Column("output", "output"),
                Column("measured_ms", "measured ms", show=_show_ms, right=True),
                *predicted,
            ),
            rows=self.rows,
            totals={"measured_ms": self.step_ms, "predicted_ms": self.predicted_ms},
            sentences=(said,),
            facts={
                "network": self.network,
                "input": list(self.input),
                "threads": self.threads,
                "place": self.place,
                "device": self.device and self.device.name,
                "step_ms": self.step_ms,
                "images_per_s": self.images_per_s,
                "predicted_ms": self.predicted_ms,
            },
        )


def _show_ms(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}"


def measure(
    network: Network,
    input: Any = None,
    *,
    batch: int = 1,
    device: str | None = None,
    threads: int | None = None,
    depth: str = "block",
    means: str | None = None,
) -> Measurement:
    """Run a network in inference on this machine and time it and its parts; needs torch.

    The number of threads, the gradient mode and a module's flags are restored afterwards.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        input: the input shape: `(C, H, W)` for a spec (default: its own), the full shape for a
            module.
        batch: the number of images.
        device: the device to predict for, as in `latency`; by default this machine, if it has been
            calibrated.
        threads: the number of threads for torch; by default torch's own.
        depth: the level of the rows: `network`, `stage`, `block` or `op`.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: the network or device is unknown, torch is not installed, or the input does
            not fit.
        ResNetVizError: there is not enough memory.
    """
    stopwatch = _stopwatch()
    _check_threads(threads)
    own = [found.name for found in devices() if found.source == THIS_MACHINE]
    known = device if device is not None else next(iter(own[::-1]), None)
    graph = unroll(to_batch_graph(network, input, batch, means=means))
    shape = graph.input
    if len(graph.inputs) > 1:
        raise RequestError("measure: a network with several inputs (must have one)")
    reference = latency_graph(graph, find_device(BASE if known is None else known), depth=depth)
    needed = memory(graph, batch=shape[0], training=False).totals["total_inference"]
    source = _runnable(network)
    with (
        stopwatch.ready(source, shape, needed, threads) as (module, x),
        progress("Measuring", 2 + stopwatch.RUNS) as advance,
    ):
        used = stopwatch.torch.get_num_threads()
        module(x)  # warm-up: the first pass selects algorithms
        advance()
        step = stopwatch.seconds_of(module, x)
        advance()
        named = dict(module.named_modules())
        parts = {row.path: named[row.path] for row in reference.rows if named.get(row.path)}
        spans = stopwatch.part_seconds(module, x, parts, advance)
    rows = tuple(
        MeasuredRow(
            path=row.path,
            kind=row.kind,
            output=row.output,
            measured_ms=1000 * spans[row.path],
            predicted_ms=row.ms if known else None,
        )
        for row in reference.rows
        if row.path in spans
    )
    return Measurement(
        network=graph.name,
        input=shape,
        threads=used,
        place=stopwatch.best_device(),
        device=reference.device if known else None,
        step_ms=1000 * step,
        images_per_s=shape[0] / step,
        predicted_ms=reference.step_ms if known else None,
        rows=rows,
    )


def _check_threads(threads: int | None) -> None:
    if threads is not None and (type(threads) is not int or threads < 1):
        raise RequestError(
            "threads: {threads} (must be an integer of 1 or more)", threads=show(threads)
        )


def _runnable(network: Network) -> Any:
    """Return the spec of a network, or its module with real weights."""
    if isinstance(network, str) and ":" in network:
        return find_module(network, real=True)
    return network if hasattr(network, "forward") else find_spec(network)


def _stopwatch() -> Any:
    return torch_corner("stopwatch")


def calibrate(name: str = THIS_MACHINE, *, threads: int | None = None) -> Device:
    """Measure this machine in under a minute and save it as a device; needs torch.

    Ten networks run in inference in float32. The rates that best explain their times are saved in
    the user's configuration folder at the end, so that an interruption keeps an older calibration.
    `latency(network, device=name)` then predicts for this machine.

    Args:
        name: letters, digits, dots and dashes; not the name of a shipped device.
        threads: the number of threads for torch; by default torch's own.

    Raises:
        RequestError: an argument is not legal, or torch or platformdirs is not installed.
        ResNetVizError: there is not enough memory, or the file cannot be written.
    """
    stopwatch = _stopwatch()
    _check_threads(threads)
    taken = {word for d in devices() if d.source != THIS_MACHINE for word in (d.name, d.machine)}
    if type(name) is not str or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,39}", name, re.ASCII):
        raise RequestError(
            "name: {name} (must be of at most 40 small letters, digits, dots and dashes)",
            name=show(name),
        )
    if name in taken:
        raise RequestError("name: {name} (is that of a shipped device)", name=show(name))
    path = own_folder() / f"{name}.json"
    runs: list[tuple[tuple[Work, ...], float]] = []
    end = time.monotonic() + MAX_SECONDS
    with progress("Calibrating", len(NETWORKS)) as advance:
        for done, (network, size, batch) in enumerate(NETWORKS):
            share = (end - time.monotonic()) / (len(NETWORKS) - done) / 2  # half is to make it
            seconds = min(MIN_SECONDS, max(share, 0.0))
            spec = find(network)
            graph = assemble(spec, (batch, spec.input[0], size, size))
            needed = memory(graph, batch=batch, training=False).totals["total_inference"]
            with stopwatch.ready(spec, graph.input, needed, threads) as (module, x):
                module(x)
                runs.append((work_of(graph), stopwatch.seconds_of(module, x, seconds)))
            advance()
    device = _fitted(name, runs)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(device._asdict(), indent=1) + "\n").encode())
    return device


def _fitted(name: str, runs: list[tuple[tuple[Work, ...], float]]) -> Device:
    """Return the device whose coefficients best explain the measured times, with its error.

    The error is cross-validated: each network is predicted by a fit to all the others.
    """
    base = find_device(BASE)
    start = {**base.coefficients, "composite": 4.0, "group_norm": 2.0}
    found = _fit(runs, start)
    off = []
    for i, (works, seconds) in enumerate(runs):
        others = _fit([*runs[:i], *runs[i + 1 :]], found)
        off.append(math.log(_seconds(works, others) / seconds))
    by_time = sorted(range(len(runs)), key=lambda i: runs[i][1])
    by_guess = sorted(range(len(runs)), key=lambda i: _seconds(runs[i][0], found))
    moves = sum((by_time.index(i) - by_guess.index(i)) ** 2 for i in range(len(runs)))
    return Device(
        name=name,
        machine=name,
        mode="infer",
        format="fp32",
        layout="nchw",
        torch=0,
        compiled=False,
        element=4,
        rows=len(runs),
        networks=len({network for network, _, _ in NETWORKS}),
        median_error=median(abs(math.expm1(o)) for o in off),
        spread=max(map(abs, off)),
        rank_correlation=1 - 6 * moves / (len(runs) * (len(runs) ** 2 - 1)),
        coefficients=found,
        source=THIS_MACHINE,
    )


def _seconds(works: tuple[Work, ...], device: Mapping[str, float]) -> float:
    times = (work.times * time_of(work, device, 4, compiled=False).total for work in works)
    return float(sum(times))


def _fit(
    runs: list[tuple[tuple[Work, ...], float]], start: Mapping[str, float]
) -> dict[str, float]:
    """Return the coefficients with the least error, found by coordinate descent.

    All rates are first scaled by a common factor. Changing each one further is penalized, so that a
    coefficient which the ten networks do not determine keeps its scaled value.
    """
    scale = math.exp(median(math.log(_seconds(works, start) / s) for works, s in runs))
    scaled = {**start, "launch": start["launch"] / scale}
    for name in ("flops", "matrix_bandwidth", "bandwidth"):
        scaled[name] = start[name] * scale

    def error(device: Mapping[str, float]) -> float:
        off = sum(math.log(_seconds(works, device) / seconds) ** 2 for works, seconds in runs)
        moved = sum(math.log(device[name] / scaled[name]) ** 2 for name in FITTED)
        return off + HELD_BACK * moved

    found = dict(scaled)
    least = error(found)
    factor = 2.0
    while factor > 1.02:
        better = False
        for name in FITTED:
            for step in (factor, 1 / factor):
                tried = {**found, name: found[name] * step}
                if (made := error(tried)) < least:
                    found, least, better = tried, made, True
                    break
        if not better:
            factor = math.sqrt(factor)
    return found
