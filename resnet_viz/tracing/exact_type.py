"""Find modules whose code checks a tensor's exact type, which only real tensors have.

`type(x) is torch.Tensor` is false for stand-ins and fake tensors, and neither can intercept the
check. So it is found in the bytecode, before the code runs.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from torch import nn

__all__ = ["asks_for_exact_type"]

_COMPARISONS = frozenset({"IS_OP", "COMPARE_OP", "CONTAINS_OP"})
_TENSORS = frozenset({"Tensor", "Parameter", "FloatTensor"})


@cache
def asks_for_exact_type(kind: type[nn.Module]) -> bool:
    """Return whether a class checks exact types in its methods, or in functions that they use."""
    seen: set[CodeType] = set()
    return any(_checks_type(code) for code in _codes(list(_methods(kind)), seen))


def _methods(kind: type[nn.Module]) -> Iterator[FunctionType]:
    for base in kind.__mro__[: kind.__mro__.index(nn.Module)]:
        if base.__module__.partition(".")[0] != "torch":
            yield from (part for part in vars(base).values() if isinstance(part, FunctionType))


def _codes(waiting: list[FunctionType], seen: set[CodeType]) -> Iterator[CodeType]:
    """Yield the code of functions, their nested code, and functions of their module they use."""
    while waiting:
        function = waiting.pop()
        nested = [function.__code__]
        while nested:
            code = nested.pop()
            if code in seen:
                continue
            seen.add(code)
            yield code
            nested += [part for part in code.co_consts if isinstance(part, CodeType)]
            named: list[Any] = [function.__globals__.get(name) for name in code.co_names]
            waiting += [
                part
                for part in named
                if isinstance(part, FunctionType) and part.__module__ == function.__module__
            ]


def _checks_type(code: CodeType) -> bool:
    """Return whether a line of code loads `type`, names a tensor class and compares."""
    if "type" not in code.co_names:
        return False
    lines: dict[int | None, set[str]] = {}
    starts, line = dict(dis.findlinestarts(code)), None
    for step in dis.get_instructions(code):
        line = starts.get(step.offset, line)
        words = lines.setdefault(line, set())
        words.add("compares" if step.opname in _COMPARISONS else str(step.argval))
    return any({"type", "compares"} <= words and words & _TENSORS for words in lines.values())
