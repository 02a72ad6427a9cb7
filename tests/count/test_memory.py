"""Memory against torch as it runs, and against derivations by hand."""

import pytest
import torch
from hypothesis import given, settings
from saved import saved_by_torch
from strategies import specs
from torch import nn
from torch.nn import functional as F

from resnet_viz import assemble, build, fold, memory, unroll
from resnet_viz.count.memory import footprint, sizes, timeline
from resnet_viz.count.storage import step
from resnet_viz.tracing import trace
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import find

MIB = 2**20


def saved(graph, dtype: str = "float32") -> int:
    return footprint(graph, sizes(dtype), training=True).root.saved


def peak(graph, *, training: bool) -> int:
    return footprint(graph, sizes("float32"), training=training).root.live


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize(
    "name",
    [
        *("resnet50", "resnetv2_50", "resnet34-a", "resnetaa50d", "seresnet50", "ecaresnet50t"),
        *("resnet50_gn", "resnetv2_50d_evos", "resnetv2_50d_frn", "resnetv2_50x1_bit", "vgg16"),
        *("cifar-resnet20", "d2l-resnet18"),
    ],
)
def test_the_bytes_saved_are_those_that_autograds_hooks_see(name: str, dtype: str) -> None:
    spec = find(name)
    with torch.device("meta"):
        module = build(spec).to(getattr(torch, dtype)).train()
        x = torch.empty(2, *spec.input, dtype=getattr(torch, dtype))

    assert saved(assemble(spec, (2, *spec.input)), dtype) == saved_by_torch(module, x)


@pytest.mark.parametrize(
    "name",
    [
        *("densenet121", "mobilenet_v3_small", "squeezenet1_0", "shufflenet_v2_x1_0"),
        *(
            "convnext_tiny",
            "vit_b_16",
            "swin_t",
        ),  # drop whole blocks, use what nobody has a rule of
    ],
)
def test_other_networks_save_what_torch_saves(name: str) -> None:
    with torch.device("meta"):
        module = import_beside("torchvision.models").get_model(name).train()

    assert saved(trace(module, (2, 3, 224, 224))) == saved_by_torch(
        module, torch.empty(2, 3, 224, 224, device="meta")
    )


class Unruly(nn.Module):
    """Functions that the catalogue does not hold, in place and beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.cells = nn.Conv2d(3, 8, 3), nn.LSTM(8, 16, batch_first=True)

    def forward(self, x):
        x = self.conv(x)
        x = F.relu_(x + 1) * torch.rand(x.shape[0], 1, 1, 1, device=x.device, dtype=x.dtype)
        x.mul_(x.abs().exp())
        x = F.dropout(x, 0.0)
        cumulated, _ = self.cells(x.flatten(2).transpose(1, 2).cumsum(1))
        return torch.logsumexp(cumulated**2, 1), x.detach() - 1


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_what_an_unknown_operator_saves_is_learned_from_a_run(dtype: str) -> None:
    kind = getattr(torch, dtype)
    with torch.device("meta"):
        module = Unruly().train().to(kind)
    x = torch.empty(2, 3, 9, 9, device="meta", dtype=kind)
    graph = trace(module, x)

    assert saved(graph, dtype) == saved_by_torch(module, x)
    assert saved(fold(graph), dtype) == saved(unroll(fold(graph)), dtype)
    assert memory(module, x).unknown == ()


class Overwriting(nn.Module):
    """Assigns by index, masks, attends on views, and scales by a function of a parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.cells = nn.Conv2d(3, 8, 3), nn.LSTM(8, 16, batch_first=True)
        self.scale = nn.Parameter(torch.ones(8))

    def forward(self, x):
        x = self.conv(x)
        y = torch.zeros_like(x)
        y[:, :4] = x[:, 4:]
        x[:, 0] = 0.5
        x = (y.relu() * x).masked_fill(x > 0, 0.0).flatten(2).transpose(1, 2)
        x = x * self.scale.exp()
        weights = torch.einsum("bid,bjd->bij", x, x + 1).softmax(-1)
        return self.cells(torch.einsum("bij,bjd->bid", weights, x))[0]


