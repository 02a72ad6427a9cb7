"""List the calls of one training or inference step, with the memory each allocates and saves.

A repeated scope is read twice: its first copy, and a second copy that represents all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from resnet_viz.arithmetic import Size, product
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import input_name, module_path
from resnet_viz.ops import Memory, Shape, category_of, memory_of

__all__ = ["Block", "Bytes", "Call", "Return", "Step", "Storage", "Value", "step"]

Bytes = Callable[[Size, str], Size]
"""A function from a tensor's number of elements and its dtype (as in `ops.Kept`) to its bytes."""

_UNKNOWN = Memory()
"""The memory behaviour of an operator outside the catalogue: it is assumed to save nothing."""


class Storage:
    """The memory of one value, or of several views that share it.

    Attributes:
        bytes: the size; for several outputs of one call, of all of them.
        first: the size of the first of them, the one that other calls save.
        given: whether the caller holds it: true for the network's inputs.
        last: the number of the last event of the forward pass that needs it.
        saver: the first call that saves it for the backward pass.
    """

    __slots__ = ("bytes", "first", "given", "last", "saver")

    def __init__(self, bytes: Size, first: Size, given: bool = False) -> None:
        self.bytes, self.first, self.given = bytes, first, given
        self.last = -1
        self.saver: Call | None = None


class Value(NamedTuple):
    """The output of a call, or an input of the network.

    Attributes:
        number: the index of the value in the order of creation.
        differentiated: whether the backward pass computes its gradient.
    """

    number: int
    shape: Shape
    storage: Storage
    contiguous: bool
    differentiated: bool


class Call:
    """One call of an operator.

    Attributes:
        event: the number of the event.
        made: the bytes allocated for its outputs; 0 for a view.
        extra: the bytes of further tensors that it allocates and saves.
        scratch: the bytes of further tensors that it allocates and frees when it ends.
        saved: the bytes that it is the first to save, including `extra`.
        gradients: the bytes of its parameters' gradients, each counted at the first call that
            uses the parameter.
    """

    __slots__ = (
        *("event", "extra", "gradients", "inputs", "made", "memory", "node", "output", "saved"),
        "scratch",
    )

    def __init__(self, node: Node, inputs: tuple[Value, ...], event: int, memory: Memory) -> None:
        self.node, self.inputs, self.event = node, inputs, event
        self.memory = memory
        self.made: Size = 0
        self.extra: Size = 0
        self.scratch: Size = 0
        self.saved: Size = 0
        self.gradients: Size = 0
        self.output: Value


class Return(NamedTuple):
    """The end of a module's call, which keeps its arguments alive until then."""

    event: int
    held: tuple[Storage, ...]


class Block(NamedTuple):
    """A sequence of events that runs `times` times."""

    times: Size
    events: list[Call | Return | Block]


class Step(NamedTuple):
    """The events of one step.

    Attributes:
        root: the events.
        outputs: the values that the network returns.
        inputs: the bytes of the network's inputs.
        size: the function that returns the bytes of a tensor.
    """

    root: Block
    outputs: tuple[Value, ...]
    inputs: Size
    size: Bytes


def step(graph: Graph, size: Bytes, training: bool) -> Step:
    """Return the events of a forward pass; if `training`, with the tensors that each call saves."""
    reading = _Reading(graph, size, training)
    given: Size = 0
    for i, shape in enumerate(graph.inputs):
        bytes = size(product(shape), "")
        storage = Storage(bytes, bytes, given=True)
        given = given + bytes
        reading.values[input_name(i)] = reading.value(shape, storage, True, False)
    root = Block(1, [])
    reading.scope(graph.root, root)
    outputs = tuple(reading.values[path] for path in graph.outputs)
    for value in outputs:
        value.storage.last = reading.event + 1
    return Step(root, outputs, given, size)


