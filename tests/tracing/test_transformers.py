"""Small architectures of Hugging Face and of other libraries count as torch counts them."""

import pytest
import torch
from compared import compare
from library_cases import LIBRARIES
from torch import nn
from transformers_cases import make

from resnet_viz import trace
from resnet_viz.count import tally
from resnet_viz.tracing.torchvision import import_beside

pytestmark = pytest.mark.filterwarnings("ignore")
pytest.importorskip("transformers")

SAMPLE = (
    *("albert", "bert", "deberta", "distilbert", "canine", "big_bird", "fnet", "camembert"),
    *("gpt2", "bloom", "ctrl", "gemma", "glm", "cohere", "bitnet", "apertus", "biogpt"),
    *("bart", "t5", "fsmt", "blenderbot-small"),
    *("mixtral", "aria_text", "olmoe"),
    *("vit", "beit", "deit", "resnet", "clip_text_model", "aimv2_vision_model"),
)
"""Encoders, decoders, both, routed experts, and what looks at images."""


@pytest.mark.parametrize("name", SAMPLE)
def test_a_small_architecture_counts_as_torch_counts_it(name: str) -> None:
    result = compare(make(name), drawn=False)

    assert (result["status"], result["why"]) == ("equal", "")


@pytest.mark.parametrize("name", ["Unet", "Lora", "GCNConv", "GATConv"])
def test_a_model_of_another_library_counts_as_torch_counts_it(name: str) -> None:
    make = next(found[name] for found in (cases() for cases in LIBRARIES.values()) if name in found)

    assert compare(make(), drawn=False)["why"] == ""


def test_graph_networks_cost_their_projections() -> None:
    graphs = pytest.importorskip("torch_geometric.nn")

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = graphs.GCNConv(7, 16), graphs.GATConv(16, 4, heads=2)

        def forward(self, x, edges):
            return self.b(self.a(x, edges).relu(), edges)

    edges = torch.randint(0, 20, (2, 60))

    # 20 nodes from 7 to 16 features, and from 16 to 2 heads of 4
    assert tally(trace(Net(), (torch.rand(20, 7), edges))).macs == 20 * (7 * 16 + 16 * 8)


def test_adapters_cost_two_thin_products() -> None:
    peft = pytest.importorskip("peft")
    import_beside("torchvision")
    net = peft.LoraModel(
        nn.Sequential(nn.Linear(16, 32)), peft.LoraConfig(r=4, target_modules=["0"]), "default"
    ).eval()

    # the layer itself, and down to 4 and up again
    assert tally(trace(net, (2, 16))).macs == 2 * (16 * 32 + 16 * 4 + 4 * 32)