@pytest.mark.parametrize("means", ["stand-ins", "fake", "run"])
def test_every_means_learns_what_is_saved(means: str) -> None:
    with torch.device("meta"):
        module = Overwriting().train()
    x = torch.empty(2, 3, 9, 9, device="meta")

    counted = memory(Overwriting().train(), x.shape, means=means)
    assert counted.totals["saved"] == saved_by_torch(module, x)
    assert counted.unknown == ()


def test_a_bottleneck_by_hand() -> None:
    # docs/memory.md: the second block of ResNet-50's first stage, one image, 256 channels at 56²
    # inside 64. Each convolution and each norm saves its input, each norm two statistics, each
    # ReLU its output, which is the next convolution's input: one storage.
    wide, narrow = 256 * 56 * 56, 64 * 56 * 56
    convolutions = narrow + narrow + wide  # what the norms read
    activations = narrow + narrow + wide  # what leaves the ReLUs
    statistics = 2 * (64 + 64 + 256)
    graph = assemble(find("resnet50"), (1, 3, 224, 224))
    (stage,) = [
        part
        for part in footprint(graph, sizes("float32"), training=True).root.children
        if part.path == "layer1"
    ]

    assert stage.children[1].repeat == 2
    assert stage.children[1].saved == 2 * 4 * (convolutions + activations + statistics)


def test_a_stem_that_holds_two_feature_maps_is_the_peak_of_resnet18() -> None:
    # The first convolution's output and its norm's: 64 channels at 112², 8 images, single floats
    graph = assemble(find("resnet18"), (8, 3, 224, 224))

    assert peak(graph, training=False) == 2 * 8 * 64 * 112**2 * 4 == 49 * MIB


def test_a_stage_holds_its_input_until_it_returns() -> None:
    # ResNet-50, the projection's norm: its input and its output and the body's output, 256 channels
    # at 56² each, and the stage's input, 64 channels, which the call of the stage holds.
    map_ = 8 * 56**2 * 4
    graph = assemble(find("resnet50"), (8, 3, 224, 224))

    assert peak(graph, training=False) == map_ * (3 * 256 + 64)


def test_tensors_rounded_to_blocks_are_what_a_gpu_allocates() -> None:
    # A public log of ResNet-50 on a GPU shows 102,475,264 bytes for parameters and buffers.
    made = footprint(assemble(find("resnet50")), sizes("float32", block=512), training=True).root

    assert made.weights + made.buffers == 102_475_264


@settings(max_examples=30)
@given(specs())
def test_folded_networks_need_what_unrolled_ones_do(spec) -> None:
    graph = assemble(spec, (2, *spec.input))
    for training in (True, False):
        folded = footprint(graph, sizes("float32"), training=training).root
        unrolled = footprint(unroll(graph), sizes("float32"), training=training).root

        assert folded[4:9] == unrolled[4:9]


@settings(max_examples=20)
@given(specs())
def test_doubling_the_batch_doubles_what_depends_on_it(spec) -> None:
    one, two, four = (
        footprint(assemble(spec, (n, *spec.input)), sizes("float32"), training=True).root
        for n in (1, 2, 4)
    )

    assert four.saved - two.saved == 2 * (two.saved - one.saved)
    assert one[4:7] == two[4:7]


def test_sizes_may_be_arrays() -> None:
    numpy = pytest.importorskip("numpy")
    spec = find("resnet50")
    batches = numpy.array([1, 8, 32])
    many = footprint(assemble(spec, (batches, *spec.input)), sizes("float32"), training=True).root

    for i, batch in enumerate((1, 8, 32)):
        one = footprint(assemble(spec, (batch, *spec.input)), sizes("float32"), training=True).root
        assert (many.saved[i], many.live[i]) == (one.saved, one.live)


def test_everything_is_given_back_in_the_end() -> None:
    graph = unroll(assemble(find("resnet50"), (1, 3, 224, 224)))
    made = step(graph, sizes("float32"), training=True)
    *_, last = timeline(made, training=True)
    scores = 1000 * 4

    assert last.after == footprint(graph, sizes("float32"), training=True).root.gradients + scores
