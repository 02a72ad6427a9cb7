"""Networks of Dive into Deep Learning (d2l.ai): sections 8.6, ResNet, and 8.8, AnyNet."""

from __future__ import annotations

from resnet_viz.spec import Head, ResNetSpec, Stage
from resnet_viz.spec.model import STEMS
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


def _anynet() -> Entry:
    """Return RegNetX32: an AnyNet of two stages, with group width 16 and no bottleneck."""
    stages = tuple(
        Stage(
            blocks=blocks,
            channels=channels,
            stride=2,
            block="bottleneck",
            expansion=1,
            group_width=16,
        )
        for blocks, channels in ((4, 32), (6, 80))
    )
    spec = ResNetSpec(
        stages=stages,
        name="d2l-regnetx32",
        input=(1, 96, 96),
        stem=STEMS["simple_stem_in"],
        head=Head(10),
        bias=True,
        functional=True,
    )
    return Entry(
        spec, "Zhang et al., Dive into Deep Learning (d2l.ai), section 8.8: AnyNet as RegNetX32"
    )


FAMILIES = (
    Family("Dive into Deep Learning", {"d2l-resnet18": _chapter, "d2l-regnetx32": _anynet}),
)
