"""Make a net of boxes, clusters and edges from any graph, series-parallel or not."""

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
from resnet_viz.text.labels import ROLES, SIGNS
from resnet_viz.view.box_words import operator_text, own_name
from resnet_viz.view.compose import HIDDEN, joins_parameters
from resnet_viz.view.detail import Detail

__all__ = ["Cluster", "Edge", "Net", "NetBox", "net_of", "printable"]


_NO_ATTRS: Mapping[str, Any] = MappingProxyType({})


class NetBox(NamedTuple):
    """An operator, a closed scope, or an input, output or parameter.

    Attributes:
        id: the path, made printable and unique among boxes and clusters.
        kind: `operator`, `scope`, `input`, `output`, or `parameter` (one that an operator adds or
            concatenates to its input).
        name: the operator's name in `ops.OPERATORS`, or the scope's kind.
        attrs: the operator's attributes.
        outputs: the output shapes.
        params: the number of parameters of one copy, including repeats inside.
        macs: the multiply-adds of one copy, including repeats inside.
        repeat: the number of consecutive copies.
        sign: `+` or `×` if it joins several values, else empty.
        alias: the name that distinguishes it from boxes with the same label, or that of a
            parameter, input or output.
        path: the path of the operator or scope in the graph; None if it is neither.
        fill: the colour; that of its category if empty.
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
    fill: str = ""


class Cluster(NamedTuple):
    """An opened scope with its content; see `NetBox`."""

    id: str
    name: str
    children: tuple[NetBox | Cluster, ...]
    repeat: Size = 1


class Edge(NamedTuple):
    """An edge from one box to another that reads it, by their ids.

    Attributes:
        shape: the shape of the tensor; None if there are several tensors of different shapes.
        roles: what the target reads it as, of `text.labels.ROLES`.
    """

    source: str
    target: str
    shape: Shape | None
    roles: tuple[str, ...] = ()


class Net(NamedTuple):
    """A network as boxes, in the order in which they run, and the edges between them."""

    name: str
    children: tuple[NetBox | Cluster, ...]
    edges: tuple[Edge, ...]

    def boxes(self) -> Iterator[NetBox]:
        """Yield every box, including those inside clusters."""
        return _boxes(self.children)


def _boxes(children: Iterable[NetBox | Cluster]) -> Iterator[NetBox]:
    for child in children:
        if isinstance(child, NetBox):
            yield child
        else:
            yield from _boxes(child.children)


def net_of(graph: Graph, depth: int | Detail | None = None) -> Net:
    """Return a graph as boxes, clusters and edges.

    Scopes nested `depth` levels deep are one box each, and the scopes around them are clusters.
    Hidden operators are skipped. One edge represents all values that its target reads from its
    source.

    Args:
        graph: any graph; a repeated scope is shown once.
        depth: the number of levels of scopes to show: 0 for the network as one box, 1 for the
            top-level scopes, None for every operator; or the scopes to open, as `Detail`.

    Raises:
        RequestError: the depth is not legal.

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
"""The output of a box: the box's id, and the tensor's shape if it is one tensor."""


