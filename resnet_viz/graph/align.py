"""Align two networks so that matching parts have equal paths, and list their differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

from resnet_viz.graph.model import Graph, Node, Scope
from resnet_viz.graph.repeat import cut_scope

__all__ = ["ATTRIBUTES", "Aligned", "align", "differences", "operators", "pair"]


class Aligned(NamedTuple):
    """Two networks in which matching parts have equal paths.

    Attributes:
        originals: for each network, a map from the aligned path to the original path, for the
            parts of repeated scopes that were cut.
    """

    before: Graph
    after: Graph
    originals: tuple[dict[str, str], dict[str, str]]


def align(before: Graph, after: Graph) -> Aligned:
    """Return two networks with equal paths for matching parts, without unrolling any repeat.

    If one network repeats a block from its first copy and the other from its second, the longer
    repeat is cut in two. A stem or head scope that only one of them has is dissolved.
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
    """Yield pairs of parts with equal paths, in the order of `before`.

    A part without a counterpart is paired with None. A part that only `after` has comes before
    the next part that both have.
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
    """Return the paths of the operators directly in a scope."""
    return frozenset(child.path for child in scope.children if isinstance(child, Node))


def differences(
    before: Node | Scope,
    after: Node | Scope,
    siblings: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
) -> Iterator[str]:
    """Yield the names of the properties in which one copy of each part differs.

    The names are `operators`, `repeat`, `params`, `output`, `connections`, and those of the
    operators' attributes, such as `channels` or `stride`.

    Args:
        before: a part of the first network.
        after: its counterpart in the second.
        siblings: the paths of the operators in the same scope as each of the two.
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
                yield ATTRIBUTES.get(name, name.replace("_", " "))
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


ATTRIBUTES = {"out_channels": "channels", "features": "channels", "out_features": "features"}
"""The names to print for attributes whose own name is not the field's term."""


# Making paths meet


def _open_alike(before: Scope, after: Scope) -> tuple[Scope, Scope]:
    """Return two networks, dissolving the stem or head scope that only one of them has.

    A spec groups these operators for the reader; a module has them at its top level.
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
    """Return two scopes, cutting each one's repeats where the other's begin.

    A block that repeats three times then aligns with one block followed by two repeats.
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
    """Return the prefix that the paths of a scope's copies share, and this copy's number."""
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
    """Record the original path of each part of a renamed scope."""
    paths[new.path] = paths.get(old.path, old.path)
    if isinstance(old, Scope) and isinstance(new, Scope):
        for child, renamed in zip(old.children, new.children, strict=True):
            _note_renamed(child, renamed, paths)
