"""The ResNet chapter's block, stage and network, as its reader meets them (d2l.ai, section 8.6)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

__all__ = ["Residual", "chapter_resnet18", "resnet_block"]


class Residual(nn.Module):
    """A residual block: two 3×3 convolutions, and a way past them.

    The body learns g(X); the block puts out ReLU(g(X) + X). Where the body changes the shape, a 1×1
    convolution on the shortcut changes X alike, so that the two can be added.

    Args:
        input_channels: channels of X.
        num_channels: channels that the block puts out.
        use_1x1conv: put a 1×1 convolution on the shortcut; needed where the shape changes.
        strides: of the first convolution and of the 1×1; 2 halves height and width.

    Shape:
        `(N, input_channels, H, W)` to `(N, num_channels, H / strides, W / strides)`.

    >>> import torch
    >>> block = Residual(3, 6, use_1x1conv=True, strides=2)
    >>> block(torch.rand(4, 3, 6, 6)).shape
    torch.Size([4, 6, 3, 3])
    """

    def __init__(
        self,
        input_channels: int,
        num_channels: int,
        use_1x1conv: bool = False,
        strides: int = 1,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(input_channels, num_channels, 3, strides, padding=1)
        self.conv2 = nn.Conv2d(num_channels, num_channels, 3, padding=1)
        self.conv3: nn.Conv2d | None = None
        if use_1x1conv:
            self.conv3 = nn.Conv2d(input_channels, num_channels, 1, stride=strides)
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.bn2 = nn.BatchNorm2d(num_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return ReLU(g(x) + x)."""
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        shortcut = x if self.conv3 is None else self.conv3(x)
        return F.relu(y + shortcut)


def resnet_block(
    input_channels: int,
    num_channels: int,
    num_residuals: int,
    first_block: bool = False,
) -> list[Residual]:
    """Return the residual blocks of one stage.

    The stage's first block halves height and width, unless the stage is the network's first
    (`first_block`), which comes after a max pool that has halved them already.

    >>> [block.conv3 is None for block in resnet_block(64, 128, 2)]
    [False, True]
    """
    blocks = []
    for i in range(num_residuals):
        if i == 0 and not first_block:
            block = Residual(input_channels, num_channels, use_1x1conv=True, strides=2)
        else:
            block = Residual(num_channels, num_channels)
        blocks.append(block)
    return blocks


def chapter_resnet18(classes: int = 10) -> nn.Sequential:
    """Return the chapter's ResNet-18 for one-channel images: b1 to b5, average pool, linear layer.

    >>> import torch
    >>> with torch.device("meta"):
    ...     net = chapter_resnet18()
    >>> sum(parameter.numel() for parameter in net.parameters())
    11178378
    """
    b1 = nn.Sequential(
        nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
    )
    b2 = nn.Sequential(*resnet_block(64, 64, 2, first_block=True))
    b3 = nn.Sequential(*resnet_block(64, 128, 2))
    b4 = nn.Sequential(*resnet_block(128, 256, 2))
    b5 = nn.Sequential(*resnet_block(256, 512, 2))
    head = (nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(512, classes))
    return nn.Sequential(b1, b2, b3, b4, b5, *head)
