"""A spec to a module: the same plan that the figures and counts are made of, in PyTorch.

Modules have torchvision's names (`layer2.0.downsample.0`), so that for torchvision's networks the
`state_dict` is torchvision's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.assembly import assemble
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.plan import BlockPlan, Conv, Shortcut, plan

__all__ = ["Block", "ResNet", "build"]

NORMS: Mapping[str, Callable[[int], nn.Module]] = MappingProxyType(
    {"batch": nn.BatchNorm2d, "none": nn.Identity}
)
"""The norm of each name in `spec.kinds.NORMS`."""

ACTIVATIONS: Mapping[str, Callable[[], nn.Module]] = MappingProxyType({"relu": nn.ReLU})
"""The activation of each name in `spec.kinds.ACTIVATIONS`."""


def build(spec: ResNetSpec, *, zero_init: bool = False) -> ResNet:
    """Return the module of a spec; see `ResNet`."""
    return ResNet(spec, zero_init=zero_init)


class ResNet(nn.Module):
    """The network that a spec describes.

    Convolutions start from Kaiming's normal distribution for ReLU, fan-out (He et al. 2015, arXiv
    1502.01852), norms from one and zero.

    Args:
        spec: the network.
        zero_init: start the scale of each block's last norm from zero, so that every block begins
            as an identity (Goyal et al. 2017, arXiv 1706.02677, section 5.1).

    Shape:
        `(N, C, H, W)` to `(N, classes)`.

    >>> import torch
    >>> from resnet_viz.zoo import find
    >>> net = ResNet(find("cifar-resnet20")).eval()
    >>> net(torch.rand(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(self, spec: ResNetSpec, *, zero_init: bool = False) -> None:
        super().__init__()
        stem = spec.stem
        first = Conv(stem.channels, stem.kernel, stem.stride)
        self.conv1 = _conv(spec.input[0], first, spec.bias)
        self.bn1 = NORMS[spec.norm](stem.channels)
        setattr(self, spec.activation, ACTIVATIONS[spec.activation]())
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1) if stem.pool else None
        channels = stem.channels
        self.stages = []
        for number, stage in enumerate(plan(spec), start=1):
            blocks = []
            for block in (stage.first, *[stage.rest] * stage.repeat):
                blocks.append(Block(spec, block, channels))
                channels = block.convs[-1].channels
            self.stages.append(f"layer{number}")
            self.add_module(self.stages[-1], nn.Sequential(*blocks))
            if stage.pool:
                getattr(self, self.stages[-1]).add_module("pool", nn.MaxPool2d(2))
        self.norm = NORMS[spec.norm](channels) if spec.preactivation else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1)) if spec.head.pool else None
        features = _features(spec)
        self.hidden = []
        for i, width in enumerate(spec.head.hidden, start=1):
            self.hidden.append(f"fc{i}")
            self.add_module(self.hidden[-1], nn.Linear(features, width))
            features = width
        self.fc = nn.Linear(features, spec.head.classes)
        self._activation = spec.activation
        self._initialise(zero_init)

    def _initialise(self, zero_init: bool) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if zero_init and isinstance(module, Block) and module.last_norm is not None:
                norm = getattr(module, module.last_norm)
                if isinstance(norm, nn.BatchNorm2d):
                    nn.init.zeros_(norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores of each class, `(N, classes)`."""
        activation = getattr(self, self._activation)
        x = activation(self.bn1(self.conv1(x)))
        if self.maxpool is not None:
            x = self.maxpool(x)
        for stage in self.stages:
            x = getattr(self, stage)(x)
        if self.norm is not None:
            x = activation(self.norm(x))
        if self.avgpool is not None:
            x = self.avgpool(x)
        x = x.flatten(1)
        for hidden in self.hidden:
            x = activation(getattr(self, hidden)(x))
        return self.fc(x)  # type: ignore[no-any-return]


class Block(nn.Module):
    """A residual block: convolutions with norms and activations, and the shortcut beside them.

    After activation (He et al. 2015): conv, norm, activation, …, conv, norm, add, activation.
    Before it (He et al. 2016): norm, activation, conv, …, add.
    """

    def __init__(self, spec: ResNetSpec, block: BlockPlan, channels: int) -> None:
        super().__init__()
        self.preactivation = spec.preactivation
        self.activated = block.activated
        self.convs = len(block.convs)
        self.adds = block.shortcut.kind != "none"
        self.projects = block.shortcut.kind in ("projection", "conv")
        before = channels
        for i, conv in enumerate(block.convs, start=1):
            self.add_module(f"conv{i}", _conv(before, conv, spec.bias))
            if not spec.preactivation:
                self.add_module(f"bn{i}", NORMS[spec.norm](conv.channels))
            elif i > 1 or block.activated:
                self.add_module(f"bn{i}", NORMS[spec.norm](before))
            before = conv.channels
        self.functional = spec.functional
        if not spec.functional:
            self.add_module(spec.activation, ACTIVATIONS[spec.activation]())
        self._name = spec.activation
        self.downsample = _shortcut(spec, block.shortcut, channels)
        self.last_norm = None if spec.preactivation else f"bn{self.convs}"

    def forward(self, x: Tensor) -> Tensor:
        """Return what the block makes of `(N, C, H, W)`."""
        return self._before(x) if self.preactivation else self._after(x)

    def _after(self, x: Tensor) -> Tensor:
        activation = getattr(F if self.functional else self, self._name)
        out = x
        for i in range(1, self.convs + 1):
            if i > 1:
                out = activation(out)
            out = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(out))
        return activation(self._join(out, x))  # type: ignore[no-any-return]

    def _before(self, x: Tensor) -> Tensor:
        activation = getattr(F if self.functional else self, self._name)
        out = x
        for i in range(1, self.convs + 1):
            if i > 1 or self.activated:
                out = activation(getattr(self, f"bn{i}")(out))
            if i == 1 and self.projects:
                x = out
            out = getattr(self, f"conv{i}")(out)
        return self._join(out, x)

    def _join(self, out: Tensor, x: Tensor) -> Tensor:
        if not self.adds:
            return out
        return out + (x if self.downsample is None else self.downsample(x))


class ZeroPad(nn.Module):
    """Option A's shortcut: every stride-th pixel, then zeros for the new channels."""

    def __init__(self, stride: int, extra: int) -> None:
        super().__init__()
        self.stride, self.extra = stride, extra

    def forward(self, x: Tensor) -> Tensor:
        """Return `(N, C + extra, H / stride, W / stride)`."""
        if self.stride > 1:
            x = x[..., :: self.stride, :: self.stride]
        if self.extra > 0:
            x = F.pad(x, (0, 0, 0, 0, 0, self.extra))
        return x


def _conv(channels_in: int, conv: Conv, bias: bool) -> nn.Conv2d:
    return nn.Conv2d(
        channels_in,
        conv.channels,
        conv.kernel,
        stride=conv.stride,
        padding=conv.padding,
        dilation=conv.dilation,
        groups=conv.groups,
        bias=bias,
    )


def _features(spec: ResNetSpec) -> int:
    """Return how many features the head's first layer takes: what `flatten` puts out."""
    flat = next(node for node in assemble(spec).nodes() if node.op == "flatten")
    return int(flat.output[-1])


def _shortcut(spec: ResNetSpec, shortcut: Shortcut, channels: int) -> nn.Module | None:
    if shortcut.kind in ("none", "identity"):
        return None
    if shortcut.kind == "pad":
        return ZeroPad(shortcut.stride, shortcut.extra)
    conv = _conv(channels, Conv(shortcut.channels, 1, shortcut.stride), spec.bias)
    if shortcut.kind == "conv" or spec.preactivation:
        return nn.Sequential(conv)
    return nn.Sequential(conv, NORMS[spec.norm](shortcut.channels))
