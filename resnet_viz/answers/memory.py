"""Count the memory that a network needs: weights, saved tensors, and the peak of live memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resnet_viz.answers.batch import to_batch_graph
from resnet_viz.answers.parts import parts_at, row_name
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.arithmetic import Size
from resnet_viz.assembly import MAX_BATCH
from resnet_viz.count.memory import CUDA_BLOCK, DTYPES, OPTIMIZERS, Footprint, footprint, sizes
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.graph import Graph, Node
from resnet_viz.graph.model import DEPTHS
from resnet_viz.ops import OPERATORS, Shape
from resnet_viz.ops.operator import spell
from resnet_viz.sources import Network
from resnet_viz.text.numbers import BYTE_UNITS, show_bytes

__all__ = ["ALLOCATORS", "MemoryReport", "MemoryRow", "memory", "parse_bytes"]

ALLOCATORS: Mapping[str, int] = {"exact": 1, "cuda": CUDA_BLOCK}
"""The block size in bytes to which each allocator rounds a tensor up."""


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """The memory of a part of the network in bytes, including all repeats.

    Attributes:
        path: PyTorch's module path; for a repeat, that of its first copy.
        kind: `stem`, `stage`, a block kind or an operator.
        repeat: the number of consecutive copies that the row covers.
        output: the output shape.
        weights: bytes of its parameters.
        buffers: bytes of its buffers: running statistics, fixed filters.
        gradients: bytes of its parameters' gradients.
        optimizer: bytes of the optimizer's state for its parameters.
        saved: bytes of the tensors that it is the first to save for the backward pass.
        live: the largest number of live bytes while it runs, forward or backward, allocated by any
            part of the step; without weights, buffers, the optimizer's state and the input.
    """

    path: str
    kind: str
    repeat: Size
    output: Shape
    weights: Size
    buffers: Size
    gradients: Size
    optimizer: Size
    saved: Size
    live: Size


@dataclass(frozen=True, slots=True)
class MemoryReport(Tabular):
    """The memory that a network needs, in bytes.

    Attributes:
        network: the name of the network.
        inputs: the shape of each input.
        batch: the number of images.
        dtype: the dtype of weights and activations.
        optimizer: the optimizer whose state is counted, or None.
        training: whether a training step is counted; if not, its numbers are zero.
        totals: `weights`, `buffers`, `gradients`, `optimizer`, `saved` (for the backward pass),
            `peak_inference` and `peak_training` (the most live memory that a forward pass or a
            training step allocates: activations, saved tensors, gradients), `input`, and
            `total_inference` and `total_training` (the peak plus everything that stays allocated).
        rows: the parts of the network; their `weights`, `buffers`, `gradients`, `optimizer` and
            `saved` sum to the totals, and the largest `live` is the peak.
        peaks: the operator that runs at each peak.
        unknown: operators whose saved tensors are unknown; the numbers are then lower bounds.
        fit: the memory for which the batch was chosen, if it was.
    """

    network: str
    inputs: tuple[Shape, ...]
    batch: Size
    dtype: str
    optimizer: str | None
    training: bool
    totals: Mapping[str, Size]
    rows: tuple[MemoryRow, ...]
    peaks: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    fit: int | None = None

    def to_table(self) -> Table:
        """Return the report as a table.

        Raises:
            RequestError: the network has arrays as sizes.
        """
        if not all(type(total) is int for total in self.totals.values()):
            raise RequestError("a report on many networks has no text (use its totals and rows)")
        live = "peak_training" if self.training else "peak_inference"
        kept = ("gradients", "optimizer", "saved") if self.training else ()
        numbers = ("weights", "buffers", *kept, "live")
        shapes = ", ".join(map(spell, self.inputs))
        return Table(
            title=f"{self.network}, input {shapes}, {self.dtype}: bytes",
            columns=(
                Column("path", ""),
                Column("", "path", row_name),
                Column("kind", "kind"),
                Column("repeat", ""),
                Column("output", "output"),
                *(Column(name, name, right=True) for name in numbers),
            ),
            rows=self.rows,
            totals={**self.totals, "live": self.totals[live]},
            sentences=tuple(_sentences(self)),
            facts={
                "network": self.network,
                "input": list(self.inputs[0]) if len(self.inputs) == 1 else self.inputs,
                "batch": self.batch,
                "dtype": self.dtype,
                "optimizer": self.optimizer,
                "training": self.training,
                **({"fit": self.fit} if self.fit is not None else {}),
                "totals": dict(self.totals),
                "peaks": dict(self.peaks),
                **({"unknown": self.unknown} if self.unknown else {}),
            },
        )


def _sentences(report: MemoryReport) -> list[str]:
    """Return the sentences below the table: each total as a sum, and what is not counted."""
    totals = report.totals
    least = "at least " if report.unknown else ""

    def line(name: str, parts: tuple[str, ...]) -> str:
        words = [f"{show_bytes(totals[part])} of {part}" for part in parts if totals[part]]
        peak = f"peak_{name}"
        words.append(f"{show_bytes(totals[peak])} alive at {report.peaks[peak]}")
        return f"{name}: {least}{show_bytes(totals[f'total_{name}'])} = {' + '.join(words)}"

    said = []
    if report.fit is not None:
        said.append(f"{report.batch:,} images are the most that fit into {show_bytes(report.fit)}")
    said.append(line("inference", ("weights", "buffers", "input")))
    if report.training:
        said.append(line("training", ("weights", "buffers", "optimizer", "input")))
    if report.unknown:
        said.append(f"nobody knows what {', '.join(report.unknown)} saves")
    said.append("not counted: workspaces of convolutions, and what the allocator loses")
    return said


def parse_bytes(value: object) -> int:
    """Return the number of bytes given as a number or as a text with a unit.

    Raises:
        RequestError: the value is neither.

    >>> parse_bytes("24GB"), parse_bytes("1.5 GiB")
    (24000000000, 1610612736)
    """
    if type(value) is int and value > 0:
        return value
    match = re.fullmatch(r"(\d{1,15})(?:\.(\d{1,6}))? ?([A-Za-z]*)", str(value), re.ASCII)
    units = {name.lower(): factor for name, factor in BYTE_UNITS.items()}
    if isinstance(value, str) and match is not None and match[3].lower() in units:
        millionths = int(match[1]) * 10**6 + int((match[2] or "").ljust(6, "0"))
        bytes = millionths * units[match[3].lower()] // 10**6
        if bytes > 0:
            return bytes
    raise RequestError(
        "memory size: {value} (must be a number with a unit: 24GB, 16GiB, 512MB)",
        value=show(value),
    )


def memory(
    network: Network,
    input: Any = None,
    *,
    batch: Size = 1,
    dtype: str = "float32",
    optimizer: str | None = "sgd",
    training: bool = True,
    depth: str = "block",
    allocator: str = "exact",
    fit: str | int | None = None,
    means: str | None = None,
) -> MemoryReport:
    """Count the bytes that a network needs, in inference and in a training step.

    The tensors that each operator saves for the backward pass are listed in `resnet_viz.ops`, from
    torch's table of derivatives. A tensor lives until the last operator that reads it, or the last
    module that holds it as an argument, has ended. Not counted: workspaces of cuDNN or oneDNN, and
    fragmentation in the allocator.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        input: the input shape: `(C, H, W)` for a spec (default: its own), the full shape for a
            module.
        batch: the number of images.
        dtype: the dtype of weights and activations: `float64`, `float32`, `bfloat16` or `float16`.
        optimizer: `sgd`, `momentum` (one tensor for each parameter), `adam` or `adamw` (two), or
            `none`, the same as None.
        training: whether to count a training step as well.
        depth: the level of the rows: `network`, `stage`, `block` or `op`.
        allocator: `exact`, or `cuda`, which rounds each tensor up to 512 bytes.
        fit: a memory size, such as `24GB` (1000³ bytes) or `24GiB` (1024³): the report is then for
            the largest batch that fits into it.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: the network, dtype, optimizer or allocator is unknown; the input or batch does
            not fit the network; or not even one image fits into the memory.

    >>> resnet50 = memory("resnet50", batch=8, optimizer="adamw")
    >>> resnet50.totals["saved"], resnet50.totals["optimizer"]
    (687488512, 204456256)
    >>> memory("resnet50", fit="24GB").batch
    275
    """
    levels = choose("depth", depth, DEPTHS)
    choose("dtype", dtype, DTYPES)
    block = choose("allocator", allocator, ALLOCATORS)
    states = choose("optimizer", "none" if optimizer is None else optimizer, OPTIMIZERS)
    if not isinstance(training, bool):
        raise RequestError("training: {value} (must be True or False)", value=show(training))
    counting = _Counting(
        network=network,
        input=input,
        means=means,
        dtype=dtype,
        states=states,
        training=training,
        block=block,
    )
    room = None
    if fit is not None:
        room = parse_bytes(fit)
        if type(batch) is not int or batch != 1:
            raise RequestError("batch: given with fit (which chooses it; must be left out)")
        batch = _largest_batch(counting, room)
    graph = to_batch_graph(network, input, batch, means=means)
    root, totals, peaks = counting.count(graph)
    return MemoryReport(
        network=graph.name,
        inputs=graph.inputs,
        batch=batch if len(graph.input) < 2 else graph.input[0],
        dtype=dtype,
        optimizer=optimizer if training and optimizer != "none" else None,
        training=training,
        totals=totals,
        rows=tuple(_row(part, states) for part in parts_at(root, levels)),
        peaks=peaks,
        unknown=tuple(sorted({node.op for node in graph.nodes() if _is_unknown(node, graph)})),
        fit=room,
    )


def _is_unknown(node: Node, graph: Graph) -> bool:
    return node.op not in OPERATORS and node.path not in graph.memory


@dataclass(frozen=True, slots=True)
class _Counting:
    """The arguments of `memory` without the batch."""

    network: Network
    input: Any
    means: str | None
    dtype: str
    states: int
    training: bool
    block: int

    def count(self, graph: Graph) -> tuple[Footprint, dict[str, Size], dict[str, str]]:
        """Return a graph's footprint, its totals in bytes, and the operators at its peaks."""
        size = sizes(self.dtype, self.block)
        inference = footprint(graph, size, training=False)
        made = footprint(graph, size, training=True) if self.training else inference
        root = made.root
        if not self.training:
            root = _without_gradients(root)
        totals = {
            "weights": root.weights,
            "buffers": root.buffers,
            "gradients": root.gradients,
            "optimizer": self.states * root.gradients,
            "saved": root.saved,
            "peak_inference": inference.root.live,
            "peak_training": root.live if self.training else 0,
            "input": made.inputs,
            "total_inference": inference.total(),
            "total_training": made.total(self.states) if self.training else 0,
        }
        peaks = {"peak_inference": _where(inference)}
        if self.training:
            peaks["peak_training"] = _where(made)
        return root, totals, peaks

    def bytes(self, batch: int) -> int:
        """Return the total bytes that a batch needs."""
        _, totals, _ = self.count(to_batch_graph(self.network, self.input, batch, means=self.means))
        needed: int = totals["total_training" if self.training else "total_inference"]
        return needed


