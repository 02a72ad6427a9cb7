"""Small architectures of Hugging Face and of other libraries count as torch counts them."""

import pytest
import torch
from torch import nn
from transformers_cases import differences, make

from resnet_viz import draw, trace
from resnet_viz.count import tally
from resnet_viz.tracing.torchvision import import_beside

pytestmark = pytest.mark.filterwarnings("ignore")
pytest.importorskip("transformers")

SAMPLE = ("albert", "apertus", "beit", "bert-generation", "aimv2_vision_model")


@pytest.mark.parametrize("name", SAMPLE)
def test_a_small_architecture_counts_as_torch_counts_it(name: str) -> None:
    case = make(name)

    assert case is not None
    assert differences(case) == []


def test_an_architecture_is_drawn() -> None:
    case = make("bert-generation")

    assert case is not None
    assert draw(case.model, input=case.inputs).to_svg().startswith("<svg")


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
