"""Fold equal consecutive scopes into one repeated scope, and unroll them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from resnet_viz.errors import RequestError, show
from resnet_viz.graph.depth import depth_of, room_for
from resnet_viz.graph.model import Graph, Node, Scope, module_path

__all__ = ["copy_path", "copy_scope", "count_nodes", "cut_scope", "fold", "unroll"]

MAX_NODES = 2_000_000


def copy_path(path: str, number: int) -> str:
    """Return the path of a repeated scope's copy; copy 0 is the scope itself.

    >>> copy_path("layer1.1", 2)
    'layer1.3'
    """
    parent, dot, name = path.rpartition(".")
    name, colon, call = name.partition(":")
    word = name.rstrip("0123456789")
    count = int(name[len(word) :] or 0) + number
    return f"{parent}{dot}{word}{count}{colon}{call}"


def copy_scope(scope: Scope, number: int) -> Scope:
    """Return one copy of a repeated scope with the copy's paths; its outside inputs stay as is."""
    once = scope._replace(repeat=1, carry=None)
    return _Prefix(scope.path, copy_path(scope.path, number), {}).scope(once) if number else once


def cut_scope(scope: Scope, number: int) -> tuple[Scope, Scope]:
    """Split a repeated scope into its first `number` copies and the rest, which reads them.

    Nodes outside that read the scope are not changed.
    """
    assert scope.carry is not None
    entry, exit = scope.carry
    first = scope._replace(repeat=number, carry=scope.carry if number > 1 else None)
    rename = _Prefix(scope.path, copy_path(scope.path, number), {entry: exit})
    rest = rename.scope(scope._replace(repeat=1, carry=None))
    left = scope.repeat - number
    carry = (exit, rename.path(exit)) if left > 1 else None
    return first, rest._replace(repeat=left, carry=carry)


def unroll(graph: Graph) -> Graph:
    """Return the graph with every repeat written out, each copy under its own path.

    Raises:
        RequestError: the argument is no graph, or the result would have over two million nodes.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> graph = assemble(find("resnet50"))
    >>> len(list(graph.nodes())), len(list(unroll(graph).nodes()))
    (95, 175)
    """
    _check_graph(graph)
    with room_for(depth_of(graph.root)):
        return _unroll(graph) if _repeats(graph.root) else graph


def _check_graph(graph: object) -> None:
    if not isinstance(graph, Graph):
        raise RequestError("graph: {graph} (must be a Graph)", graph=show(graph))


def _unroll(graph: Graph) -> Graph:
    """Return a graph that has repeats with every repeat written out."""
    total = count_nodes(graph)
    if total > MAX_NODES:
        raise RequestError(
            "{name}: {total} operators unrolled (must be at most {most})",
            name=graph.name,
            total=total,
            most=MAX_NODES,
        )
    names: dict[str, str] = {}
    root = _unrolled(graph.root, names)
    return replace(graph, root=root, outputs=tuple(names.get(p, p) for p in graph.outputs))


def _repeats(scope: Scope) -> bool:
    return scope.carry is not None or any(
        isinstance(child, Scope) and _repeats(child) for child in scope.children
    )


def count_nodes(graph: Graph) -> int:
    """Return the number of nodes in the unrolled graph."""
    return _count(graph.root)


def _count(scope: Scope) -> int:
    inside = sum(1 if isinstance(child, Node) else _count(child) for child in scope.children)
    return inside * int(scope.repeat)


def _unrolled(scope: Scope, names: dict[str, str]) -> Scope:
    """Return a scope without repeats; `names` maps a repeat's exit to that of its last copy."""
    children: list[Scope | Node] = []
    for child in scope.children:
        if isinstance(child, Node):
            children.append(_renamed(child, lambda path: names.get(path, path)))
        elif child.carry is None:
            children.append(_unrolled(child, names))
        else:
            children.extend(_copies(child, names))
    return scope._replace(children=tuple(children), repeat=1, carry=None)


