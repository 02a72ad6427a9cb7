"""The ImageNet networks of He et al. 2015 and of torchvision.

Depths are those of He et al. 2015, Table 1 (arXiv 1512.03385).
"""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.spec import ResNetSpec, Stage
from resnet_viz.zoo.entry import Entry

__all__ = ["ENTRIES"]

_BASIC = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
_BOTTLENECK = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def _basic(name: str, depth: int, shortcut: str = "B") -> ResNetSpec:
    stages = tuple(
        Stage(blocks, 64 * 2**i, 1 if i == 0 else 2, shortcut=shortcut)
        for i, blocks in enumerate(_BASIC[depth])
    )
    return ResNetSpec(name=name, stages=stages)


def _bottleneck(name: str, depth: int, groups: int = 1, base_width: int = 64) -> ResNetSpec:
    stages = tuple(
        Stage(
            blocks,
            256 * 2**i,
            1 if i == 0 else 2,
            "bottleneck",
            groups=groups,
            base_width=base_width,
        )
        for i, blocks in enumerate(_BOTTLENECK[depth])
    )
    return ResNetSpec(name=name, stages=stages)


def _v1(spec: ResNetSpec) -> ResNetSpec:
    return replace(spec, name=f"{spec.name}-v1", stride_in="1x1")


_PAPER = "He et al. 2015 (arXiv 1512.03385)"
_DEEP = [_bottleneck(f"resnet{depth}", depth) for depth in _BOTTLENECK]

ENTRIES = (
    *(
        Entry(_basic(f"resnet{depth}", depth), f"torchvision.models.resnet{depth}; {_PAPER}")
        for depth in _BASIC
    ),
    *(
        Entry(
            spec,
            f"torchvision.models.{spec.name}; "
            "He et al. 2015 with the stride in the 3x3 convolution",
        )
        for spec in _DEEP
    ),
    *(
        Entry(_v1(spec), f"{_PAPER}, Table 1: stride in the first 1x1 convolution")
        for spec in _DEEP
    ),
    *(
        Entry(
            _bottleneck(f"resnext{depth}_{groups}x{width}d", depth, groups, width),
            f"torchvision.models.resnext{depth}_{groups}x{width}d; "
            "Xie et al. 2017 (arXiv 1611.05431)",
        )
        for depth, groups, width in ((50, 32, 4), (101, 32, 8), (101, 64, 4))
    ),
    *(
        Entry(
            _bottleneck(f"wide_resnet{depth}_2", depth, base_width=128),
            f"torchvision.models.wide_resnet{depth}_2; "
            "Zagoruyko and Komodakis 2016 (arXiv 1605.07146)",
        )
        for depth in (50, 101)
    ),
    *(
        Entry(
            _basic(f"plain{depth}", depth, "none"),
            f"{_PAPER}, section 4.1: the plain network, without shortcuts",
        )
        for depth in _BASIC
    ),
    *(
        Entry(_basic(f"resnet34-{option.lower()}", 34, option), f"{_PAPER}, Table 3: {meaning}")
        for option, meaning in (
            ("A", "option A, zero-padding shortcuts where the width grows"),
            ("B", "option B, projections where the width grows"),
            ("C", "option C, every shortcut a projection"),
        )
    ),
)
