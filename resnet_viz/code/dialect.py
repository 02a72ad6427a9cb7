"""Define a dialect: a framework's code for operators, classes and calls, as one table."""

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
    """The code with which a framework expresses a network.

    Attributes:
        name: the name of the framework.
        modules: functions that write the constructor call of an operator, from its numbers.
        functions: functions that write the expression of an operator, from its numbers and inputs.
        functional: the function that writes an activation that is called as a function.
        base: the base class of a part of the network.
        network: the base class of the network.
        method: the name of the method of the forward pass.
        array: the type of tensors.
        sequential: the class of a sequence of modules, and the brackets around them.
        identity: a module that does nothing, for use in a sequence.
        absent: the value of a missing module.
        optional: the type of a module that may be missing; None for its own class.
        parameters: further parameters of each constructor.
        arguments: the arguments passed for these parameters.
        start: the first lines of each constructor.
        unread: the numbers of operators that constructors do not take.
        numbered: the statement that adds a module whose name is a number or an expression.
        member: the expression of a module with such a name.
        is_there: the test whether there is a module with such a name.
        stage: the statement that starts an empty list of a stage's blocks.
        stage_done: the statement that stores that list as the module `layer{number}`.
        stage_pool: the statement that adds a stage's pool to that list.
        imports: import lines, each with a regular expression for the code that needs it.
        helpers: the function that returns the source of classes that the framework lacks, by name.
        trial: code that runs the network on zeros, with placeholders for network and image shape.
        ending: the end of the file, which loads PyTorch's weights; it contains `input`.
        untyped: a pattern of expressions that are Any to a type checker and need a type.
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
        """Return whether an operator is written as a function."""
        return op in self.functions or bool(slots.get("functional"))

    def expression(self, op: str, slots: Slots, *reads: str) -> str:
        """Return the call of an operator that is a function."""
        if op in self.functions:
            return self.functions[op](slots, *reads)
        return self.functional(op, *reads)


def keywords(
    slots: Slots, defaults: Mapping[str, Any], names: Mapping[str, str] = _NONE
) -> Iterator[str]:
    """Yield the keyword arguments that differ from their defaults, with the framework's names."""
    for name, default in defaults.items():
        if name in slots and slots[name].text != repr(default):
            yield f"{names.get(name, name)}={slots[name].text}"


def single(text: str) -> str:
    """Return the number in a one-element tuple, or the text itself.

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
    """Return the slice with the given step, spaced as by formatters.

    >>> every("2"), every("self.stride")
    ('::2', ':: self.stride')
    """
    return f"::{step}" if step.isalnum() else f":: {step}"
