"""Activations: any shape to itself. Each is an operator of that name, a module of `torch.nn`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ACTIVATIONS"]

ACTIVATIONS: Mapping[str, str] = MappingProxyType({"relu": "max(x, 0)"})
"""What `activation` may be, with a sentence for each."""
