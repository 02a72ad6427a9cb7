"""Blocks: the convolutions of each kind of block, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from resnet_viz.spec.kinds.kind import Conv

if TYPE_CHECKING:
    from resnet_viz.spec.model import Stage

__all__ = ["BLOCKS", "STRIDES_IN", "Block", "Place"]


class Place(NamedTuple):
    """The values that depend on a block's place in the network.

    Attributes:
        stride: the stride of the block.
        stride_in: the convolution of a bottleneck that has the stride; see `STRIDES_IN`.
        dilation: the dilation of its first 3×3 convolution; the others have the stage's.
    """

    stride: int
    stride_in: str
    dilation: int


class Block(NamedTuple):
    """An entry of the table.

    Attributes:
        description: the description in one sentence.
        convs: the function that returns its convolutions, given a stage and the block's place.
        label: the label in figures.
        bottleneck: whether it has an inner width, so that a stage's `expansion`, `groups` and
            `base_width`, or `bottleneck_width` and `group_width`, have an effect.
    """

    description: str
    convs: Callable[[Stage, Place], tuple[Conv, ...]]
    label: str
    bottleneck: bool = False

    def __str__(self) -> str:
        return self.description


def _basic(stage: Stage, place: Place) -> tuple[Conv, ...]:
    return (
        Conv(stage.channels, 3, place.stride, place.dilation),
        Conv(stage.channels, 3, 1, stage.dilation),
    )


def _bottleneck(stage: Stage, place: Place) -> tuple[Conv, ...]:
    first, second = (place.stride, 1) if place.stride_in == "1x1" else (1, place.stride)
    return (
        Conv(stage.width, 1, first),
        Conv(stage.width, 3, second, place.dilation, stage.conv_groups),
        Conv(stage.channels, 1),
    )


def _senet(stage: Stage, place: Place) -> tuple[Conv, ...]:
    first, *others = _bottleneck(stage, place)
    return (first._replace(channels=first.channels // 2), *others)


def _conv(stage: Stage, place: Place) -> tuple[Conv, ...]:
    return (Conv(stage.channels, 3, place.stride, place.dilation),)


BLOCKS: Mapping[str, Block] = MappingProxyType(
    {
        "basic": Block("3x3, 3x3 (He et al. 2015, Figure 5 left)", _basic, "Basic block"),
        "bottleneck": Block(
            "1x1, 3x3, 1x1 (He et al. 2015, Figure 5 right)",
            _bottleneck,
            "Bottleneck block",
            bottleneck=True,
        ),
        "senet": Block(
            "1x1 of half the width, 3x3, 1x1 (SENet-154, Hu et al. 2018, arXiv 1709.01507)",
            _senet,
            "Bottleneck block",
            bottleneck=True,
        ),
        "conv": Block(
            "one 3x3 (VGG, Simonyan & Zisserman 2014, arXiv 1409.1556)",
            _conv,
            "Convolution block",
        ),
    }
)
"""The legal values of a stage's `block`."""

STRIDES_IN: Mapping[str, str] = MappingProxyType(
    {
        "3x3": "stride in a bottleneck's 3x3 convolution (torchvision, v1.5)",
        "1x1": "stride in a bottleneck's first 1x1 convolution (the paper, v1)",
    }
)
"""The legal values of `stride_in`."""
