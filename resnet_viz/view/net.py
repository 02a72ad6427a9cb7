"""Any graph to boxes, clusters and edges: what a figure shows that need not be series-parallel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from resnet_viz.arithmetic import Size
from resnet_viz.count import Costs
from resnet_viz.errors import RequestError, show
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import input_name
from resnet_viz.ops import Shape
from resnet_viz.text.labels import SIGNS
from resnet_viz.view.box_words import operator_text, own_name
from resnet_viz.view.compose import HIDDEN, joins_parameters
from resnet_viz.view.detail import Detail

__all__ = ["Cluster", "Edge", "Net", "NetBox", "net_of", "printable"]


_NO_ATTRS: Mapping[str, Any] = MappingProxyType({})


class NetBox(NamedTuple):
    """An operator, a scope that is shown as one, or an end of the network.

    Attributes:
        id: the path, printable and unlike that of any other box or cluster.
        kind: `operator`, `scope`, `input`, `output`, or `parameter`: one that an operator joins
            with what flows.
        name: the operator's in `ops.OPERATORS`, or the scope's kind.
        attrs: the operator's attributes.
        outputs: the shapes of what leaves it.
        params: how many parameters one copy of it reads, with all that repeats inside.
        macs: its multiply-adds, likewise.
        repeat: how many copies of it run in a row.
        sign: `+` or `×` where it joins several values, else empty.
        alias: what tells it apart from boxes of the same words, or the name of what it is.
        path: of the operator or scope in the graph; None if it is neither.
    """

    id: str
    kind: str
    name: str = ""
    attrs: Mapping[str, Any] = _NO_ATTRS
    outputs: tuple[Shape, ...] = ()
    params: Size = 0
    macs: Size = 0
    repeat: Size = 1
    sign: str = ""
    alias: str = ""
    path: str | None = None


class Cluster(NamedTuple):
    """A scope that is shown with what is inside; see `NetBox`."""

    id: str
    name: str
    children: tuple[NetBox | Cluster, ...]
    repeat: Size = 1


class Edge(NamedTuple):
    """What one box reads of another, by their ids.

    Attributes:
        shape: of the tensor; None where it stands for several that differ.
    """

    source: str
    target: str
    shape: Shape | None


class Net(NamedTuple):
    """A network as boxes, in the order in which they run, and the edges between them."""

    name: str
    children: tuple[NetBox | Cluster, ...]
    edges: tuple[Edge, ...]

    def boxes(self) -> Iterator[NetBox]:
        """Yield every box, whatever cluster it stands in."""
        return _boxes(self.children)


def _boxes(children: Iterable[NetBox | Cluster]) -> Iterator[NetBox]:
    for child in children:
        if isinstance(child, NetBox):
            yield child
        else:
            yield from _boxes(child.children)


def net_of(graph: Graph, depth: int | Detail | None = None) -> Net:
    """Return a graph as boxes and edges.

    Scopes inside `depth` others are one box each, those around them clusters; operators that no
    figure draws are passed over. An edge stands for all that its target reads of its source.

    Args:
        graph: of any form; a scope that repeats is shown once.
        depth: how many levels of scopes are shown: 0 the network as one box, 1 the scopes at its
            top, None every operator; or which scopes are looked into.

    Raises:
        RequestError: the depth is none.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> [box.id for box in net_of(assemble(find("resnet18")), 1).boxes()]
    ['input', 'stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head', 'output']
    """
    if isinstance(depth, Detail):
        return _Reader(depth).net(graph)
    if depth is not None and (type(depth) is not int or depth < 0):
        raise RequestError(
            "depth: {depth} (must be a number of levels, 0 or more, or None for all)",
            depth=show(depth),
        )
    return _Reader(Detail(depth)).net(graph)


_Value: TypeAlias = tuple[str, "Shape | None"]
"""What a box hands on: the box, and the tensor's shape if it is one tensor."""