def _where(made: Any) -> str:
    if made.peak is None:
        return ""
    return f"{made.peak.path}, backward" if made.peak.backward else str(made.peak.path)


def _without_gradients(part: Footprint) -> Footprint:
    children = tuple(map(_without_gradients, part.children))
    return part._replace(gradients=0, children=children)


def _largest_batch(counting: _Counting, room: int) -> int:
    """Return the largest batch that fits into the given bytes.

    Raises:
        RequestError: one image does not fit.
    """
    least = counting.bytes(1)
    if least > room:
        raise RequestError(
            "fit: {room} (a batch of 1 needs {least})",
            room=show_bytes(room),
            least=show_bytes(least),
        )
    # Live memory grows linearly with the batch, so that the search takes few steps
    low, high = 1, 2
    while high <= MAX_BATCH and counting.bytes(high) <= room:
        low, high = high, 2 * high
    high = min(high, MAX_BATCH + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if counting.bytes(middle) <= room:
            low = middle
        else:
            high = middle
    return low


def _row(part: Footprint, states: int) -> MemoryRow:
    return MemoryRow(
        path=part.path,
        kind=part.kind,
        repeat=part.repeat,
        output=part.output,
        weights=part.weights,
        buffers=part.buffers,
        gradients=part.gradients,
        optimizer=states * part.gradients,
        saved=part.saved,
        live=part.live,
    )
