"""The catalogue of operators: the only place where a shape, parameter or cost rule is written down.

A rule takes the shapes of an operator's inputs and its attributes, and returns an `Outcome`: the
shapes of its outputs, the shapes of its parameters, and its cost as named terms (`ops.terms`).
Rules are plain arithmetic on `+ - * //`, so that any size may be an `int` or an array of them. They
count dimensions from the last one and so take an input with or without a batch dimension.
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
    """Return what an operator is to a reader; `other` if the catalogue does not hold it.

    >>> category_of("conv2d")
    'conv'
    """
    return OPERATORS[op].category if op in OPERATORS else "other"


def memory_of(op: str) -> Memory | None:
    """Return what an operator saves and makes; None if the catalogue does not hold it."""
    return OPERATORS[op].memory if op in OPERATORS else None
