"""The CIFAR-10 networks of He et al. 2015, section 4.2: 6n + 2 layers, option A shortcuts."""

from __future__ import annotations

from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.zoo.entry import Entry

__all__ = ["ENTRIES"]


def _cifar(depth: int) -> ResNetSpec:
    blocks = (depth - 2) // 6
    return ResNetSpec(
        name=f"cifar-resnet{depth}",
        input=(3, 32, 32),
        stem=Stem(channels=16, kernel=3, stride=1, pool=False),
        stages=tuple(
            Stage(blocks, channels, stride, shortcut="A")
            for channels, stride in ((16, 1), (32, 2), (64, 2))
        ),
        head=Head(10),
    )


ENTRIES = tuple(
    Entry(_cifar(depth), "He et al. 2015 (arXiv 1512.03385), section 4.2 and Table 6")
    for depth in (20, 32, 44, 56, 110, 1202)
)
