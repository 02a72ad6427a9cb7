"""Norms: the normalization layers that a spec may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.spec.kinds.kind import Net, Value

__all__ = ["NORMS", "Norm"]


class Norm(NamedTuple):
    """An entry of the table.

    Attributes:
        description: the description in one sentence.
        run: the function that calls its operator, given a network, a name, the input, and whether
            an activation follows.
        activates: whether it includes that activation.
        reads_fields: the fields of the spec that it reads.
    """

    description: str
    run: Callable[[Net, str, Value, bool], Value]
    activates: bool = False
    reads_fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.description


def _batch(net: Net, name: str, x: Value, activated: bool) -> Value:
    return net.call(name, "batch_norm", x, features=x.shape[-3])


def _group(net: Net, name: str, x: Value, activated: bool) -> Value:
    channels = (x.shape[-3],)
    groups = net.spec.norm_groups
    return net.call(name, "group_norm", x, groups=groups, weight=channels, bias=channels)


def _response(net: Net, name: str, x: Value, activated: bool) -> Value:
    features = x.shape[-3]
    return net.call(name, "filter_response_norm", x, features=features, activated=activated)


def _evo(net: Net, name: str, x: Value, activated: bool) -> Value:
    features, groups = x.shape[-3], net.spec.norm_groups
    return net.call(name, "evo_norm", x, features=features, groups=groups, activated=activated)


def _none(net: Net, name: str, x: Value, activated: bool) -> Value:
    return x


NORMS: Mapping[str, Norm] = MappingProxyType(
    {
        "batch": Norm("batch normalization (arXiv 1502.03167)", _batch),
        "group": Norm(
            "group normalization (arXiv 1803.08494)", _group, reads_fields=("norm_groups",)
        ),
        "frn": Norm(
            "filter response normalization with its thresholded activation (arXiv 1911.09737)",
            _response,
            activates=True,
        ),
        "evo": Norm(
            "EvoNorm-S0, norm and activation in one (arXiv 2004.02967)",
            _evo,
            activates=True,
            reads_fields=("norm_groups",),
        ),
        "none": Norm("no normalization", _none),
    }
)
"""The legal values of `norm`."""
