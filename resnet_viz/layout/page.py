"""Fit figures to a page, by several columns rather than by small print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.errors import RequestError, unknown
from resnet_viz.layout.extent import gap
from resnet_viz.layout.measure import Measure
from resnet_viz.layout.metrics import FONT, SMALL
from resnet_viz.scene import Scene, Text
from resnet_viz.view import Chain, Column, Module, Part

__all__ = [
    "LEGIBLE",
    "LETTER",
    "PAGES",
    "Page",
    "find_page",
    "fitted",
    "in_columns",
    "is_legible",
    "least_text",
    "resized",
]

LEGIBLE = 8.0
"""The least font size of legible text, in points on paper."""

MIN_SCALE = 0.4
"""The least scale of a figure on a page: labels of 9 points shrink to 3.6."""

MAX_SIDE = 14_400.0
"""The largest side of a page in points: 200 inches, the limit of PDF pages."""


class Page(NamedTuple):
    """The space for a figure on a page, in points."""

    name: str
    width: float
    height: float

    def scale(self, scene: Scene) -> float:
        """Return the scale at which a scene fits the page, at most 1."""
        return min(1.0, self.width / scene.width, self.height / scene.height)


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

LETTER = PAGES["letter"]

_SIZES = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)[x×](\d{1,5}(?:\.\d{1,3})?)")


def find_page(name: object) -> Page:
    """Return a page given by name, or by width and height in points.

    Raises:
        RequestError: the page is neither.

    >>> find_page("243x600")
    Page(name='243x600', width=243.0, height=600.0)
    """
    if isinstance(name, str) and name in PAGES:
        return PAGES[name]
    sizes = _SIZES.fullmatch(name) if isinstance(name, str) else None
    if sizes is None:
        raise unknown("page", name, [*PAGES, "WIDTHxHEIGHT"])
    width, height = map(float, sizes.groups())
    if not 1 <= min(width, height) <= max(width, height) <= MAX_SIDE:
        raise RequestError(
            "page: {name} (must have sides of 1 to {most:g} points)", name=name, most=MAX_SIDE
        )
    return Page(str(name), width, height)


def least_text(scene: Scene, page: Page = LETTER) -> float:
    """Return the font size of a scene's smallest text when it fits a page, in points on paper."""
    sizes = [item.size for item in scene.walk() if isinstance(item, Text)]
    return min(sizes, default=0.0) * page.scale(scene)


def is_legible(scene: Scene, page: Page, size: float | None = None) -> bool:
    """Return whether text of a size, by default the smallest of the scene, is legible on a page."""
    least = least_text(scene, page) if size is None else size * page.scale(scene)
    return least >= LEGIBLE - 0.001


def resized(scene: Scene, width: float | None = None, font_size: float | None = None) -> Scene:
    """Return a scene scaled to a width on paper or to a font size of its labels, in points."""
    if width is not None:
        return scene._replace(scale=width / scene.width)
    return scene if font_size is None else scene._replace(scale=font_size / FONT)


def fitted(scenes: Iterable[Scene], page: Page | None) -> Scene:
    """Return the scene that shrinks least to fit a page; on a tie, the first one.

    Raises:
        RequestError: every scene would shrink too much.
    """
    if page is None:
        return next(iter(scenes))
    tried: list[tuple[float, Scene]] = []
    for scene in scenes:
        tried.append((round(page.scale(scene), 3), scene))
        if tried[-1][0] == 1:  # no later scene is better
            break
    best = max(tried, key=lambda one: one[0])[1]
    scale = page.scale(best)
    if scale < MIN_SCALE:
        raise RequestError(
            "page: {name!r} has {width:g} x {height:g} points (the figure would shrink to "
            "{scale:.0%}, must keep {least:.0%}: fold, or show less)",
            name=page.name,
            width=page.width,
            height=page.height,
            scale=scale,
            least=MIN_SCALE,
        )
    return best._replace(scale=int(scale * 10_000) / 10_000)


class _Piece(NamedTuple):
    """A part that is not cut, and the modules around it."""

    around: tuple[Module, ...]
    part: Part


def in_columns(column: Column, measure: Measure, count: int) -> tuple[Column, ...]:
    """Cut a column into at most `count` columns of similar length; each continues in the next."""
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
    """Yield the parts of a chain; long modules are replaced by the parts inside."""
    for part in chain.parts:
        long = measure.part(part, _scale(_Piece(around, part))).length > longest
        if isinstance(part, Module) and long and len(part.body.parts) > 1:
            yield from _pieces(part.body, (*around, part), measure, longest)
        else:
            yield _Piece(around, part)


def _packed(lengths: list[float], room: float) -> list[int]:
    """Return the number of pieces in each column, if a column has the length `room`."""
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
    """Yield pieces wrapped in their modules; a module's later copies have no id."""

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
