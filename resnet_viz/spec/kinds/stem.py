"""Stems: convolutions, and the operator that halves the size after them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.spec.kinds.downsampler import DOWNSAMPLERS, max_pool
from resnet_viz.spec.kinds.kind import Conv, Net, Value

__all__ = ["POOLINGS", "Pooling", "stem"]


class Pooling(NamedTuple):
    """An entry of the table.

    Attributes:
        description: the description in one sentence.
        run: the function that calls its operators, given a network and the convolutions' output.
        follows_downsampler: whether it depends on the network's downsampler.
    """

    description: str
    run: Callable[[Net, Value], Value]
    follows_downsampler: bool = True

    def __str__(self) -> str:
        return self.description


def _max(net: Net, x: Value) -> Value:
    return DOWNSAMPLERS[net.spec.downsampler].pool(net, x)


def _conv(net: Net, x: Value) -> Value:
    antialias = DOWNSAMPLERS[net.spec.downsampler].run
    x = net.conv("maxpool.0", Conv(x.shape[-3], 3, 2 if antialias is None else 1), x)
    if antialias is not None:
        x = antialias(net, "maxpool.1", 2, x)
    after = 1 if antialias is None else 2
    return net.norm_act(f"maxpool.{after}", x, f"maxpool.{after + 1}")


def _padded(net: Net, x: Value) -> Value:
    return max_pool(net, "maxpool", 2, net.call("pad", "pad", x, amounts=(1, 1, 1, 1)), padding=0)


POOLINGS: Mapping[str, Pooling] = MappingProxyType(
    {
        "max": Pooling("a 3x3 max pool of stride 2", _max),
        "conv": Pooling("a 3x3 convolution of stride 2, norm and activation (ResNet-RS)", _conv),
        "padded": Pooling(
            "zeros around, then a 3x3 max pool of stride 2 (BiT, arXiv 1912.11370)",
            _padded,
            follows_downsampler=False,
        ),
    }
)
"""The legal values of a stem's `pooling`."""


def stem(net: Net, x: Value) -> Value:
    """Call the operators of the stem: its convolutions, the first with the stride, and its pool."""
    stem, stride, name = net.spec.stem, net.spec.stem.stride, "conv1"
    for i, width in enumerate(stem.hidden):
        x = net.conv(f"conv1.{3 * i}", Conv(width, stem.kernel, stride), x)
        x = net.norm_act(f"conv1.{3 * i + 1}", x, f"conv1.{3 * i + 2}")
        stride, name = 1, f"conv1.{3 * i + 3}"
    x = net.conv(name, Conv(stem.channels, stem.kernel, stride), x)
    if stem.activated:
        x = net.norm_act("bn1", x)
    return POOLINGS[stem.pooling].run(net, x) if stem.pool else x
