"""The ImageNet networks of He et al. 2015 and torchvision, and timm's of the same design.

Depths are those of He et al. 2015, Table 1 (arXiv 1512.03385).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from resnet_viz.zoo.entry import Entry, Family
from resnet_viz.zoo.variants import rows, spec_of

__all__ = ["FAMILIES"]

_PAPER = "He et al. 2015 (arXiv 1512.03385)"
_MOVED = "He et al. 2015 with the stride in the 3x3 convolution"
_NEXT = "Xie et al. 2017 (arXiv 1611.05431)"
_WIDE = "Zagoruyko and Komodakis 2016 (arXiv 1605.07146)"
_OPTIONS = {
    "A": "option A, zero-padding shortcuts where the width grows",
    "B": "option B, projections where the width grows",
    "C": "option C, every shortcut a projection",
}


def _of_the_paper(name: str) -> str:
    return f"torchvision.models.{name}; {_PAPER}"


def _with_shortcut(name: str, depth: int, option: str, meaning: str) -> Entry:
    spec = spec_of(name, f"{depth}")
    stages = tuple(replace(stage, shortcut=option) for stage in spec.stages)
    return Entry(replace(spec, stages=stages), f"{_PAPER}, {meaning}")


FAMILIES = (
    rows("ResNet", _of_the_paper, {"resnet18": "18", "resnet34": "34"}),
    rows(
        "ResNet",
        lambda name: f"torchvision.models.{name}; {_MOVED}",
        {f"resnet{depth}": f"{depth}" for depth in (50, 101, 152)},
    ),
    rows(
        "ResNet",
        lambda name: f"timm; {_MOVED}",
        {"resnet26": "26", "resnet200": "200", "resnet50_gn": "50 gn"},
    ),
    rows(
        "ResNet, the paper's",
        lambda name: f"{_PAPER}, Table 1: stride in the first 1x1 convolution",
        {f"resnet{depth}-v1": f"{depth} v1" for depth in (50, 101, 152)},
    ),
    Family(
        "ResNet, the paper's",
        {
            **{
                f"plain{depth}": partial(
                    _with_shortcut,
                    f"plain{depth}",
                    depth,
                    "none",
                    "section 4.1: the plain network, without shortcuts",
                )
                for depth in (18, 34)
            },
            **{
                f"resnet34-{option.lower()}": partial(
                    _with_shortcut,
                    f"resnet34-{option.lower()}",
                    34,
                    option,
                    f"Table 3: {meaning}",
                )
                for option, meaning in _OPTIONS.items()
            },
        },
    ),
    rows(
        "ResNeXt",
        lambda name: f"torchvision.models.{name}; {_NEXT}",
        {
            "resnext50_32x4d": "50 32x4d",
            "resnext101_32x8d": "101 32x8d",
            "resnext101_64x4d": "101 64x4d",
        },
    ),
    rows(
        "ResNeXt",
        lambda name: f"timm; {_NEXT}",
        {
            "resnext101_32x4d": "101 32x4d",
            "resnext101_32x16d": "101 32x16d",
            "resnext101_32x32d": "101 32x32d",
        },
    ),
    rows(
        "Wide ResNet",
        lambda name: f"torchvision.models.{name}; {_WIDE}",
        {"wide_resnet50_2": "50 1x128d", "wide_resnet101_2": "101 1x128d"},
    ),
)