class _Reader:
    """Reads a graph once.

    Attributes:
        ids: those that are taken.
        box_ids: the box of each node that is drawn, by the node's path.
        edges: the shape of each, by source and target.
    """

    def __init__(self, detail: Detail) -> None:
        self.detail = detail
        self.costs = Costs()
        self.ids: set[str] = set()
        self.box_ids: dict[str, str] = {}
        self.edges: dict[tuple[str, str], Shape | None] = {}

    def net(self, graph: Graph) -> Net:
        names = [input_name(i) for i in range(len(graph.inputs))]
        begin = [
            NetBox(self.id(name), "input", outputs=(shape,))
            for name, shape in zip(names, graph.inputs, strict=True)
        ]
        inside = self.parts(graph.root, 0, graph.name)
        values: dict[str, tuple[_Value, ...]] = {
            name: ((box.id, shape),)
            for name, box, shape in zip(names, begin, graph.inputs, strict=True)
        }
        self.connect(graph, values)
        end = []
        for i, path in enumerate(graph.outputs):
            box = NetBox(self.id(f"output:{i + 1}" if i else "output"), "output")
            self.read(box.id, values[path])
            end.append(box._replace(outputs=tuple(s for _, s in values[path] if s is not None)))
        edges = tuple(Edge(*ends, shape) for ends, shape in self.edges.items())
        children = _completed(inside, _Ends(edges, inside))
        return Net(printable(graph.name), (*begin, *children, *end), edges)

    def id(self, path: str) -> str:
        """Return an id for a path: the path itself wherever it can be."""
        path = printable(path)
        id, number = path, 1
        while not id or id in self.ids:
            number += 1
            id = f"{path}:{number}"
        self.ids.add(id)
        return id

    def parts(self, scope: Scope, level: int, path: str) -> tuple[NetBox | Cluster, ...]:
        """Return what is shown of a scope's inside, or the one box that the scope is."""
        if not scope.path and self.detail.levels == 0:
            return self.whole(scope, path)
        parts: list[NetBox | Cluster] = []
        for child in scope.children:
            if isinstance(child, Node):
                if child.op not in HIDDEN:
                    id = self.box_ids[child.path] = self.id(child.path)
                    _, params, macs = self.costs.of(child)
                    if joins_parameters(child):
                        parts += self.parameters(child, id)
                    parts.append(
                        NetBox(
                            id=id,
                            kind="operator",
                            name=child.op,
                            attrs=child.attrs,
                            outputs=child.outputs,
                            params=params,
                            macs=macs,
                            path=child.path,
                        )
                    )
            elif not self.detail.opens(child, level):
                parts += self.whole(child, child.path)
            else:
                id = self.id(child.path)
                inside = self.parts(child, level + 1, child.path)
                if sum(1 for _ in _boxes(inside)) > 1 or type(child.repeat) is not int:
                    parts.append(Cluster(id, printable(child.kind), inside, child.repeat))
                else:
                    parts += inside if child.repeat == 1 else self.whole(child, child.path)
        return tuple(parts)

    def parameters(self, node: Node, target: str) -> Iterator[NetBox]:
        """Yield the parameters that an operator joins with what flows, as boxes with an edge."""
        for param in node.params:
            alias = printable(param.name.rpartition(".")[2])
            box = NetBox(self.id(param.name), "parameter", outputs=(param.shape,), alias=alias)
            self.edges[box.id, target] = param.shape
            yield box

    def whole(self, scope: Scope, path: str) -> tuple[NetBox, ...]:
        """Return a scope as one box; as none, if no figure draws what is inside."""
        nodes = list(scope.nodes())
        if all(node.op in HIDDEN for node in nodes):
            return ()
        id = self.id(path)
        self.box_ids.update((node.path, id) for node in nodes)
        _, params, macs = self.costs.of(scope)
        name = printable(scope.kind)
        return (
            NetBox(
                id=id,
                kind="scope",
                name=name,
                params=params,
                macs=macs,
                repeat=scope.repeat,
                path=scope.path,
            ),
        )

    def connect(self, graph: Graph, values: dict[str, tuple[_Value, ...]]) -> None:
        """Draw the edges of all nodes, and add to `values` what each of them hands on."""
        for node in graph.nodes():
            reads = tuple(dict.fromkeys(value for path in node.inputs for value in values[path]))
            box_id = self.box_ids.get(node.path)
            if box_id is None:  # passed over: its readers read what it reads
                values[node.path] = reads
                continue
            self.read(box_id, reads)
            shape = node.output if len(node.outputs) == 1 else None
            values[node.path] = ((box_id, shape),)

    def read(self, target: str, values: Iterable[_Value]) -> None:
        """Draw the edges from values to the box that reads them."""
        for source, shape in values:
            if source != target:
                ends = (source, target)
                self.edges[ends] = shape if self.edges.get(ends, shape) == shape else None


class _Ends:
    """How many edges enter each box, the shapes that leave it, and which boxes look the same."""

    def __init__(self, edges: Iterable[Edge], parts: Iterable[NetBox | Cluster]) -> None:
        self.sources: dict[str, list[str]] = {}
        self.leaving: dict[str, dict[Shape, None]] = {}
        for source, target, shape in edges:
            self.sources.setdefault(target, []).append(source)
            if shape is not None:
                self.leaving.setdefault(source, {})[shape] = None
        boxes = [box for box in _boxes(parts) if box.kind == "operator"]
        self.looks = {box.id: self._look(box) for box in boxes}
        self.alike = Counter(self.looks.values())

    def _look(self, box: NetBox) -> tuple[str, ...]:
        """Return the key that boxes of equal words and equal inputs share."""
        return (operator_text(box.name, box.attrs, "en"), *sorted(self.sources.get(box.id, ())))

    def alias(self, box: NetBox) -> str:
        """Return the own name of an operator that looks like another one."""
        return own_name(box.id) if self.alike[self.looks[box.id]] > 1 else ""


def _completed(parts: Iterable[NetBox | Cluster], ends: _Ends) -> Iterator[NetBox | Cluster]:
    """Yield the parts with what their edges say of them."""
    for part in parts:
        if isinstance(part, Cluster):
            yield part._replace(children=tuple(_completed(part.children, ends)))
        elif part.kind == "scope":
            yield part._replace(outputs=tuple(ends.leaving.get(part.id, ())))
        elif part.name in SIGNS and len(ends.sources.get(part.id, ())) > 1:
            yield part._replace(sign=SIGNS[part.name])
        elif part.kind == "operator":
            yield part._replace(alias=ends.alias(part))
        else:
            yield part


def printable(text: str) -> str:
    """Return a text on one line; what cannot be printed becomes U+FFFD.

    >>> printable("a" + chr(10) + "b") == "a" + chr(0xFFFD) + "b"
    True
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
