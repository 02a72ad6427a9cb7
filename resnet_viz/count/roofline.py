"""Estimate the time of a graph's operators from their work, by a roofline with efficiencies.

The roofline model (Williams, Waterman and Patterson 2009, doi 10.1145/1498765.1498785) says that a
kernel takes the longer of two times: that of its arithmetic and that of its memory traffic. A few
coefficients (`Device`), fitted to measured networks, say how close a device gets to its peaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from resnet_viz.arithmetic import Size, product
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.ops import OPERATORS, category_of, memory_of

__all__ = ["COEFFICIENTS", "MATRIX", "Time", "Work", "bytes_of", "time_of", "work_of"]

MATRIX = "matrix"
"""The kind of work that multiplies matrices: convolutions, linear layers, matrix products."""

COEFFICIENTS: Mapping[str, str] = {
    "flops": "FLOP/s of matrix products that are deep and wide",
    "half_depth": "how many products an element sums up where half of that is reached",
    "half_width": "how many channels a group puts out where half of that is reached",
    "grouped": "how much longer products in groups take",
    "matrix_bandwidth": "bytes/s of matrix products",
    "bandwidth": "bytes/s of all other operators",
    "launch": "seconds that each operator takes beside its work",
    "group_norm": "how much longer a group norm takes than its bytes",
    "composite": "how much longer norms take that are made of many operators",
    "blur": "how much longer a blur takes than its bytes",
    "pool": "how much longer a pool takes than its bytes",
    "standardize": "how often weights that are standardized are moved",
}
"""The coefficients that describe a device, each with its meaning."""

SHARPNESS = 1.5
"""The exponent p of the p-norm that joins the times of arithmetic and of traffic.

A large p hides the shorter time behind the longer one; p = 1 adds them.
"""

_KINDS = {
    "group_norm": "group_norm",
    "filter_response_norm": "composite",
    "evo_norm": "composite",
    "blur_pool2d": "blur",
}
_POINTWISE = ("batch_norm", "add", "sub", "mul", "div")


class Work(NamedTuple):
    """The work of one call of an operator.

    Attributes:
        path: the path of the node.
        kind: `matrix`, `pointwise`, or the name of the coefficient that scales its traffic.
        times: the number of calls, including all repeats around the node.
        flops: floating-point operations, two for each multiply-add.
        moved: elements read and written: each input, output and parameter once.
        passes: further elements read and written if the operator runs as several kernels.
        fused: elements read and written if a compiler fuses chains of element-wise operators.
        depth: the number of products summed for each element of a matrix product.
        width: the number of output channels in each group.
        grouped: whether it has several groups.
        standardized: elements of the weights that it standardizes.
    """

    path: str
    kind: str
    times: Size
    flops: Size
    moved: Size
    passes: Size
    fused: Size
    depth: Size
    width: Size
    grouped: bool
    standardized: Size


def work_of(graph: Graph) -> tuple[Work, ...]:
    """Return the work of each operator; those that only make views are left out.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> works = work_of(assemble(find("resnet50"), (1, 3, 224, 224)))
    >>> sum(work.times * work.flops for work in works)
    8178368512
    """
    return tuple(_Works(graph).scope(graph.root, 1))


class _Works:
    """Computes the work of a graph's nodes; knows which nodes read each value."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = {node.path: node for node in graph.nodes()}
        self.shapes = graph.shapes()
        self.readers: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            for path in node.inputs:
                self.readers.setdefault(path, []).append(node)

    def scope(self, scope: Scope, times: Size) -> Iterator[Work]:
        times = times * scope.repeat
        for child in scope.children:
            if isinstance(child, Scope):
                yield from self.scope(child, times)
            elif not (memory := memory_of(child.op)) or not memory.view:
                yield self.work(child, times)

    def work(self, node: Node, times: Size) -> Work:
        inputs = [product(self.shapes[path]) for path in node.inputs]
        read, written = sum(inputs), sum(product(shape) for shape in node.outputs)
        weights = sum(product(param.shape) for param in node.params)
        macs = sum(amount for name, amount in node.terms.items() if name.endswith("_macs"))
        category = category_of(node.op)
        kind = _KINDS.get(node.op, "pool" if category == "pool" else "pointwise")
        depth: Size = 1
        width: Size = 1
        groups = node.attrs.get("groups", 1) if category == "conv" else 1
        if category in ("conv", "linear", "matmul"):
            kind = MATRIX
            depth = macs // product(node.output)
            width = node.attrs.get("out_channels", node.output[-1]) // groups
        passes = OPERATORS[node.op].passes if node.op in OPERATORS else 0
        return Work(
            path=node.path,
            kind=kind,
            times=times,
            flops=2 * macs,
            moved=read + written + weights,
            passes=passes * (inputs[0] if inputs else 0),
            fused=self.fused(node, inputs, written),
            depth=depth,
            width=width,
            grouped=groups > 1,
            standardized=weights if node.attrs.get("standardized") else 0,
        )

    def fused(self, node: Node, inputs: list[Size], written: Size) -> Size:
        """Return the elements that a fused kernel reads and writes for this node."""
        if not _is_pointwise(node):
            return sum(inputs) + written
        read = sum(
            elements
            for path, elements in zip(node.inputs, inputs, strict=True)
            if not self.stays(path)
        )
        return read + (0 if self.stays(node.path) else written)

    def stays(self, path: str) -> bool:
        """Return whether a value stays inside a fused kernel.

        It does when only element-wise operators write and read it.
        """
        readers = self.readers.get(path, [])
        return (
            path in self.nodes
            and bool(readers)
            and all(map(_is_pointwise, (self.nodes[path], *readers)))
        )


