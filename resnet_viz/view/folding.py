"""Fold a chain: draw consecutive repeats once, under a bracket."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby
from operator import is_not

from resnet_viz.graph import Node, Scope
from resnet_viz.view.parts import (
    Chain,
    Fold,
    Leaf,
    Module,
    Part,
    children,
    leaves,
    rebuilt,
    signature,
)

__all__ = ["alike", "fold_inside", "fold_patterns", "once", "scope_of"]

MAX_PERIOD = 8
"""The longest pattern to search for, in parts."""


def fold_inside(chain: Chain, exact: bool) -> Chain:
    """Return a chain with consecutive scopes that look the same folded, at every level.

    If nothing folds, the chain itself is returned.

    Args:
        chain: the chain to fold.
        exact: whether sizes must be equal as well; if so, patterns of several parts also fold.
    """
    parts: list[Part] = []
    for part in chain.parts:
        inside = children(part)
        folded = tuple([fold_inside(body, exact) for body in inside])
        parts.append(rebuilt(part, folded) if any(map(is_not, folded, inside)) else part)
    if any(scope_of(part) is not None for part in parts):
        parts = list(_fold_scopes(parts, exact))
    if exact:
        parts = list(fold_patterns(parts))
    same = len(parts) == len(chain.parts) and not any(map(is_not, parts, chain.parts))
    return chain if same else Chain(tuple(parts))


def _fold_scopes(parts: Sequence[Part], exact: bool) -> Iterator[Part]:
    """Yield parts, with consecutive scopes that look the same as one fold."""

    def key(part: Part) -> Hashable:
        scope = scope_of(part)
        if scope is None:
            return id(part)
        return (alike(part), _sizes(scope) if exact else None)

    for _, group in groupby(parts, key=key):
        same = list(group)
        scopes = [scope for part in same if (scope := scope_of(part)) is not None]
        times = sum(scope.repeat for scope in scopes)
        shared = _sharing([[part] for part in same]) if exact else False
        if times <= 1 or shared is None:
            yield from same
        else:
            yield Fold(Chain((once(same[0]),)), times, shared=shared)


def fold_patterns(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield parts, with consecutive repeats of a pattern of parts with equal sizes as one fold.

    Of several patterns that begin at the same part, the one that saves the most parts is folded.
    """
    numbers: dict[Hashable, int] = {}
    keys = [numbers.setdefault(_exact(part), len(numbers)) for part in parts]
    at = 0
    while at < len(parts):
        period, times = _best_pattern(keys, at)
        copies = [parts[at + i * period : at + (i + 1) * period] for i in range(times)]
        shared = _sharing(copies) if times > 1 else None
        if shared is None:
            yield parts[at]
            at += 1
        else:
            yield Fold(Chain(tuple(copies[0])), times, shared=shared)
            at += period * times


def _best_pattern(keys: Sequence[int], at: int) -> tuple[int, int]:
    """Return the length of the best pattern that begins at an index, and its number of repeats."""
    best = (1, 1)
    for period in range(1, min(MAX_PERIOD, (len(keys) - at) // 2) + 1):
        if keys[at] != keys[at + period]:
            continue
        pattern, times = keys[at : at + period], 1
        while keys[at + times * period : at + (times + 1) * period] == pattern:
            times += 1
        if period * (times - 1) > best[0] * (best[1] - 1):
            best = (period, times)
    return best


def _sharing(copies: Sequence[Sequence[Part]]) -> bool | None:
    """Return whether copies share all parameters (True) or none (False); None if only some.

    Copies that share some parameters cannot be folded: their number of parameters is neither that
    of one copy nor that of one copy times the number of copies.
    """
    names = [{param.name for node in _nodes(copy) for param in node.params} for copy in copies]
    together = set().union(*names)
    if len(copies) > 1 and together and all(one == together for one in names):
        return True
    return False if sum(map(len, names)) == len(together) else None


def _exact(part: Part) -> Hashable:
    """Return the key that is equal for parts with the same look and the same sizes."""
    if not any(True for _ in leaves(Chain((part,)))):
        return id(part)
    return (signature(part, strides=True), *(_sizes(node) for node in _nodes([part])))


def _nodes(parts: Sequence[Part]) -> Iterator[Node]:
    for leaf in leaves(Chain(tuple(parts))):
        if isinstance(leaf.item, Node):
            yield leaf.item
        else:
            yield from leaf.item.nodes()


def alike(part: Part) -> Hashable:
    """Return the key that is equal for scopes whose copies look the same."""
    return signature(part.body if isinstance(part, Module) else once(part), strides=True)


def _sizes(item: Node | Scope) -> Hashable:
    """Return the shapes and costs of an operator, or of each operator in a scope."""
    if isinstance(item, Scope):
        return tuple(map(_sizes, item.nodes()))
    return (item.outputs, tuple(param.shape for param in item.params), tuple(item.terms.items()))


def scope_of(part: Part) -> Scope | None:
    """Return the scope that a part represents, or None."""
    if isinstance(part, Module):
        return part.scope
    return part.item if isinstance(part, Leaf) and isinstance(part.item, Scope) else None


def once(part: Part) -> Part:
    """Return one copy of a repeated part."""
    if isinstance(part, Module):
        return part._replace(scope=part.scope._replace(repeat=1))
    if isinstance(part, Leaf) and isinstance(part.item, Scope):
        return part._replace(item=part.item._replace(repeat=1))
    return part
