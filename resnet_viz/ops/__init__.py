"""The catalogue of operators: every rule for shapes, parameters, costs and memory.

A rule takes the shapes of an operator's inputs and its attributes, and returns an `Outcome`: the
shapes of its outputs, the shapes of its parameters, and its cost as named terms (`ops.terms`).
Rules use only `+ - * //`, so that a size may be an `int` or an array of them. They count dimensions
from the last one, so that the input may or may not have a batch dimension.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from resnet_viz.ops import activation, conv, linear, merge, norm, pool, shape
from resnet_viz.ops.operator import Attrs, Kept, Memory, Operator, Outcome, Shape
from resnet_viz.ops.terms import TERMS

__all__ = [
    "OPERATORS",
    "TERMS",
    "Attrs",
    "Kept",
    "Memory",
    "Operator",
    "Outcome",
    "Shape",
    "category_of",
    "memory_of",
]

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        operator.name: operator
        for table in (conv, norm, activation, pool, linear, merge, shape)
        for operator in table.OPERATORS
    }
)


def category_of(op: str) -> str:
    """Return the category of an operator; `other` if it is not in the catalogue.

    >>> category_of("conv2d")
    'conv'
    """
    return OPERATORS[op].category if op in OPERATORS else "other"


def memory_of(op: str) -> Memory | None:
    """Return the memory behaviour of an operator; None if it is not in the catalogue."""
    return OPERATORS[op].memory if op in OPERATORS else None
