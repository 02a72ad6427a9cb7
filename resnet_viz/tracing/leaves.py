"""Record PyTorch's own modules as operators, without calling their `forward`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from torch import nn

from resnet_viz.nn import layers
from resnet_viz.nn.operators import ROWS, TorchOperator
from resnet_viz.tracing.rules import RULES
from resnet_viz.tracing.rules.arguments import check_rank, lift

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["LEAVES", "Leaf", "leaf_called", "leaf_of"]


class Leaf:
    """The replacement of a module's `forward`: the rule of the function that it calls.

    Attributes:
        settings: the function that returns those attributes of a module that the rule reads.
    """

    __slots__ = ("_row", "_rule", "settings")

    def __init__(self, row: TorchOperator) -> None:
        self._row, self._rule = row, RULES[row.function]
        names = (*row.settings, *row.required)
        self.settings: Callable[[Mapping[str, Any]], Any] = (
            itemgetter(*names) if names else _nothing
        )

    def __call__(self, recorder: Recorder, name: str, module: nn.Module, x: Any) -> Any:
        """Record a module's call with the given name; return its output or `NotImplemented`."""
        row = self._row
        if any(getattr(module, key) != value for key, value in row.required.items()):
            return NotImplemented
        if row.ranks:
            check_rank(recorder, name, lift(recorder, x)[0], *row.ranks)
        read = {key: getattr(module, key) for key in (*row.tensors, *row.settings)}
        return self._rule(recorder, x, name=name, **read)


def _nothing(attributes: Mapping[str, Any]) -> None:
    return None


LEAVES: Mapping[type[nn.Module], Leaf] = {row.module: Leaf(row) for row in ROWS}
"""The leaf of each of PyTorch's modules, and of those of `nn.layers`."""

_OURS = {kind.__name__: kind for kind in LEAVES if kind.__module__ == layers.__name__}


def leaf_of(kind: type[nn.Module]) -> Leaf | None:
    """Return the leaf of a class; it may be a copy of one in `nn.layers`, as in generated code."""
    leaf = LEAVES.get(kind)
    if leaf is None and kind.__name__ in _OURS and _is_copy(kind, ours := _OURS[kind.__name__]):
        return LEAVES[ours]
    return leaf


def leaf_called(module: nn.Module, args: Any, kwargs: Any) -> tuple[Leaf, Any] | None:
    """Return a module's leaf and its argument; None if the call is not the class's own on one."""
    kind = type(module)
    leaf = LEAVES.get(kind) or leaf_of(kind)
    if leaf is None:
        return None
    attributes = module.__dict__
    if attributes["_forward_hooks"] or attributes["_forward_pre_hooks"] or "forward" in attributes:
        return None
    if not kwargs:
        return (leaf, args[0]) if len(args) == 1 else None
    return (leaf, kwargs["input"]) if not args and kwargs.keys() == {"input"} else None


def _is_copy(kind: type[nn.Module], ours: type[nn.Module]) -> bool:
    """Return whether a class has the same `forward` code as one of ours."""
    theirs, own = (getattr(one.forward, "__code__", None) for one in (kind, ours))
    return (
        theirs is not None
        and own is not None
        and (theirs.co_code, theirs.co_consts, theirs.co_names)
        == (own.co_code, own.co_consts, own.co_names)
        and getattr(kind, "epsilon", None) == getattr(ours, "epsilon", None)
    )
