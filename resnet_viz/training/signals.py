"""Measure block outputs and gradients of an untrained network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from resnet_viz.nn import build
from resnet_viz.spec import ResNetSpec
from resnet_viz.training.digits import load_digits
from resnet_viz.training.train import BATCH, one_thread

__all__ = ["Signals", "measure_signals"]


class Signals(NamedTuple):
    """The measurements at initialization, by module path, from the input to the output.

    Attributes:
        outputs: the root mean square of each block's output.
        gradients: the Euclidean norm of the loss's gradient with respect to the weight of each
            convolution and fully connected layer.
    """

    outputs: dict[str, float]
    gradients: dict[str, float]


def measure_signals(spec: ResNetSpec, seed: int) -> Signals:
    """Run one batch of the digits forward and backward through a newly initialized network.

    Args:
        spec: a network for images of 1×8×8.
        seed: the seed of the weights and the images.
    """
    outputs: dict[str, float] = {}
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        digits = load_digits(seed)
        net = build(spec).train()
        for path, block in _blocks(net, spec):
            block.register_forward_hook(_keep(outputs, path))
        loss = functional.cross_entropy(net(digits.images[:BATCH]), digits.classes[:BATCH])
        torch.autograd.backward(loss)
    gradients = {
        path: _rounded(layer.weight.grad.norm())
        for path, layer in net.named_modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear)) and layer.weight.grad is not None
    }
    return Signals(outputs, gradients)


def _blocks(net: nn.Module, spec: ResNetSpec) -> list[tuple[str, nn.Module]]:
    return [
        (f"layer{number}.{name}", block)
        for number, _ in enumerate(spec.stages, start=1)
        for name, block in net.get_submodule(f"layer{number}").named_children()
    ]


def _keep(outputs: dict[str, float], path: str) -> Callable[[nn.Module, Any, Tensor], None]:
    def hook(module: nn.Module, inputs: Any, output: Tensor) -> None:
        outputs[path] = _rounded(output.detach().square().mean().sqrt())

    return hook


def _rounded(number: Tensor) -> float:
    """Return a measured number rounded to four digits."""
    return float(f"{float(number):.4g}")
