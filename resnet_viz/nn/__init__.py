"""The PyTorch networks: the chapter's own blocks, and `ResNet(spec)` for every spec."""

from resnet_viz.nn.block import Block
from resnet_viz.nn.chapter import Residual, chapter_resnet18, resnet_block
from resnet_viz.nn.resnet import ResNet, build
from resnet_viz.nn.timm import from_timm, to_timm

__all__ = ["Block", "ResNet", "Residual", "build", "chapter_resnet18", "from_timm"]
__all__ += ["resnet_block", "to_timm"]
