"""Measure which input pixels an output element really depends on: by gradients, with torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from resnet_viz.nn import build

__all__ = ["effective_fields"]


def effective_fields(
    spec: Any, shape: tuple[int, ...], paths: Sequence[str], cells: int, inputs: int, seed: int
) -> Mapping[str, list[list[float]]]:
    """Return how strongly the middle element of modules depends on each cell of the image.

    The gradient of the middle element, summed over channels, with respect to random images; its
    magnitudes are averaged over images and channels (Luo et al. 2016, arXiv 1701.04128).

    Args:
        spec: the network, built with random weights.
        shape: of one image, `(C, H, W)`.
        paths: the modules.
        cells: how many cells the image has in each direction.
        inputs: how many random images.
        seed: of weights and images.

    Returns:
        For each module `cells` rows of `cells` numbers, the largest of them 1.
    """
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(seed)
        module = build(spec).eval()
        images = torch.randn(inputs, *shape, requires_grad=True)
        outputs: dict[str, torch.Tensor] = {}
        for path in paths:
            module.get_submodule(path).register_forward_hook(
                lambda _, __, output, path=path: outputs.update({path: output})
            )
        module(images)
        found = {}
        for path, output in outputs.items():
            middle = output[:, :, output.shape[2] // 2, output.shape[3] // 2]
            (gradient,) = torch.autograd.grad(middle.sum(), images, retain_graph=True)
            strength = gradient.abs().mean((0, 1), keepdim=True)
            pooled = nn.functional.adaptive_avg_pool2d(strength, cells)[0, 0]
            found[path] = (pooled / pooled.max().clamp(min=1e-30)).tolist()
    return found
