"""Measure effective receptive fields: the gradient of an output element for each input pixel."""

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
    """Return how strongly the central output element of each module depends on image cells.

    The central element, summed over channels, is differentiated with respect to random images. The
    magnitudes of the gradients are averaged over images and channels (Luo et al. 2016, arXiv
    1701.04128).

    Args:
        spec: the network, built with random weights.
        shape: the shape of one image, `(C, H, W)`.
        paths: the module paths.
        cells: the number of cells per axis.
        inputs: the number of random images.
        seed: the seed of weights and images.

    Returns:
        For each module path, `cells` rows of `cells` numbers, the largest of which is 1.
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
