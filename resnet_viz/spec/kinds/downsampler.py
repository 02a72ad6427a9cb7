"""Downsamplers: operators that replace a convolution's stride, after the activation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.spec.kinds.kind import Net, Value

__all__ = ["DOWNSAMPLERS", "Downsampler", "max_pool"]


class Downsampler(NamedTuple):
    """An entry of the table.

    Attributes:
        description: the description in one sentence.
        run: the function that calls its operator, given a network, a name, a stride and the input;
            None if the convolution keeps its stride.
        pool: the function that calls the stem's pool of stride 2.
    """

    description: str
    run: Callable[[Net, str, int, Value], Value] | None
    pool: Callable[[Net, Value], Value]

    def __str__(self) -> str:
        return self.description


def max_pool(net: Net, name: str, stride: int, x: Value, padding: int = 1) -> Value:
    """Call a 3×3 max pool."""
    sizes = {"stride": (stride, stride), "padding": (padding, padding), "dilation": (1, 1)}
    return net.call(name, "max_pool2d", x, kernel=(3, 3), **sizes)


def _strided(net: Net, x: Value) -> Value:
    return max_pool(net, "maxpool", 2, x)


def _blur(net: Net, name: str, stride: int, x: Value) -> Value:
    sizes = {"stride": (stride, stride), "padding": (1, 1), "dilation": (1, 1)}
    return net.call(name, "blur_pool2d", x, kernel=(3, 3), **sizes)


def _blurred(net: Net, x: Value) -> Value:
    return _blur(net, "maxpool.1", 2, max_pool(net, "maxpool.0", 1, x))


def _average(net: Net, name: str, stride: int, x: Value) -> Value:
    steps = (stride, stride)
    sizes = {"stride": steps, "padding": (0, 0), "dilation": (1, 1)}
    return net.call(name, "avg_pool2d", x, kernel=steps, **sizes)


def _averaged(net: Net, x: Value) -> Value:
    return _average(net, "maxpool", 2, x)


DOWNSAMPLERS: Mapping[str, Downsampler] = MappingProxyType(
    {
        "stride": Downsampler("the convolution has the stride", None, _strided),
        "blur": Downsampler(
            "a blur at every stride-th pixel after the activation (Zhang 2019, arXiv 1904.11486)",
            _blur,
            _blurred,
        ),
        "average": Downsampler(
            "average pooling after the activation, and in place of the max pool (timm)",
            _average,
            _averaged,
        ),
    }
)
"""The legal values of `downsampler`."""
