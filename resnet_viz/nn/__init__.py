"""The PyTorch networks: the chapter's own blocks, and `ResNet(spec)` for every spec."""

from resnet_viz.nn.block import Block
from resnet_viz.nn.chapter import Residual, chapter_resnet18, resnet_block
from resnet_viz.nn.resnet import ResNet, build

__all__ = ["Block", "ResNet", "Residual", "build", "chapter_resnet18", "resnet_block"]
