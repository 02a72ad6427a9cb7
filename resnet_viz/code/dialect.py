"""What the writers ask of a framework: one table of its words for operators, classes and calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from resnet_viz.code.text import Made
from resnet_viz.code.unify import Slot

__all__ = ["Dialect", "Made", "Slots", "every", "keywords", "parts_of", "single"]

Slots = Mapping[str, Slot]
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a framework writes a network.

    Attributes:
        name: of the framework, as a reader knows it.
        modules: what makes the module of an operator, of its numbers.
        functions: the expression of an operator that is a function, of its numbers and inputs.
        functional: the expression of an activation that is called as a function.
        base: the class of a part of the network.
        network: the class of the network.
        method: the name of what computes.
        array: the type of what is computed with.
        sequential: the class of modules one after the other, and the brackets around them.
        identity: a module that does nothing, in their midst.
        absent: the value of a module that is not there.
        optional: the type of a module that may be missing; None for its own class.
        parameters: further parameters of each constructor.
        arguments: what is handed on for them.
        start: the first lines of each constructor.
        unread: numbers of operators that no module is made with.
        numbered: makes a module with a number or a computed expression for a name.
        member: calls a module by such a name.
        is_there: tells whether there is a module of such a name.
        stage: the empty list of a stage's blocks.
        stage_done: keeps that list as the module `layer{number}`.
        stage_pool: adds a stage's pool to that list.
        imports: lines of imports, each with what it is needed for, as a regular expression.
        helpers: the source of each class and function that the framework lacks, by its name.
        trial: code that runs the network on zeros, of what makes it and the images' shape.
        ending: the end of the file, which takes over the weights of PyTorch; `input` is in it.
        untyped: what in an expression is Any to a type checker, which then is told the type.
        channels_last: whether an image is `(H, W, C)`.
    """

    name: str
    modules: Mapping[str, Callable[[Slots], Made]]
    functions: Mapping[str, Callable[..., str]]
    functional: Callable[[str, str], str]
    base: str
    network: str
    method: str
    array: str
    sequential: Made
    identity: str
    absent: str = "None"
    optional: str | None = None
    parameters: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    numbered: str
    member: str
    is_there: str
    stage: str
    stage_done: str
    stage_pool: str
    imports: Mapping[str, str]
    helpers: Callable[[], Mapping[str, str]]
    trial: str
    ending: str = ""
    channels_last: bool = False
    untyped: re.Pattern[str] = re.compile("(?!)")

    def is_function(self, op: str, slots: Slots) -> bool:
        """Tell whether an operator is written as a function."""
        return op in self.functions or bool(slots.get("functional"))

    def expression(self, op: str, slots: Slots, *reads: str) -> str:
        """Return the call of an operator that is a function."""
        if op in self.functions:
            return self.functions[op](slots, *reads)
        return self.functional(op, *reads)


def keywords(
    slots: Slots, defaults: Mapping[str, Any], names: Mapping[str, str] = _NONE
) -> Iterator[str]:
    """Yield the keyword arguments that are not at their default, by the framework's names."""
    for name, default in defaults.items():
        if name in slots and slots[name].text != repr(default):
            yield f"{names.get(name, name)}={slots[name].text}"


def single(text: str) -> str:
    """Return the size of a tuple of one.

    >>> single("(3,)"), single("3")
    ('3', '3')
    """
    return text[1:-2] if text.endswith(",)") else text


def parts_of(text: str) -> list[str]:
    """Return the expressions in a tuple.

    >>> parts_of("(channels, 1)")
    ['channels', '1']
    """
    return text.strip("(,)").split(", ")


def every(step: str) -> str:
    """Return the slice of every so many-th element, as formatters space it.

    >>> every("2"), every("self.stride")
    ('::2', ':: self.stride')
    """
    return f"::{step}" if step.isalnum() else f":: {step}"
