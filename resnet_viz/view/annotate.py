"""Figures with numbers: shapes beside the lines, parameters and MACs in the boxes."""

from __future__ import annotations

from collections.abc import Callable

from resnet_viz.arithmetic import Size
from resnet_viz.graph import Node, Scope
from resnet_viz.ops import Shape
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Run
from resnet_viz.text.labels import phrase
from resnet_viz.view.figures import Figure
from resnet_viz.view.parts import Chain, Leaf, Module, Note, Part, Split, Words, children, rebuilt

__all__ = ["FACTS", "annotated", "notes"]

FACTS = {
    "shape": "the shape of what flows, beside the line",
    "params": "the parameters of a box",
    "macs": "its multiply-adds, to three figures",
}
"""What a figure can be annotated with."""


CostOf = Callable[[Node | Scope], tuple[Shape, Size, Size]]
"""What says the shape that leaves a part, its parameters and its multiply-adds."""


def annotated(
    figure: Figure, facts: tuple[str, ...], cost: CostOf, language: str, input: Shape
) -> Figure:
    """Return a figure with facts written into it, and the input's shape where it has no foot.

    What has small boxes keeps them bare.
    """
    writer = _Writer(facts, cost, language)
    columns = []
    for column in figure.columns:
        foot = column.foot or (_words(spell(input)) if "shape" in facts else ())
        columns.append(column._replace(chain=writer.chain(column.chain), foot=foot))
    return figure._replace(columns=tuple(columns))


class _Writer:
    def __init__(self, facts: tuple[str, ...], cost: CostOf, language: str) -> None:
        self.facts, self.cost, self.language = facts, cost, language

    def chain(self, chain: Chain) -> Chain:
        parts: list[Part] = []
        for part in chain.parts:
            parts.append(self.part(part))
            end = _end(part)
            if end is not None and "shape" in self.facts:
                parts.append(Note(_words(spell(self.cost(end.item)[0]))))
        return Chain(tuple(parts))

    def part(self, part: Part) -> Part:
        if isinstance(part, Leaf):
            return part._replace(notes=(*part.notes, *self.notes(part)))
        if isinstance(part, Module) and part.small:
            return part
        return rebuilt(part, tuple(map(self.chain, children(part))))

    def notes(self, leaf: Leaf) -> tuple[Words, ...]:
        _, params, macs = self.cost(leaf.item)
        return tuple(map(_words, notes(self.facts, params, macs, self.language)))


def notes(facts: tuple[str, ...], params: Size, macs: Size, language: str) -> list[str]:
    """Return what is written in a box of its parameters and multiply-adds: nothing of none.

    >>> notes(("params", "macs"), 36864, 115605504, "en")
    ['36,864 params', '116 M MACs']
    """
    found = []
    if "params" in facts and params:
        found.append(phrase("params", language, params))
    if "macs" in facts and macs:
        found.append(phrase("macs", language, short(macs)))
    return found


def _end(part: Part) -> Leaf | None:
    """Return the box that a part ends with, if it is one itself or joins branches."""
    if isinstance(part, Leaf):
        return part
    return part.join if isinstance(part, Split) else None


def _words(text: str) -> Words:
    return (Run(text),)


def short(number: Size) -> str:
    """Return a number to three figures, with its unit.

    >>> short(115605504), short(999), short(1000), short(4089184256)
    ('116 M', '999', '1.00 k', '4.09 G')
    """
    amount, units = float(number), iter(("", " k", " M", " G", " T", " P"))
    unit = next(units)
    while amount >= 999.5 and unit != " P":
        amount, unit = amount / 1000, next(units)
    digits = 0 if amount >= 99.95 or not unit else 1 if amount >= 9.995 else 2
    return f"{amount:.{digits}f}{unit}"