class _Reading:
    """One pass over a graph, in the order in which its operators run.

    Attributes:
        values: the current value of each path in the graph.
        copies: for each repeated scope around, the prefix of its parameters and the index of the
            copy that is being read.
        known: the parameters used so far, each with the indices of the copies that own it.
    """

    def __init__(self, graph: Graph, size: Bytes, training: bool) -> None:
        self.graph, self.size, self.training = graph, size, training
        self.numbers = self.event = 0
        self.values: dict[str, Value] = {}
        self.copies: tuple[tuple[str, int], ...] = ()
        self.known: set[tuple[object, ...]] = set()

    def value(self, shape: Shape, storage: Storage, contiguous: bool, grad: bool) -> Value:
        self.numbers += 1
        return Value(self.numbers, shape, storage, contiguous, grad)

    def scope(self, scope: Scope, block: Block) -> dict[int, Value]:
        """Read a scope; return the outside values that it uses, by number."""
        first = self.numbers
        outside: dict[int, Value] = {}
        for child in scope.children:
            if isinstance(child, Node):
                call = self.call(child)
                block.events.append(call)
                for value in call.inputs:
                    if value.number <= first:
                        outside[value.number] = value
            else:
                read = self.repeated(child, block) if child.carry else self.scope(child, block)
                outside.update({n: value for n, value in read.items() if n <= first})
        if scope.kind not in ("stem", "head"):  # these two are no modules and hold no arguments
            self.hold(outside, block)
        return outside

    def repeated(self, scope: Scope, block: Block) -> dict[int, Value]:
        """Read a repeated scope: its first copy, then one that represents all the others."""
        assert scope.carry is not None
        entry, exit = scope.carry
        outer, prefix = self.copies, module_path(f"{scope.path}.")
        self.copies = (*outer, (prefix, 0))
        outside = self.scope(scope, block)
        self.copies = (*outer, (prefix, 1))
        given, self.values[entry] = self.values[entry], self.values[exit]
        carried = self.values[exit].number
        others = Block(scope.repeat - 1, [])
        shared = {n: value for n, value in self.scope(scope, others).items() if n != carried}
        block.events.append(others)
        self.hold(shared, block)  # every copy reads them, so they live until the last copy ends
        self.values[entry], self.copies = given, outer
        return {**outside, **shared}

    def hold(self, values: dict[int, Value], block: Block) -> None:
        """Keep values alive until the current event."""
        self.event += 1
        storages = tuple({id(value.storage): value.storage for value in values.values()}.values())
        for storage in storages:
            storage.last = self.event
        block.events.append(Return(self.event, storages))

    def call(self, node: Node) -> Call:
        inputs = tuple([self.values[path] for path in node.inputs])
        self.event += 1
        memory = self.graph.memory.get(node.path) or memory_of(node.op) or _UNKNOWN
        call = Call(node, inputs, self.event, memory)
        trained = self.parameters(call)
        differentiated = not memory.detaches and (
            trained or any(value.differentiated for value in inputs)
        )
        self.output(call, differentiated)
        for value in inputs:
            value.storage.last = self.event
        call.output.storage.last = self.event
        saving = self.training and differentiated
        if call.memory.extra is not None and inputs:
            self.extra(call, saving)
        if saving:
            for storage in self.saved(call, trained):
                if storage.saver is None:
                    storage.saver = call
                    call.saved = call.saved + storage.first
        self.values[node.path] = call.output
        return call

    def parameters(self, call: Call) -> bool:
        """Add the gradients of a call's parameters; return whether any is trainable."""
        trained = False
        for param in call.node.params:
            if not param.trainable:
                continue
            trained = True
            own = [copy for prefix, copy in self.copies if param.name.startswith(prefix)]
            key = (param.name, *own)
            if key not in self.known:
                self.known.add(key)
                call.gradients = call.gradients + self.size(product(param.shape), "")
        return trained

    def output(self, call: Call, differentiated: bool) -> None:
        """Set a call's output, in new memory or as a view of its first input."""
        node, memory = call.node, call.memory
        contiguous = not memory.reorders
        if call.inputs:
            first = call.inputs[0]
            view = memory.view
            if view == "always" or memory.in_place:
                contiguous = contiguous and first.contiguous
            if (
                view == "always"
                or (view == "contiguous" and first.contiguous)
                or (view == "inference" and not self.training)
                or memory.in_place
            ):
                call.output = self.value(node.output, first.storage, contiguous, differentiated)
                return
            if category_of(node.op) in ("activation", "merge"):
                contiguous = first.contiguous
        amounts = [self.size(product(shape), memory.dtype) for shape in node.outputs]
        call.made = sum(amounts)
        storage = Storage(call.made, amounts[0])
        call.output = self.value(node.output, storage, contiguous, differentiated)

    def extra(self, call: Call, saving: bool) -> None:
        """Add the tensors that a call allocates besides its outputs."""
        assert call.memory.extra is not None
        for kept in call.memory.extra(call.inputs[0].shape, call.node.output, call.node.attrs):
            amount = self.size(kept.elements, kept.dtype)
            if saving:
                call.extra = call.extra + amount
            elif kept.inference:
                call.scratch = call.scratch + amount
        call.saved = call.extra

    def copy(self, call: Call, value: Value) -> None:
        """Note that a call saves a copy of an input."""
        amount = self.size(product(value.shape), "")
        call.extra = call.extra + amount
        call.saved = call.saved + amount

    def saved(self, call: Call, trained: bool) -> Iterator[Storage]:
        """Yield the storages that a call saves for its backward pass."""
        memory, inputs = call.memory, call.inputs
        if memory.unless is not None and memory.unless(call.node.attrs):
            return
        if memory.saves == "output":
            yield call.output.storage
        elif memory.saves == "inputs":
            if memory.in_place:
                if memory.overwritten == "output":
                    yield call.output.storage
                else:
                    self.copy(call, inputs[0])
                return
            for value in inputs:
                yield value.storage
        elif memory.saves == "factors":
            for i, value in enumerate(inputs):
                others = (*inputs[:i], *inputs[i + 1 :])
                if trained or any(other.differentiated for other in others):
                    if (memory.in_place and i == 0) or _is_batched_anew(call, value):
                        self.copy(call, value)
                    else:
                        yield value.storage
        elif memory.saves == "places":
            for i in memory.places:
                yield (call.output if i < 0 else inputs[i]).storage


def _is_batched_anew(call: Call, value: Value) -> bool:
    """Return whether a matrix product copies a factor to merge its batch dimensions into one.

    It does if the factor is not contiguous (`at::native::_matmul_impl`).
    """
    batches = value.shape[:-2]
    return (
        call.node.op == "matmul"
        and not value.contiguous
        and len(batches) > 1
        and not (type(batches[0]) is int and batches[0] == 1)
    )
