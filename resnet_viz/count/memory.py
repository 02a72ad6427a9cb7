"""Compute a graph's memory in bytes: parameters and buffers, saved tensors, and the peak.

A pass is a sequence of events, each of which allocates and frees tensors. All copies of a repeated
scope do the same, so live memory changes by the same amount from copy to copy, and is largest in
the first copy or in the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.arithmetic import Size, differ, maximum, product
from resnet_viz.count.storage import Block, Bytes, Call, Step, Storage, Value, step
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import module_path
from resnet_viz.ops import OPERATORS, Shape

__all__ = [
    "CUDA_BLOCK",
    "DTYPES",
    "OPTIMIZERS",
    "Footprint",
    "Moment",
    "Pass",
    "footprint",
    "sizes",
    "timeline",
]

DTYPES: Mapping[str, int] = MappingProxyType(
    {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}
)
"""Bytes per element of each dtype."""

OPTIMIZERS: Mapping[str, int] = MappingProxyType(
    {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2, "none": 0}
)
"""Tensors of a parameter's size that an optimizer keeps for each parameter (torch.optim)."""

CUDA_BLOCK = 512
"""Bytes to whose multiple torch's CUDA allocator rounds a tensor (c10/cuda, `kMinBlockSize`)."""


def sizes(dtype: str, block: int = 1) -> Bytes:
    """Return a function from elements and dtype to bytes, rounded up to whole blocks.

    Statistics have at least 32 bits, whatever the dtype of the values (`at::opmath_type`).

    >>> size = sizes("bfloat16")
    >>> size(10, ""), size(10, "float32"), size(10, "int64")
    (20, 40, 80)
    """
    each = {"": DTYPES[dtype], "float32": max(DTYPES[dtype], 4), "int64": 8, "bytes": 1}
    if block == 1:
        return lambda elements, dtype: elements * each[dtype]
    return lambda elements, dtype: (elements * each[dtype] + block - 1) // block * block


class Footprint(NamedTuple):
    """The memory of a scope or node in bytes, including all repeats.

    Attributes:
        output: the output shape.
        weights: the bytes of the parameters; a shared parameter belongs to its first node.
        buffers: the bytes of the modules' buffers.
        gradients: the bytes of the trainable parameters' gradients.
        saved: the bytes of the tensors that this part is the first to save for the backward pass.
        live: the largest number of live bytes while this part runs, forward or backward, without
            weights, buffers, the optimizer's state and the network's input.
        children: the scopes and nodes directly inside.
    """

    path: str
    kind: str
    repeat: Size
    output: Shape
    weights: Size
    buffers: Size
    gradients: Size
    saved: Size
    live: Size
    children: tuple[Footprint, ...] = ()


class Moment(NamedTuple):
    """The live memory at one event.

    Attributes:
        path: the path of the operator that runs.
        backward: whether the operator runs backward.
        live: the live bytes while it runs.
        after: the live bytes when it has ended.
    """

    path: str
    backward: bool
    live: Size
    after: Size


class Pass(NamedTuple):
    """The memory of one pass through a network.

    Attributes:
        root: the footprint of the whole network, with its parts as children.
        inputs: the bytes of the network's inputs.
        peak: the first moment at which live memory is largest; None if sizes are arrays.
    """

    root: Footprint
    inputs: Size
    peak: Moment | None

    def total(self, states: int = 0) -> Size:
        """Return the bytes at the peak, including all that stays allocated.

        Args:
            states: the tensors that the optimizer keeps for each parameter.
        """
        root = self.root
        return root.weights + root.buffers + self.inputs + states * root.gradients + root.live


def footprint(graph: Graph, size: Bytes, *, training: bool) -> Pass:
    """Return the memory of a graph's parts for a forward pass, and in training the backward pass.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> graph = assemble(find("resnet18"), (8, 3, 224, 224))
    >>> footprint(graph, sizes("float32"), training=False).root.live
    51380224
    """
    made = step(graph, size, training)
    saved: dict[str, Size] = {}
    _add_saved(made.root, 1, saved)
    live: dict[str, Size] = {}
    moments = tuple(timeline(made, training=training))
    for moment in moments:
        live[moment.path] = maximum(live.get(moment.path, 0), moment.live)
    root = _Parts(size, saved, live).graph(graph)
    single = type(root.live) is int
    peak = next((m for m in moments if m.live == root.live), None) if single else None
    return Pass(root, made.inputs, peak)


