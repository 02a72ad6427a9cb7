"""`summary`: a module's table as torchinfo's users know it, without running the module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from resnet_viz.count import Tally, tally
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.graph.model import module_path
from resnet_viz.sources import _torch_corner

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Summary", "summary"]


@dataclass(frozen=True)
class Summary:
    """What `summary` returns; prints as a table.

    Attributes:
        total_params: parameters, each once.
        trainable_params: those that are trained.
        total_mult_adds: multiply-adds of convolutions and matrix products.
    """

    total_params: int
    trainable_params: int
    total_mult_adds: int
    table: str

    def __str__(self) -> str:
        return self.table


def summary(
    model: nn.Module,
    input_size: Sequence[Any] | None = None,
    input_data: Any = None,
    *,
    depth: int = 3,
    col_names: Sequence[str] = ("output_size", "num_params"),
    verbose: int = 1,
) -> Summary:
    """Summarise a module, module by module.

    Args:
        model: any module.
        input_size: the input's shape with its batch dimension, or a list of such.
        input_data: example inputs instead.
        depth: how many modules deep the table goes.
        col_names: columns, of `input_size`, `output_size`, `num_params`, `params_percent`,
            `kernel_size` and `mult_adds`.
        verbose: 0 returns the summary, 1 prints it, too.

    Raises:
        RequestError: no input, an unknown column, or an input that does not fit.

    >>> from torch import nn
    >>> summary(nn.Linear(32, 64), (2, 10, 32), verbose=0).total_mult_adds
    40960
    """
    if (input_size is None) == (input_data is None):
        raise RequestError("input_size, input_data: one of the two must be given")
    if type(depth) is not int or depth < 1:
        raise RequestError(f"depth: {depth!r} (must be an integer of 1 or more)")
    if isinstance(col_names, str) or not isinstance(col_names, Sequence):
        raise RequestError(f"col_names: {show(col_names)} (must be a list of columns)")
    columns = [choose("column", name, _COLUMNS) for name in col_names]
    given = input_data if input_size is None else _shapes(input_size)
    graph = _torch_corner("tracing").trace(model, given)
    total = tally(graph)
    modules = dict(model.named_modules())
    attrs = {node.path: node.attrs for node in graph.nodes()}
    inputs = {node.path: node.output for node in graph.nodes()}
    inputs.update(zip(_names(graph.inputs), graph.inputs, strict=True))
    reads = {node.path: [inputs[path] for path in node.inputs] for node in graph.nodes()}
    rows = [(0, f"{type(model).__name__}", total)]
    counts: dict[int, int] = {}
    for level, part in _walk(total, 1):
        module = modules.get(module_path(part.path))
        if module is None or level > depth:
            continue
        counts[level] = counts.get(level, 0) + 1
        rows.append((level, f"{type(module).__name__}: {level}-{counts[level]}", part))
    shown = []
    for level, label, part in rows:
        first = part
        while first.children:
            first = first.children[0]
        context = {
            "attrs": attrs.get(part.path, {}),
            "input": next(iter(reads.get(first.path, [])), ()),
            "total": total,
        }
        lead = "" if level == 0 else "│    " * (level - 1) + "├─"
        shown.append((lead + label, *(column(part, context) for _, column in columns)))
    made = Summary(total.params, total.trainable, total.macs, "")
    table = _table(("Layer (type:depth-idx)", *(title for title, _ in columns)), shown, made)
    made = Summary(total.params, total.trainable, total.macs, table)
    if verbose:
        print(made)  # noqa: T201 - what verbose asks for
    return made


def _shapes(size: Any) -> Any:
    if isinstance(size, Sequence) and size:
        if all(type(part) is int for part in size):
            return tuple(size)
        if all(isinstance(part, Sequence) and not isinstance(part, str) for part in size):
            return tuple(tuple(part) for part in size)
    raise RequestError(f"input_size: {show(size)} (must be a shape, or a list of shapes)")


def _names(inputs: Sequence[Any]) -> list[str]:
    from resnet_viz.graph.model import input_name

    return [input_name(i) for i in range(len(inputs))]


def _walk(part: Tally, level: int) -> Iterator[tuple[int, Tally]]:
    for child in part.children:
        yield level, child
        yield from _walk(child, level + 1)


def _bracketed(shape: Sequence[int]) -> str:
    return f"[{', '.join(map(str, shape))}]" if shape else "--"


def _count(number: int) -> str:
    return f"{number:,}" if number else "--"


_COLUMNS: Mapping[str, tuple[str, Callable[[Tally, Mapping[str, Any]], str]]] = MappingProxyType(
    {
        "input_size": ("Input Shape", lambda part, more: _bracketed(more["input"])),
        "output_size": ("Output Shape", lambda part, more: _bracketed(part.output)),
        "num_params": ("Param #", lambda part, more: _count(part.params)),
        "params_percent": (
            "Param %",
            lambda part, more: f"{part.params / (more['total'].params or 1):.2%}",
        ),
        "kernel_size": (
            "Kernel Shape",
            lambda part, more: _bracketed(more["attrs"].get("kernel", ())),
        ),
        "mult_adds": ("Mult-Adds", lambda part, more: _count(part.macs)),
    }
)
"""The title of each column, and what stands in it."""


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], made: Summary) -> str:
    widths = [max(len(row[i]) for row in (titles, *rows)) + 2 for i in range(len(titles))]
    rule = "=" * sum(widths)

    def line(cells: Sequence[str]) -> str:
        return "".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip()

    totals = [
        f"Total params: {made.total_params:,}",
        f"Trainable params: {made.trainable_params:,}",
        f"Non-trainable params: {made.total_params - made.trainable_params:,}",
        f"Total mult-adds: {made.total_mult_adds:,}",
    ]
    return "\n".join([rule, line(titles), rule, *map(line, rows), rule, *totals, rule])
