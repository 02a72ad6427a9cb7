"""Annotate figures: shapes beside the lines; counts, bytes and times in the boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from resnet_viz.arithmetic import Size
from resnet_viz.count import Cost, Costs
from resnet_viz.graph import Node, Scope
from resnet_viz.ops import Shape
from resnet_viz.ops.operator import spell
from resnet_viz.scene import Run
from resnet_viz.text.labels import phrase
from resnet_viz.text.numbers import short, show_bytes, show_time
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

__all__ = ["FACTS", "NO_FACTS", "Facts", "annotated", "describe", "measured", "notes"]

FACTS = {
    "shape": "the shape of what flows, beside the line",
    "params": "the parameters of a box",
    "macs": "its multiply-adds, to three figures",
    "memory": "the bytes that it saves for the backward pass, single floats",
    "time": "how long it is predicted to take in inference on the rtx4090",
}
"""The facts with which a figure can be annotated."""

Facts = Mapping[str, Mapping[str, float]]
"""The facts of a figure, keys of `FACTS`: for `memory` and `time`, the number of one copy by path;
for the others an empty mapping, because their numbers come from the costs."""

NO_FACTS: Facts = MappingProxyType({})


def annotated(figure: Figure, facts: Facts, costs: Costs, language: str, input: Shape) -> Figure:
    """Return a figure with facts added, and the input shape where a column has no foot.

    Small boxes stay empty; the sums of their numbers are written beside them. A parameter that
    several boxes share is counted in the first, so that the boxes sum to the network's parameters.
    """
    writer = _Writer(facts, costs, language)
    columns = []
    for column in figure.columns:
        foot = column.foot or (_words(spell(input)) if "shape" in facts else ())
        columns.append(column._replace(chain=writer.chain(column.chain), foot=foot))
    return figure._replace(columns=tuple(columns))


def describe(costs: Costs, language: str) -> Callable[[Node | Scope], str]:
    """Return what says a box's output and cost to those who point at it."""
    return lambda item: _cost_phrase(costs.of(item), language)


@lru_cache(maxsize=4096)  # as labels are: a network has many operators of few costs
def _cost_phrase(cost: Cost, language: str) -> str:
    output, params, macs = cost
    return phrase("cost", language, output=spell(output), params=params, macs=macs)


class _Writer:
    """Writes facts into the boxes of a figure, in the order in which they run.

    Attributes:
        counted: the names of the parameters counted so far.
    """

    def __init__(self, facts: Facts, costs: Costs, language: str) -> None:
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
        """Return a box with its numbers as notes."""
        amounts, shared = self.amounts(leaf.item)
        texts = notes(self.facts, amounts, self.language)
        if shared and "params" in self.facts:
            texts.append(phrase("shared_params", self.language))
        return leaf._replace(notes=(*leaf.notes, *map(_words, texts)))

    def amounts(self, item: Node | Scope) -> tuple[dict[str, float], bool]:
        """Return the numbers of one copy, and whether some of its parameters were counted before.

        Parameters counted before are left out of the numbers.
        """
        sizes = self.costs.params_of(item)
        fresh = {name: size for name, size in sizes.items() if name not in self.counted}
        self.counted.update(fresh)
        counts = {"params": sum(fresh.values()), "macs": self.costs.of(item).macs}
        return {**counts, **measured(self.facts, item.path)}, len(fresh) < len(sizes)

    def together(self, scopes: tuple[Scope, ...]) -> list[str]:
        """Return the notes for scopes with small boxes: output shapes, and sums of numbers."""
        shapes = dict.fromkeys(spell(self.costs.of(scope).output) for scope in scopes)
        total: dict[str, float] = {}
        for scope in scopes:
            for name, amount in self.amounts(scope)[0].items():
                total[name] = total.get(name, 0) + amount * scope.repeat
        texts = [" … ".join(shapes)] if "shape" in self.facts else []
        return texts + notes(self.facts, total, self.language)


def _small_scopes(part: Part) -> tuple[Scope, ...]:
    """Return the scopes that a part with small boxes represents."""
    if isinstance(part, Fold) and part.scopes:
        return part.scopes
    return (part.scope,) if isinstance(part, Module) and part.small else ()


def measured(facts: Facts, path: str | None) -> dict[str, float]:
    """Return the memory and time of a path, where they are among the facts."""
    if path is None:
        return {}
    return {name: numbers[path] for name, numbers in facts.items() if path in numbers}


def notes(facts: Facts, amounts: Mapping[str, Size], language: str) -> list[str]:
    """Return the notes of a box: the amount of each fact, except those that are zero.

    >>> facts = {"params": {}, "time": {"conv1": 38.51}}
    >>> notes(facts, {"params": 36864, "macs": 115605504, **measured(facts, "conv1")}, "en")
    ['36,864 params', '38.5 µs']
    """
    return [
        _WRITTEN[name](amounts[name], language)
        for name in facts
        if name in _WRITTEN and amounts.get(name)
    ]


_WRITTEN: Mapping[str, Callable[[Size, str], str]] = {
    "params": lambda count, language: phrase("params", language, count),
    "macs": lambda count, language: phrase("macs", language, short(count)),
    "memory": lambda count, language: phrase("memory", language, show_bytes(round(count))),
    "time": lambda microseconds, language: show_time(microseconds),
}
"""The function that writes the amount of each fact; the shape is no amount."""


def _end(part: Part) -> Leaf | None:
    """Return the last box of a part: the part itself if it is a box, or the join of a split."""
    if isinstance(part, Leaf):
        return part
    if isinstance(part, Given):
        return part.leaf
    if isinstance(part, Arc):
        return list(leaves(part.body))[-1]
    return part.join if isinstance(part, Split) else None


def _words(text: str) -> Words:
    return (Run(text),)
