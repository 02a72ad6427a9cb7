"""Build the module of a spec from the graph that figures and counts also use.

Modules have torchvision's names (`layer2.0.downsample.0`), so that torchvision's
`state_dict` loads into torchvision's networks.
"""

from __future__ import annotations

from torch import Tensor, nn

from resnet_viz.assembly import assemble
from resnet_viz.graph import unroll
from resnet_viz.nn.block import Block
from resnet_viz.nn.layers import DropPath
from resnet_viz.spec import ResNetSpec

__all__ = ["ResNet", "build"]


def build(spec: ResNetSpec, *, zero_init: bool = False) -> ResNet:
    """Return the module of a spec; see `ResNet`."""
    return ResNet(spec, zero_init=zero_init)


class ResNet(Block):
    """The module of a spec.

    Convolutions are initialized with Kaiming's normal distribution for ReLU, fan-out (He et al.
    2015, arXiv 1502.01852), norms with scale one and offset zero.

    Args:
        spec: the network.
        zero_init: whether to initialize the scale of each block's last norm to zero, so that every
            block starts as an identity (Goyal et al. 2017, arXiv 1706.02677, section 5.1). A
            pre-activation block has no such norm.

    Shape:
        `(N, C, H, W)` to `(N, classes)`.

    >>> import torch
    >>> from resnet_viz.zoo import find
    >>> net = ResNet(find("cifar-resnet20")).eval()
    >>> net(torch.rand(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(self, spec: ResNetSpec, *, zero_init: bool = False) -> None:
        super().__init__(unroll(assemble(spec)).root)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        _set_rates(self, spec)
        if zero_init and not spec.preactivation:
            for number, _ in enumerate(spec.stages, start=1):
                for block in getattr(self, f"layer{number}").children():
                    _zero_last_norm(block)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, `(N, classes)`."""
        return super().forward(x)


def _set_rates(net: nn.Module, spec: ResNetSpec) -> None:
    """Set the dropout rate, and the drop path rates, which grow linearly from 0 at the first block.

    Source: Huang et al. 2016 (arXiv 1603.09382), equation 4; starting from 0 as in timm.
    """
    for name, module in net.named_modules():
        if isinstance(module, nn.Dropout):
            module.p = spec.dropout if "." in name else spec.head.dropout
    paths = [module for module in net.modules() if isinstance(module, DropPath)]
    for i, path in enumerate(paths):
        path.rate = spec.drop_path * i / max(len(paths) - 1, 1)


def _zero_last_norm(block: nn.Module) -> None:
    norms = [module for name, module in block.named_children() if name.startswith("bn")]
    if norms and isinstance(norms[-1].weight, nn.Parameter):
        nn.init.zeros_(norms[-1].weight)
