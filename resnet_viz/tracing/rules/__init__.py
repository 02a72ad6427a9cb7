"""Map torch functions to operators of the catalogue, one file per kind of operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_viz.tracing.rules import activation, conv, linear, merge, norm, pool, shape
from resnet_viz.tracing.rules.arguments import Rule
from resnet_viz.tracing.rules.linear import PRODUCTS

__all__ = ["PRODUCTS", "RULES", "Rule"]

RULES: Mapping[Any, Rule] = {
    function: rule
    for table in (conv, norm, activation, pool, linear, merge, shape)
    for function, rule in table.RULES.items()
}
"""The rules of torch functions and of `nn.layers`; other functions run on meta tensors."""
