"""Define links to pages for a start."""

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
"""The values of each link's address, by name; the titles are in `text.page`."""
