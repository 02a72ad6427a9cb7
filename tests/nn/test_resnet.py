"""The PyTorch networks: the chapter's, torchvision's, and those of generated specs."""

import pytest
import torch
from hypothesis import given, settings
from strategies import specs
from torch import nn
from torch.nn import functional as F

from resnet_viz import Head, ResNetSpec, Stage, Stem, assemble, build, report, trace, unroll
from resnet_viz.nn import Block, Residual, chapter_resnet18, resnet_block
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import entries, find

TORCHVISION = [name for name, entry in entries().items() if entry.source.startswith("torchvision")]


def meta(spec: ResNetSpec) -> nn.Module:
    with torch.device("meta"):
        return build(spec)


@pytest.mark.parametrize("name", entries())
def test_what_is_drawn_and_counted_is_what_runs(name: str) -> None:
    spec = find(name)
    shape = (2, *spec.input)

    assert trace(meta(spec), shape) == unroll(assemble(spec, shape))


@settings(max_examples=40)
@given(spec=specs())
def test_the_theorem_holds_for_generated_specs(spec: ResNetSpec) -> None:
    shape = (1, *spec.input)

    assert trace(meta(spec), shape) == unroll(assemble(spec, shape))


@settings(max_examples=10)
@given(spec=specs())
def test_generated_networks_run_to_the_shapes_of_their_graph(spec: ResNetSpec) -> None:
    net = meta(spec).eval()
    shapes: dict[str, tuple[int, ...]] = {}
    for name, module in net.named_modules():
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d, nn.Linear)):
            module.register_forward_hook(
                lambda _m, _i, out, name=name: shapes.__setitem__(name, tuple(out.shape))
            )
    with torch.no_grad():
        net(torch.zeros(2, *spec.input, device="meta"))

    nodes = {node.path: node.output for node in unroll(assemble(spec, (2, *spec.input))).nodes()}
    assert shapes == {name: nodes[name] for name in shapes}
    assert sum(p.numel() for p in net.parameters()) == report(spec).totals["params"]


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_graph_is_ours_node_by_node(name: str) -> None:
    models = import_beside("torchvision.models")
    with torch.device("meta"):
        theirs = getattr(models, name)()

    assert trace(theirs, (1, 3, 224, 224)) == unroll(assemble(find(name), (1, 3, 224, 224)))


@pytest.mark.parametrize("name", TORCHVISION)
def test_state_dicts_are_torchvisions_both_ways(name: str) -> None:
    models = import_beside("torchvision.models")
    with torch.device("meta"):
        theirs = getattr(models, name)()
    ours = meta(find(name))

    ours.load_state_dict(theirs.state_dict(), strict=True, assign=True)
    theirs.load_state_dict(ours.state_dict(), strict=True, assign=True)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d"])
def test_with_torchvisions_weights_the_outputs_are_equal(name: str) -> None:
    models = import_beside("torchvision.models")
    theirs, ours = getattr(models, name)().eval(), build(find(name)).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(2, 3, 64, 64)

    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


def chapter_keys(net: nn.Module) -> dict[str, str]:
    """Map our parameter names to those of the chapter's network, block by block."""
    names = {"0.0": "conv1", "0.1": "bn1", "7": "fc"}
    for stage in range(1, 5):
        for block in range(2):
            for part in ("conv1", "bn1", "conv2", "bn2"):
                names[f"{stage}.{block}.{part}"] = f"layer{stage}.{block}.{part}"
            names[f"{stage}.{block}.conv3"] = f"layer{stage}.{block}.downsample.0"
    return {
        key: f"{names[key.rpartition('.')[0]]}.{key.rpartition('.')[2]}" for key in net.state_dict()
    }


def test_with_the_chapters_weights_the_outputs_are_the_chapters() -> None:
    chapter, ours = chapter_resnet18().eval(), build(find("d2l-resnet18")).eval()
    keys = chapter_keys(chapter)
    ours.load_state_dict({keys[key]: value for key, value in chapter.state_dict().items()})
    x = torch.rand(2, 1, 96, 96)

    with torch.no_grad():
        assert torch.allclose(ours(x), chapter(x), rtol=0, atol=1e-6)


def test_the_chapters_network_counts_as_its_spec() -> None:
    with torch.device("meta"):
        chapter = chapter_resnet18()
    counted, spec = report(chapter, (1, 1, 224, 224)), report("d2l-resnet18")

    assert {**counted.totals} == {**spec.totals}


def test_the_chapters_shapes() -> None:
    x = torch.rand(4, 3, 6, 6)

    assert Residual(3, 3)(x).shape == (4, 3, 6, 6)
    assert Residual(3, 6, use_1x1conv=True, strides=2)(x).shape == (4, 6, 3, 3)
    assert [type(block) for block in resnet_block(64, 128, 3)] == [Residual] * 3
    assert [b.conv1.stride for b in resnet_block(64, 64, 2, first_block=True)] == [(1, 1), (1, 1)]
    assert [b.conv1.stride for b in resnet_block(64, 128, 2)] == [(2, 2), (1, 1)]


def test_the_chapters_block_adds_what_it_says() -> None:
    block = Residual(3, 3).eval()
    x = torch.rand(1, 3, 5, 5)

    body = block.bn2(block.conv2(F.relu(block.bn1(block.conv1(x)))))
    assert torch.equal(block(x), F.relu(body + x))
    assert set(dict(block.named_children())) == {"conv1", "conv2", "bn1", "bn2"}


def test_option_a_pads_with_zeros_and_has_no_parameters() -> None:
    spec = ResNetSpec(stages=(Stage(1, 8, 2, shortcut="A"),), stem=Stem(4), head=Head(2))
    shortcut = build(spec).layer1[0].downsample
    x = torch.rand(1, 4, 6, 6)
    y = shortcut(x)

    assert torch.equal(y[:, :4], x[..., ::2, ::2])
    assert torch.equal(y[:, 4:], torch.zeros(1, 4, 3, 3))
    assert not list(shortcut.parameters())


def test_zero_init_makes_every_block_an_identity() -> None:
    spec = ResNetSpec(stages=(Stage(2, 8),), stem=Stem(8), head=Head(2))
    block = build(spec, zero_init=True).layer1[1].eval()
    x = torch.rand(1, 8, 6, 6)

    assert isinstance(block, Block)
    assert torch.equal(block(x), x)


def test_convolutions_start_from_kaimings_fan_out() -> None:
    # He et al. 2015 (arXiv 1502.01852), equation 14: variance 2 / (kernel² · channels out)
    torch.manual_seed(0)
    weight = build(find("resnet18")).layer4[1].conv2.weight

    assert weight.std().item() == pytest.approx((2 / (9 * 512)) ** 0.5, rel=0.01)


@pytest.mark.parametrize("preactivation", [False, True])
@pytest.mark.parametrize("shortcut", ["none", "A", "B", "C", "conv"])
@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_each_kind_of_block_learns_a_small_batch_by_heart(block, shortcut, preactivation) -> None:
    torch.manual_seed(0)
    stages = tuple(Stage(1 + i, 16 * (i + 1), 1 + i, block, shortcut=shortcut) for i in range(2))
    spec = ResNetSpec(
        stages=stages,
        stem=Stem(16, kernel=3, stride=1, pool=False),
        head=Head(4),
        preactivation=preactivation,
        functional=shortcut == "conv",
        bias=shortcut == "conv",
    )
    net = build(spec).train()
    x, target = torch.randn(8, 3, 8, 8), torch.arange(8) % 4
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(25):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), target)
        loss.backward()
        optimizer.step()

    assert loss.item() < 0.05
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
