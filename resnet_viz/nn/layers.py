"""The operators of residual networks that PyTorch has no module for."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

__all__ = ["BlurPool2d", "DropPath", "EvoNorm2d", "FilterResponseNorm2d", "StdConv2d"]


class StdConv2d(nn.Conv2d):
    """A convolution whose filters are brought to mean 0 and variance 1 before each use.

    Source: Qiao et al. 2019 (arXiv 1903.10520), equation 11; epsilon as in timm's BiT.
    """

    epsilon = 1e-8

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of `(N, C, H, W)`."""
        weight = self.weight
        variance, mean = torch.var_mean(weight, (1, 2, 3), correction=0, keepdim=True)
        weight = (weight - mean) * torch.rsqrt(variance + self.epsilon)
        convolved: Tensor = self._conv_forward(x, weight, self.bias)
        return convolved


class BlurPool2d(nn.Module):
    """A blur by the filter (1, 2, 1) in both directions, at every stride-th pixel.

    Edges are reflected. Source: Zhang 2019 (arXiv 1904.11486), section 3.

    >>> BlurPool2d(2)(torch.ones(1, 4, 6, 6)).shape
    torch.Size([1, 4, 3, 3])
    """

    __constants__ = ("stride",)
    filter: Tensor

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride
        row = torch.tensor([0.25, 0.5, 0.25])
        self.register_buffer("filter", row[:, None] * row, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return `(N, C, H / stride, W / stride)` of `(N, C, H, W)`, sizes rounded up."""
        channels = x.shape[1]
        weight = self.filter.to(x.dtype).expand(channels, 1, 3, 3)
        padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(padded, weight, stride=self.stride, groups=channels)


class FilterResponseNorm2d(nn.Module):
    """Each channel over its root mean square, and an activation with a threshold of its own.

    Source: Singh & Krishnan 2019 (arXiv 1911.09737), equations 1 and 3.
    """

    __constants__ = ("features",)
    epsilon = 1e-5

    def __init__(self, features: int, activated: bool = True) -> None:
        super().__init__()
        self.features = features
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.tau = nn.Parameter(torch.zeros(features)) if activated else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the norm of `(N, C, H, W)`."""
        square = x.square().mean(dim=(2, 3), keepdim=True)
        x = x * torch.rsqrt(square + self.epsilon)
        y = x * _each(self.weight) + _each(self.bias)
        return y if self.tau is None else torch.maximum(y, _each(self.tau))


class EvoNorm2d(nn.Module):
    """EvoNorm-S0: x · sigmoid(v · x) over the standard deviation of its group, norm and activation.

    Source: Liu et al. 2020 (arXiv 2004.02967), Table 3. Without the activation, scale and offset.
    """

    __constants__ = ("features", "groups")
    epsilon = 1e-5

    def __init__(self, features: int, groups: int, activated: bool = True) -> None:
        super().__init__()
        self.features, self.groups = features, groups
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.v = nn.Parameter(torch.ones(features)) if activated else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the norm of `(N, C, H, W)`."""
        if self.v is not None:
            grouped = x.reshape(len(x), self.groups, -1)
            variance = grouped.var(dim=2, correction=0, keepdim=True)
            gated = x * torch.sigmoid(x * _each(self.v))
            scaled = gated.reshape(grouped.shape) * torch.rsqrt(variance + self.epsilon)
            x = scaled.reshape(x.shape)
        return x * _each(self.weight) + _each(self.bias)


class DropPath(nn.Module):
    """In training, nothing for some images and more of the others, so that the mean stays.

    Source: Huang et al. 2016 (arXiv 1603.09382), stochastic depth.

    Args:
        rate: the share of images whose body is left out.
    """

    __constants__ = ("rate",)

    def __init__(self, rate: float = 0.0) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """Return `(N, …)`, some of the N zero."""
        if not self.training or self.rate == 0:
            return x
        kept = torch.rand((len(x), *[1] * (x.dim() - 1)), device=x.device) >= self.rate
        return x * kept.to(x.dtype) / (1 - self.rate)


def _each(parameter: Tensor) -> Tensor:
    """Reshape a value for each channel so that it broadcasts over the pixels."""
    return parameter[:, None, None]
