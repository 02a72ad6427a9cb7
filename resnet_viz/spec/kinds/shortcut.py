"""Shortcuts: what runs beside a block's body (He et al. 2015, sections 3.3 and 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.arithmetic import Size
from resnet_viz.spec.kinds.kind import Conv, Net, Value

__all__ = ["SHORTCUTS", "WAYS", "Join", "Shortcut", "Way"]


class Join(NamedTuple):
    """What a shortcut has to make of a block's input, so that the two can be added."""

    channels: Size
    stride: int = 1
    extra: Size = 0
    """Channels that the block's input lacks."""


class Way(NamedTuple):
    """What runs beside one block.

    Attributes:
        run: makes its operators; None where there is no shortcut, or where it is the bare line.
        adds: whether there is a shortcut.
        convolves: whether it takes what the block's first convolution takes: in a pre-activation
            network the activated tensor.
    """

    run: Callable[[Net, Join, Value], Value] | None = None
    adds: bool = True
    convolves: bool = False


def _pad(net: Net, join: Join, x: Value) -> Value:
    if join.stride > 1:
        x = net.call("subsample", "subsample", x, steps=(join.stride, join.stride))
    if type(join.extra) is not int or join.extra > 0:
        x = net.call("pad", "pad", x, amounts=(0, 0, 0, 0, 0, join.extra))
    return x


def _conv(net: Net, join: Join, x: Value) -> Value:
    return net.conv("0", Conv(join.channels, 1, join.stride), x)


def _projection(net: Net, join: Join, x: Value) -> Value:
    x = _conv(net, join, x)
    return x if net.spec.preactivation else net.norm("1", x)


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "none": Way(adds=False),
        "identity": Way(),
        "pad": Way(_pad),
        "conv": Way(_conv, convolves=True),
        "projection": Way(_projection, convolves=True),
    }
)
"""What may run beside one block; in a pre-activation network a projection has no norm."""


class Shortcut(NamedTuple):
    """An entry of the table.

    Attributes:
        says: what it is.
        kept: the way beside a block that keeps the shape.
        changed: the way beside one that changes it.
    """

    says: str
    kept: str
    changed: str

    def __str__(self) -> str:
        return self.says


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
        "conv": Shortcut(
            "identity; where the shape changes, a bare 1x1 convolution (the d2l chapter)",
            "identity",
            "conv",
        ),
    }
)
"""What a stage's `shortcut` may be."""
