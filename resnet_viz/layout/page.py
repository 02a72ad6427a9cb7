"""Figures that fit a page: several columns rather than small print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.errors import RequestError
from resnet_viz.layout.extent import gap
from resnet_viz.layout.measure import Measure
from resnet_viz.layout.metrics import SMALL
from resnet_viz.scene import Scene
from resnet_viz.view import Chain, Column, Module, Part

__all__ = ["PAGES", "Page", "fitted", "in_columns"]

MIN_SCALE = 0.4
"""Of a figure on a page: labels of nine points keep three and a half."""


class Page(NamedTuple):
    """The room for a figure, in points."""

    name: str
    width: float
    height: float


PAGES: Mapping[str, Page] = MappingProxyType(
    {
        page.name: page
        for page in (
            Page("a4", 451, 697),
            Page("letter", 468, 648),
            Page("column", 243, 648),
            Page("slide", 864, 460),
        )
    }
)
"""A4 and letter paper with margins of an inch, the column of a two-column paper, a 16:9 slide."""


def fitted(scenes: list[Scene], page: Page | None) -> Scene:
    """Return the scene that keeps most of its size on a page, the first of those that do.

    Raises:
        RequestError: none can be read there.
    """
    if page is None:
        return scenes[0]
    scales = [min(1, page.width / scene.width, page.height / scene.height) for scene in scenes]
    best = max(range(len(scenes)), key=lambda i: (round(scales[i], 3), -i))
    if scales[best] < MIN_SCALE:
        raise RequestError(
            f"page: {page.name!r} has {page.width:g} x {page.height:g} points (the figure would "
            f"shrink to {scales[best]:.0%}, must keep {MIN_SCALE:.0%}: fold, or show less)"
        )
    return scenes[best]._replace(scale=round(scales[best], 4))


class _Piece(NamedTuple):
    """A part that stays whole, and the modules around it."""

    around: tuple[Module, ...]
    part: Part


def in_columns(column: Column, measure: Measure, count: int) -> tuple[Column, ...]:
    """Return a column cut into so many of about one length, or fewer; each goes on in the next."""
    total = measure.chain(column.chain, 1).length
    pieces = list(_pieces(column.chain, (), measure, total / count / 2))
    lengths = [measure.part(piece.part, _scale(piece)).length for piece in pieces]
    low, high = max(total / count, *lengths), total + 1
    while high - low > 1:
        middle = (low + high) / 2
        if len(_packed(lengths, middle)) <= count:
            high = middle
        else:
            low = middle
    columns: list[Column] = []
    seen: set[str] = set()
    at = 0
    for size in _packed(lengths, high):
        chain = Chain(tuple(_rebuilt(pieces[at : at + size], 0, seen)))
        columns.append(column._replace(chain=chain, leaving=False))
        at += size
    later = [one._replace(foot=(), title=(), joined=True) for one in columns[1:]]
    columns = [columns[0], *later]
    columns[-1] = columns[-1]._replace(leaving=column.leaves)
    return tuple(columns)


def _scale(piece: _Piece) -> float:
    return SMALL if any(module.small for module in piece.around) else 1


def _pieces(
    chain: Chain, around: tuple[Module, ...], measure: Measure, longest: float
) -> Iterator[_Piece]:
    """Yield the parts of a chain; of modules that are long, the parts inside."""
    for part in chain.parts:
        long = measure.part(part, _scale(_Piece(around, part))).length > longest
        if isinstance(part, Module) and long and len(part.body.parts) > 1:
            yield from _pieces(part.body, (*around, part), measure, longest)
        else:
            yield _Piece(around, part)


def _packed(lengths: list[float], room: float) -> list[int]:
    """Return how many pieces each column takes if it has so much room."""
    columns, used = [0], 0.0
    for length in lengths:
        needed = length + gap(1, 1)
        if columns[-1] and used + needed > room:
            columns.append(0)
            used = 0.0
        columns[-1] += 1
        used += needed
    return columns


def _rebuilt(pieces: list[_Piece], level: int, seen: set[str]) -> Iterator[Part]:
    """Yield pieces in the modules that they were in; one that went before has no id any more."""

    def module_of(piece: _Piece) -> Module | None:
        return piece.around[level] if len(piece.around) > level else None

    for _, group in groupby(pieces, key=lambda piece: id(module_of(piece) or piece)):
        same = list(group)
        module = module_of(same[0])
        if module is None:
            yield from (piece.part for piece in same)
            continue
        scope = module.scope
        if scope.path in seen:
            scope = scope._replace(path="")
        seen.add(scope.path)
        yield module._replace(scope=scope, body=Chain(tuple(_rebuilt(same, level + 1, seen))))
