"""Build a graph from calls of operators; every graph is built here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from resnet_viz.arithmetic import Size
from resnet_viz.errors import RequestError
from resnet_viz.graph.model import INPUT, Graph, Node, Param, Scope, input_name, module_path
from resnet_viz.ops import OPERATORS, Shape

__all__ = ["Builder", "Value"]


class Value(NamedTuple):
    """A tensor in the graph: the path of the node that computes it, and its shape."""

    source: str
    shape: Shape


class Builder:
    """Collects nodes, scope by scope, and returns them as a graph.

    >>> builder = Builder((3, 8, 8))
    >>> (x,) = builder.inputs
    >>> builder.graph("tiny", builder.call("relu", "relu", x)).outputs
    ('relu',)
    """

    def __init__(self, *inputs: Shape) -> None:
        self.inputs = tuple(Value(input_name(i), shape) for i, shape in enumerate(inputs))
        self.prefix = ""
        self.children: list[Scope | Node] = []
        self._calls: dict[str, int] = {INPUT: len(inputs)}

    def call(self, name: str, op: str, *inputs: Value, **attrs: Any) -> Value:
        """Record one call of an operator and return its output.

        Raises:
            RequestError: the operator cannot take these inputs; the message begins with the path.
        """
        path = self.path(name)
        try:
            outcome = OPERATORS[op].rule(*[value.shape for value in inputs], **attrs)
        except RequestError as error:
            raise RequestError("{path}: {error}", path=path, error=error) from None
        prefix = f"{module_path(self.prefix)}{name}." if outcome.params else ""
        node = Node(
            path=self.unique(path),
            op=op,
            inputs=tuple([value.source for value in inputs]),
            outputs=outcome.outputs,
            attrs=attrs,
            params=tuple([Param(prefix + key, size) for key, size in outcome.params]),
            terms=outcome.terms,
        )
        self.record(node)
        return Value(node.path, node.output)

    def path(self, name: str) -> str:
        """Return the path of a name in the current scope, without a call number (see `unique`)."""
        return self.prefix + name

    def record(self, node: Node) -> None:
        """Append a node."""
        self.children.append(node)

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes recorded so far in the current scope and the closed scopes in it."""
        return Scope("", "", tuple(self.children)).nodes()

    @contextmanager
    def scope(self, path: str, kind: str, *, prefix: str | None = None) -> Iterator[None]:
        """Collect the operators called in the `with` block into one scope.

        Args:
            path: relative to the enclosing scope; a later call of the same scope gets a number.
            kind: see `Scope`.
            prefix: the prefix of the paths inside, if it is not the scope's own path; `path` is
                then absolute.
        """
        outer_prefix, outer_children = self.prefix, self.children
        path = self.unique(outer_prefix + path if prefix is None else path)
        self.prefix = f"{path}." if prefix is None else prefix
        self.children = []
        try:
            yield
        finally:
            outer_children.append(Scope(path, kind, tuple(self.children)))
            self.prefix, self.children = outer_prefix, outer_children

    def repeat_last(self, times: Size, entry: Value, exit: Value) -> None:
        """Repeat the last scope: each copy reads the previous copy's `exit` as its `entry`."""
        last = self.children.pop()
        assert isinstance(last, Scope)
        carry = (entry.source, exit.source)
        self.children.append(Scope(last.path, last.kind, last.children, times, carry))

    def graph(
        self, name: str, *outputs: Value, kind: str = "network", idle: tuple[Param, ...] = ()
    ) -> Graph:
        """Return the graph of the collected nodes."""
        root = Scope("", kind, tuple(self.children))
        inputs = tuple(value.shape for value in self.inputs)
        return Graph(name, inputs, root, tuple(value.source for value in outputs), idle)

    def unique(self, path: str) -> str:
        """Return a path that no other node or scope has, adding the call's number if needed."""
        calls = self._calls[path] = self._calls.get(path, 0) + 1
        return path if calls == 1 else f"{path}:{calls}"
