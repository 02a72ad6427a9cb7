"""Read a first spec from a file's shapes: stem, stages and head.

Numbers are read from shapes. Kinds are found by trial: each entry in the tables of kinds is
assembled, and its names and shapes are compared with the file's, part by part, so that new kinds
need no code here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import isqrt, prod
from typing import Any, NamedTuple, TypeVar

from resnet_viz.assembly import assemble
from resnet_viz.checkpoints.found import Found, shapes_of
from resnet_viz.checkpoints.shapes import Shapes
from resnet_viz.errors import RequestError
from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.spec.kinds import (
    ATTENTIONS,
    BLOCKS,
    DOWNSAMPLERS,
    NORMS,
    POOLINGS,
    SHORTCUTS,
)
from resnet_viz.spec.kinds.attention import squeezed
from resnet_viz.spec.kinds.block import Place

__all__ = ["HeadFacts", "head_of", "read_specs", "sized", "unpooled"]

SIDE = 224  # the image side in pixels, if the file does not determine it
SMALL_SIDE = 32  # the same for a stem that keeps the size, as in networks for CIFAR

_EXPANSIONS = (4, 1, 2, 8)
_REDUCTIONS = (16, 4, 8)
_NORM_GROUPS = (32, 16, 8, 4, 2, 1)


_T = TypeVar("_T")


class HeadFacts(NamedTuple):
    """The facts on the head in a file.

    Attributes:
        classes: the output features of the last layer; None if the file has no head.
        hidden: the widths of the layers before it.
        features: the input features of the first layer.
    """

    classes: int | None
    hidden: tuple[int, ...] = ()
    features: int = 0


class _Choice(NamedTuple):
    """A stage whose names and shapes match the file's."""

    shortcut: str
    stage: Stage


def head_of(found: Found) -> HeadFacts:
    """Return the facts on the file's fully connected layers."""
    widths: list[tuple[int, ...]] = []
    shapes = found.shapes
    while (shape := shapes.get(f"fc{len(widths) + 1}.weight")) is not None and len(shape) == 2:
        widths.append(shape)
    last = shapes.get("fc.weight", ())
    if len(last) != 2:
        return HeadFacts(None)
    first = widths[0] if widths else last
    return HeadFacts(last[0], tuple(width[0] for width in widths), first[1])


def read_specs(found: Found, name: str) -> Iterator[ResNetSpec]:
    """Yield specs whose stem and stages have the file's names and shapes, most common first."""
    convs = _stem_convs(found)
    if not convs or not found.blocks or not found.even:
        return
    wholes = (
        other for whole in _stem_specs(found, convs, name) for other in _with_reductions(whole)
    )
    for whole in wholes:
        choices = list(_stages(found, whole))
        if len(choices) == len(found.blocks):
            yield from _composed(found, whole, choices)


def _with_reductions(whole: ResNetSpec) -> Iterator[ResNetSpec]:
    """Yield the spec; for `se_inner`, also with each small reduction."""
    yield whole
    if whole.attention == "se_inner":
        yield from (replace(whole, reduction=reduction) for reduction in range(1, 17))


def _stem_convs(found: Found) -> list[tuple[int, ...]]:
    """Return the shapes of the stem's convolutions, in order."""
    numbered = {
        int(match[1] or 0): shape
        for name, shape in found.shapes.items()
        if (match := re.fullmatch(r"conv1\.(?:(\d{1,4})\.)?weight", name)) and len(shape) == 4
    }
    return [numbered[number] for number in sorted(numbered)]


def _stem_specs(found: Found, convs: list[tuple[int, ...]], name: str) -> Iterator[ResNetSpec]:
    """Yield one-stage specs with the file's stem and network-wide fields."""
    *hidden, last = convs
    stage = _if_legal(Stage, 1, last[0])
    if stage is None:
        return
    deep = last[-1] > 3 or bool(hidden)
    shape = (convs[0][1], *[SIDE if deep else SMALL_SIDE] * 2)
    stem = {
        "channels": last[0],
        "kernel": last[-1],
        "hidden": tuple(conv[0] for conv in hidden),
        "stride": 2 if deep else 1,
    }
    attention = next((kind for kind in ATTENTIONS if _has_part(found, kind)), "none")
    fields = {"attention": attention, "bias": _has(found, r"conv1(\.0)?\.bias")}
    if "reduction" in ATTENTIONS[attention].reads_fields:
        fields["reduction"] = _reduction(found)
    pools = [(deep, "max"), *((True, kind) for kind in POOLINGS if kind != "max")]
    groups = _norm_groups(found)
    kinds = product(DOWNSAMPLERS, pools, NORMS, (True, False), (False, True))
    for downsampler, (pool, pooling), norm, activated, preactivation in kinds:
        has_statistics = found.statistics or found.parameters_only
        if (norm == "batch") != has_statistics and norm != "none":
            continue
        made = _if_legal(
            ResNetSpec,
            stages=(stage,),
            name=name,
            input=shape,
            stem=_if_legal(Stem, pool=pool, pooling=pooling, activated=activated, **stem),
            norm=norm,
            downsampler=downsampler,
            preactivation=preactivation,
            **fields,
            **({"norm_groups": groups} if "norm_groups" in NORMS[norm].reads_fields else {}),
        )
        if made is not None and _spec_stem_shapes(made, found) == _stem_shapes(found):
            yield made


