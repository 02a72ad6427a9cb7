"""Lay out a split: branches from one point to one operator, past each other or side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from resnet_viz.layout.extent import Extent
from resnet_viz.layout.kinds import frame
from resnet_viz.layout.kinds.leaf import entries, join_length, place_join, place_role, sign_of
from resnet_viz.layout.metrics import CIRCLE, EVEN, FONT, FORK, GAP, ROLE, SIDE
from resnet_viz.view import Chain, Frame, Split

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


class _Arrangement(NamedTuple):
    """The arrangement of a split.

    Attributes:
        whole: the extent of the split.
        branches: the extent of each branch.
        middles: the middle of each branch, across the flow.
        before: the distance from the fork to the start of the first branch's parts.
        inside: the distance from there to the end of the longest branch.
        behind: the distance from there to the join.
    """

    whole: Extent
    branches: tuple[Extent, ...]
    middles: tuple[float, ...]
    before: float
    inside: float
    behind: float


def extent(split: Split, scale: float, measure: Measure) -> Extent:
    """Return the extent of all branches and their join."""
    return _arranged(split, scale, measure).whole


def place(split: Split, scale: float, placer: Placer) -> None:
    """Place the branches and their join."""
    (_place_even if split.even else _place_bypass)(split, scale, placer)


def _arranged(split: Split, scale: float, measure: Measure) -> _Arrangement:
    return (_even if split.even else _bypass)(split, scale, measure)


def _bypass(split: Split, scale: float, measure: Measure) -> _Arrangement:
    """Arrange branches that pass the first one on the positive side."""
    body, *others = branches = [measure.branch(branch, scale) for branch in split.branches]
    middles, across = [0.0], body.positive
    for side in others:
        if side.length == 0:
            across += SIDE.BARE * scale
            middles.append(across)
        else:
            middles.append(across + SIDE.BOXES * scale + side.negative)
            across = middles[-1] + side.positive
    before, behind = FORK * scale, CIRCLE.GAP * scale
    if not _is_framed(split.branches[0]):
        before = GAP * scale
    longest = max((side.length for side in others), default=0)
    level = measure.chain(split.level, scale)
    inside = max(body.length, longest + 2 * GAP * scale, level.length)
    length = before + inside + behind + join_length(split.join, scale, measure)
    return _Arrangement(
        whole=Extent(length, body.negative, across, (scale, scale)),
        branches=tuple(branches),
        middles=tuple(middles),
        before=before,
        inside=inside,
        behind=behind,
    )


def _is_framed(chain: Chain) -> bool:
    return bool(chain.parts) and isinstance(chain.parts[0], Frame)


def _place_bypass(split: Split, scale: float, placer: Placer) -> None:
    size = _arranged(split, scale, placer.measure)
    fork, middle = placer.advance(scale), placer.v
    begin = fork + size.before
    end = begin + size.inside
    body = split.branches[0]
    placer.begin_branch(placer.line or [(fork, middle)], placer.source, begin, middle)
    if len(body.parts) == 1 and isinstance(body.parts[0], Frame):
        frame.place(body.parts[0], scale, placer, size.inside)
    else:
        slack = size.inside - size.branches[0].length
        spread = slack / (len(body.parts) + 1) if split.level.parts else 0.0
        placer.u += spread or slack / 2
        placer.bracketed(body, scale, spread)
    length = join_length(split.join, scale, placer.measure)
    half = length / 2 if sign_of(split.join) else placer.measure.width * scale / 2
    join = end + size.behind
    path = placer.id_of(split.join.item)
    placer.arrow((join, middle), scale, path)
    for side, across in zip(split.branches[1:], size.middles[1:], strict=True):
        v = middle + across
        room = placer.measure.chain(side, scale).length
        placer.begin_branch([(fork, middle), (fork, v)], "", (begin + end - room) / 2, v)
        placer.bracketed(side, scale)
        placer.line.append((join + length / 2, v))
        tip = (join + length / 2, middle + half)
        placer.arrow(tip, scale, path, corner=placer.theme.corner)
        if split.arriving:
            placer.text(join + length / 2 + FONT, (v + middle + half) / 2, split.arriving)
    placer.v = middle
    place_join(split.join, join, length, scale, placer)
    placer.leave(join + length, path, scale)


def _even(split: Split, scale: float, measure: Measure) -> _Arrangement:
    """Arrange branches side by side around the middle."""
    branches = [measure.branch(branch, scale) for branch in split.branches]
    middles, across = [], 0.0
    for branch in branches:
        middles.append(across + branch.negative)
        across += branch.negative + branch.positive + EVEN.BETWEEN * scale
    across -= EVEN.BETWEEN * scale
    half = (middles[0] + middles[-1]) / 2
    inside = max(branch.length for branch in branches)
    join = join_length(split.join, 1, measure)
    arrow = ROLE.ROOM if split.roles and scale == 1 else GAP
    length = 2 * EVEN.FORK * scale + inside + (arrow + join) * scale
    own = 0.0 if sign_of(split.join) else measure.width * scale / 2  # half the width of the join
    return _Arrangement(
        whole=Extent(length, max(half, own), max(across - half, own), (scale, scale)),
        branches=tuple(branches),
        middles=tuple(middle - half for middle in middles),
        before=EVEN.FORK * scale,
        inside=inside,
        behind=(EVEN.FORK + arrow) * scale,
    )


def _place_even(split: Split, scale: float, placer: Placer) -> None:
    size = _arranged(split, scale, placer.measure)
    fork, middle = placer.advance(scale), placer.v
    if placer.line:
        placer.stroke([*placer.line, (fork, middle)], scale, placer.source)
    begin = fork + size.before
    meet = begin + size.inside + size.before
    join = begin + size.inside + size.behind
    path = placer.id_of(split.join.item)
    roles = split.roles if scale == 1 else ()
    free = iter(entries(sum(map(len, roles))))
    for i, (branch, across) in enumerate(zip(split.branches, size.middles, strict=True)):
        v = middle + across
        slack = size.inside - placer.measure.chain(branch, scale).length
        start = [(fork, middle)] if v == middle else [(fork, middle), (fork, v)]
        placer.begin_branch(start, "", begin + slack / 2, v)
        placer.bracketed(branch, scale)
        outer = sum(other / across > 1 for other in size.middles) if across else 0
        turn = meet - outer * ROLE.LEVEL  # the outer branches turn last, so that no lines cross
        for role, entry in zip(roles[i] if roles else (), free, strict=False):
            corners = [(turn, v), (turn, middle + entry)] if across != entry else [(turn, v)]
            line = [*placer.line, *corners]
            place_role(role, line, (join, middle + entry), path, placer)
            placer.source = ""
        end = [(meet, v)] if v == middle else [(meet, v), (meet, middle)]
        if placer.line:
            placer.stroke([*placer.line, *end], scale, placer.source)
    length = join_length(split.join, scale, placer.measure)
    placer.v, placer.line, placer.source = middle, [] if roles else [(meet, middle)], ""
    placer.arrow((join, middle), scale, path)
    place_join(split.join, join, length, scale, placer)
    placer.leave(join + length, path, scale)
