"""Compute the columns that are summed over stages: counts, picoseconds, bytes at each moment.

The memory of a training step is not a sum over stages but the maximum of several sums. While a
stage runs, three kinds of tensors are alive: those that earlier stages have saved, its own, and in
the backward pass the gradients of later stages. Each stage has one column for its forward and one
for its backward pass, and so have stem and head; the largest column is the network's memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from resnet_viz.arithmetic import Size, maximum
from resnet_viz.assembly import assemble
from resnet_viz.count import count_layers, tally
from resnet_viz.count.memory import footprint, sizes, timeline
from resnet_viz.count.roofline import time_of, work_of
from resnet_viz.count.storage import step
from resnet_viz.devices import Device
from resnet_viz.spec import ResNetSpec

__all__ = ["METRICS", "Columns", "Step"]

METRICS = ("params", "macs", "activations", "layers")
"""The totals that `report` counts."""

PICOSECONDS = 10**12

FORWARD, BACKWARD = "forward", "backward"


class Step(NamedTuple):
    """The bytes of one training step.

    Attributes:
        stays: weights, buffers and the input, which are always alive.
        saved: the bytes saved for the backward pass at the end of the forward pass.
        gradients: the bytes of all parameters' gradients.
        peaks: the largest number of live bytes besides `stays` while a part runs, by the first
            names of its path and by direction.
    """

    stays: Size
    saved: Size
    gradients: Size
    peaks: Mapping[tuple[str, str], Size]


class Columns(NamedTuple):
    """The choice of columns.

    Attributes:
        device: the device whose time is predicted, if any.
        batch: the number of images, for time and memory.
        memory: whether the bytes of a training step are counted.
    """

    device: Device | None = None
    batch: int = 1
    memory: bool = False

    @property
    def counts(self) -> tuple[str, ...]:
        """The names of the columns that are plain sums."""
        return (*METRICS, *(("latency",) if self.device else ()))

    def moments(self, stages: int) -> tuple[tuple[str, str], ...]:
        """Return the part and the direction of each column of bytes."""
        if not self.memory:
            return ()
        parts = ("stem", *(f"layer{i + 1}" for i in range(stages)), "head")
        return tuple((part, direction) for part in parts for direction in (FORWARD, BACKWARD))

    def of(self, name: str, stages: int) -> tuple[int, ...]:
        """Return the indices of a total's columns; the total is the largest of them."""
        if name in self.counts:
            return (self.counts.index(name),)
        start = len(self.counts)
        return tuple(range(start, start + len(self.moments(stages))))

    def sums(self, spec: ResNetSpec) -> list[Size]:
        """Return the plain sums of a network, whose sizes may be arrays."""
        graph = assemble(spec)
        whole = tally(graph)
        counts = [whole.params, whole.macs, whole.activations, count_layers(graph).total]
        if self.device is not None:
            seconds = sum(
                work.times * _seconds(work, self.device)
                for work in work_of(assemble(spec, (self.batch, *spec.input)))
            )
            counts.append(np.rint(seconds * PICOSECONDS).astype(np.int64))
        return counts

    def whole(self, spec: ResNetSpec) -> Any:
        """Return all columns of a network, whose sizes may be arrays, along the last axis."""
        counts = self.sums(spec)
        if self.memory:
            made = self.step(spec)
            counts += [made.stays + made.peaks[part] for part in self.moments(len(spec.stages))]
        arrays = np.broadcast_arrays(*(np.asarray(count) for count in counts))
        return np.stack(arrays, axis=-1).astype(np.int64)

    def step(self, spec: ResNetSpec, depth: int = 1) -> Step:
        """Return the bytes of a training step; a part is the first `depth` names of a path."""
        graph = assemble(spec, (self.batch, *spec.input))
        size = sizes("float32")
        root = footprint(graph, size, training=True).root
        made = step(graph, size, training=True)
        peaks: dict[tuple[str, str], Size] = {}
        ends = {FORWARD: "stem", BACKWARD: "head"}
        for moment in timeline(made, training=True):
            direction = BACKWARD if moment.backward else FORWARD
            part = ends[direction]
            names = moment.path.split(".")[:depth]
            if names[0].startswith("layer"):
                part = ".".join(names)
                ends[direction] = "stem" if moment.backward else "head"
            key = (part, direction)
            peaks[key] = maximum(peaks.get(key, 0), moment.live)
        return Step(root.weights + root.buffers + made.inputs, root.saved, root.gradients, peaks)


def _seconds(work: Any, device: Device) -> Any:
    return time_of(work, device.coefficients, device.element, compiled=device.compiled).total
