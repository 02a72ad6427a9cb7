"""Define the cost terms of operators, which each tool's convention weighs differently."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TERMS"]

TERMS: Mapping[str, str] = MappingProxyType(
    {
        "conv_macs": "multiply-adds of convolutions",
        "std_conv_macs": "multiply-adds of convolutions with standardized weights",
        "blur_macs": "multiply-adds of blurs, whose weights are fixed",
        "linear_macs": "multiply-adds of fully connected layers",
        "matmul_macs": "multiply-adds of matrix products and attention",
        "conv_outputs": "elements that convolutions put out",
        "linear_outputs": "elements that fully connected layers put out",
        "conv_bias_adds": "bias additions of convolutions",
        "std_conv_bias_adds": "bias additions of convolutions with standardized weights",
        "linear_bias_adds": "bias additions of fully connected layers",
        "norm_outputs": "elements that norms put out",
        "group_norm_outputs": "elements that group norms put out",
        "fused_norm_outputs": "elements that norms with an activation of their own put out",
        "norm_params": "scales and offsets of norms, once for each image",
        "activation_outputs": "elements that activation modules put out",
        "functional_activation_outputs": "elements that activation functions put out",
        "rare_activation_outputs": "elements that modules of rarer activations put out",
        "other_activation_outputs": "elements that any other activation puts out",
        "average_pool_outputs": "elements that average pooling with a window puts out",
        "pool_inputs": "elements that pooling with a window reads, each once",
        "pool_outputs": "elements that pooling with a window puts out",
        "adaptive_pool_inputs": "elements that adaptive pooling reads, each once",
        "adaptive_pool_outputs": "elements that adaptive pooling puts out",
        "merge_outputs": "elements that additions of two tensors put out",
        "unknown_calls": "calls of operators whose cost is not known",
    }
)
