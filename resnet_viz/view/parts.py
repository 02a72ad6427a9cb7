"""What figures are composed of: leaves, chains, splits, modules, folds, and words beside them.

Whoever looks into parts does so by `children`, and makes them anew by `rebuilt`: no other file
says which kinds of part have others inside.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple, TypeAlias

from resnet_viz.arithmetic import Size
from resnet_viz.graph import Node, Scope
from resnet_viz.scene import Run

__all__ = [
    "Arc",
    "Chain",
    "Fold",
    "Frame",
    "Given",
    "Leaf",
    "Mark",
    "Module",
    "Note",
    "Part",
    "Split",
    "Tick",
    "Volume",
    "Volumes",
    "Words",
    "children",
    "leaves",
    "mapped",
    "rebuilt",
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
    """A chain and an arc past it: a shortcut whose end is not drawn as an operator.

    Attributes:
        dotted: whether the shortcut changes what it carries.
        inside: whether the shortcuts are those of blocks inside the chain's one box, at whose side
            the arc then begins and ends.
    """

    body: Chain
    dotted: bool = False
    inside: bool = False


class Module(NamedTuple):
    """A scope.

    Attributes:
        small: whether its boxes are drawn small and without labels.
        title: what is written over the frame around it; without, it has no frame.
    """

    scope: Scope
    body: Chain
    small: bool = False
    title: Words = ()


class Fold(NamedTuple):
    """Parts that stand for several equal ones in a row, marked by a bracket.

    Attributes:
        shared: whether all of them read the same parameters.
        scopes: what it stands for, where they differ in their widths.
    """

    body: Chain
    times: Size
    shared: bool = False
    scopes: tuple[Scope, ...] = ()


class Given(NamedTuple):
    """An operator that joins the line with parameters, whose names stand beside it.

    Attributes:
        leaf: the operator.
        words: what the arrow comes from.
    """

    leaf: Leaf
    words: Words


class Volume(NamedTuple):
    """A feature map: its channels, and its height and width."""

    channels: int
    size: tuple[int, ...]


class Volumes(NamedTuple):
    """Feature maps in the order in which they are computed.

    Attributes:
        arcs: the numbers of two boxes, of which the second reads the first past others.
    """

    boxes: tuple[Volume, ...]
    arcs: tuple[tuple[int, int], ...] = ()


Part: TypeAlias = Leaf | Note | Tick | Mark | Frame | Split | Arc | Module | Fold | Given | Volumes


def children(part: Part) -> tuple[Chain, ...]:
    """Return the chains inside a part; of a split its branches."""
    if isinstance(part, Split):
        return part.branches
    return (part.body,) if isinstance(part, (Frame, Arc, Module, Fold)) else ()


def rebuilt(part: Part, chains: tuple[Chain, ...]) -> Part:
    """Return a part with other chains inside, as many as `children` gave."""
    if isinstance(part, Split):
        return part._replace(branches=chains)
    return part._replace(body=chains[0]) if isinstance(part, (Frame, Arc, Module, Fold)) else part


def leaves(chain: Chain) -> Iterator[Leaf]:
    """Yield the boxes of a chain, in the order in which they run."""
    for part in chain.parts:
        if isinstance(part, Leaf):
            yield part
        elif isinstance(part, Given):
            yield part.leaf
        for inside in children(part):
            yield from leaves(inside)
        if isinstance(part, Split):
            yield part.join


def mapped(chain: Chain, change: Callable[[Leaf], Part]) -> Chain:
    """Return a chain with every box changed, but for the operators that join what flows."""
    return Chain(
        tuple(
            change(part)
            if isinstance(part, Leaf)
            else rebuilt(part, tuple(mapped(inside, change) for inside in children(part)))
            for part in chain.parts
        )
    )


_SHOWN = ("kernel", "groups", "dilation", "size", "steps")
"""The attributes by which operators of one kind look different."""


def signature(part: Part | Chain, *, strides: bool) -> Hashable:
    """Return what two parts have in common when they look the same, whatever their widths."""
    if isinstance(part, Leaf):
        if isinstance(part.item, Scope):
            boxes = (signature(Leaf(child), strides=strides) for child in part.item.children)
            return (part.item.kind, part.item.repeat, *boxes)
        attrs = part.item.attrs
        return (part.item.op, strides and attrs.get("stride"), *map(attrs.get, _SHOWN))
    if isinstance(part, Chain):
        return tuple([signature(inner, strides=strides) for inner in part.parts])
    if isinstance(part, (Note, Mark, Tick, Volumes)):
        return part
    if isinstance(part, Given):
        return ("given", signature(part.leaf, strides=strides))
    inside = tuple([signature(chain, strides=strides) for chain in children(part)])
    if isinstance(part, Split):
        return ("split", *inside, signature(part.join, strides=strides))
    times = part.scope.repeat if isinstance(part, Module) else getattr(part, "times", 1)
    return ("part", times, *inside)
