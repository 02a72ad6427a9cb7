"""The kinds of part: what each does to a network, by hand and beside timm and torchvision."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from libraries import of_timm, shaken
from samples import SAMPLE
from torch import nn

from resnet_viz import (
    Head,
    RequestError,
    ResNetSpec,
    SpecError,
    Stage,
    Stem,
    assemble,
    build,
    report,
)
from resnet_viz.nn import from_timm
from resnet_viz.nn.layers import BlurPool2d, DropPath, EvoNorm2d, FilterResponseNorm2d, StdConv2d
from resnet_viz.ops import OPERATORS
from resnet_viz.spec import with_output_stride
from resnet_viz.spec.kinds import ATTENTIONS, BLOCKS, DOWNSAMPLERS, NORMS, POOLINGS, SHORTCUTS
from resnet_viz.spec.kinds.attention import reach, squeezed
from resnet_viz.spec.model import TABLES
from resnet_viz.text import LANGUAGES
from resnet_viz.text.labels import label, name_of
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import find

SMALL = (Stage(2, 64), Stage(1, 128, 2))


def small(**fields: object) -> ResNetSpec:
    return ResNetSpec(SMALL, input=(3, 32, 32), head=Head(10), **fields)


def test_the_sample_has_every_kind() -> None:
    specs = [find(name) for name in SAMPLE]

    assert {spec.norm for spec in specs} == set(NORMS)
    assert {spec.attention for spec in specs} == set(ATTENTIONS)
    assert {spec.downsampler for spec in specs} == set(DOWNSAMPLERS)
    assert {spec.stem.pooling for spec in specs} == set(POOLINGS)
    assert {stage.block for spec in specs for stage in spec.stages} == set(BLOCKS)
    assert {stage.shortcut for spec in specs for stage in spec.stages} == set(SHORTCUTS)


@pytest.mark.parametrize("name", SAMPLE)
def test_every_operator_and_scope_has_a_label_in_both_languages(name: str) -> None:
    graph = assemble(find(name))
    for node in graph.nodes():
        assert node.op in OPERATORS
        english, chinese = (label(node.op, node.attrs, language) for language in LANGUAGES)
        assert english
        same = ("ReLU", "Sigmoid", "EvoNorm-S0, 32 groups")  # names that Chinese books keep
        assert chinese != english or english in same
    for kind in (*BLOCKS, "se", "eca"):
        assert name_of(kind, "", "en") != name_of(kind, "", "zh")


def of_kinds() -> list[ResNetSpec]:
    """Return a small network of each kind, in both orders."""
    made = []
    for preactivation in (False, True):
        common = {"input": (3, 32, 32), "head": Head(4), "preactivation": preactivation}
        stem = Stem(32, kernel=3, activated=not preactivation)
        plain = (Stage(1, 32), Stage(2, 64, 2))
        made += [
            ResNetSpec(plain, f"{kind} {preactivation}", stem=stem, **common, **{field: kind})
            for field, table in TABLES.items()
            for kind in table
        ]
        made += [
            ResNetSpec(
                tuple(replace(stage, **{field: kind}) for stage in plain),
                f"{kind} {preactivation}",
                stem=stem,
                **common,
            )
            for field, table in (("block", BLOCKS), ("shortcut", SHORTCUTS))
            for kind in table
        ]
        made += [
            ResNetSpec(plain, f"{k} {preactivation}", stem=replace(stem, pooling=k), **common)
            for k in POOLINGS
        ]
    return made


@pytest.mark.parametrize("spec", of_kinds(), ids=lambda spec: spec.name)
def test_every_kind_runs_forward_and_backward(spec: ResNetSpec) -> None:
    torch.manual_seed(0)
    net = build(spec).train()
    net(torch.randn(4, 3, 32, 32)).square().mean().backward()

    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


@pytest.mark.parametrize("kind", ["se", "eca"])
def test_channels_of_networks_with_gates_may_be_arrays(kind: str) -> None:
    widths = np.array([256, 320])

    def params(channels) -> np.ndarray:
        stages = (Stage(2, channels, 2, "bottleneck"),)
        spec = ResNetSpec(stages, attention=kind, stem=Stem(32, kernel=3, hidden=(channels // 8,)))
        return report(spec).totals["params"]

    assert params(widths).tolist() == [params(256), params(320)]


# Attention


@pytest.mark.parametrize(
    ("channels", "reduction", "inside"),
    [  # Hu et al. 2018, section 3: C / 16, where that is a multiple of 8
        (256, 16, 16),
        (2048, 16, 128),
        (256, 4, 64),  # ResNet-RS
        (64, 16, 8),  # at least 8
        (192, 16, 16),  # 12, between 8 and 16: up
    ],
)
def test_a_squeeze_keeps_one_channel_in_so_many(channels, reduction, inside) -> None:
    assert squeezed(channels, reduction) == inside


def test_a_squeeze_of_arrays_is_that_of_each() -> None:
    channels = np.array([64, 192, 256])

    assert squeezed(channels, 16).tolist() == [8, 16, 16]


@pytest.mark.parametrize(("channels", "kernel"), [(64, 3), (128, 5), (256, 5), (512, 5), (2048, 7)])
def test_eca_looks_as_far_as_its_paper_says(channels: int, kernel: int) -> None:
    # Wang et al. 2020, equation 12: the odd number nearest to (log2 C + 1) / 2; of an even one, up,
    # as in the authors' code
    assert reach(channels) == kernel


def test_eca_refuses_arrays_that_need_different_convolutions() -> None:
    spec = ResNetSpec((Stage(1, np.array([64, 128])),), attention="eca", stem=Stem(32))

    with pytest.raises(RequestError, match="eca looks at 3 and at 5 neighbours in some elements"):
        assemble(spec)


def test_eca_has_one_short_convolution_for_each_block() -> None:
    # the paper's point: 3 weights where 64 channels are, 5 where 128
    more = report(small(attention="eca")).totals["params"] - report(small()).totals["params"]

    assert more == 3 + 3 + 5


def test_squeeze_and_excitation_has_two_layers_for_each_block() -> None:
    more = report(small(attention="se")).totals["params"] - report(small()).totals["params"]

    assert more == 2 * (64 * 8 + 8 + 8 * 64 + 64) + (128 * 8 + 8 + 8 * 128 + 128)


def test_a_gate_scales_the_body_before_the_addition() -> None:
    spec = small(attention="se")
    block = build(spec).eval().layer1[0]
    nn.init.zeros_(block.se.fc2.weight)
    nn.init.zeros_(block.se.fc2.bias)  # sigmoid(0) is a half
    x = torch.rand(2, 64, 8, 8)

    body = block.bn2(block.conv2(block.relu(block.bn1(block.conv1(x)))))
    with torch.no_grad():
        torch.testing.assert_close(block(x), torch.relu(body / 2 + x))


# Stems, shortcuts, strides


def test_a_deep_stem_costs_what_its_convolutions_do() -> None:
    # 3×3 on 112²: 3 to 32, 32 to 32, 32 to 64, in place of 7×7, 3 to 64
    deep = 112**2 * 9 * (3 * 32 + 32 * 32 + 32 * 64)
    more = report("resnet50c").totals["macs"] - report("resnet50").totals["macs"]

    assert more == deep - 112**2 * 49 * 3 * 64


def test_average_pooling_in_the_shortcut_costs_no_multiply_adds() -> None:
    assert report("resnet50d").totals["macs"] == report("resnet50c").totals["macs"]
    assert report("resnet50d").totals["params"] == report("resnet50c").totals["params"]


@pytest.mark.parametrize("downsampler", ["blur", "average"])
def test_a_moved_stride_leaves_the_convolution_at_full_size(downsampler: str) -> None:
    nodes = {node.path: node for node in assemble(small(downsampler=downsampler)).nodes()}

    assert nodes["layer2.0.conv1"].attrs["stride"] == (1, 1)
    assert nodes["layer2.0.aa"].inputs == ("layer2.0.relu",)
    assert nodes["layer2.0.aa"].output == nodes["layer2.0.conv2"].output
    assert nodes["layer2.0.downsample.0"].attrs["stride"] == (2, 2)


def test_a_blur_keeps_what_is_even_and_halves_the_size() -> None:
    x = torch.ones(1, 4, 7, 8)

    assert torch.equal(BlurPool2d(2)(x), torch.ones(1, 4, 4, 4))


def test_a_blur_has_the_binomial_filter() -> None:
    point = torch.zeros(1, 1, 5, 5)
    point[0, 0, 2, 2] = 16.0

    assert BlurPool2d(2)(point)[0, 0].tolist() == [[0, 0, 0], [0, 4, 0], [0, 0, 0]]
    assert BlurPool2d(1)(point)[0, 0, 1:4, 1:4].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


@pytest.mark.parametrize(
    ("name", "stride"),
    [
        *(("resnet50", 8), ("resnet18", 16), ("resnet50d", 8)),
        *(("seresnet18", 16), ("resnetv2_50", 8)),
    ],
)
def test_an_output_stride_gives_timms_outputs(name: str, stride: int) -> None:
    theirs = shaken(of_timm(name, "cpu", output_stride=stride))
    spec = with_output_stride(find(name), stride)
    ours = build(spec).eval()
    ours.load_state_dict(from_timm(theirs.state_dict(), spec))
    x = torch.rand(1, 3, 64, 64)

    with torch.no_grad():
        expected = theirs(x)
        torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=1e-4 * expected.std().item())
    assert assemble(spec, (3, 64, 64)).root.children[-2].children[-1].children[-1].output[-1] == (
        64 // stride
    )


def test_an_output_stride_gives_torchvisions_outputs() -> None:
    models = import_beside("torchvision.models")
    theirs = models.resnet50(replace_stride_with_dilation=[False, True, True]).eval()
    ours = build(with_output_stride(find("resnet50"), 8)).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(1, 3, 64, 64)

    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


def test_torchvisions_quantizable_networks_are_ours_before_they_are_quantized() -> None:
    quantization = import_beside("torchvision.models.quantization")
    for name in ("resnet18", "resnet50", "resnext101_32x8d", "resnext101_64x4d"):
        with torch.device("meta"):
            theirs = getattr(quantization, name)(quantize=False).state_dict()
            ours = build(find(name)).state_dict()
        assert {key: value.shape for key, value in theirs.items()} == {
            key: value.shape for key, value in ours.items()
        }


# Norms, weights, dropout


def test_standardized_filters_have_mean_0_and_variance_1() -> None:
    conv = StdConv2d(8, 4, 3, bias=False)
    impulse = torch.zeros(1, 8, 3, 3)
    responses = []
    for channel in range(8):  # each weight answers where the impulse meets it
        impulse.zero_()
        impulse[0, channel, 1, 1] = 1
        padded = nn.functional.pad(impulse, (1, 1, 1, 1))
        responses.append(conv(padded).flatten(2))
    filters = torch.cat(responses, dim=2)[0]

    torch.testing.assert_close(filters.mean(1), torch.zeros(4), atol=1e-5, rtol=0)
    torch.testing.assert_close(filters.var(1, correction=0), torch.ones(4), atol=1e-4, rtol=0)


def test_filter_response_norm_brings_the_mean_square_to_1_and_cuts_at_its_threshold() -> None:
    norm = FilterResponseNorm2d(3, activated=False)
    x = torch.randn(2, 3, 16, 16) * 5 + 1
    square = norm(x).square().mean(dim=(2, 3))

    torch.testing.assert_close(square, torch.ones(2, 3), atol=1e-4, rtol=0)
    assert FilterResponseNorm2d(3)(x).min() == 0


def test_evonorm_is_a_swish_over_the_deviation_of_its_group() -> None:
    # Liu et al. 2020, Table 3; beside torch's own swish and deviation
    x = torch.randn(2, 8, 5, 5)
    deviation = x.reshape(2, 4, -1).var(dim=2, correction=0).add(1e-5).sqrt()
    expected = nn.functional.silu(x) / deviation.repeat_interleave(2, 1)[:, :, None, None]

    torch.testing.assert_close(EvoNorm2d(8, groups=4)(x), expected)


def test_drop_path_leaves_out_images_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    path, x = DropPath(0.25), torch.ones(4000, 2)

    out = path(x)
    assert sorted(set(out.flatten().tolist())) == pytest.approx([0, 4 / 3])
    assert out.mean().item() == pytest.approx(1, abs=0.05)
    assert torch.equal(path.eval()(x), x)


def test_drop_path_grows_from_0_at_the_first_block() -> None:
    net = build(small(drop_path=0.2, dropout=0.3))
    rates = [module.rate for module in net.modules() if isinstance(module, DropPath)]

    assert rates == [0, 0.1, 0.2]
    assert {m.p for m in net.modules() if isinstance(m, nn.Dropout)} == {0.3}
    assert report(small(drop_path=0.2, dropout=0.3)).totals == report(small()).totals


# Wrong requests


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: small(attention="se", reduction=0),
            r"^reduction: 0 \(must be an integer from 1 to 1000000\)$",
        ),
        (
            lambda: small(reduction=4),
            r"^reduction: 4 \(attention 'none' has no use for it; must be 16, or attention one of "
            r"\['se', 'se_inner'\]\)$",
        ),
        (
            lambda: small(norm_groups=8),
            r"^norm_groups: 8 \(norm 'batch' has no use for it; must be 32, or norm one of "
            r"\['group', 'evo'\]\)$",
        ),
        (
            lambda: small(attention="sé"),
            "^attention: 'sé' .must be one of .'none', 'se', 'se_inner', 'eca'",
        ),
        (lambda: small(downsampler="blurr"), "did you mean 'blur'"),
        (lambda: small(dropout=1.0), "^dropout: 1.0 .must be a number from 0 and below 1"),
        (lambda: small(drop_path=float("nan")), "^drop_path: nan "),
        (lambda: small(drop_path="a"), "^drop_path: 'a' "),
        (lambda: Head(dropout=-1), "^dropout: -1 "),
        (lambda: Stem(hidden=(0,)), r"^hidden\[0\]: 0 "),
        (lambda: Stem(hidden=7), "^hidden: 7 .must be a list"),
        (lambda: Stem(pooling="mux"), "^pooling: 'mux' .*did you mean 'max'"),
        (lambda: Stem(pool=False, pooling="conv"), "^pooling: 'conv' .there is no pool; must be"),
        (
            lambda: small(stem=Stem(activated=False)),
            "^stem.activated: False .only where preactivation is true",
        ),
        (
            lambda: small(stem=Stem(pooling="padded"), downsampler="blur"),
            "^stem.pooling: 'padded' .cannot follow downsampler 'blur'; must be one of .'max', 'co",
        ),
        (
            lambda: Stage(1, 4, block="senet"),
            "^base_width: 64 .leaves no channels inside the bottleneck of 4 channels",
        ),
        (
            lambda: with_output_stride(find("resnet50"), 12),
            r"^output_stride: 12 \(must be one that resnet50 reaches: \[4, 8, 16, 32\]\)$",
        ),
        (lambda: with_output_stride(find("resnet50"), 64), "^output_stride: 64 "),
        (lambda: with_output_stride(find("resnet50"), "8"), "^output_stride: '8' "),
    ],
)
def test_what_makes_no_sense_is_named_with_what_would(make, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        make()


def test_groups_that_do_not_divide_the_channels_are_refused() -> None:
    spec = ResNetSpec((Stage(1, 48),), norm="group")

    with pytest.raises(RequestError, match=r"^layer1.0.bn1: 48 channels .norm groups, 32, must"):
        assemble(spec)


@pytest.mark.parametrize("name", ["ecaresnet50d_pruned", "ecaresnet101d_pruned"])
def test_a_pruned_name_is_refused_with_the_whole_one(name: str) -> None:
    whole = name.removesuffix("_pruned")
    with pytest.raises(RequestError, match=f"unknown network: '{name}' .*one by one.*'{whole}'"):
        find(name)