def _add_saved(block: Block, times: Size, saved: dict[str, Size]) -> None:
    times = times * block.times
    for event in block.events:
        if isinstance(event, Call):
            path = event.node.path
            saved[path] = saved.get(path, 0) + times * event.saved
        elif isinstance(event, Block):
            _add_saved(event, times, saved)


class _Parts:
    """Builds the tree of footprints of a graph's scopes and nodes."""

    def __init__(self, size: Bytes, saved: dict[str, Size], live: dict[str, Size]) -> None:
        self.size, self.saved, self.live = size, saved, live
        self.counted: set[str] = set()

    def graph(self, graph: Graph) -> Footprint:
        total = self.scope(graph.root, ())
        if not graph.idle:
            return total
        weights = sum(self.size(product(param.shape), "") for param in graph.idle)
        row = Footprint(
            path="unused parameters",
            kind="",
            repeat=1,
            output=(),
            weights=weights,
            buffers=0,
            gradients=0,  # an unused parameter gets no gradient
            saved=0,
            live=0,
        )
        return total._replace(weights=total.weights + weights, children=(*total.children, row))

    def scope(self, scope: Scope, around: tuple[tuple[str, Size], ...]) -> Footprint:
        if scope.carry is not None:
            around = (*around, (module_path(f"{scope.path}."), scope.repeat))
        children = tuple(
            [
                self.node(child, around) if isinstance(child, Node) else self.scope(child, around)
                for child in scope.children
            ]
        )
        live: Size = 0
        for child in children:
            live = maximum(live, child.live)
        return Footprint(
            path=scope.path,
            kind=scope.kind,
            repeat=product(repeat for _, repeat in around),
            output=children[-1].output if children else (),
            weights=sum((child.weights for child in children), 0),
            buffers=sum((child.buffers for child in children), 0),
            gradients=sum((child.gradients for child in children), 0),
            saved=sum((child.saved for child in children), 0),
            live=live,
            children=children,
        )

    def node(self, node: Node, around: tuple[tuple[str, Size], ...]) -> Footprint:
        weights: Size = 0
        gradients: Size = 0
        for param in node.params:
            if param.name not in self.counted:
                self.counted.add(param.name)
                copies = product(n for prefix, n in around if param.name.startswith(prefix))
                amount = self.size(product(param.shape), "") * copies
                weights = weights + amount
                if param.trainable:
                    gradients = gradients + amount
        return Footprint(
            path=node.path,
            kind=node.op,
            repeat=product(repeat for _, repeat in around),
            output=node.output,
            weights=weights,
            buffers=self.buffers(node, around),
            gradients=gradients,
            saved=self.saved.get(node.path, 0),
            live=self.live.get(node.path, 0),
        )

    def buffers(self, node: Node, around: tuple[tuple[str, Size], ...]) -> Size:
        module = module_path(node.path)
        if node.op not in OPERATORS or module != node.path:  # a later call of the same module
            return 0
        amount: Size = 0
        for kept in OPERATORS[node.op].buffers(node.output, node.attrs):
            amount = amount + self.size(kept.elements, kept.dtype)
        return amount * product(n for prefix, n in around if module.startswith(prefix))


def timeline(made: Step, *, training: bool) -> Iterator[Moment]:
    """Yield the live memory at each event; in a repeated scope, that of the largest copy.

    In the forward pass, a tensor lives until the last call that reads it, or the last module that
    holds it as an argument, has ended; a saved tensor lives until the backward pass of the call
    that saved it. In the backward pass, a gradient lives until it has been passed to the inputs.
    """
    calls = tuple(_calls(made.root))
    changes = _forward(made, calls)
    yield from _moments(made.root, 0, changes, backward=False)
    if training:
        base = _total(made.root, changes)
        backward = _Backward(made, calls)
        changes = {call.event: backward.change(call) for call in reversed(calls)}
        yield from _moments(made.root, base + backward.given, changes, backward=True)


class _Change(NamedTuple):
    """The bytes that an event adds to live memory: while it runs, and after it has ended."""

    during: Size
    after: Size


_Changes = Mapping[int, _Change]
"""The change that each event makes, by the event's number."""

