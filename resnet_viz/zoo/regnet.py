"""RegNets: stage widths and depths from a few numbers (Radosavovic et al. 2020).

Source: Designing Network Design Spaces, arXiv 2003.13678, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby
from math import log

from resnet_viz.errors import SpecError, show
from resnet_viz.spec import ResNetSpec, Stage
from resnet_viz.spec.check import boolean, integer
from resnet_viz.spec.model import MAX_BLOCKS, MAX_CHANNELS
from resnet_viz.zoo.entry import Entry, Family

__all__ = ["FAMILIES", "regnet"]

_QUANTUM = 8
MAX_PARAMETER = 10**9
"""Widths are multiples of 8 (section 3.3)."""


def regnet(
    depth: int,
    w_0: int,
    w_a: float,
    w_m: float,
    group_width: int,
    se: bool = False,
    *,
    name: str = "regnet",
) -> ResNetSpec:
    """Return the RegNet of four numbers and a group width.

    Block j has the width `u_j = w_0 + w_a · j` (equation 2), rounded to `w_0` times a power of
    `w_m` (equations 3 and 4) and then to a multiple of 8; consecutive blocks of equal width are a
    stage. The width of a stage is rounded to the nearest multiple of the group width, as in pycls.

    Args:
        depth: the number of blocks.
        w_0: the initial width, a multiple of 8.
        w_a: the slope of the width, added for each block; 0 or more.
        w_m: the ratio of widths from stage to stage; more than 1.
        group_width: the channels of one group; a narrower stage has one group.
        se: whether blocks have squeeze-and-excitation (RegNetY), a quarter as wide as their input.
        name: the name in reports and figures.

    Raises:
        SpecError: a value is of the wrong type or out of range.

    >>> [(s.blocks, s.channels) for s in regnet(13, 24, 36.44, 2.49, 8).stages]
    [(1, 24), (1, 56), (4, 152), (7, 368)]
    """
    return _regnet(name, depth, w_0, w_a, w_m, group_width, se, _nearest)


def _regnet(
    name: str,
    depth: int,
    w_0: int,
    w_a: float,
    w_m: float,
    group_width: int,
    se: bool,
    whole_groups: Callable[[int, int], int],
) -> ResNetSpec:
    """Return a RegNet; `whole_groups` rounds a stage's width to whole groups of a given width."""
    integer("depth", depth, 1, MAX_BLOCKS)
    integer("w_0", w_0, 1, MAX_CHANNELS)
    integer("group_width", group_width, 1, MAX_CHANNELS)
    boolean("se", se)
    if w_0 % _QUANTUM:
        raise SpecError("w_0", "{value} (must be a multiple of {unit})", value=w_0, unit=_QUANTUM)
    _check_above("w_a", w_a, -1e-300, "0 or more")
    _check_above("w_m", w_m, 1, "more than 1")
    widths = [_quantized(w_0 + w_a * j, w_0, w_m) for j in range(depth)]
    stages = []
    for width, blocks in groupby(widths):
        integer("w_a", width, 1, MAX_CHANNELS)
        group = min(group_width, width)
        stages.append(
            Stage(
                blocks=len(list(blocks)),
                channels=whole_groups(width, group),
                stride=2,
                block="bottleneck",
                expansion=1,
                group_width=group,
            )
        )
    gates = {"attention": "se_inner", "reduction": 4} if se else {}
    return ResNetSpec(stages=tuple(stages), name=name, stem="simple_stem_in", **gates)  # type: ignore[arg-type]


def _check_above(name: str, value: object, low: float, legal: str) -> None:
    if type(value) not in (int, float) or not low < value < MAX_PARAMETER:  # type: ignore[operator]
        raise SpecError(
            name,
            "{value} (must be a number of {legal}, and below {most:,})",
            value=show(value),
            legal=legal,
            most=MAX_PARAMETER,
        )


def _quantized(width: float, w_0: int, w_m: float) -> int:
    """Return `w_0 · w_m^s` for the nearest integer s, rounded to the nearest multiple of 8."""
    power = round(log(width / w_0) / log(w_m))
    return round(w_0 * w_m**power / _QUANTUM) * _QUANTUM


