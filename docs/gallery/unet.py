"""A U-Net (Ronneberger et al. 2015, arXiv 1505.04597, Figure 1), padded, and a transformer."""

import torch
from torch import nn


class Double(nn.Sequential):
    """Two 3×3 convolutions, each with norm and activation."""

    def __init__(self, before: int, after: int) -> None:
        layers = []
        for channels in (before, after):
            conv = nn.Conv2d(channels, after, 3, padding=1, bias=False)
            layers += [conv, nn.BatchNorm2d(after), nn.ReLU()]
        super().__init__(*layers)


class Up(nn.Module):
    """What comes from below, twice as large, beside what was skipped."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(channels, channels // 2, 2, stride=2)
        self.conv = Double(channels, channels // 2)

    def forward(self, x: torch.Tensor, skipped: torch.Tensor) -> torch.Tensor:
        """Return `(N, channels / 2, 2H, 2W)`."""
        return self.conv(torch.cat([skipped, self.up(x)], 1))


class UNet(nn.Module):
    """Down and up again, with a skip at every size."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = Double(1, 64)
        self.pool = nn.MaxPool2d(2)
        self.down1, self.down2, self.down3, self.down4 = (
            Double(channels, 2 * channels) for channels in (64, 128, 256, 512)
        )
        self.up1, self.up2, self.up3, self.up4 = (Up(n) for n in (1024, 512, 256, 128))
        self.leave = nn.Conv2d(64, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return `(N, 2, H, W)`."""
        a = self.enter(x)
        b = self.down1(self.pool(a))
        c = self.down2(self.pool(b))
        d = self.down3(self.pool(c))
        x = self.down4(self.pool(d))
        return self.leave(self.up4(self.up3(self.up2(self.up1(x, d), c), b), a))


def encoder() -> nn.Module:
    """Return the encoder of Vaswani et al. 2017 (arXiv 1706.03762), base model."""
    layer = nn.TransformerEncoderLayer(512, 8, 2048, batch_first=True)
    return nn.TransformerEncoder(layer, 6, enable_nested_tensor=False)