_NONE = _Change(0, 0)


def _calls(block: Block) -> Iterator[Call]:
    for event in block.events:
        if isinstance(event, Call):
            yield event
        elif isinstance(event, Block):
            yield from _calls(event)


def _forward(made: Step, calls: tuple[Call, ...]) -> _Changes:
    dropped: dict[int, Size] = {}
    for storage in _storages(calls):
        if storage.saver is None:
            dropped[storage.last] = dropped.get(storage.last, 0) + storage.bytes
    changes = {event: _Change(0, -amount) for event, amount in dropped.items()}
    for call in calls:
        kept = call.made + call.extra
        after = kept - dropped.get(call.event, 0)
        changes[call.event] = _Change(kept + call.scratch, after)
    return changes


def _storages(calls: tuple[Call, ...]) -> Iterator[Storage]:
    """Yield each storage that a call allocates for its outputs."""
    for call in calls:
        storage = call.output.storage
        if not call.inputs or storage is not call.inputs[0].storage:
            yield storage


class _Gradient:
    """The bytes of a gradient, and the number of values that share it."""

    __slots__ = ("bytes", "holders")

    def __init__(self, bytes: Size) -> None:
        self.bytes, self.holders = bytes, 0


class _Backward:
    """The gradients that are alive while the calls of a step run backward."""

    def __init__(self, made: Step, calls: tuple[Call, ...]) -> None:
        self.size = made.size
        self.gradients: dict[int, _Gradient] = {}
        self.given: Size = 0
        for value in made.outputs:
            gradient = self.gradients[value.number] = self.gradient_of(value)
            gradient.holders = 1
            self.given = self.given + gradient.bytes
        leaving = {id(value.storage) for value in made.outputs}
        self.freed: dict[int, Size] = {}
        for storage in _storages(calls):
            if storage.saver is not None and id(storage) not in leaving:
                event = storage.saver.event
                self.freed[event] = self.freed.get(event, 0) + storage.bytes

    def gradient_of(self, value: Value) -> _Gradient:
        return _Gradient(self.size(product(value.shape), ""))

    def change(self, call: Call) -> _Change:
        """Pass the gradient of a call's output to its inputs; return the change in live memory."""
        gradient = self.gradients.pop(call.output.number, None)
        if gradient is None:
            return _NONE
        made, dropped = call.gradients, self.freed.get(call.event, 0) + call.extra
        for value in call.inputs:
            if not value.differentiated:
                continue
            passed = gradient
            if not call.memory.hands_on or differ(product(value.shape), product(call.node.output)):
                passed = self.gradient_of(value)
                made = made + passed.bytes
            passed.holders += 1
            before = self.gradients.get(value.number)
            if before is None:
                self.gradients[value.number] = passed
                continue
            if before.holders > 1:  # another value shares it, so the sum needs a new tensor
                total = self.gradients[value.number] = self.gradient_of(value)
                total.holders = 1
                made = made + total.bytes
                dropped = dropped + self.release(before)
            dropped = dropped + self.release(passed)
        return _Change(made, made - dropped - self.release(gradient))

    @staticmethod
    def release(gradient: _Gradient) -> Size:
        """Release one reference to a gradient; return the bytes that this frees."""
        gradient.holders -= 1
        return 0 if gradient.holders else gradient.bytes


def _total(block: Block, changes: _Changes) -> Size:
    """Return the bytes that one copy of a block adds to live memory once it has ended."""
    total: Size = 0
    for event in block.events:
        if isinstance(event, Block):
            total = total + event.times * _total(event, changes)
        else:
            total = total + changes.get(event.event, _NONE).after
    return total


def _moments(block: Block, base: Size, changes: _Changes, *, backward: bool) -> Iterator[Moment]:
    for event in reversed(block.events) if backward else block.events:
        if isinstance(event, Block):
            once = _total(event, changes)
            most = base + maximum((event.times - 1) * once, 0)
            for moment in _moments(event, most, changes, backward=backward):
                yield moment._replace(live=moment.live * (event.times > 0))
            base = base + event.times * once
            continue
        change = changes.get(event.event, _NONE)
        if isinstance(event, Call):
            live, after = base + change.during, base + change.after
            yield Moment(event.node.path, backward, live, after)
        base = base + change.after
