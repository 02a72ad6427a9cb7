"""Make networks of timm and torchvision to compare with ours, with distinct weights."""

from functools import cache
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import build
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
"""Networks of ours that timm has, too."""

LAYERS = (nn.Conv1d, nn.Conv2d, nn.Linear)


@cache
def timm() -> Any:
    return import_beside("timm")


def of_timm(name: str, device: str = "meta", **options: object) -> nn.Module:
    with torch.device(device):
        return timm().create_model(name, **options).eval().requires_grad_(False)


def counts(net: nn.Module, size: tuple[int, ...]) -> dict[str, int]:
    """Return parameters, MACs as torch counts them, and activations."""
    activations = []
    for module in net.modules():
        if isinstance(module, LAYERS):
            module.register_forward_hook(lambda _m, _i, out: activations.append(out.numel()))
    with FlopCounterMode(display=False) as flops:
        net(torch.empty((1, *size), device="meta"))
    params = sum(parameter.numel() for parameter in net.parameters())
    macs = flops.get_total_flops() // 2
    return {"params": params, "macs": macs, "activations": sum(activations)}


def shaken(net: nn.Module) -> nn.Module:
    """Give every parameter and buffer a distinct value, so that mix-ups are detected."""
    torch.manual_seed(0)
    for name, tensor in net.state_dict().items():
        if tensor.is_floating_point():
            if tensor.dim() > 1:
                tensor.copy_(torch.randn_like(tensor) / tensor[0].numel() ** 0.5)
            else:
                tensor.copy_(torch.rand_like(tensor) * 0.5 + 0.5 * (not name.endswith("bias")))
    return net


def outputs(name: str, size: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the outputs of timm's module and of ours, each with the other's weights loaded."""
    theirs, spec = shaken(of_timm(name, "cpu")), find(name)
    ours = build(spec).eval()
    ours.load_state_dict(from_timm(theirs.state_dict(), spec), strict=True)
    theirs.load_state_dict(to_timm(ours.state_dict(), spec), strict=True)
    x = torch.rand(2, 3, size, size)
    with torch.no_grad():
        return theirs(x), ours(x)
