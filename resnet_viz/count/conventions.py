"""Define the conventions by which tools weigh cost terms, and the differences between them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.arithmetic import Size

__all__ = ["CONVENTIONS", "Convention", "weigh", "weigh_activations"]


class Convention(NamedTuple):
    """The weights that a tool gives to the cost terms (`ops.TERMS`).

    Attributes:
        unit: what the tool counts: multiply-adds or floating-point operations.
        weights: the weight of each term that the tool counts.
        source: the place where the tool defines its count.
        activations: the weights of the terms that the tool counts as activations; empty if it
            prints no activations.
    """

    name: str
    unit: str
    weights: Mapping[str, int]
    source: str
    activations: Mapping[str, int] = MappingProxyType({})


_LAYERS = {"conv_macs": 1, "linear_macs": 1, "matmul_macs": 1}
_MACS = {**_LAYERS, "std_conv_macs": 1, "blur_macs": 1}
_DOUBLE = {name: 2 * weight for name, weight in _MACS.items()}

CONVENTIONS: Mapping[str, Convention] = MappingProxyType(
    {
        convention.name: convention
        for convention in (
            Convention(
                "macs",
                "MACs",
                _MACS,
                'multiply-adds of convolutions and matrix products, what papers call "FLOPs" '
                "(He et al. 2015, Table 1)",
            ),
            Convention("flops", "FLOPs", _DOUBLE, "two operations for each multiply-add"),
            Convention(
                "torch",
                "FLOPs",
                _DOUBLE,
                "torch.utils.flop_counter.FlopCounterMode: convolutions and matrix products",
            ),
            Convention(
                "fvcore",
                "FLOPs",
                {**_MACS, "norm_outputs": 2, "group_norm_outputs": 5, "adaptive_pool_inputs": 1},
                "fvcore.nn.FlopCountAnalysis in eval mode: a multiply-add is one, a norm's element "
                "two, a group norm's five, adaptive pooling what it reads",
            ),
            Convention(
                "torchinfo",
                "MACs",
                {
                    **_LAYERS,
                    "std_conv_macs": 1,
                    "conv_bias_adds": 1,
                    "std_conv_bias_adds": 1,
                    "linear_bias_adds": 1,
                    "norm_params": 1,
                },
                "torchinfo.summary: every weight and bias, times the places of a convolution's "
                "output; a norm's once for each image",
            ),
            Convention(
                "thop",
                "MACs",
                {
                    **_LAYERS,
                    "norm_outputs": 4,
                    "adaptive_pool_inputs": 1,
                    "adaptive_pool_outputs": 1,
                    "average_pool_outputs": 1,
                },
                "thop.profile: a norm's element four; adaptive pooling its additions and divisions",
            ),
            Convention(
                "ptflops",
                "MACs",
                {
                    **_LAYERS,
                    "conv_bias_adds": 1,
                    "linear_bias_adds": 1,
                    "norm_outputs": 2,
                    "group_norm_outputs": 2,
                    "activation_outputs": 2,
                    "rare_activation_outputs": 1,
                    "functional_activation_outputs": 1,
                    "pool_inputs": 2,
                    "adaptive_pool_inputs": 2,
                },
                "ptflops.get_model_complexity_info, backend pytorch: activations and pools once by "
                "their module and once more by the function that the module calls",
            ),
            Convention(
                "pycls",
                "MACs",
                {**_MACS, "linear_bias_adds": 1, "conv_bias_adds": 1},
                "pycls' complexity: a multiply-add is one, and so is the addition of a bias",
                {"conv_outputs": 1, "linear_outputs": 1, "pool_outputs": 1},
            ),
        )
    }
)


def weigh(terms: Mapping[str, Size], convention: Convention) -> Size:
    """Return the weighted sum of cost terms, as a tool prints it.

    >>> weigh({"conv_macs": 10, "norm_outputs": 3}, CONVENTIONS["fvcore"])
    16
    """
    return _sum(terms, convention.weights)


def weigh_activations(terms: Mapping[str, Size], convention: Convention) -> Size:
    """Return the activations as a tool counts them; 0 for a tool that prints none."""
    return _sum(terms, convention.activations)


def _sum(terms: Mapping[str, Size], weights: Mapping[str, int]) -> Size:
    return sum((terms.get(name, 0) * weight for name, weight in weights.items()), 0)
