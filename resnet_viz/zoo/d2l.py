"""The network of the ResNet chapter in Dive into Deep Learning (d2l.ai, section 8.6)."""

from __future__ import annotations

from resnet_viz.spec import Head, ResNetSpec, Stage
from resnet_viz.zoo.entry import Entry, Family

__all__ = ["FAMILIES"]


def _chapter() -> Entry:
    stages = tuple(
        Stage(2, channels, stride, shortcut="conv")
        for channels, stride in ((64, 1), (128, 2), (256, 2), (512, 2))
    )
    spec = ResNetSpec(
        stages=stages,
        name="d2l-resnet18",
        input=(1, 224, 224),
        head=Head(10),
        bias=True,
        functional=True,
    )
    return Entry(
        spec,
        "Zhang et al., Dive into Deep Learning (d2l.ai), section 8.6: biased convolutions, "
        "bare 1x1 shortcuts",
    )


FAMILIES = (Family("Dive into Deep Learning", {"d2l-resnet18": _chapter}),)