class _Reader:
    """Reads a graph into a net.

    Attributes:
        ids: the ids in use.
        box_ids: the box of each drawn node, by the node's path.
        edges: the shape of each edge, by source and target.
        roles: the roles of each edge, by source and target.
    """

    def __init__(self, detail: Detail) -> None:
        self.detail = detail
        self.costs = Costs()
        self.ids: set[str] = set()
        self.box_ids: dict[str, str] = {}
        self.edges: dict[tuple[str, str], Shape | None] = {}
        self.roles: dict[tuple[str, str], tuple[str, ...]] = {}

    def net(self, graph: Graph) -> Net:
        names = [input_name(i) for i in range(len(graph.inputs))]
        alone = len(names) < 2 or not graph.input_names
        aliases = [""] * len(names) if alone else map(printable, graph.input_names)
        begin = [
            NetBox(self.id(name), "input", outputs=(shape,), alias=alias)
            for name, shape, alias in zip(names, graph.inputs, aliases, strict=True)
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
        edges = tuple(
            Edge(*ends, shape, self.roles.get(ends, ())) for ends, shape in self.edges.items()
        )
        children = _completed(inside, _Ends(edges, inside))
        return Net(printable(graph.name), (*begin, *children, *end), edges)

    def id(self, path: str) -> str:
        """Return a unique id for a path, by preference the path itself."""
        path = printable(path)
        id, number = path, 1
        while not id or id in self.ids:
            number += 1
            id = f"{path}:{number}"
        self.ids.add(id)
        return id

    def parts(self, scope: Scope, level: int, path: str) -> tuple[NetBox | Cluster, ...]:
        """Return the boxes and clusters inside a scope, or the scope as one box."""
        if not scope.path and self.detail.levels == 0:
            return self.closed(scope, path)
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
                parts += self.closed(child, child.path)
            else:
                id = self.id(child.path)
                inside = self.parts(child, level + 1, child.path)
                if sum(1 for _ in _boxes(inside)) > 1 or type(child.repeat) is not int:
                    parts.append(Cluster(id, printable(child.kind), inside, child.repeat))
                else:
                    parts += inside if child.repeat == 1 else self.closed(child, child.path)
        return tuple(parts)

    def parameters(self, node: Node, target: str) -> Iterator[NetBox]:
        """Yield boxes for the parameters that an operator joins with its input, and add edges."""
        for param in node.params:
            alias = printable(param.name.rpartition(".")[2])
            box = NetBox(self.id(param.name), "parameter", outputs=(param.shape,), alias=alias)
            self.edges[box.id, target] = param.shape
            yield box

    def closed(self, scope: Scope, path: str) -> tuple[NetBox, ...]:
        """Return a scope as one box; none if all operators inside are hidden."""
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
        """Add the edges of all nodes, and the output of each node to `values`."""
        sizes = Counter(self.box_ids.values())
        for node in graph.nodes():
            reads = tuple(dict.fromkeys(value for path in node.inputs for value in values[path]))
            box_id = self.box_ids.get(node.path)
            if box_id is None:  # hidden: its readers are connected to its inputs
                values[node.path] = reads
                continue
            self.read(box_id, reads)
            if sizes[box_id] == 1:
                for path, role in zip(node.inputs, ROLES.get(node.op, ()), strict=False):
                    for source, _ in values[path]:
                        ends = (source, box_id)
                        self.roles[ends] = (*self.roles.get(ends, ()), role)
            shape = node.output if len(node.outputs) == 1 else None
            values[node.path] = ((box_id, shape),)

    def read(self, target: str, values: Iterable[_Value]) -> None:
        """Add the edges from values to the box that reads them."""
        for source, shape in values:
            if source != target:
                ends = (source, target)
                self.edges[ends] = shape if self.edges.get(ends, shape) == shape else None


class _Ends:
    """The sources and output shapes of each box, and which boxes look the same."""

    def __init__(self, edges: Iterable[Edge], parts: Iterable[NetBox | Cluster]) -> None:
        self.sources: dict[str, list[str]] = {}
        self.leaving: dict[str, dict[Shape, None]] = {}
        for source, target, shape, _ in edges:
            self.sources.setdefault(target, []).append(source)
            if shape is not None:
                self.leaving.setdefault(source, {})[shape] = None
        boxes = [box for box in _boxes(parts) if box.kind == "operator"]
        self.looks = {box.id: self._look(box) for box in boxes}
        self.alike = Counter(self.looks.values())

    def _look(self, box: NetBox) -> tuple[str, ...]:
        """Return the key that is equal for boxes with the same label and the same sources."""
        return (operator_text(box.name, box.attrs, "en"), *sorted(self.sources.get(box.id, ())))

    def alias(self, box: NetBox) -> str:
        """Return the name of an operator that looks like another one, else an empty text."""
        return own_name(box.id) if self.alike[self.looks[box.id]] > 1 else ""


def _completed(parts: Iterable[NetBox | Cluster], ends: _Ends) -> Iterator[NetBox | Cluster]:
    """Yield the parts with the fields that follow from edges: outputs, sign and alias."""
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
    """Return a text on one line, with unprintable characters replaced by U+FFFD.

    >>> printable("a" + chr(10) + "b") == "a" + chr(0xFFFD) + "b"
    True
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
