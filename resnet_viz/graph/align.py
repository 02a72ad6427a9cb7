"""Two networks to graphs whose equal parts have equal paths, and to what differs between parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

from resnet_viz.graph.model import Graph, Node, Scope
from resnet_viz.graph.repeat import cut_scope

__all__ = ["Aligned", "align", "differences", "operators", "pair"]


class Aligned(NamedTuple):
    """Two networks whose equal parts have equal paths.

    Attributes:
        originals: for each network, the path that a part of a repeat which was cut has in the
            network's own graph, by its path here.
    """

    before: Graph
    after: Graph
    originals: tuple[dict[str, str], dict[str, str]]


def align(before: Graph, after: Graph) -> Aligned:
    """Return two networks with equal paths for equal parts, no repeat written out.

    Where one repeats a block from the first on and the other from the second, the longer repeat is
    cut; a stem or head that only one of them has is dissolved.
    """
    originals: tuple[dict[str, str], dict[str, str]] = ({}, {})
    roots = _cut_alike(*_open_alike(before.root, after.root), originals)
    one, other = (replace(g, root=root) for g, root in zip((before, after), roots, strict=True))
    return Aligned(one, other, originals)


class _HasPath(Protocol):
    @property
    def path(self) -> str: ...


_Part = TypeVar("_Part", bound=_HasPath)


def pair(
    before: Sequence[_Part], after: Sequence[_Part]
) -> Iterator[tuple[_Part | None, _Part | None]]:
    """Yield parts of equal paths as pairs, in the order of the first; others stand alone.

    What only the second has comes before the next part that both have.
    """
    counterparts = {part.path: part for part in after}
    known = {part.path for part in before}
    waiting: dict[str, list[_Part]] = {}
    loose: list[_Part] = []
    for part in after:
        if part.path in known:
            waiting[part.path], loose = loose, []
        else:
            loose.append(part)
    for part in before:
        yield from ((None, new) for new in waiting.get(part.path, ()))
        yield part, counterparts.get(part.path)
    yield from ((None, new) for new in loose)


def operators(scope: Scope) -> frozenset[str]:
    """Return the paths of the operators that a scope holds itself."""
    return frozenset(child.path for child in scope.children if isinstance(child, Node))


def differences(
    before: Node | Scope,
    after: Node | Scope,
    siblings: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
) -> Iterator[str]:
    """Yield what differs between one copy of two parts, in words.

    The words are `operators`, `repeat`, `params`, `output`, `connections`, and the attributes of
    operators by the field's names.

    Args:
        before: a part of the first network.
        after: its counterpart in the second.
        siblings: the paths of the operators that stand beside either.
    """
    if isinstance(before, Node) and isinstance(after, Node):
        yield from _between_operators(before, after, siblings)
    elif isinstance(before, Scope) and isinstance(after, Scope):
        counterparts = {child.path: child for child in after.children}
        if {child.path for child in before.children} != counterparts.keys():
            yield "operators"
        siblings = operators(before), operators(after)
        for child in before.children:
            other = counterparts.get(child.path)
            if other is None:
                continue
            if getattr(child, "repeat", 1) != getattr(other, "repeat", 1):
                yield "repeat"
            yield from differences(child, other, siblings)
    else:
        yield "operators"


def _between_operators(
    before: Node, after: Node, siblings: tuple[frozenset[str], frozenset[str]]
) -> Iterator[str]:
    if before.op != after.op:
        yield "operators"
    elif before.attrs != after.attrs:
        for name in {**before.attrs, **after.attrs}:
            if before.attrs.get(name) != after.attrs.get(name):
                yield _ATTRIBUTES.get(name, name.replace("_", " "))
    if before.params != after.params:
        yield "params"
    if len(before.outputs) != len(after.outputs) or before.outputs[1:] != after.outputs[1:]:
        yield "output"
    reads = [
        tuple(source if source in beside else "" for source in node.inputs)
        for node, beside in zip((before, after), siblings, strict=True)
    ]
    common = (siblings[0] & siblings[1]) | {""}
    if reads[0] != reads[1] and common.issuperset((*reads[0], *reads[1])):
        yield "connections"  # and not because an operator came between or went


_ATTRIBUTES = {"out_channels": "channels", "features": "channels", "out_features": "features"}
"""What attributes are called where their name is not the field's word."""


# Making paths meet


def _open_alike(before: Scope, after: Scope) -> tuple[Scope, Scope]:
    """Return two networks, stem and head dissolved where only one of them groups its operators so.

    A spec has these scopes for the reader; a module has their operators at its top level.
    """

    def open_scopes(scope: Scope, other: Scope) -> Scope:
        known = {child.path for child in other.children}
        children: list[Node | Scope] = []
        for child in scope.children:
            if (
                isinstance(child, Scope)
                and child.path not in known
                and any(isinstance(part, Node) and part.path in known for part in child.children)
            ):
                children.extend(child.children)
            else:
                children.append(child)
        return scope._replace(children=tuple(children))

    return open_scopes(before, after), open_scopes(after, before)


def _cut_alike(
    before: Scope, after: Scope, originals: tuple[dict[str, str], dict[str, str]]
) -> tuple[Scope, Scope]:
    """Return two scopes with the repeats in them cut where the other's begin.

    So one block and its two repeats meet three repeats of a block.
    """
    starts: dict[object, set[int]] = {}
    for child in (*before.children, *after.children):
        if isinstance(child, Scope):
            family, number = _numbered(child.path)
            starts.setdefault(family, set()).add(number)
    sides = [
        list(_cut(scope.children, starts, paths))
        for scope, paths in zip((before, after), originals, strict=True)
    ]
    places = {child.path: i for i, child in enumerate(sides[1])}
    for i, child in enumerate(sides[0]):
        at = places.get(child.path)
        if at is None or not isinstance(child, Scope):
            continue
        counterpart = sides[1][at]
        if isinstance(counterpart, Scope):
            sides[0][i], sides[1][at] = _cut_alike(child, counterpart, originals)
    one, other = (tuple(children) for children in sides)
    return before._replace(children=one), after._replace(children=other)


def _numbered(path: str) -> tuple[object, int]:
    """Return what the paths of a scope's copies have in common, and the number of this one."""
    parent, _, name = path.rpartition(".")
    name, _, call = name.partition(":")
    word = name.rstrip("0123456789")
    return (parent, word, call), int(name[len(word) :] or 0)


def _cut(
    children: Iterable[Node | Scope], starts: Mapping[object, set[int]], paths: dict[str, str]
) -> Iterator[Node | Scope]:
    for child in children:
        if isinstance(child, Scope) and child.repeat > 1:
            family, start = _numbered(child.path)
            for place in sorted(starts[family]):
                if start < place < start + child.repeat:
                    first, rest = cut_scope(child, place - start)
                    _note_renamed(child, rest, paths)
                    yield first
                    child, start = rest, place
        yield child


def _note_renamed(old: Scope | Node, new: Scope | Node, paths: dict[str, str]) -> None:
    """Note the original paths of the parts of a scope that was renamed."""
    paths[new.path] = paths.get(old.path, old.path)
    if isinstance(old, Scope) and isinstance(new, Scope):
        for child, renamed in zip(old.children, new.children, strict=True):
            _note_renamed(child, renamed, paths)
