"""Sum parameters and cost terms of every scope and node of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from resnet_viz.arithmetic import Size, product
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import module_path
from resnet_viz.ops import Shape, category_of

__all__ = ["MACS", "Cost", "Costs", "Tally", "tally"]


class Tally(NamedTuple):
    """The cost of a scope or node, including all repeats.

    Attributes:
        kind: the kind of a scope, or the operator of a node.
        repeat: the number of copies in the network, including the repeats around it.
        output: the output shape.
        params: the elements of its parameters. A shared parameter belongs to the first node that
            uses it.
        trainable: the elements of its trainable parameters.
        terms: the cost, by the names of `ops.TERMS`.
        children: the scopes and nodes directly inside; their costs sum to this one.
    """

    path: str
    kind: str
    category: str
    repeat: Size
    output: Shape
    params: Size
    trainable: Size
    terms: Mapping[str, Size]
    children: tuple[Tally, ...] = ()

    @property
    def macs(self) -> Size:
        """The multiply-adds of convolutions and matrix products."""
        return _macs(self.terms)

    @property
    def activations(self) -> Size:
        """The output elements of convolutions and fully connected layers."""
        return self.terms.get("conv_outputs", 0) + self.terms.get("linear_outputs", 0)


def tally(graph: Graph) -> Tally:
    """Return the sums of a graph. Repeats take no extra time: each scope is summed once.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> total = tally(assemble(find("resnet18")))
    >>> total.params, total.macs
    (11689512, 1814073344)
    """
    total = _of_scope(graph.root, (), set())
    if not graph.idle:
        return total
    unused = sum(product(param.shape) for param in graph.idle)
    trained = sum(product(param.shape) for param in graph.idle if param.trainable)
    row = Tally(
        path="unused parameters",
        kind="",
        category="other",
        repeat=1,
        output=(),
        params=unused,
        trainable=trained,
        terms={},
    )
    return total._replace(
        params=total.params + unused,
        trainable=total.trainable + trained,
        children=(*total.children, row),
    )


class Cost(NamedTuple):
    """The output shape, parameters and multiply-adds of an operator or of one copy of a scope."""

    output: Shape
    params: Size
    macs: Size


class Costs:
    """The costs of operators and scopes, each computed once and cached.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> Costs().of(assemble(find("resnet18")).root).params
    11689512
    """

    def __init__(self) -> None:
        self._scopes: dict[int, tuple[Scope, _Sum]] = {}
        self._nodes: dict[int, tuple[Node, tuple[Size, ...], Size]] = {}

    def of(self, item: Node | Scope) -> Cost:
        """Return the cost of an operator, or of one copy of a scope including the repeats inside.

        A parameter that several operators share counts once.
        """
        if isinstance(item, Node):
            _, params, macs = self._node(item)
            return Cost(item.output, sum(params), macs)
        output, shared, macs = self._sum(item)
        return Cost(output, sum(shared.values()), macs)

    def params_of(self, item: Node | Scope) -> dict[str, Size]:
        """Return the number of elements of each parameter, by name."""
        if isinstance(item, Node):
            return {param.name: product(param.shape) for param in item.params}
        return self._sum(item)[1]

    def _node(self, node: Node) -> tuple[Node, tuple[Size, ...], Size]:
        """Return an operator, the sizes of its parameters, and its multiply-adds."""
        known = self._nodes.get(id(node))
        if known is None:
            params = tuple([product(param.shape) for param in node.params])
            known = self._nodes[id(node)] = (node, params, _macs(node.terms))
        return known

    def _sum(self, scope: Scope) -> _Sum:
        key = id(scope.children)  # shared with `scope._replace(repeat=1)`, which has the same sums
        known = self._scopes.get(key)
        if known is None:
            known = self._scopes[key] = (scope, self._summed(scope))
        return known[1]

    def _summed(self, scope: Scope) -> _Sum:
        params: dict[str, Size] = {}
        macs: Size = 0
        output: Shape = ()
        for child in scope.children:
            if isinstance(child, Node):
                output = child.output
                _, sizes, more = self._node(child)
                macs = macs + more
                for param, elements in zip(child.params, sizes, strict=True):
                    params.setdefault(param.name, elements)
                continue
            output, inside, more = self._sum(child)
            if child.carry is not None:
                prefix, times = module_path(f"{child.path}."), child.repeat
                more = more * times
                inside = {
                    name: elements * times if name.startswith(prefix) else elements
                    for name, elements in inside.items()
                }
            macs = macs + more
            if params.keys().isdisjoint(inside.keys()):
                params.update(inside)
            else:
                params.update({name: inside[name] for name in inside.keys() - params.keys()})
        return output, params, macs


_Sum = tuple[Shape, dict[str, Size], Size]
"""The output shape of a scope, the elements of each parameter by name, and the multiply-adds."""


def _macs(terms: Mapping[str, Size]) -> Size:
    macs: Size = 0
    for name in MACS:
        if name in terms:
            macs = macs + terms[name]
    return macs


MACS = ("conv_macs", "linear_macs", "matmul_macs", "std_conv_macs", "blur_macs")
"""The terms that count multiply-adds."""


_Repeats = tuple[tuple[str, Size], ...]


def _of_scope(scope: Scope, around: _Repeats, counted: set[str]) -> Tally:
    if scope.carry is not None:
        around = (*around, (module_path(f"{scope.path}."), scope.repeat))
    times = product(repeat for _, repeat in around)
    children = tuple(
        _of_node(child, around, times, counted)
        if isinstance(child, Node)
        else _of_scope(child, around, counted)
        for child in scope.children
    )
    terms: dict[str, Size] = {}
    for child in children:
        for name, amount in child.terms.items():
            terms[name] = terms.get(name, 0) + amount
    return Tally(
        path=scope.path,
        kind=scope.kind,
        category="scope",
        repeat=times,
        output=children[-1].output if children else (),
        params=sum((child.params for child in children), 0),
        trainable=sum((child.trainable for child in children), 0),
        terms=terms,
        children=children,
    )


def _of_node(node: Node, around: _Repeats, times: Size, counted: set[str]) -> Tally:
    params: Size = 0
    trainable: Size = 0
    for param in node.params:
        if param.name not in counted:
            counted.add(param.name)
            elements = product(param.shape)
            for prefix, repeat in around:
                if param.name.startswith(prefix):
                    elements = elements * repeat
            params = params + elements
            if param.trainable:
                trainable = trainable + elements
    terms = node.terms
    if around:
        terms = {name: amount * times for name, amount in terms.items()}
    return Tally(
        path=node.path,
        kind=node.op,
        category=category_of(node.op),
        repeat=times,
        output=node.output,
        params=params,
        trainable=trainable,
        terms=terms,
    )
