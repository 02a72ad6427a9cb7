import pytest

from resnet_viz import Head, ResNetSpec, SpecError, Stage, Stem
from resnet_viz.spec.kinds import BLOCKS
from resnet_viz.spec.plan import Conv, plan

BASIC = (Stage(1, 64),)


def test_the_defaults_are_torchvisions_resnet18() -> None:
    from resnet_viz.zoo import find

    stages = (Stage(2, 64), Stage(2, 128, 2), Stage(2, 256, 2), Stage(2, 512, 2))

    assert ResNetSpec(stages=stages, name="resnet18") == find("resnet18")


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_block_kind_ends_with_the_stages_channels(kind: str) -> None:
    (stage,) = plan(ResNetSpec(stages=(Stage(2, 64, 2, kind),)))

    for block, stride in ((stage.first, 2), (stage.rest, 1)):
        assert block.convs[-1].channels == 64
        assert [conv.stride for conv in block.convs if conv.stride > 1] == [2] * (stride == 2)


@pytest.mark.parametrize(
    ("groups", "base_width", "channels", "width"),
    [
        (1, 64, 256, 64),  # ResNet-50, He et al. 2015, Table 1
        (32, 4, 256, 128),  # ResNeXt-50 32x4d, Xie et al. 2017, Table 1: 32 paths of 4
        (32, 8, 256, 256),
        (64, 4, 256, 256),
        (1, 128, 256, 128),  # Wide ResNet-50-2: twice as wide inside
        (1, 64, 2048, 512),
    ],
)
def test_a_bottlenecks_width_is_that_of_the_papers(groups, base_width, channels, width) -> None:
    stage = Stage(1, channels, block="bottleneck", groups=groups, base_width=base_width)

    assert stage.width == width


def test_v1_strides_in_the_first_1x1_and_v1_5_in_the_3x3() -> None:
    def strides(where: str) -> list[int]:
        spec = ResNetSpec(stages=(Stage(1, 256, 2, "bottleneck"),), stride_in=where)
        return [conv.stride for conv in plan(spec)[0].first.convs]

    assert strides("1x1") == [2, 1, 1]
    assert strides("3x3") == [1, 2, 1]


def test_a_stages_first_block_keeps_the_dilation_of_the_stage_before() -> None:
    # torchvision's _make_layer: the first block gets previous_dilation, the others self.dilation
    spec = ResNetSpec(stages=(Stage(2, 64), Stage(2, 64, dilation=2), Stage(2, 64, dilation=4)))

    dilations = [(s.first.convs[0].dilation, s.rest.convs[0].dilation) for s in plan(spec)]

    assert dilations == [(1, 1), (1, 2), (2, 4)]


def test_padding_keeps_the_size_under_dilation() -> None:
    assert Conv(8, 3, dilation=2).padding == 2
    assert Conv(8, 7).padding == 3
    assert Conv(8, 1).padding == 0


@pytest.mark.parametrize(
    ("shortcut", "first", "rest"),
    [
        ("none", "none", "none"),
        ("A", "pad", "identity"),
        ("B", "projection", "identity"),
        ("C", "projection", "projection"),
        ("conv", "conv", "identity"),
    ],
)
def test_shortcut_options_are_those_of_the_paper(shortcut, first, rest) -> None:
    spec = ResNetSpec(stages=(Stage(2, 128, 2, shortcut=shortcut),))
    (stage,) = plan(spec)

    assert (stage.first.shortcut.kind, stage.rest.shortcut.kind) == (first, rest)