def _nearest(width: int, group: int) -> int:
    """Return the nearest multiple of the group width, ties to the even one (pycls, timm)."""
    return max(round(width / group), 1) * group


def _nearest_up(width: int, group: int) -> int:
    """Return the nearest multiple, ties up, that keeps 0.9 of the width (torchvision)."""
    rounded = max((2 * width + group) // (2 * group), 1) * group
    return rounded if 10 * rounded >= 9 * width else rounded + group


_X = {
    "200MF": (13, 24, 36.44, 2.49, 8),
    "400MF": (22, 24, 24.48, 2.54, 16),
    "600MF": (16, 48, 36.97, 2.24, 24),
    "800MF": (16, 56, 35.73, 2.28, 16),
    "1.6GF": (18, 80, 34.01, 2.25, 24),
    "3.2GF": (25, 88, 26.31, 2.25, 48),
    "4.0GF": (23, 96, 38.65, 2.43, 40),
    "6.4GF": (17, 184, 60.83, 2.07, 56),
    "8.0GF": (23, 80, 49.56, 2.88, 120),
    "12GF": (19, 168, 73.36, 2.37, 112),
    "16GF": (22, 216, 55.59, 2.1, 128),
    "32GF": (23, 320, 69.86, 2.0, 168),
}
_Y = {
    "200MF": (13, 24, 36.44, 2.49, 8),
    "400MF": (16, 48, 27.89, 2.09, 8),
    "600MF": (15, 48, 32.54, 2.32, 16),
    "800MF": (14, 56, 38.84, 2.4, 16),
    "1.6GF": (27, 48, 20.71, 2.65, 24),
    "3.2GF": (21, 80, 42.63, 2.66, 24),
    "4.0GF": (22, 96, 31.41, 2.24, 64),
    "6.4GF": (25, 112, 33.22, 2.27, 72),
    "8.0GF": (17, 192, 76.82, 2.19, 56),
    "12GF": (19, 168, 73.36, 2.37, 112),
    "16GF": (18, 200, 106.23, 2.48, 112),
    "32GF": (20, 232, 115.89, 2.53, 232),
    "128GF": (27, 456, 160.83, 2.52, 264),
}
_PAPER = "Radosavovic et al. 2020 (arXiv 2003.13678)"
_SIZES = tuple(_X)
_TORCHVISIONS = ("400MF", "800MF", "1.6GF", "3.2GF", "8.0GF", "16GF", "32GF", "128GF")


def _entry(name: str, numbers: tuple[int, int, float, float, int], se: bool, source: str) -> Entry:
    rule = _nearest_up if source == "torchvision" or name.endswith("_tv") else _nearest
    spec = _regnet(name, *numbers, se, rule)
    table = "Table 8" if se else "Table 7"
    return Entry(spec, f"{_PAPER}, {table}; {source}'s name")


def _pycls(letter: str, size: str) -> str:
    return f"RegNet{letter}-{size}"


def _torchvision(letter: str, size: str) -> str:
    return f"regnet_{letter.lower()}_{size.lower().replace('.0', '').replace('.', '_')}"


def _timm(letter: str, size: str) -> str:
    tenths = float(size[:-2]) * (10 if size.endswith("GF") else 0.01)
    return f"regnet{letter.lower()}_{round(tenths):03}"


def _family(letter: str) -> Family:
    table = _X if letter == "X" else _Y
    makers: dict[str, Callable[[], Entry]] = {}

    def add(name: str, size: str, source: str) -> None:
        makers[name] = partial(_entry, name, table[size], letter == "Y", source)

    for size in _SIZES:
        add(_pycls(letter, size), size, "pycls")
    for size in _TORCHVISIONS:
        if size in table:
            add(_torchvision(letter, size), size, "torchvision")
    for size in _SIZES:
        add(_timm(letter, size), size, "timm")
    for size in ("400MF",) if letter == "X" else ("800MF", "8.0GF"):
        add(f"{_timm(letter, size)}_tv", size, "timm")
    return Family(f"RegNet{letter}", makers)


FAMILIES = (_family("X"), _family("Y"))
