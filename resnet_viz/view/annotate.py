"""Figures with numbers: shapes beside the lines, parameters and MACs in the boxes."""

from __future__ import annotations

from resnet_viz.arithmetic import Size
from resnet_viz.count import Costs
from resnet_viz.graph import Node, Scope
from resnet_viz.ops import Shape
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Run
from resnet_viz.text.labels import phrase
from resnet_viz.view.figures import Figure
from resnet_viz.view.parts import (
    Arc,
    Chain,
    Fold,
    Given,
    Leaf,
    Module,
    Note,
    Part,
    Split,
    Words,
    children,
    leaves,
    mapped,
    rebuilt,
)

__all__ = ["FACTS", "annotated", "notes"]

FACTS = {
    "shape": "the shape of what flows, beside the line",
    "params": "the parameters of a box",
    "macs": "its multiply-adds, to three figures",
}
"""What a figure can be annotated with."""


def annotated(
    figure: Figure, facts: tuple[str, ...], costs: Costs, language: str, input: Shape
) -> Figure:
    """Return a figure with facts written into it, and the input's shape where it has no foot.

    What has small boxes keeps them bare: their numbers stand together beside them. Parameters that
    were counted in a box before are not counted again, so that the boxes have the network's.
    """
    writer = _Writer(facts, costs, language)
    columns = []
    for column in figure.columns:
        foot = column.foot or (_words(spell(input)) if "shape" in facts else ())
        columns.append(column._replace(chain=writer.chain(column.chain), foot=foot))
    return figure._replace(columns=tuple(columns))


class _Writer:
    """Writes facts into the boxes of a figure, in the order in which they run.

    Attributes:
        counted: the names of the parameters that a box has counted.
    """

    def __init__(self, facts: tuple[str, ...], costs: Costs, language: str) -> None:
        self.facts, self.costs, self.language = facts, costs, language
        self.counted: set[str] = set()

    def chain(self, chain: Chain) -> Chain:
        parts: list[Part] = []
        has_arcs = any(isinstance(part, Arc) for part in chain.parts)
        for part in chain.parts:
            parts.append(self.part(part))
            end = _end(part)
            if end is not None and "shape" in self.facts:
                shape = _words(spell(self.costs.of(end.item).output))
                parts.append(Note(other=shape) if has_arcs else Note(shape))
            elif scopes := _small_scopes(part):
                parts.append(Note(other=_words(", ".join(self.together(scopes)))))
        return Chain(tuple(parts))

    def part(self, part: Part) -> Part:
        if isinstance(part, Leaf):
            return self.noted(part)
        if isinstance(part, Given):
            return part._replace(leaf=self.noted(part.leaf))
        if isinstance(part, Arc):
            return part._replace(body=mapped(part.body, self.noted))
        if _small_scopes(part):
            return part
        part = rebuilt(part, tuple(map(self.chain, children(part))))
        return part._replace(join=self.noted(part.join)) if isinstance(part, Split) else part

    def noted(self, leaf: Leaf) -> Leaf:
        """Return a box with its parameters and multiply-adds."""
        params, macs, shared = self.numbers(leaf.item)
        texts = notes(self.facts, params, macs, self.language)
        if shared and "params" in self.facts:
            texts.append(phrase("shared_params", self.language))
        return leaf._replace(notes=(*leaf.notes, *map(_words, texts)))

    def numbers(self, item: Node | Scope) -> tuple[Size, Size, bool]:
        """Return the parameters not counted before, the multiply-adds, and whether some were."""
        sizes = self.costs.params_of(item)
        fresh = {name: size for name, size in sizes.items() if name not in self.counted}
        self.counted.update(fresh)
        return sum(fresh.values()), self.costs.of(item).macs, len(fresh) < len(sizes)

    def together(self, scopes: tuple[Scope, ...]) -> list[str]:
        """Return what is said of scopes whose boxes are small: their last shapes, their sums."""
        shapes = dict.fromkeys(spell(self.costs.of(scope).output) for scope in scopes)
        params: Size = 0
        macs: Size = 0
        for scope in scopes:
            more, work, _ = self.numbers(scope)
            params, macs = params + more * scope.repeat, macs + work * scope.repeat
        texts = [" … ".join(shapes)] if "shape" in self.facts else []
        return texts + notes(self.facts, params, macs, self.language)


def _small_scopes(part: Part) -> tuple[Scope, ...]:
    """Return the scopes that a part without words stands for."""
    if isinstance(part, Fold) and part.scopes:
        return part.scopes
    return (part.scope,) if isinstance(part, Module) and part.small else ()


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
    if isinstance(part, Given):
        return part.leaf
    if isinstance(part, Arc):
        return list(leaves(part.body))[-1]
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