def _copies(scope: Scope, names: dict[str, str]) -> Iterator[Scope]:
    assert scope.carry is not None
    entry, exit = (names.get(path, path) for path in scope.carry)
    inside = _unrolled(scope, names)
    exit = names.get(exit, exit)
    yield inside
    before = exit
    for number in range(1, scope.repeat):
        rename = _Prefix(scope.path, copy_path(scope.path, number), {entry: before})
        yield rename.scope(inside)
        before = rename.path(exit)
    names[scope.carry[1]] = before


class _Prefix:
    """A renaming of the paths below one scope, and of single paths outside it."""

    def __init__(self, old: str, new: str, outside: dict[str, str]) -> None:
        self.old, self.new, self.outside = f"{old}.", f"{new}.", outside
        self.old_param, self.new_param = module_path(self.old), module_path(self.new)

    def path(self, path: str) -> str:
        if path.startswith(self.old):
            return self.new + path[len(self.old) :]
        return self.outside.get(path, path)

    def scope(self, scope: Scope) -> Scope:
        children = tuple(
            self.node(child) if isinstance(child, Node) else self.scope(child)
            for child in scope.children
        )
        path = self.new[:-1] if scope.path == self.old[:-1] else self.path(scope.path)
        carry = (
            None if scope.carry is None else (self.path(scope.carry[0]), self.path(scope.carry[1]))
        )
        return Scope(path, scope.kind, children, scope.repeat, carry)

    def node(self, node: Node) -> Node:
        params = tuple(
            param._replace(name=self.new_param + param.name[len(self.old_param) :])
            if param.name.startswith(self.old_param)
            else param
            for param in node.params
        )
        inputs = tuple(map(self.path, node.inputs))
        return Node(
            path=self.path(node.path),
            op=node.op,
            inputs=inputs,
            outputs=node.outputs,
            attrs=node.attrs,
            params=params,
            terms=node.terms,
        )


def _renamed(node: Node, rename: Callable[[str], str]) -> Node:
    inputs = tuple(map(rename, node.inputs))
    return node if inputs == node.inputs else node._replace(inputs=inputs)


def fold(graph: Graph) -> Graph:
    """Return the graph with equal consecutive scopes stored once, as a repeated scope.

    Scopes fold when their nodes differ only by the number in the scope's path, and when each scope
    passes exactly one value to the next. `unroll` restores the original graph.

    Raises:
        RequestError: the argument is no graph.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> graph = unroll(assemble(find("resnet50")))
    >>> len(list(fold(graph).nodes()))
    95
    """
    _check_graph(graph)
    with room_for(depth_of(graph.root)):
        flat = unroll(graph)
        folding = _Folding(flat)
        root = folding.folded(flat.root)
    return replace(flat, root=root, outputs=tuple(map(folding.name, flat.outputs)))


class _Folding:
    """One pass over an unrolled graph, in the order in which its nodes run."""

    def __init__(self, graph: Graph) -> None:
        self.last_use: dict[str, int] = {}
        index = 0
        for index, node in enumerate(graph.nodes()):
            for source in node.inputs:
                self.last_use[source] = index
        for source in graph.outputs:
            self.last_use[source] = index + 1
        self.index = 0
        self.names: dict[str, str] = {}

    def folded(self, scope: Scope) -> Scope:
        children: list[Scope | Node] = []
        run: list[_Seen] = []
        for child in scope.children:
            if isinstance(child, Node):
                self._close(run, children)
                children.append(_renamed(child, self.name))
                self.index += 1
                continue
            seen = self._see(child)
            if run and not seen.follows(run):
                self._close(run, children)
                scope_now = _reread(seen.scope, self.name)
                seen = seen.reread(scope_now)
            run.append(seen)
        self._close(run, children)
        return scope._replace(children=tuple(children))

    def name(self, path: str) -> str:
        return self.names.get(path, path)

    def _see(self, scope: Scope) -> _Seen:
        folded = self.folded(scope)
        uses = {node.path: self.last_use.get(node.path, -1) for node in scope.nodes()}
        leaving = tuple(path for path, use in uses.items() if use >= self.index)
        exits = tuple(map(self.name, leaving))
        use = max((uses[path] for path in leaving), default=-1)
        return _Seen(scope=folded, exits=exits, use=use, end=self.index, leaving=leaving)

    def _close(self, run: list[_Seen], children: list[Scope | Node]) -> None:
        """Append a run of equal scopes to the children, as one repeated scope."""
        if len(run) > 1:
            first, second, last = run[0], run[1], run[-1]
            carry = (first.form.outside[second.link(first)], first.exits[0])
            children.append(first.scope._replace(repeat=len(run), carry=carry))
            for path in (*last.leaving, *last.exits):
                self.names[path] = first.exits[0]
        elif run:
            children.append(run[0].scope)
        run.clear()


