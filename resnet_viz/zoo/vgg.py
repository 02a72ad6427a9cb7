"""VGG: the plain networks to which He et al. 2015 compare residual networks."""

from __future__ import annotations

from functools import partial

from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.zoo.entry import Entry, Family

__all__ = ["FAMILIES"]


def _vgg(depth: int, *convs: int) -> Entry:
    """Return a configuration of Table 1; its first convolution is the stem, the others `convs`."""
    stages = tuple(
        Stage(number, width, block="conv", shortcut="none", pool=True)
        for number, width in zip(convs, (64, 128, 256, 512, 512), strict=True)
    )
    spec = ResNetSpec(
        name=f"vgg{depth}",
        stages=stages,
        stem=Stem(64, kernel=3, stride=1, pool=False),
        head=Head(hidden=(4096, 4096), pool=False),
        bias=True,
        norm="none",
    )
    letter = {16: "D", 19: "E"}[depth]
    return Entry(spec, f"Simonyan & Zisserman 2014 (arXiv 1409.1556), Table 1, {letter}")


FAMILIES = (
    Family(
        "VGG",
        {
            "vgg16": partial(_vgg, 16, 1, 2, 3, 3, 3),
            "vgg19": partial(_vgg, 19, 1, 2, 4, 4, 4),
        },
    ),
)
"""Networks by name, see `zoo.find`."""
