"""Norms: any shape to itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.spec.kinds.kind import Net, Value

__all__ = ["NORMS", "Norm"]


class Norm(NamedTuple):
    """An entry of the table.

    Attributes:
        says: what it is.
        run: makes its operators: of a network, a name and what comes in.
    """

    says: str
    run: Callable[[Net, str, Value], Value]

    def __str__(self) -> str:
        return self.says


def _batch(net: Net, name: str, x: Value) -> Value:
    return net.call(name, "batch_norm", x, features=x.shape[-3])


def _none(net: Net, name: str, x: Value) -> Value:
    return x


NORMS: Mapping[str, Norm] = MappingProxyType(
    {
        "batch": Norm("batch normalization (arXiv 1502.03167)", _batch),
        "none": Norm("no normalization", _none),
    }
)
"""What `norm` may be."""
