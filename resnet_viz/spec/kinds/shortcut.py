"""Shortcuts: the paths beside a block's body (He et al. 2015, sections 3.3 and 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.arithmetic import Size, largest
from resnet_viz.spec.kinds.kind import Conv, Net, Value

__all__ = ["SHORTCUTS", "WAYS", "Join", "Shortcut", "Way"]


class Join(NamedTuple):
    """The output that a shortcut must make from a block's input, to be added to the body's."""

    channels: Size
    stride: int = 1
    extra: Size = 0
    """The output channels minus the input channels."""
    dilation: tuple[int, int] = (1, 1)
    """The dilation of the block's first 3×3 convolution, and that of the stage."""


class Way(NamedTuple):
    """The path beside one block.

    Attributes:
        run: the function that calls its operators; None for no shortcut or an identity.
        adds: whether there is a shortcut.
        convolves: whether it has a convolution, whose input in a pre-activation network is the
            activated tensor, as that of the block's first convolution.
    """

    run: Callable[[Net, Join, Value], Value] | None = None
    adds: bool = True
    convolves: bool = False


def _pad(net: Net, join: Join, x: Value) -> Value:
    if join.stride > 1:
        x = net.call("subsample", "subsample", x, steps=(join.stride, join.stride))
    if largest(join.extra) > 0:
        x = net.call("pad", "pad", x, amounts=(0, 0, 0, 0, 0, join.extra))
    return x


def _conv(net: Net, join: Join, x: Value) -> Value:
    return net.conv("0", Conv(join.channels, 1, join.stride), x)


def _projection(net: Net, join: Join, x: Value) -> Value:
    return _norm(net, "1", _conv(net, join, x))


def _norm(net: Net, name: str, x: Value) -> Value:
    return x if net.spec.preactivation else net.norm(name, x)


def _wide(net: Net, join: Join, x: Value) -> Value:
    first, dilation = join.dilation
    changes_size = join.stride > 1 or dilation > 1
    conv = Conv(join.channels, 3, join.stride, first) if changes_size else Conv(join.channels, 1)
    return _norm(net, "1", net.conv("0", conv, x))


def _average(net: Net, join: Join, x: Value) -> Value:
    strided, dilated = join.stride > 1, join.stride == 1 and join.dilation[1] > 1
    if dilated:  # without a stride, the pool still averages around every pixel
        x = net.call("pad", "pad", x, amounts=(0, 1, 0, 1))
    if strided or dilated:
        kernel = max(join.stride, 2)
        sizes = {"stride": (join.stride, join.stride), "padding": (0, 0), "dilation": (1, 1)}
        x = net.call("0", "avg_pool2d", x, kernel=(kernel, kernel), ceil_mode=True, **sizes)
    return _norm(net, "2", net.conv("1", Conv(join.channels, 1), x))


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "none": Way(adds=False),
        "identity": Way(),
        "pad": Way(_pad),
        "conv": Way(_conv, convolves=True),
        "projection": Way(_projection, convolves=True),
        "wide": Way(_wide, convolves=True),
        "average": Way(_average, convolves=True),
    }
)
"""The paths beside one block; in a pre-activation network, a projection has no norm."""


class Shortcut(NamedTuple):
    """An entry of the table.

    Attributes:
        description: the description in one sentence.
        kept: the path beside a block that keeps the shape.
        changed: the path beside a block that changes the shape.
    """

    description: str
    kept: str
    changed: str

    def __str__(self) -> str:
        return self.description


SHORTCUTS: Mapping[str, Shortcut] = MappingProxyType(
    {
        "none": Shortcut("no shortcut: a plain network", "none", "none"),
        "A": Shortcut(
            "identity; where the shape changes, every stride-th pixel and zeros for new channels",
            "identity",
            "pad",
        ),
        "B": Shortcut(
            "identity; where the shape changes, a 1x1 convolution and norm",
            "identity",
            "projection",
        ),
        "C": Shortcut("a 1x1 convolution and norm beside every block", "projection", "projection"),
        "D": Shortcut(
            "identity; where the shape changes, average pooling by the stride, a 1x1 convolution "
            "and norm (He et al. 2019, arXiv 1812.01187, ResNet-D)",
            "identity",
            "average",
        ),
        "3x3": Shortcut(
            "identity; where the shape changes, a 3x3 convolution, or a 1x1 where the size is "
            "kept, and norm (SENet-154)",
            "identity",
            "wide",
        ),
        "conv": Shortcut(
            "identity; where the shape changes, a bare 1x1 convolution (the d2l chapter)",
            "identity",
            "conv",
        ),
    }
)
"""The legal values of a stage's `shortcut`."""
