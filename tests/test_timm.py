"""Every name of timm's `resnet` and `resnetv2`: counts to the unit, weights, outputs.

Weights and outputs are those of a sample that has every kind of part; `make test-zoo` compares them
for every name.
"""

from functools import cache
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import RequestError, build, report
from resnet_viz.nn import from_timm, to_timm
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import entries, find

OURS = [name for name in entries() if "timm" in entries()[name].source]
ALSO_TORCHVISIONS = [
    name
    for name in entries()
    if entries()[name].source.startswith("torchvision") and not name.startswith("vgg")
]
NAMES = [*ALSO_TORCHVISIONS, *OURS]

LAYERS = (nn.Conv1d, nn.Conv2d, nn.Linear)


@cache
def timm() -> Any:
    return import_beside("timm")


def of_timm(name: str, device: str = "meta", **options: object) -> nn.Module:
    with torch.device(device):
        return timm().create_model(name, **options).eval().requires_grad_(False)


def test_the_zoo_has_every_name_but_the_pruned_ones() -> None:
    files = ("resnet", "resnetv2")
    listed = {name for file in files for name in timm().list_models(module=file)}

    assert {name for name in listed if not name.endswith("_pruned")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_params_macs_and_activations_are_timms_to_the_unit(name: str) -> None:
    theirs = of_timm(name)
    size = timm().get_pretrained_cfg(name).input_size
    activations = []
    for module in theirs.modules():
        if isinstance(module, LAYERS):
            module.register_forward_hook(lambda _m, _i, out: activations.append(out.numel()))
    with FlopCounterMode(display=False) as flops:
        theirs(torch.empty((1, *size), device="meta"))
    counted = report(name).totals

    assert find(name).input == size
    assert counted["params"] == sum(parameter.numel() for parameter in theirs.parameters())
    assert 2 * counted["macs"] == flops.get_total_flops()
    assert counted["activations"] == sum(activations)


def shaken(net: nn.Module) -> nn.Module:
    """Give every parameter and buffer a value of its own, so that no two could be confused."""
    torch.manual_seed(0)
    for name, tensor in net.state_dict().items():
        if tensor.is_floating_point():
            if tensor.dim() > 1:
                tensor.copy_(torch.randn_like(tensor) / tensor[0].numel() ** 0.5)
            else:
                tensor.copy_(torch.rand_like(tensor) * 0.5 + 0.5 * (not name.endswith("bias")))
    return net


def outputs(name: str, size: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what timm's module and ours put out, ours with timm's weights, timm's with ours."""
    theirs, spec = shaken(of_timm(name, "cpu")), find(name)
    ours = build(spec).eval()
    ours.load_state_dict(from_timm(theirs.state_dict(), spec), strict=True)
    theirs.load_state_dict(to_timm(ours.state_dict(), spec), strict=True)
    x = torch.rand(2, 3, size, size)
    with torch.no_grad():
        return theirs(x), ours(x)


@pytest.mark.parametrize(
    "name",
    [
        *("resnet50_gn", "resnet10t", "resnet50c", "test_resnet", "resnetrs50"),
        *("seresnext26d_32x4d", "ecaresnet26t", "ecaresnetlight", "resnetblur18", "resnetaa34d"),
        *("resnetv2_18", "resnetv2_50t", "resnetv2_50x1_bit", "resnetv2_50d_frn"),
        *("resnetv2_50d_evos",),
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
