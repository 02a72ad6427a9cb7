"""Fold a chain: draw consecutive repeats once, under a bracket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import is_not

from resnet_viz.graph import Node
from resnet_viz.view.looks import Looks, once, scope_of
from resnet_viz.view.parts import Chain, Fold, Leaf, Part, children, leaves, rebuilt

__all__ = ["fold_inside"]

MAX_PERIOD = 8
"""The longest pattern to search for, in parts."""


def fold_inside(chain: Chain, exact: bool) -> Chain:
    """Return a chain with consecutive scopes that look the same folded, at every level.

    If nothing folds, the chain itself is returned.

    Args:
        chain: the chain to fold.
        exact: whether sizes must be equal as well; if so, patterns of several parts also fold.
    """
    return _Folder(exact).chain(chain)


class _Folder:
    """Folds chains, from the innermost ones outwards; see `fold_inside`."""

    def __init__(self, exact: bool) -> None:
        self.exact = exact
        self.looks = Looks(sizes=exact)

    def chain(self, chain: Chain) -> Chain:
        parts = [part if type(part) is Leaf else self.part(part) for part in chain.parts]
        if any(scope_of(part) is not None for part in parts):
            parts = list(self.scopes(parts))
        if self.exact and len(parts) > 1:
            parts = list(self.patterns(parts))
        same = len(parts) == len(chain.parts) and not any(map(is_not, parts, chain.parts))
        return chain if same else Chain(tuple(parts))

    def part(self, part: Part) -> Part:
        inside = children(part)
        folded = tuple([self.chain(body) for body in inside])
        return rebuilt(part, folded) if any(map(is_not, folded, inside)) else part

    def scopes(self, parts: Sequence[Part]) -> Iterator[Part]:
        """Yield parts, with consecutive scopes that look the same as one fold."""
        for _, group in groupby(parts, key=_rough_look):
            alike = list(group)
            if len(alike) == 1:  # most runs have one part, and need no closer comparison
                yield from self.merged(alike)
                continue
            for _, same in groupby(alike, key=self.looks.once):
                yield from self.merged(list(same))

    def merged(self, same: Sequence[Part]) -> Iterator[Part]:
        """Yield equal scopes as one fold, or unchanged if they cannot be folded."""
        times = sum(scope.repeat for part in same if (scope := scope_of(part)) is not None)
        shared = times > 1 and self.exact and _sharing([[part] for part in same])
        if times <= 1 or shared is None:
            yield from same
        else:
            yield Fold(Chain((once(same[0]),)), times, shared=shared)

    def patterns(self, parts: Sequence[Part]) -> Iterator[Part]:
        """Yield parts, with consecutive repeats of a pattern of parts as one fold.

        Of several patterns that begin at the same part, the one that saves the most parts is
        folded.
        """
        looks = [self.looks.of(part) for part in parts]
        if len(set(looks)) == len(looks):
            yield from parts
            return
        at = 0
        while at < len(parts):
            period, times = _best_pattern(looks, at)
            copies = [parts[at + i * period : at + (i + 1) * period] for i in range(times)]
            shared = _sharing(copies) if times > 1 else None
            if shared is None:
                yield parts[at]
                at += 1
            else:
                yield Fold(Chain(tuple(copies[0])), times, shared=shared)
                at += period * times


def _rough_look(part: Part) -> object:
    """Return the kind and number of children of a scope; for any other part, the part itself."""
    scope = scope_of(part)
    return part if scope is None else (scope.kind, len(scope.children))


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


def _nodes(parts: Sequence[Part]) -> Iterator[Node]:
    for leaf in leaves(Chain(tuple(parts))):
        if isinstance(leaf.item, Node):
            yield leaf.item
        else:
            yield from leaf.item.nodes()
