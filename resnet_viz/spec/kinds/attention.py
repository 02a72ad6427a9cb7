"""Attention: a gate for each channel, in a block's body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.arithmetic import Size, largest, maximum, smallest
from resnet_viz.errors import RequestError
from resnet_viz.spec.kinds.kind import Net, Value

__all__ = ["ATTENTIONS", "Attention"]


class Attention(NamedTuple):
    """An entry of the table.

    Attributes:
        description: the description in one sentence.
        label: the label in figures.
        gate: the function that calls its operators, given a network, the value to gate, and the
            block's input channels; None for no attention.
        inside: whether it comes before the block's last convolution, not at the end of the body.
        reads_fields: the fields of the spec that it reads.
    """

    description: str
    label: str = ""
    gate: Callable[[Net, Value, Size], Value] | None = None
    reads_fields: tuple[str, ...] = ()
    inside: bool = False

    def __str__(self) -> str:
        return self.description


def _pooled(net: Net, x: Value) -> Value:
    return net.call("avgpool", "adaptive_avg_pool2d", x, size=(1, 1))


def _pointwise(net: Net, name: str, channels: Size, x: Value) -> Value:
    """Call a fully connected layer over channels, as a 1×1 convolution with a bias."""
    one, zero = (1, 1), (0, 0)
    sizes = {"kernel": one, "stride": one, "padding": zero, "dilation": one}
    return net.call(name, "conv2d", x, out_channels=channels, groups=1, bias=True, **sizes)


def squeezed(channels: Size, reduction: Size) -> Size:
    """Return the squeezed channels: `channels / reduction`, to the nearest 8, at least 8.

    Source: Hu et al. 2018 (arXiv 1709.01507), section 3; the rounding is timm's.

    >>> squeezed(256, 16), squeezed(64, 16), squeezed(320, 16)
    (16, 8, 24)
    """
    return maximum((channels + 4 * reduction) // (8 * reduction) * 8, 8)


def share(channels: Size, reduction: Size) -> Size:
    """Return `channels / reduction`, rounded to the nearest integer (ties to even), at least 1.

    Source: pycls and torchvision, `int(round(width_in * 0.25))` in RegNetY.

    >>> share(104, 4), share(10, 4), share(14, 4)
    (26, 2, 4)
    """
    nearest, rest = divmod(2 * channels + reduction, 2 * reduction)
    return maximum(nearest - (rest == 0) * (nearest % 2), 1)


def _squeeze_excitation(net: Net, x: Value, channels_in: Size) -> Value:
    return _excite(net, x, squeezed(x.shape[-3], net.spec.reduction))


def _inner_excitation(net: Net, x: Value, channels_in: Size) -> Value:
    return _excite(net, x, share(channels_in, net.spec.reduction))


def _excite(net: Net, x: Value, inside: Size) -> Value:
    gate = _pointwise(net, "fc1", inside, _pooled(net, x))
    gate = _pointwise(net, "fc2", x.shape[-3], net.call("relu", "relu", gate))
    return net.call("mul", "mul", x, net.call("sigmoid", "sigmoid", gate))


def reach(channels: Size) -> int:
    """Return ECA's kernel size over channels: `(log2 C + 1) / 2`, made odd, at least 3.

    Source: Wang et al. 2020 (arXiv 1910.03151), equation 12, with gamma 2 and b 1.

    >>> reach(64), reach(256), reach(2048)
    (3, 5, 7)
    """
    ends = (smallest(channels), largest(channels))
    low, high = (max(count.bit_length() // 2 | 1, 3) for count in ends)
    if low != high:
        raise RequestError(
            "attention: eca looks at {low} and at {high} neighbours in some elements (must "
            "be as many in all, so that one graph describes them)",
            low=low,
            high=high,
        )
    return low


def _efficient(net: Net, x: Value, channels_in: Size) -> Value:
    channels = x.shape[-3]
    kernel = reach(channels)
    gate = net.call("flatten", "flatten", _pooled(net, x), start=-3)
    gate = net.call("unflatten", "unflatten", gate, sizes=(1, channels))
    sizes = {"kernel": (kernel,), "padding": (kernel // 2,), "stride": (1,), "dilation": (1,)}
    gate = net.call("conv", "conv1d", gate, out_channels=1, groups=1, bias=False, **sizes)
    gate = net.call("flatten", "flatten", net.call("sigmoid", "sigmoid", gate), start=-2)
    gate = net.call("unflatten", "unflatten", gate, sizes=(channels, 1, 1))
    return net.call("mul", "mul", x, gate)


ATTENTIONS: Mapping[str, Attention] = MappingProxyType(
    {
        "none": Attention("none"),
        "se": Attention(
            "squeeze-and-excitation (Hu et al. 2018, arXiv 1709.01507)",
            "Squeeze-excitation",
            _squeeze_excitation,
            ("reduction",),
        ),
        "se_inner": Attention(
            "squeeze-and-excitation before the last convolution, its channels one in `reduction` "
            "of those that the block takes (RegNetY, arXiv 2003.13678)",
            "Squeeze-excitation",
            _inner_excitation,
            ("reduction",),
            inside=True,
        ),
        "eca": Attention(
            "efficient channel attention (Wang et al. 2020, arXiv 1910.03151)",
            "Channel attention",
            _efficient,
        ),
    }
)
"""The legal values of `attention`."""