def _has(found: Found, pattern: str) -> bool:
    return any(re.fullmatch(pattern, name) for name in found.shapes)


def _has_part(found: Found, kind: str) -> bool:
    return any(f".{kind}." in name for name in found.shapes)


_AFTER = re.compile(r"(layer\d|fc)")


def _stem_shapes(found: Found) -> dict[str, tuple[int, ...]]:
    """Return the file's tensors of the stem and of the norm before the head."""
    return {name: shape for name, shape in found.shapes.items() if not _AFTER.match(name)}


def _spec_stem_shapes(spec: ResNetSpec, found: Found) -> dict[str, tuple[int, ...]]:
    """Return a spec's tensors of the stem, and the norm before the head in the file's shape."""
    graph = _if_legal(assemble, spec)
    own = shapes_of(graph, found) if graph else {}
    made = {name: shape for name, shape in own.items() if not _AFTER.match(name)}
    return {
        name: found.shapes.get(name, shape) if name.startswith("norm.") else shape
        for name, shape in made.items()
    }


def _reduction(found: Found) -> int:
    """Return a reduction that gives every gate its width in the file."""
    pairs = {
        (shape[1], shape[0])
        for name, shape in found.shapes.items()
        if re.fullmatch(r"layer\d+\.\d+\.se\.fc1\.weight", name) and len(shape) == 4
    }
    channels, inside = max(pairs, default=(1, 1))
    around = range(max(channels // (inside + 8), 1), channels // max(inside - 8, 1) + 2)
    for reduction in (*_REDUCTIONS, *around[:1_000_000]):
        if all(squeezed(wide, reduction) == narrow for wide, narrow in pairs):
            return int(reduction)
    return _REDUCTIONS[0]


def _norm_groups(found: Found) -> int:
    """Return the most common number of groups that divides the channels of every norm."""
    widths = {shape[0] for shape in found.shapes.values() if len(shape) == 1}
    return next(n for n in _NORM_GROUPS if all(width % n == 0 for width in widths))


# Stages


def _stages(found: Found, whole: ResNetSpec) -> Iterator[list[_Choice]]:
    """Yield the choices for each stage that match the file; stop at a stage without any."""
    channels = whole.stem.channels
    for number, blocks in enumerate(found.blocks):
        choices = _choices(found, whole, number, blocks, channels)
        if not choices:
            return
        yield choices
        channels = choices[0].stage.channels


def _choices(
    found: Found, whole: ResNetSpec, number: int, blocks: int, channels: int
) -> list[_Choice]:
    first, second = found.block(number, 0), found.block(number, 1)
    alone = replace(
        whole,
        stem=Stem(
            channels,
            1,
            1,
            pool=False,
            activated=not whole.preactivation or (number == 0 and whole.stem.activated),
        ),
        head=Head(1),
        input=(1, SIDE, SIDE),
    )
    strides = (1, 2) if number == 0 else (2, 1)
    choices: dict[tuple[str, str], _Choice] = {}
    for block, stride, shortcut in product(BLOCKS, strides, SHORTCUTS):
        if (block, shortcut) in choices:
            continue
        stage = _stage(first, block, blocks=blocks, stride=stride, shortcut=shortcut)
        made = stage and _if_legal(replace, alone, stages=(stage,))
        if stage and made and _blocks_are(made, found, first, second):
            choices[block, shortcut] = _Choice(shortcut, stage)
    return list(choices.values())


def _stage(block_shapes: Shapes, block: str, **fields: Any) -> Stage | None:
    """Return a stage of the given kind of block with the file's convolutions, or None."""
    convs: list[tuple[int, ...]] = []
    while len(shape := block_shapes.get(f"conv{len(convs) + 1}.weight", ())) == 4:
        convs.append(shape)
    if not convs or any(0 in shape for shape in convs):
        return None
    widths = _bottleneck(convs) if BLOCKS[block].bottleneck else {}
    stage = _if_legal(Stage, channels=convs[-1][0], block=block, **widths, **fields)
    if stage is None:
        return None
    own = BLOCKS[block].convs(stage, Place(stage.stride, "3x3", 1))
    same = [(conv.channels, conv.kernel) for conv in own] == [(c[0], c[-1]) for c in convs]
    return stage if same else None


def _bottleneck(convs: list[tuple[int, ...]]) -> dict[str, int]:
    """Return the fields that give a bottleneck these convolutions; empty if there are none."""
    if len(convs) < 2:
        return {}
    channels, groups = convs[-1][0], convs[0][0] // convs[1][1]
    inside = convs[1][0] // max(groups, 1)
    for expansion in (*_EXPANSIONS, *_divisors(channels)):
        if channels % expansion == 0:
            narrow = channels // expansion
            base_width = -(-64 * inside // narrow)
            if narrow * base_width // 64 == inside:
                return {"expansion": expansion, "groups": groups, "base_width": base_width}
    return {}


def _divisors(number: int) -> Iterator[int]:
    yield from (d for d in range(1, isqrt(min(number, 10**12)) + 1) if number % d == 0)
    yield from (number // d for d in range(1, isqrt(min(number, 10**12)) + 1) if number % d == 0)


def _blocks_are(spec: ResNetSpec, found: Found, first: Shapes, second: Shapes) -> bool:
    graph = _if_legal(assemble, spec)
    if graph is None:
        return False
    made = found._replace(shapes=shapes_of(graph, found))
    return made.block(0, 0) == first and made.block(0, 1) == second


def _if_legal(make: Callable[..., _T], *given: Any, **fields: Any) -> _T | None:
    """Return the result of `make`, or None if it raises a `RequestError`."""
    try:
        return make(*given, **fields)
    except RequestError:
        return None


def _composed(
    found: Found, whole: ResNetSpec, choices: list[list[_Choice]]
) -> Iterator[ResNetSpec]:
    """Yield specs that use one kind of shortcut wherever the file allows it.

    The kinds are those allowed in the most stages, in the order of the table of shortcuts, with
    `none` last.
    """
    allowed = [{choice.shortcut for choice in stage} for stage in choices]
    votes = {kind: sum(kind in kinds for kinds in allowed) for kind in SHORTCUTS}
    order = sorted(SHORTCUTS, key=lambda kind: (-votes[kind], kind == "none"))
    for kind in order:
        if votes[kind] == votes[order[0]]:
            stages = tuple(
                min(
                    stage,
                    key=lambda choice: (choice.shortcut != kind, order.index(choice.shortcut)),
                ).stage
                for stage in choices
            )
            yield from _with_head(found, replace(whole, stages=stages))


def _with_head(found: Found, spec: ResNetSpec) -> Iterator[ResNetSpec]:
    """Yield the spec with the file's head, and with an input that fits it."""
    facts, channels = head_of(found), spec.stages[-1].channels
    if facts.classes is None:
        yield spec
        return
    pooled = _if_legal(Head, classes=facts.classes, hidden=facts.hidden)
    if pooled is None or facts.features % channels:
        return
    if facts.features == channels:
        yield replace(spec, head=pooled)
        return
    made = _if_legal(sized, replace(spec, head=replace(pooled, pool=False)), found)
    if made is not None:
        yield made


def sized(spec: ResNetSpec, found: Found) -> ResNetSpec:
    """Return the spec; if its head does not pool, with the image size that gives its features."""
    if spec.head.pool:
        return spec
    return unpooled(spec, *_sides(max(head_of(found).features // spec.stages[-1].channels, 1)))


def unpooled(spec: ResNetSpec, high: int, wide: int) -> ResNetSpec:
    """Return the spec without pooling in its head, with the image size for a given feature map."""
    smaller = spec.stem.stride * (2 if spec.stem.pool else 1)
    smaller *= prod(stage.stride * (2 if stage.pool else 1) for stage in spec.stages)
    head = replace(spec.head, pool=False)
    return replace(spec, head=head, input=(spec.input[0], high * smaller, wide * smaller))


def _sides(area: int) -> tuple[int, int]:
    """Return the sides of the most nearly square rectangle with the given area."""
    high = next(side for side in range(isqrt(min(area, 10**12)), 0, -1) if area % side == 0)
    return high, area // high
