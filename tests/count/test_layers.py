"""Layers against the names of networks and the papers' own counts."""

import pytest

from resnet_viz import assemble
from resnet_viz.count import count_layers
from resnet_viz.zoo import entries, find

ODD_DEPTHS = {
    "senet154": 154,  # counts the deep stem
    "seresnextaa201d_32x8d": 203,  # 67 blocks of three convolutions; the name leaves out both ends
    "resnetrs270": 272,  # 90 blocks of three convolutions, the same
    "resnetrs420": 419,  # 139 blocks, and both ends
    "ecaresnetlight": 50,
    "test_resnet": 11,
}
"""Depths, without what a deep stem adds, of names that do not say them."""


@pytest.mark.parametrize(
    "name", [name for name in entries() if not name.startswith("wrn") and "reg" not in name.lower()]
)
def test_layers_are_those_in_the_name(name: str) -> None:
    # A deep stem has two layers more, ResNet-RS a convolution in the max pool's place.
    stem = find(name).stem
    more = len(stem.hidden) + (stem.pooling == "conv") if name != "senet154" else 0
    bare = name.replace("d2l", "").replace("v2_", "_")
    depth = ODD_DEPTHS.get(name) or int("".join(c if c.isdigit() else " " for c in bare).split()[0])

    assert count_layers(assemble(find(name))).total == depth + more


@pytest.mark.parametrize("name", [name for name in entries() if name.startswith("wrn")])
def test_wide_resnets_are_named_by_their_convolutions(name: str) -> None:
    # Zagoruyko & Komodakis 2016, section 3: "a total number of convolutional layers n", those of
    # the shortcuts among them; 40-1 needs none in its first group.
    convolutions = count_layers(assemble(find(name))).convolutions

    assert convolutions == int(name.split("-")[1]) - (name == "wrn-40-1")


def test_layers_in_gates_are_counted_apart() -> None:
    # Hu et al. 2018: SE-ResNet-50 has the 50 layers of ResNet-50 and two more in each of 16 gates
    layers = count_layers(assemble(find("seresnet50")))

    assert layers.derive() == (
        "85 convolutions − 4 projections − 32 in gates + 1 fully connected = 50 layers"
    )


@pytest.mark.parametrize(
    ("name", "convolutions", "projections"),
    [
        ("resnet18", 20, 3),
        ("resnet34", 36, 3),
        ("resnet50", 53, 4),
        ("resnet101", 104, 4),
        ("resnet152", 155, 4),
        ("cifar-resnet110", 109, 0),
        ("plain34", 33, 0),
    ],
)
def test_the_layer_count_is_derived(name: str, convolutions: int, projections: int) -> None:
    layers = count_layers(assemble(find(name)))

    assert (layers.convolutions, layers.aside, layers.linear) == (convolutions, projections, 1)
    assert layers.total == convolutions - projections + 1
