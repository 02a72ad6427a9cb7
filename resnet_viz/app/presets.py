"""Pages to begin with, each a link."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["PRESETS"]

PRESETS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "chapter": {},
        "plain": {"net": "resnet34", "with": "plain34", "section": "compare"},
        "bottleneck": {"net": "resnet50", "figure": "blocks"},
        "fit": {"net": "resnet18", "section": "goal", "macs": "1000000000", "params": "5000000"},
        "deep": {"net": "resnet152"},
    }
)
"""What each opens, as the values of an address; `text.page` names them."""
