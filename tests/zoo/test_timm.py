"""Every name of timm's `resnet` and `resnetv2`: counts to the unit, weights, outputs.

Weights and outputs are those of a sample that has every kind of part; `make test-zoo` compares them
for every name.
"""

import pytest
import torch
from libraries import NAMES, counts, of_timm, outputs, timm

from resnet_viz import RequestError, report
from resnet_viz.nn import from_timm
from resnet_viz.zoo import find


def test_the_zoo_has_every_name_but_the_pruned_ones() -> None:
    files = ("resnet", "resnetv2")
    listed = {name for file in files for name in timm().list_models(module=file)}

    assert {name for name in listed if not name.endswith("_pruned")} == {
        name for name in NAMES if not name.startswith("regnet")
    }


@pytest.mark.parametrize("name", NAMES)
def test_params_macs_and_activations_are_timms_to_the_unit(name: str) -> None:
    size = timm().get_pretrained_cfg(name).input_size
    counted = report(name).totals

    assert find(name).input == size
    for total, expected in counts(of_timm(name), size).items():
        assert counted[total] == expected


@pytest.mark.parametrize(
    "name",
    [
        *("resnet50_gn", "resnet10t", "resnet50c", "test_resnet", "resnetrs50"),
        *("seresnext26d_32x4d", "ecaresnet26t", "ecaresnetlight", "resnetblur18", "resnetaa34d"),
        *("resnetv2_18", "resnetv2_50t", "resnetv2_50x1_bit", "resnetv2_50d_frn"),
        *("resnetv2_50d_evos", "regnetx_004", "regnety_002"),
    ],
)
def test_with_timms_weights_the_outputs_are_timms(name: str) -> None:
    expected, made = outputs(name)

    assert expected.std() > 1e-3
    torch.testing.assert_close(made, expected, rtol=1e-4, atol=1e-4 * expected.std().item())


def test_weights_of_another_network_are_refused() -> None:
    state = of_timm("resnet18").state_dict()

    with pytest.raises(RequestError, match="lacks 'layer1.0.se.fc1.weight' .must be that of"):
        from_timm(state, find("seresnet18"))
    with pytest.raises(RequestError, match="has 'layer1.0.se.fc1.weight', which resnet18 has no"):
        from_timm(of_timm("seresnet18").state_dict(), find("resnet18"))
    with pytest.raises(RequestError, match=r"'layer1.0.conv1.weight' has the shape \(64, 64, 3, 3"):
        from_timm(state, find("resnet50"))