def test_a_stage_that_keeps_size_and_width_needs_no_projection() -> None:
    (stage,) = plan(ResNetSpec(stages=(Stage(2, 64),)))

    assert stage.first.shortcut.kind == "identity"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Stage(0, 64), r"^blocks: 0 \(must be an integer from 1 to 100000\)$"),
        (lambda: Stage(-1, 64), "^blocks: -1 "),
        (lambda: Stage(10**30, 64), "^blocks: 1000000000000000000000000000000 "),
        (lambda: Stage(10**5000, 64), "^blocks: an integer of 16610 bits "),
        (lambda: Stage(True, 64), "^blocks: True "),
        (lambda: Stage(2.0, 64), "^blocks: 2.0 "),
        (lambda: Stage("2", 64), "^blocks: '2' "),
        (lambda: Stage(None, 64), "^blocks: None "),
        (lambda: Stage(2, 0), "^channels: 0 "),
        (lambda: Stage(2, 64, 0), "^stride: 0 "),
        (lambda: Stage(2, 64, block="botleneck"), "did you mean 'bottleneck'"),
        (lambda: Stage(2, 64, block=3), "^block: 3 "),
        (lambda: Stage(2, 64, shortcut="E"), r"^shortcut: 'E' \(must be one of \['none', 'A'"),
        (lambda: Stage(2, 64, groups=2), "^groups: 2 .a basic block has no bottleneck"),
        (lambda: Stage(2, 64, base_width=128), "^base_width: 128 .a basic block"),
        (lambda: Stage(2, 64, dilation=0), "^dilation: 0 "),
        (lambda: Stage(2, 66, block="bottleneck"), "^expansion: 4 .must divide channels, 66"),
        (
            lambda: Stage(2, 64, block="bottleneck", base_width=1),
            "^base_width: 1 .leaves no channels inside the bottleneck of 64 channels",
        ),
        (
            lambda: Stage(2, 2**16, block="bottleneck", groups=1000),
            "^groups: 1000 .makes the bottleneck 16384000 channels wide",
        ),
        (lambda: Stem(kernel=4), r"^kernel: 4 \(must be odd\)"),
        (lambda: Stem(pool=1), r"^pool: 1 \(must be true or false\)"),
        (lambda: Stem(channels=0), "^channels: 0 "),
        (lambda: Head(0), "^classes: 0 "),
        (lambda: ResNetSpec(stages=()), r"^stages: 0 elements \(must be 1 to 64\)"),
        (lambda: ResNetSpec(stages=BASIC * 65), "^stages: 65 elements"),
        (lambda: ResNetSpec(stages=5), r"^stages: 5 \(must be a list\)"),
        (lambda: ResNetSpec(stages=(3,)), r"^stages\[0\]: 3 \(must be a Stage\)"),
        (lambda: ResNetSpec(stages=BASIC, input=(3, 224)), "^input: 2 elements .must be 3"),
        (lambda: ResNetSpec(stages=BASIC, input=(3, 0, 224)), r"^input\[1\]: 0 "),
        (lambda: ResNetSpec(stages=BASIC, stem=3), "^stem: 3 .must be a Stem"),
        (lambda: ResNetSpec(stages=BASIC, name=3), "^name: 3 .must be a text"),
        (lambda: ResNetSpec(stages=BASIC, name="a\nb"), "^name: .*control characters"),
        (lambda: ResNetSpec(stages=BASIC, name="a" * 201), "^name: 201 characters"),
        (lambda: ResNetSpec(stages=BASIC, stride_in="7x7"), "^stride_in: '7x7' "),
        (lambda: ResNetSpec(stages=BASIC, norm="bath"), "did you mean 'batch'"),
        (lambda: ResNetSpec(stages=BASIC, activation="geluu"), "did you mean 'gelu'"),
        (lambda: ResNetSpec(stages=BASIC, bias="no"), "^bias: 'no' "),
        (
            lambda: ResNetSpec(stages=(Stage(1, 64), Stage(1, 32, shortcut="A"))),
            r"^stages\[1\].channels: 32 .shortcut A pads with zeros and cannot go down from 64",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_legal(make, message) -> None:
    with pytest.raises(SpecError, match=message):
        make()


def test_specs_are_frozen_and_hashable() -> None:
    spec = ResNetSpec(stages=list(BASIC))

    assert spec.stages == BASIC
    assert hash(spec) == hash(ResNetSpec(stages=BASIC))
    with pytest.raises(AttributeError):
        spec.name = "other"  # type: ignore[misc]