def _is_pointwise(node: Node) -> bool:
    return node.op in _POINTWISE or category_of(node.op) == "activation"


class Time(NamedTuple):
    """The time of one call in seconds.

    Attributes:
        total: the whole time.
        compute: the time that its arithmetic alone would take.
        traffic: the time that its memory traffic alone would take.
        launch: the fixed overhead of a call.
    """

    total: Any
    compute: Any
    traffic: Any
    launch: Any

    @property
    def bound(self) -> str:
        """The bottleneck: `compute`, `bandwidth` or `launch`, whichever takes longest.

        >>> Time(total=3.0, compute=0.5, traffic=2.0, launch=0.5).bound
        'bandwidth'
        """
        parts = {"compute": self.compute, "bandwidth": self.traffic, "launch": self.launch}
        return max(parts, key=lambda name: parts[name])


def time_of(work: Any, device: Mapping[str, Any], element: int, *, compiled: bool) -> Time:
    """Return the estimated time of one call on a device.

    Args:
        work: a `Work`; its numbers may be arrays, if all calls are of one kind.
        device: the coefficients by name.
        element: the bytes of an element.
        compiled: whether a compiler fuses element-wise operators.
    """
    launch = device["launch"]
    moved = bytes_of(work, element, compiled=compiled)
    if work.kind != MATRIX:
        longer = 1 if work.kind == "pointwise" else device[work.kind]
        traffic = moved * longer / device["bandwidth"]
        return Time(total=traffic + launch, compute=0.0 * traffic, traffic=traffic, launch=launch)
    reached = device["flops"] * work.depth / (work.depth + device["half_depth"])
    reached = reached * work.width / (work.width + device["half_width"])
    compute = work.flops / reached * (1 + (device["grouped"] - 1) * work.grouped)
    traffic = moved / device["matrix_bandwidth"]
    both = (compute**SHARPNESS + traffic**SHARPNESS) ** (1 / SHARPNESS)
    prepared = work.standardized * element * device["standardize"] / device["bandwidth"]
    return Time(
        total=both + prepared + launch, compute=compute, traffic=traffic + prepared, launch=launch
    )


def bytes_of(work: Any, element: int, *, compiled: bool) -> Any:
    """Return the bytes that one call reads and writes."""
    if work.kind == MATRIX:
        return work.moved * element
    return (work.fused if compiled else work.moved + work.passes) * element
