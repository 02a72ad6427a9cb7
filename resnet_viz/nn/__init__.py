"""PyTorch modules: the d2l chapter's own blocks, and `ResNet(spec)` for every spec."""

from resnet_viz.nn.block import Block
from resnet_viz.nn.chapter import Residual, chapter_resnet18, resnet_block
from resnet_viz.nn.libraries import from_timm, from_torchvision, to_timm, to_torchvision
from resnet_viz.nn.resnet import ResNet, build

__all__ = ["Block", "ResNet", "Residual", "build", "chapter_resnet18", "from_timm"]
__all__ += ["from_torchvision", "to_torchvision"]
__all__ += ["resnet_block", "to_timm"]