@dataclass(frozen=True)
class _Seen:
    """A folded scope that has run, with its values that are read later."""

    scope: Scope
    exits: tuple[str, ...]
    """The folded paths of the values inside that are read after the scope has ended."""
    use: int
    """The index of the last node that reads one of them."""
    end: int
    """The index of the first node after the scope."""
    leaving: tuple[str, ...]
    """The exits' paths in the unrolled graph."""

    @cached_property
    def form(self) -> _Form:
        """The form used to compare scopes; cached, and made only for scopes that are compared."""
        return _Form(self.scope)

    def reread(self, scope: Scope) -> _Seen:
        """Return a copy with a scope whose nodes read values by other paths."""
        return replace(self, scope=scope)

    def follows(self, run: list[_Seen]) -> bool:
        """Return whether this scope is the next copy of the scopes in a run."""
        first, before = run[0], run[-1]
        return (
            copy_path(first.scope.path, len(run)) == self.scope.path
            and self.form.inside == first.form.inside
            and len(before.exits) == 1
            and before.use < self.end
            and [path[len(self.scope.path) :] for path in self.exits]
            in ([], [first.exits[0][len(first.scope.path) :]])
            and self.link(first) >= 0
            and self.form.outside[self.link(first)] == before.exits[0]
            and (len(run) == 1 or self.link(first) == run[1].link(first))
        )

    def link(self, first: _Seen) -> int:
        """Return the index of the outside value that differs from the first copy's.

        Returns -1 unless exactly one differs.
        """
        pairs = zip(self.form.outside, first.form.outside, strict=True)
        differing = [i for i, (one, other) in enumerate(pairs) if one != other]
        return differing[0] if len(differing) == 1 else -1


class _Form:
    """The form of a scope that is equal for equal scopes: its nodes, with relative paths.

    Attributes:
        inside: nodes and scopes; a value from outside is given by its index in `outside`.
        outside: the paths that are read from outside, in the order of their first use.
    """

    def __init__(self, scope: Scope) -> None:
        self.outside: list[str] = []
        self._prefix = f"{scope.path}."
        self._param_prefix = module_path(self._prefix)
        self.inside = self._scope(scope)

    def _scope(self, scope: Scope) -> list[Any]:
        return [
            self._node(child)
            if isinstance(child, Node)
            else (
                self._path(child.path),
                child.repeat,
                child.carry and tuple(map(self._path, child.carry)),
                self._scope(child),
            )
            for child in scope.children
        ]

    def _node(self, node: Node) -> Any:
        prefix = self._param_prefix
        params = [
            (p.name[len(prefix) :] if p.name.startswith(prefix) else f"/{p.name}", *p[1:])
            for p in node.params
        ]
        inputs = [self._path(path) for path in node.inputs]
        path = self._path(node.path)
        return (path, node.op, inputs, node.outputs, node.attrs, params, node.terms)

    def _path(self, path: str) -> str | int:
        if path.startswith(self._prefix):
            return path[len(self._prefix) :]
        if path not in self.outside:
            self.outside.append(path)
        return self.outside.index(path)


def _reread(scope: Scope, rename: Callable[[str], str]) -> Scope:
    """Return a scope whose nodes read values by the paths that `rename` returns."""
    children = tuple(
        _renamed(child, rename) if isinstance(child, Node) else _reread(child, rename)
        for child in scope.children
    )
    carry = scope.carry and (rename(scope.carry[0]), rename(scope.carry[1]))
    return scope._replace(children=children, carry=carry)
