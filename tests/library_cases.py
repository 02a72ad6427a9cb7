"""Make small models of diffusers, torch_geometric, segmentation-models-pytorch and PEFT."""

from __future__ import annotations

from collections.abc import Callable

import torch
from compared import Case
from torch import nn

from resnet_viz.tracing.torchvision import import_beside

__all__ = ["LIBRARIES"]

Cases = dict[str, Callable[[], Case]]


def diffusers() -> Cases:
    """Return a U-Net with a noisy image, a time step and a condition as inputs."""

    def unet() -> Case:
        import_beside("torchvision")
        from diffusers import UNet2DConditionModel
        from diffusers.models.attention_processor import AttnProcessor

        net = UNet2DConditionModel(
            sample_size=16,
            block_out_channels=(32, 64),
            layers_per_block=1,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            cross_attention_dim=32,
            norm_num_groups=8,
        )
        net.set_attn_processor(AttnProcessor())  # eager: the counter sees its products
        return Case(
            net.eval(),
            {
                "sample": torch.rand(1, 4, 16, 16),
                "timestep": torch.tensor([3]),
                "encoder_hidden_states": torch.rand(1, 7, 32),
            },
        )

    return {"UNet2DConditionModel": unet}


class Graphs(nn.Module):
    """Two layers of a graph network: 20 nodes from 7 to 16 features, and to 2 heads of 4."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__()
        from torch_geometric import nn as graphs

        self.first = getattr(graphs, first)(7, 16)
        self.second = getattr(graphs, second)(16, 4)

    def forward(self, x: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
        """Return node features from node features and edges."""
        return self.second(self.first(x, edges).relu(), edges)  # type: ignore[no-any-return]


def torch_geometric() -> Cases:
    """Return networks of graph convolutions and of graph attention, with edges as index pairs."""

    def make(kind: str) -> Case:
        edges = torch.randint(0, 20, (2, 60), generator=torch.Generator().manual_seed(0))
        return Case(Graphs(kind, kind).eval(), (torch.rand(20, 7), edges))

    kinds = ("GCNConv", "GATConv", "GATv2Conv", "SAGEConv", "TransformerConv")
    return {kind: (lambda kind=kind: make(kind)) for kind in kinds}


def segmentation_models_pytorch() -> Cases:
    """Return the library's decoders, each over a ResNet-18."""

    def make(kind: str) -> Case:
        smp = import_beside("segmentation_models_pytorch")
        net = getattr(smp, kind)("resnet18", encoder_weights=None, classes=2)
        return Case(net.eval(), (torch.rand(1, 3, 128, 128),))

    kinds = (
        *("Unet", "UnetPlusPlus", "MAnet", "Linknet", "FPN", "PSPNet", "PAN", "DeepLabV3"),
        *("DeepLabV3Plus", "UPerNet", "Segformer"),
    )
    return {kind: (lambda kind=kind: make(kind)) for kind in kinds}


def peft() -> Cases:
    """Return adapters over a perceptron of two layers."""

    def make(kind: str) -> Case:
        import_beside("torchvision")
        import peft

        extra = {"feedforward_modules": ["2"]} if kind == "IA3" else {}
        config = getattr(peft, f"{kind}Config")(target_modules=["0", "2"], **extra)
        base = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
        return Case(
            getattr(peft, f"{kind}Model")(base, config, "default").eval(), (torch.rand(2, 16),)
        )

    return {kind: (lambda kind=kind: make(kind)) for kind in ("Lora", "IA3", "LoHa", "LoKr", "OFT")}


LIBRARIES: dict[str, Callable[[], Cases]] = {
    "diffusers": diffusers,
    "torch_geometric": torch_geometric,
    "segmentation-models-pytorch": segmentation_models_pytorch,
    "PEFT": peft,
}
"""The cases of each library, by their names."""
