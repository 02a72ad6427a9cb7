"""Test the tables of the papers, row by row, at their printed precision.

He et al. 2015, Tables 1 and 6: see `count/test_tally.py`. A printed number agrees if it is ours
rounded or truncated to its digits; if it is neither, the test derives what the paper counted.
"""

from dataclasses import replace
from math import prod

import pytest

from resnet_viz import assemble, report, unroll
from resnet_viz.count import tally
from resnet_viz.zoo import find


def printed(value: float, text: str) -> bool:
    """Return whether a text is a value rounded or truncated to its digits."""
    digits = len(text.partition(".")[2])
    cut = int(value * 10**digits) / 10**digits

    return text in (f"{value:.{digits}f}", f"{cut:.{digits}f}")


def millions(name: str) -> float:
    return report(name).totals["params"] / 1e6


# He et al. 2016 (arXiv 1603.05027), Table 4


@pytest.mark.parametrize(("depth", "text"), [(110, "1.7"), (164, "1.7")])
def test_parameters_of_preactivation_networks(depth: int, text: str) -> None:
    assert printed(millions(f"cifar-preresnet{depth}"), text)


def test_the_1001_layers_10_2_million_are_without_the_norms() -> None:
    # With every scale and offset there are 10.33 million; the weights of convolutions and of the
    # classifier alone are 10.18.
    nodes = unroll(assemble(find("cifar-preresnet1001"))).nodes()
    weights = sum(prod(p.shape) for node in nodes if node.op != "batch_norm" for p in node.params)

    assert not printed(millions("cifar-preresnet1001"), "10.2")
    assert printed(weights / 1e6, "10.2")


# Zagoruyko & Komodakis 2016 (arXiv 1605.07146)


@pytest.mark.parametrize(
    ("name", "text"),
    [  # Table 4
        *(("wrn-40-1", "0.6"), ("wrn-40-2", "2.2"), ("wrn-40-4", "8.9"), ("wrn-40-8", "35.7")),
        *(("wrn-28-10", "36.5"), ("wrn-28-12", "52.5"), ("wrn-22-8", "17.2")),
        *(("wrn-22-10", "26.8"), ("wrn-16-8", "11.0"), ("wrn-16-10", "17.1")),
        ("wide_resnet50_2", "68.9"),  # Table 8
    ],
)
def test_parameters_of_wide_networks(name: str, text: str) -> None:
    assert printed(millions(name), text)


