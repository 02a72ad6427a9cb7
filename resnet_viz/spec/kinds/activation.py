"""Activations: each is an operator of the same name and a module of `torch.nn`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ACTIVATIONS"]

ACTIVATIONS: Mapping[str, str] = MappingProxyType(
    {
        "relu": "max(x, 0)",
        "relu6": "min(max(x, 0), 6)",
        "leaky_relu": "x, or 0.01 x below zero",
        "elu": "x, or exp(x) - 1 below zero (arXiv 1511.07289)",
        "selu": "a scaled ELU (arXiv 1706.02515)",
        "gelu": "x times the normal distribution of x (arXiv 1606.08415)",
        "silu": "x sigmoid(x), also called swish (arXiv 1702.03118)",
        "mish": "x tanh(softplus(x)) (arXiv 1908.08681)",
        "hardswish": "x min(max(x + 3, 0), 6) / 6 (arXiv 1905.02244)",
        "softplus": "log(1 + exp(x))",
    }
)
"""The legal values of `activation`, each with its description."""
