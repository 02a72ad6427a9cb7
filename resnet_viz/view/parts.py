"""What figures are composed of: leaves, chains, splits, modules, folds, and words beside them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, TypeAlias

from resnet_viz.arithmetic import Size
from resnet_viz.graph import Node, Scope
from resnet_viz.scene import Run

__all__ = [
    "Arc",
    "Chain",
    "Fold",
    "Frame",
    "Leaf",
    "Mark",
    "Module",
    "Note",
    "Part",
    "Split",
    "Tick",
    "Words",
    "signature",
]

Words: TypeAlias = tuple[Run, ...]
"""One line of text."""


class Leaf(NamedTuple):
    """One box: an operator, or a scope that is not looked into.

    Attributes:
        item: what it stands for.
        lines: what is written in it; the name of the operator if empty.
        notes: smaller lines below.
        shade: which of the theme's stage colours fills it; 0 for that of its category.
    """

    item: Node | Scope
    lines: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()
    shade: int = 0


class Note(NamedTuple):
    """Words beside the line, on its positive side and on the other one."""

    words: Words = ()
    other: Words = ()


class Tick(NamedTuple):
    """Where a row begins that all columns of a figure have in line, the largest size first."""

    name: Words
    size: int


class Mark(NamedTuple):
    """Words in the line's way, without a box: an ellipsis."""

    words: Words


class Chain(NamedTuple):
    """Parts one after the other; an empty chain is a line."""

    parts: tuple[Part, ...] = ()


class Frame(NamedTuple):
    """A chain in a dashed frame."""

    body: Chain


class Split(NamedTuple):
    """Chains side by side from one point to one operator.

    Attributes:
        branches: the first one goes straight on, the others pass it on the positive side; if
            `even`, all stand side by side around the middle.
        arriving: what the last branch carries, written where it arrives.
    """

    branches: tuple[Chain, ...]
    join: Leaf
    even: bool = False
    arriving: Words = ()


class Arc(NamedTuple):
    """A chain and an arc past it: a shortcut whose end is not drawn as an operator."""

    body: Chain
    dotted: bool = False


class Module(NamedTuple):
    """A scope; `small` draws its boxes small and without labels."""

    scope: Scope
    body: Chain
    small: bool = False


class Fold(NamedTuple):
    """Parts that stand for several equal ones in a row, marked by a bracket."""

    body: Chain
    times: Size


Part: TypeAlias = Leaf | Note | Tick | Mark | Frame | Split | Arc | Module | Fold


_SHOWN = ("kernel", "groups", "dilation", "size", "steps")
"""The attributes by which operators of one kind look different."""


def signature(part: Part | Chain, *, strides: bool) -> Hashable:
    """Return what two parts have in common when they look the same, whatever their widths."""
    if isinstance(part, Leaf):
        if isinstance(part.item, Scope):
            inside = (signature(Leaf(child), strides=strides) for child in part.item.children)
            return (part.item.kind, part.item.repeat, *inside)
        attrs = part.item.attrs
        return (part.item.op, strides and attrs.get("stride"), *map(attrs.get, _SHOWN))
    if isinstance(part, Chain):
        return tuple([signature(inner, strides=strides) for inner in part.parts])
    if isinstance(part, Split):
        branches = [signature(branch, strides=strides) for branch in part.branches]
        return ("split", *branches, signature(part.join, strides=strides))
    if isinstance(part, (Note, Mark, Tick)):
        return part
    times = part.scope.repeat if isinstance(part, Module) else getattr(part, "times", 1)
    return ("part", times, signature(part.body, strides=strides))
