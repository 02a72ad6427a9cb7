"""Define graph, scope and node as immutable values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.arithmetic import Size
from resnet_viz.ops import Memory, Shape

__all__ = [
    "DEPTHS",
    "INPUT",
    "MEANS",
    "Graph",
    "Node",
    "Param",
    "Scope",
    "input_name",
    "module_path",
]

DEPTHS: Mapping[str, int | None] = MappingProxyType(
    {"network": 0, "stage": 1, "block": 2, "op": None}
)
"""The number of levels of scopes that a report or figure shows; None shows every operator."""

MEANS: Mapping[str, str] = MappingProxyType(
    {
        "stand-ins": "stand-ins for tensors, with which nothing is computed",
        "fake": "torch's own code on tensors without data",
        "run": "a run on real tensors, which takes one path through the data",
    }
)
"""The ways to trace a module, in the order in which they are tried."""

INPUT = "input"
"""The source name of the network's first input; further inputs are `input:2`, `input:3`, …"""


def input_name(number: int) -> str:
    """Return the source name of an input, counted from 0."""
    return INPUT if number == 0 else f"{INPUT}:{number + 1}"


_EMPTY: Mapping[str, Any] = {}


def module_path(path: str) -> str:
    """Return the module path of a node path or prefix: the path without call numbers.

    >>> module_path("encoder:2.conv:3")
    'encoder.conv'
    """
    if ":" not in path:
        return path
    return ".".join(name.partition(":")[0] for name in path.split("."))


class Param(NamedTuple):
    """A parameter: its name in the `state_dict`, its shape, and whether it is trained."""

    name: str
    shape: Shape
    trainable: bool = True


class Node(NamedTuple):
    """One call of one operator.

    Attributes:
        path: PyTorch's module path (`layer2.0.downsample.0`), or for a function the scope and the
            operator (`layer2.0.add`); later calls of the same path end in `:2`, `:3`.
        op: the operator's name in `ops.OPERATORS`.
        inputs: the paths of the nodes that it reads, or `input`.
        outputs: the shape of each output.
        attrs: the operator's attributes.
        params: the parameters that it uses; a tied parameter has the same name in each node.
        terms: the cost, by the names of `ops.TERMS`.
    """

    path: str
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[Shape, ...]
    attrs: Mapping[str, Any] = _EMPTY
    params: tuple[Param, ...] = ()
    terms: Mapping[str, Size] = _EMPTY

    @property
    def output(self) -> Shape:
        """The shape of the first output."""
        return self.outputs[0]


class Scope(NamedTuple):
    """A part of the network: nodes and scopes in the order in which they run.

    Attributes:
        path: the module path; `""` is the whole network. A spec's `stem` and `head` are no modules:
            they group nodes for the reader that are at the top level in PyTorch.
        kind: `network`, `stem`, `stage`, `head`, a block kind, or a module's class.
        repeat: the number of copies that run one after another, each with its own parameters. The
            copies' paths count up from the last number in this path.
        carry: if `repeat` is more than one, the path that the first copy reads from outside, and
            the path inside each copy whose value the next copy reads in its place.
    """

    path: str
    kind: str
    children: tuple[Scope | Node, ...]
    repeat: Size = 1
    carry: tuple[str, str] | None = None

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes in the order in which they run, those of a repeat once."""
        waiting = [*reversed(self.children)]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Node):
                yield part
            else:
                waiting.extend(reversed(part.children))

    def parts(self) -> Iterator[Node | Scope]:
        """Yield the scope itself and all scopes and nodes in it, those of a repeat once."""
        waiting: list[Node | Scope] = [self]
        while waiting:  # no recursion: modules may be nested deeper than Python's recursion limit
            part = waiting.pop()
            yield part
            if isinstance(part, Scope):
                waiting.extend(reversed(part.children))


@dataclass(frozen=True, eq=False)
class Graph:
    """A network as a graph of operators.

    Attributes:
        inputs: the shape of each input.
        outputs: the paths of the nodes whose values the network returns.
        idle: parameters that no node reads.
        memory: the memory behaviour of nodes, by path, if it differs from that of their operator in
            the catalogue: they run in place, or the catalogue lacks the operator. Counts and
            figures do not depend on it.
        input_names: the names of the inputs for readers, from `forward`'s signature or the keys of
            a mapping; empty if they have none.
        means: how the module was traced, one of `MEANS`, or `parameters` if it was read without an
            input; empty for an assembled graph.
        note: a remark on the file from which the graph was read; empty if there is none.

    Two graphs are equal when the same nodes run in the same order on the same input. Scopes do not
    matter: they only group nodes for a reader.
    """

    name: str
    inputs: tuple[Shape, ...]
    root: Scope
    outputs: tuple[str, ...]
    idle: tuple[Param, ...] = ()
    memory: Mapping[str, Memory] = field(default_factory=dict)
    input_names: tuple[str, ...] = ()
    means: str = ""
    note: str = ""

    @property
    def input(self) -> Shape:
        """The shape of the first input."""
        return self.inputs[0]

    def shapes(self) -> dict[str, Shape]:
        """Return the shape of each input and node output, by its path."""
        shapes = {input_name(i): shape for i, shape in enumerate(self.inputs)}
        return shapes | {node.path: node.output for node in self.nodes()}

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes in the order in which they run, those of a repeat once."""
        return self.root.nodes()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        return (self.inputs, self.outputs, self.idle) == (
            other.inputs,
            other.outputs,
            other.idle,
        ) and _flat(self.root) == _flat(other.root)

    __hash__ = None  # type: ignore[assignment]  # attributes are mappings


def _flat(scope: Scope) -> list[Any]:
    """Return the nodes of a scope in order, those of a repeated scope as one group."""
    flat: list[Any] = []
    waiting: list[Node | Scope] = list(reversed(scope.children))
    while waiting:
        child = waiting.pop()
        if isinstance(child, Node):
            flat.append(child)
        elif type(child.repeat) is int and child.repeat == 1:
            waiting.extend(reversed(child.children))
        else:
            flat.append((child.path, child.repeat, child.carry, _flat(child)))
    return flat
