"""A spec as convolutions: which ones each block has, how wide, with which stride.

`assemble` makes operators of a plan and `nn.build` makes modules of it, so that the rules of the
architecture (where a stride sits, when a shortcut projects, how wide a bottleneck is) stand here
and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.arithmetic import Size, differ
from resnet_viz.spec.model import ResNetSpec, Stage

__all__ = ["BlockPlan", "Conv", "Shortcut", "StagePlan", "plan"]


class Conv(NamedTuple):
    """A square convolution that keeps the size, but for its stride."""

    channels: Size
    kernel: int
    stride: int = 1
    dilation: int = 1
    groups: int = 1

    @property
    def padding(self) -> int:
        """Zeros on each side: half of what the kernel spans beyond one pixel."""
        return self.dilation * (self.kernel - 1) // 2


class Shortcut(NamedTuple):
    """What runs beside a block's body.

    Attributes:
        kind: `none`, `identity`, `pad` (every stride-th pixel, then `extra` channels of zeros),
            `conv` (a bare 1×1 convolution) or `projection` (a 1×1 convolution and norm).
    """

    kind: str
    channels: Size = 0
    stride: int = 1
    extra: Size = 0


class BlockPlan(NamedTuple):
    """One residual block.

    Attributes:
        activated: in a pre-activation network, whether the block begins with norm and activation;
            its first block does not, because the stem ends with them.
    """

    kind: str
    convs: tuple[Conv, ...]
    shortcut: Shortcut
    activated: bool = False


class StagePlan(NamedTuple):
    """The first block of a stage, and the one that repeats after it."""

    first: BlockPlan
    rest: BlockPlan
    repeat: Size
    """How often `rest` follows `first`; may be 0."""
    pool: bool = False
    """Whether a 2×2 max pool of stride 2 comes last."""


def _basic(stage: Stage, stride: int, stride_in: str, dilation: int) -> tuple[Conv, ...]:
    return (
        Conv(stage.channels, 3, stride, dilation),
        Conv(stage.channels, 3, 1, dilation),
    )


def _bottleneck(stage: Stage, stride: int, stride_in: str, dilation: int) -> tuple[Conv, ...]:
    first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
    return (
        Conv(stage.width, 1, first),
        Conv(stage.width, 3, second, dilation, stage.groups),
        Conv(stage.channels, 1),
    )


def _conv(stage: Stage, stride: int, stride_in: str, dilation: int) -> tuple[Conv, ...]:
    return (Conv(stage.channels, 3, stride, dilation),)


BODIES: Mapping[str, Callable[[Stage, int, str, int], tuple[Conv, ...]]] = MappingProxyType(
    {"basic": _basic, "bottleneck": _bottleneck, "conv": _conv}
)
"""The convolutions of each block kind, in order. Its keys are those of `spec.kinds.BLOCKS`."""


def _shortcut(option: str, channels_in: Size, channels: Size, stride: int) -> Shortcut:
    """Read a shortcut option for one block (He et al. 2015, section 3.3 and 4.1)."""
    if option == "none":
        return Shortcut("none")
    changes = stride != 1 or differ(channels_in, channels)
    if option == "C" or (option == "B" and changes):
        return Shortcut("projection", channels, stride)
    if option == "conv" and changes:
        return Shortcut("conv", channels, stride)
    if option == "A" and changes:
        return Shortcut("pad", channels, stride, channels - channels_in)
    return Shortcut("identity")


def plan(spec: ResNetSpec) -> tuple[StagePlan, ...]:
    """Return the blocks of each stage.

    >>> from resnet_viz.spec import Stage
    >>> (stage,) = plan(ResNetSpec(stages=(Stage(3, 256, 2, "bottleneck"),)))
    >>> [conv.stride for conv in stage.first.convs], stage.first.shortcut.kind, stage.repeat
    ([1, 2, 1], 'projection', 2)
    """
    stages = []
    channels, dilation = spec.stem.channels, 1
    for i, stage in enumerate(spec.stages):
        body = BODIES[stage.block]
        first = BlockPlan(
            stage.block,
            body(stage, stage.stride, spec.stride_in, dilation),
            _shortcut(stage.shortcut, channels, stage.channels, stage.stride),
            spec.preactivation and i > 0,
        )
        rest = BlockPlan(
            stage.block,
            body(stage, 1, spec.stride_in, stage.dilation),
            _shortcut(stage.shortcut, stage.channels, stage.channels, 1),
            spec.preactivation,
        )
        stages.append(StagePlan(first, rest, stage.blocks - 1, stage.pool))
        channels, dilation = stage.channels, stage.dilation
    return tuple(stages)
