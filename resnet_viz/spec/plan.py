"""Plan the blocks of a spec: the convolutions and the shortcut of each.

`assemble` turns a plan into operators. `spec.kinds` defines the kinds of block and shortcut; this
file determines the stride, dilation and shortcut of each block.
"""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.arithmetic import Size, where_differ
from resnet_viz.spec.kinds.block import BLOCKS, Place
from resnet_viz.spec.kinds.kind import Conv
from resnet_viz.spec.kinds.shortcut import SHORTCUTS, WAYS, Join, Way
from resnet_viz.spec.model import ResNetSpec, Stage

__all__ = ["BlockPlan", "Conv", "ShortcutPlan", "StagePlan", "plan"]


class ShortcutPlan(NamedTuple):
    """The shortcut of one block.

    Attributes:
        kind: the kind, a name in `kinds.shortcut.WAYS`.
        join: the output that it must make.
        times: 1; if sizes are arrays, 0 for the networks in which the shortcut is an identity.
    """

    kind: str
    join: Join
    times: Size = 1

    @property
    def way(self) -> Way:
        """The entry of that kind."""
        return WAYS[self.kind]


class BlockPlan(NamedTuple):
    """One residual block.

    Attributes:
        activated: whether the block begins with norm and activation, as in a pre-activation
            network; the first block does not if the stem ends with them.
    """

    kind: str
    convs: tuple[Conv, ...]
    shortcut: ShortcutPlan
    activated: bool = False


class StagePlan(NamedTuple):
    """The first block of a stage, and the block that repeats after it."""

    first: BlockPlan
    rest: BlockPlan
    repeat: Size
    """The number of copies of `rest` after `first`; may be 0."""
    pool: bool = False
    """Whether a 2×2 max pool of stride 2 ends the stage."""


def _shortcut(stage: Stage, channels_in: Size, stride: int, dilation: int) -> ShortcutPlan:
    option = SHORTCUTS[stage.shortcut]
    channels = stage.channels
    join = Join(channels, stride, channels - channels_in, (dilation, stage.dilation))
    changes = stride != 1 or where_differ(channels_in, channels)
    if type(changes) is bool:
        return ShortcutPlan(option.changed if changes else option.kept, join)
    return ShortcutPlan(option.changed, join, 1 if option.changed == option.kept else changes)


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
        convs = BLOCKS[stage.block].convs
        first = BlockPlan(
            stage.block,
            convs(stage, Place(stage.stride, spec.stride_in, dilation)),
            _shortcut(stage, channels, stage.stride, dilation),
            spec.preactivation and (i > 0 or not spec.stem.activated),
        )
        rest = BlockPlan(
            stage.block,
            convs(stage, Place(1, spec.stride_in, stage.dilation)),
            _shortcut(stage, stage.channels, 1, stage.dilation),
            spec.preactivation,
        )
        stages.append(StagePlan(first, rest, stage.blocks - 1, stage.pool))
        channels, dilation = stage.channels, stage.dilation
    return tuple(stages)
