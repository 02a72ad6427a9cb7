"""What figures are composed of: leaves, chains, splits, modules and folds."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, TypeAlias

from resnet_viz.arithmetic import Size
from resnet_viz.graph import Node

__all__ = ["Chain", "Fold", "Leaf", "Module", "Part", "Split", "signature"]


class Leaf(NamedTuple):
    """One operator."""

    node: Node


class Chain(NamedTuple):
    """Parts one after the other; an empty chain is a line."""

    parts: tuple[Part, ...] = ()


class Split(NamedTuple):
    """Chains side by side from one point to one operator; the first is the body."""

    branches: tuple[Chain, ...]
    join: Leaf


class Module(NamedTuple):
    """A scope; `small` draws its boxes small and without labels."""

    path: str
    kind: str
    body: Chain
    repeat: Size = 1
    small: bool = False


class Fold(NamedTuple):
    """Parts that stand for several equal ones in a row, marked by a bracket."""

    body: Chain
    times: int


Part: TypeAlias = Leaf | Split | Module | Fold


def signature(part: Part | Chain, *, strides: bool) -> Hashable:
    """Return what two parts have in common when they look the same, whatever their widths."""
    if isinstance(part, Leaf):
        attrs = part.node.attrs
        names = ("kernel", "groups", "dilation", "size", "steps", *(("stride",) if strides else ()))
        return (part.node.op, tuple((name, attrs[name]) for name in names if name in attrs))
    if isinstance(part, Chain):
        return tuple(signature(inner, strides=strides) for inner in part.parts)
    if isinstance(part, Split):
        branches = (signature(branch, strides=strides) for branch in part.branches)
        return ("split", *branches, signature(part.join, strides=strides))
    times = part.repeat if isinstance(part, Module) else part.times
    return ("part", times, signature(part.body, strides=strides))
