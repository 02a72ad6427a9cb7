"""ResNet-C, -D, -S, -T and ResNet-RS: other stems and shortcuts."""

from __future__ import annotations

from resnet_viz.spec import ResNetSpec, Stage, Stem
from resnet_viz.zoo.entry import Entry, Family
from resnet_viz.zoo.variants import rows

__all__ = ["FAMILIES"]

_TRICKS = "He et al. 2019 (arXiv 1812.01187)"
_STEMS = {
    "c": f"{_TRICKS}, ResNet-C: three 3x3 convolutions in the stem",
    "d": f"{_TRICKS}, ResNet-D: three 3x3 in the stem, average pooling in the shortcut",
    "s": "three 3x3 of 64, 64 and 128 in the stem",
    "t": "ResNet-D with 24, 32 and 64 in the stem",
}


def _source(name: str) -> str:
    return f"timm; {_STEMS[name.partition('_')[0][-1]]}"


def _test_network() -> Entry:
    """Return timm's test network, which has both kinds of block."""
    blocks = (("basic", 32), ("basic", 48), ("bottleneck", 192), ("basic", 96))
    stages = tuple(
        Stage(blocks=1, channels=channels, stride=1 if i == 0 else 2, block=block, shortcut="D")
        for i, (block, channels) in enumerate(blocks)
    )
    stem = Stem(32, kernel=3, hidden=(16, 16))
    spec = ResNetSpec(stages=stages, name="test_resnet", input=(3, 160, 160), stem=stem)
    return Entry(spec, "timm: a small one, for tests")


FAMILIES = (
    rows(
        "ResNet-C, -D, -S, -T",
        _source,
        {
            **{f"resnet{depth}c": f"{depth} c" for depth in (50, 101, 152)},
            **{f"resnet{depth}d": f"{depth} d" for depth in (18, 34, 26, 50)},
            **{f"resnet{depth}d": f"{depth} d @256" for depth in (101, 152, 200)},
            **{f"resnet{depth}s": f"{depth} s" for depth in (50, 101, 152)},
            "resnet10t": "10 t @176",
            "resnet14t": "14 t @176",
            "resnet26t": "26 t @256",
            "resnet50t": "50 t",
            "resnext50d_32x4d": "50 d 32x4d",
        },
    ),
    rows(
        "ResNet-RS",
        lambda name: "timm; Bello et al. 2021 (arXiv 2103.07579), Table 7",
        {
            f"resnetrs{depth}": f"{depth} d rs @{side}"
            for depth, side in (
                *((50, 160), (101, 192), (152, 256), (200, 256)),
                *((270, 256), (350, 288), (420, 320)),
            )
        },
    ),
    Family("for tests", {"test_resnet": _test_network}),
)
