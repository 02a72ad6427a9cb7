"""Test counts against the papers, and against measurements of torchvision's own modules."""

import pytest

from resnet_viz import RequestError, ResNetSpec, Stage, assemble, report


def totals(name: str, *size: int) -> dict:
    return report(name, size or None).totals


def test_the_seed_network_has_its_parameters_and_macs() -> None:
    # By hand, at 224: stem 112² · 64 · 49; stage 1 four 3×3 of 56² · 64 · 64 · 9; each later stage
    # 49 · 512² · (9/2 + 27) by symmetry of halving size and doubling width, and its 1×1 shortcut
    # 49 · 512² / 2; the classifier 5,120.
    stem = 112**2 * 64 * 49
    stage1 = 4 * 56**2 * 64 * 64 * 9
    later = 3 * (7**2 * 512**2 * (9 * 7) // 2 + 7**2 * 512**2 // 2)

    assert stem + stage1 + later + 512 * 10 == 1_734_890_496
    assert totals("d2l-resnet18")["macs"] == 1_734_890_496
    assert totals("d2l-resnet18", 1, 96, 96)["macs"] == 318_657_536
    assert totals("d2l-resnet18")["params"] == 11_178_378


@pytest.mark.parametrize(("name", "layers"), [("vgg16", 16), ("vgg19", 19)])
def test_vgg_counts_as_torchvisions(name: str, layers: int) -> None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from resnet_viz.tracing.torchvision import import_beside

    with torch.device("meta"):
        module = getattr(import_beside("torchvision.models"), name)()
    with FlopCounterMode(display=False) as flops:
        module(torch.empty(1, 3, 224, 224, device="meta"))
    counted = totals(name)

    assert counted["params"] == sum(p.numel() for p in module.parameters())
    assert 2 * counted["macs"] == flops.get_total_flops()
    assert counted["layers"] == layers


def test_vggs_macs_are_those_of_he_et_al() -> None:
    # Section 4.1 and Figure 3: 15.3 and 19.6 billion. The one is of the convolutions alone, the
    # other of all layers; with its three fully connected ones VGG-16 has 15.5.
    head = 512 * 7 * 7 * 4096 + 4096 * 4096 + 4096 * 1000

    assert round((totals("vgg16")["macs"] - head) / 1e9, 1) == 15.3
    assert round(totals("vgg16")["macs"] / 1e9, 1) == 15.5
    assert round(totals("vgg19")["macs"] / 1e9, 1) == 19.6


def test_a_head_without_pooling_takes_one_size() -> None:
    with pytest.raises(RequestError, match="takes 3×224×224 only"):
        report("vgg16", (3, 256, 256))


def test_a_pool_that_leaves_nothing_is_refused() -> None:
    spec = ResNetSpec(stages=(Stage(1, 8, pool=True),), input=(3, 2, 2))

    with pytest.raises(RequestError, match="layer1.pool: the size reaches zero: 8×1×1"):
        assemble(spec)


def test_the_seed_networks_shapes_are_those_of_the_notes() -> None:
    rows = report("d2l-resnet18", (1, 224, 224), depth="stage", open_head=True).rows

    assert [row.output for row in rows] == [
        (64, 56, 56),
        (64, 56, 56),
        (128, 28, 28),
        (256, 14, 14),
        (512, 7, 7),
        (512, 1, 1),
        (512,),
        (10,),
    ]


@pytest.mark.parametrize(
    ("name", "params", "macs", "activations"),
    [  # torch's FlopCounterMode / 2 and timm's own modules, printed by those tools
        ("resnet18", 11_689_512, 1_814_073_344, 2_484_712),
        ("resnet34", 21_797_672, 3_663_761_408, 3_739_112),
        ("resnet50", 25_557_032, 4_089_184_256, 11_114_984),
        ("resnet101", 44_549_160, 7_801_405_440, 16_232_936),
        ("resnet152", 60_192_808, 11_513_626_624, 22_555_112),
        ("resnext50_32x4d", 25_028_904, 4_230_479_872, 14_401_512),
        ("resnext101_32x8d", 88_791_336, 16_414_015_488, 31_210_472),
        ("wide_resnet50_2", 68_883_240, 11_398_021_120, 14_401_512),
    ],
)
def test_torchvisions_networks_count_to_the_unit(name, params, macs, activations) -> None:
    counted = totals(name)

    assert counted["params"] == params
    assert counted["macs"] == macs
    assert counted["flops"] == 2 * macs
    assert counted["activations"] == activations


@pytest.mark.parametrize(
    ("name", "macs"),
    [
        ("resnet50-v1", 3_857_973_248),
        ("resnet101-v1", 7_570_194_432),
        ("resnet152-v1", 11_282_415_616),
    ],
)
def test_the_papers_stride_costs_less_than_torchvisions(name: str, macs: int) -> None:
    assert totals(name)["macs"] == macs


def test_another_resolution_changes_macs_and_not_parameters() -> None:
    assert totals("resnet50", 3, 288, 288)["macs"] == 13_516_668_928 // 2  # FlopCounterMode
    assert totals("resnet50", 3, 288, 288)["params"] == 25_557_032


@pytest.mark.parametrize(
    ("name", "digits", "printed"),
    [  # He et al. 2015, Table 1, and section 3.3 for the plain network: multiply-adds in billions
        ("resnet18", 1, 1.8),
        ("resnet34-a", 1, 3.6),
        ("resnet50-v1", 1, 3.8),  # 3.858, cut and not rounded
        ("resnet101-v1", 1, 7.6),
        ("resnet152-v1", 1, 11.3),
        ("plain34", 1, 3.6),
        ("resnext50_32x4d", 1, 4.2),  # Xie et al. 2017, Table 1
    ],
)
def test_billions_printed_in_papers(name: str, digits: int, printed: float) -> None:
    macs = totals(name)["macs"]
    rounded, cut = round(macs / 1e9, digits), macs // 10 ** (9 - digits) / 10**digits

    assert printed in (rounded, cut)


def test_the_papers_3_6_for_34_layers_is_option_a() -> None:
    # Option B rounds to 3.7, option C to 3.8.
    billions = {option: totals(f"resnet34-{option}")["macs"] / 1e9 for option in "abc"}

    assert {option: f"{value:.1f}" for option, value in billions.items()} == {
        "a": "3.6",
        "b": "3.7",
        "c": "3.8",
    }


@pytest.mark.parametrize(
    ("depth", "millions"),
    [(20, "0.27"), (32, "0.46"), (44, "0.66"), (56, "0.85"), (110, "1.7"), (1202, "19.4")],
)
def test_cifar_parameters_printed_in_table_6(depth: int, millions: str) -> None:
    digits = len(millions.split(".")[1])

    assert f"{totals(f'cifar-resnet{depth}')['params'] / 1e6:.{digits}f}" == millions


def test_resnext50_has_the_parameters_of_its_paper() -> None:
    assert f"{totals('resnext50_32x4d')['params'] / 1e6:.1f}" == "25.0"


def test_a_batch_multiplies_macs_and_not_parameters() -> None:
    one, eight = report("resnet18", (3, 64, 64)), report("resnet18", (8, 3, 64, 64))

    assert eight.totals["macs"] == 8 * one.totals["macs"]
    assert eight.totals["params"] == one.totals["params"]
    assert eight.rows[-1].output == (8, 1000)


def test_an_image_of_one_pixel_runs_as_it_does_in_pytorch() -> None:
    # Padding of half the kernel never lets a size reach zero: (1 - 1) // s + 1 = 1.
    assert report("resnet18", (3, 1, 1)).rows[-2].output == (512, 1, 1)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ((1, 224, 224), "has 1 channels .resnet18 takes 3"),
        ((224, 224), r"^input: \(224, 224\) .must be channels x height x width, as 3x224x224"),
        ((1, 1, 3, 224, 224), "^input: "),
        ((3, 0, 224), r"^input: height: 0 \(must be"),
        ((3, 224, 2.0), "^input: width: 2.0"),
        ((0, 3, 224, 224), "^input: batch size: 0"),
        (224, "^input: 224"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(size, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        report("resnet18", size)