@pytest.mark.parametrize(
    ("depth", "width", "text"),
    [  # Table 7: ResNet-18 and -34 for ImageNet, so many halves as wide
        *((18, 2, "11.7"), (18, 3, "25.9"), (18, 4, "45.6"), (18, 6, "101.8")),
        *((34, 2, "21.8"), (34, 3, "48.6"), (34, 4, "86.0")),
    ],
)
def test_parameters_of_wide_networks_for_imagenet(depth: int, width: int, text: str) -> None:
    spec = find(f"resnet{depth}")
    wide = tuple(replace(stage, channels=stage.channels * width // 2) for stage in spec.stages)

    assert printed(report(replace(spec, stages=wide)).totals["params"] / 1e6, text)


# Xie et al. 2017 (arXiv 1611.05431)


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [("resnet50", "25.5", "4.1"), ("resnext50_32x4d", "25.0", "4.2")],  # Table 1
)
def test_complexity_of_resnext_and_its_baseline(name: str, params: str, macs: str) -> None:
    totals = report(name).totals

    assert printed(totals["params"] / 1e6, params)
    assert printed(totals["macs"] / 1e9, macs)


@pytest.mark.parametrize(("cardinality", "width"), [(1, 64), (2, 40), (4, 24), (8, 14), (32, 4)])
def test_complexity_is_kept_when_cardinality_and_width_are_traded(cardinality, width) -> None:
    # Table 2, each template for conv2: about 70 thousand parameters in its three convolutions
    spec = find("resnet50")
    traded = tuple(replace(s, groups=cardinality, base_width=width) for s in spec.stages)
    block = assemble(replace(spec, stages=traded)).root.children[1].children[1]
    weights = sum(prod(p.shape) for n in block.nodes() if n.op == "conv2d" for p in n.params)

    assert round(weights / 1e4) == 7


@pytest.mark.parametrize(("groups", "text"), [(8, "34.4"), (16, "68.1")])
def test_parameters_of_resnext_29(groups: int, text: str) -> None:
    assert printed(millions(f"cifar-resnext29_{groups}x64d"), text)  # Table 7


# Hu et al. 2018 (arXiv 1709.01507)


def passes(name: str) -> int:
    """Return the output elements of all blocks, the cost of one element-wise operation on them."""
    nodes = unroll(assemble(find(name))).nodes()
    return sum(prod(node.output) for node in nodes if node.op == "add")


@pytest.mark.parametrize(
    ("name", "text"),
    [  # Table 2, GFLOPs, the network with gates and the one without
        *(("resnet50-v1", "3.86"), ("seresnet50-v1", "3.87")),
        *(("resnet101-v1", "7.58"), ("seresnet101-v1", "7.60")),
        *(("resnet152-v1", "11.30"), ("seresnet152-v1", "11.32")),
        *(("resnext50_32x4d", "4.24"), ("seresnext50_32x4d", "4.25")),
        *(("resnext101_32x4d", "7.99"), ("seresnext101_32x4d", "8.00")),
    ],
)
def test_gflops_of_senets_count_elementwise_work_too(name: str, text: str) -> None:
    # Multiply-adds of layers alone print 3.86, 7.57, 11.28, 4.23 and 7.97: the paper's hold
    # elementwise work as well, and it does not say which. Additions and activations are two passes
    # over what blocks put out, squeezing and scaling two more; it lies between none and all.
    macs = report(name).totals["macs"]
    most = macs + (4 if name.startswith("se") else 2) * passes(name)

    assert macs / 1e9 - 0.005 <= float(text) <= most / 1e9 + 0.005


def test_the_gates_of_se_resnet_50_cost_a_quarter_of_a_percent() -> None:
    # Section 4: 3.87 against 3.86 GFLOPs, 0.26 percent. The two layers of each gate are 2.5 million
    # multiply-adds; squeezing and scaling read and write each block's output once.
    gates = report("seresnet50-v1").totals["macs"] - report("resnet50-v1").totals["macs"]
    more = gates + 2 * passes("seresnet50-v1")

    assert printed((report("resnet50-v1").totals["macs"] + more) / 1e9, "3.87")
    assert 0.0026 < more / report("resnet50-v1").totals["macs"] < 0.0036


def test_the_gates_of_se_resnet_50_have_two_and_a_half_million_parameters() -> None:
    # Section 4: "about 2.5 million additional parameters beyond the about 25 million"
    assert printed(millions("seresnet50") - millions("resnet50"), "2.5")


# He et al. 2019 (arXiv 1812.01187), Table 5


@pytest.mark.parametrize(
    ("name", "macs"),
    [  # the baseline, -B (torchvision's), -C, -D
        *(("resnet50-v1", "3.8"), ("resnet50", "4.1"), ("resnet50c", "4.3"), ("resnet50d", "4.3")),
    ],
)
def test_the_tweaks_of_resnet_50(name: str, macs: str) -> None:
    totals = report(name).totals

    assert printed(totals["params"] / 1e6, "25")
    assert printed(totals["macs"] / 1e9, macs)


# Bello et al. 2021 (arXiv 2103.07579), Table 7


@pytest.mark.parametrize(
    ("depth", "side", "params", "flops"),
    [
        *((50, 160, "36", "4.6"), (101, 160, "64", "8.4"), (101, 192, "64", "12")),
        *((152, 192, "87", "18"), (152, 224, "87", "24"), (152, 256, "87", "31")),
        *((200, 256, "93", "40"), (270, 256, "130", "54"), (350, 256, "164", "69")),
        *((350, 320, "164", "107"), (420, 320, "192", "128")),
    ],
)
def test_resnet_rs(depth: int, side: int, params: str, flops: str) -> None:
    # FLOPs here are two for each multiply-add. With these alone the fourth row is 17.49 and would
    # print 17; one addition for each element of a norm, as a folded norm costs, makes it 17.51.
    total = tally(assemble(find(f"resnetrs{depth}"), (3, side, side)))
    norms = total.terms["norm_outputs"]

    assert printed(total.params / 1e6, params)
    assert f"{(2 * total.macs + norms) / 1e9:.{len(flops.partition('.')[2])}f}" == flops
