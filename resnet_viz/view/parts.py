"""Define the parts of figures: leaves, chains, splits, modules, folds and notes.

Code that walks through parts uses `children`, and code that changes them uses `rebuilt`: no other
file knows which kinds of part contain others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
]

Words: TypeAlias = tuple[Run, ...]
"""One line of text."""


class Leaf(NamedTuple):
    """One box: an operator, or a closed scope.

    Attributes:
        item: the operator or scope.
        lines: the lines of the label; by default the name of the operator.
        notes: smaller lines below the label.
        shade: the number of the theme's stage colour that fills it; 0 for its category's colour.
    """

    item: Node | Scope
    lines: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()
    shade: int = 0


class Note(NamedTuple):
    """Words beside the line: on its positive side, and on the other side."""

    words: Words = ()
    other: Words = ()


class Tick(NamedTuple):
    """The start of a row of one size, aligned across a figure's columns; the largest size first."""

    name: Words
    size: int


class Mark(NamedTuple):
    """Words on the line without a box, such as an ellipsis."""

    words: Words


class Chain(NamedTuple):
    """Parts in series; an empty chain is a line."""

    parts: tuple[Part, ...] = ()


class Frame(NamedTuple):
    """A chain in a dashed frame."""

    body: Chain


class Split(NamedTuple):
    """Parallel chains from one point to one operator.

    Attributes:
        branches: the first one goes straight on, and the others pass it on the positive side; if
            `even`, all are placed side by side around the middle.
        join: the operator where they end.
        arriving: the label at the end of the last branch.
        level: a chain of another column; the first branch is spread to be at least as long, so that
            both end at the same height.
        roles: the roles in which the join reads each branch, of `text.labels.ROLES`, if any.
    """

    branches: tuple[Chain, ...]
    join: Leaf
    even: bool = False
    arriving: Words = ()
    level: Chain = Chain()
    roles: tuple[tuple[str, ...], ...] = ()


class Arc(NamedTuple):
    """A chain with an arc past it: a shortcut that does not end at a drawn operator.

    Attributes:
        dotted: whether the shortcut changes the shape.
        inside: whether the arc represents the shortcuts of blocks inside the chain's one box; it
            then begins and ends at the side of the box.
    """

    body: Chain
    dotted: bool = False
    inside: bool = False


class Module(NamedTuple):
    """An opened scope.

    Attributes:
        small: whether its boxes are drawn small and without labels.
        title: the title of the frame around it; if empty, it has no frame.
    """

    scope: Scope
    body: Chain
    small: bool = False
    title: Words = ()


class Fold(NamedTuple):
    """Parts that are drawn once for several equal copies, marked by a bracket.

    Attributes:
        shared: whether all copies read the same parameters.
        scopes: the scopes of the copies, if their widths differ.
    """

    body: Chain
    times: Size
    shared: bool = False
    scopes: tuple[Scope, ...] = ()


class Given(NamedTuple):
    """An operator that joins its input with parameters, whose names are written beside it.

    Attributes:
        leaf: the operator.
        words: the label at the start of the parameters' arrow.
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
        arcs: the indices of pairs of boxes with a skip connection from the first to the second.
        down: whether they are computed from top to bottom, not from left to right.
        linear: whether lengths are proportional to the channels, not to their logarithm.
    """

    boxes: tuple[Volume, ...]
    arcs: tuple[tuple[int, int], ...] = ()
    down: bool = False
    linear: bool = False


Part: TypeAlias = Leaf | Note | Tick | Mark | Frame | Split | Arc | Module | Fold | Given | Volumes


_WITH_BODY = (Frame, Arc, Module, Fold)


def children(part: Part) -> tuple[Chain, ...]:
    """Return the chains inside a part; for a split, its branches."""
    if isinstance(part, _WITH_BODY):
        return (part.body,)
    return part.branches if isinstance(part, Split) else ()


def rebuilt(part: Part, chains: tuple[Chain, ...]) -> Part:
    """Return a part with the chains inside it replaced, in the order of `children`."""
    if isinstance(part, Split):
        return part._replace(branches=chains)
    return part._replace(body=chains[0]) if isinstance(part, _WITH_BODY) else part


def leaves(chain: Chain) -> Iterator[Leaf]:
    """Yield the boxes of a chain, in the order in which they run."""
    for part in chain.parts:
        if isinstance(part, Leaf):
            yield part
        elif isinstance(part, Given):
            yield part.leaf
        else:
            for inside in children(part):
                yield from leaves(inside)
            if isinstance(part, Split):
                yield part.join


def mapped(chain: Chain, change: Callable[[Leaf], Part]) -> Chain:
    """Return a chain with `change` applied to every box except the joins of splits."""
    return Chain(
        tuple(
            change(part)
            if isinstance(part, Leaf)
            else rebuilt(part, tuple(mapped(inside, change) for inside in children(part)))
            for part in chain.parts
        )
    )
