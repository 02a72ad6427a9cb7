"""Summarize a module as torchinfo does, without running it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_viz.answers.build import build
from resnet_viz.count import Tally, tally
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.graph import Graph
from resnet_viz.graph.model import module_path
from resnet_viz.sources import find_spec, is_callable_name, is_module, torch_corner
from resnet_viz.spec import ResNetSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Summary", "summary"]


@dataclass(frozen=True)
class Summary:
    """The result of `summary`, which prints as a table.

    Attributes:
        total_params: the number of parameters, shared ones counted once.
        trainable_params: the number of trainable parameters.
        total_mult_adds: the multiply-adds of convolutions and matrix products.
    """

    total_params: int
    trainable_params: int
    total_mult_adds: int
    table: str

    def __str__(self) -> str:
        return self.table


def summary(
    model: str | os.PathLike[str] | ResNetSpec | nn.Module,
    input_size: Sequence[Any] | None = None,
    input_data: Any = None,
    *,
    depth: int = 3,
    col_names: Sequence[str] = ("output_size", "num_params"),
    verbose: int = 1,
    means: str | None = None,
) -> Summary:
    """Summarise a module, module by module.

    Args:
        model: any module, `package.module:callable`, a zoo name, the path of a spec file or a spec.
        input_size: the input shape with the batch dimension, or a list of shapes; optional for a
            network with a spec.
        input_data: example inputs, instead of `input_size`.
        depth: the number of nested levels of modules to show.
        col_names: the columns: `input_size`, `output_size`, `num_params`, `params_percent`,
            `kernel_size` or `mult_adds`.
        verbose: 0 only returns the summary, 1 also prints it.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: there is no input, a column is unknown, or the input does not fit.

    >>> from torch import nn
    >>> summary(nn.Linear(32, 64), (2, 10, 32), verbose=0).total_mult_adds
    40960
    """
    columns = _columns(col_names)
    if type(depth) is not int or depth < 1:
        raise RequestError("depth: {depth} (must be an integer of 1 or more)", depth=show(depth))
    choose("verbose", str(verbose), {"0": 0, "1": 1, "2": 2})
    module = build(model)
    given = _input(model, input_size, input_data)
    graph = torch_corner("tracing").trace(module, given, means=means)
    total = tally(graph)
    rows = [_cells(row, columns, _Reads(graph), total) for row in _rows(module, total, depth)]
    made = Summary(
        total_params=total.params,
        trainable_params=total.trainable,
        total_mult_adds=total.macs,
        table="",
    )
    titles = ("Layer (type:depth-idx)", *(title for title, _ in columns))
    made = replace(made, table=_table(titles, rows, made))
    if verbose:
        print(made)  # noqa: T201 - what verbose asks for
    return made


def _columns(names: Any) -> list[tuple[str, Callable[[Tally, Mapping[str, Any]], str]]]:
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise RequestError("col_names: {names} (must be a list of columns)", names=show(names))
    return [choose("column", name, _COLUMNS) for name in names]


def _input(model: Any, size: Any, data: Any) -> Any:
    """Return the input of the module, by default that of its spec.

    Raises:
        RequestError: both arguments are given, or neither is for a module without a spec.
    """
    if size is None and data is None and not (is_module(model) or is_callable_name(model)):
        return (1, *find_spec(model).input)
    if (size is None) == (data is None):
        raise RequestError("input_size, input_data: one of the two must be given")
    return data if size is None else _shapes(size)


class _Row(NamedTuple):
    """A row of the table: a module, its depth, and its costs."""

    level: int
    label: str
    sums: Tally


def _rows(module: nn.Module, total: Tally, depth: int) -> Iterator[_Row]:
    """Yield the module and the modules in it that ran, numbered as in torchinfo."""
    yield _Row(0, type(module).__name__, total)
    modules = dict(module.named_modules())
    counts: dict[int, int] = {}
    for level, part in _walk(total, 1):
        inner = modules.get(module_path(part.path))
        if inner is None or level > depth:
            continue
        counts[level] = counts.get(level, 0) + 1
        lead = "│    " * (level - 1) + "├─"
        yield _Row(level, f"{lead}{type(inner).__name__}: {level}-{counts[level]}", part)


class _Reads:
    """The attributes and the first input shape of each operator, by path."""

    def __init__(self, graph: Graph) -> None:
        shapes = graph.shapes()
        self.attrs = {node.path: node.attrs for node in graph.nodes()}
        self.first = {n.path: shapes[n.inputs[0]] for n in graph.nodes() if n.inputs}


def _cells(row: _Row, columns: Any, reads: _Reads, total: Tally) -> tuple[str, ...]:
    first = row.sums
    while first.children:
        first = first.children[0]
    context = {
        "attrs": reads.attrs.get(row.sums.path, {}),
        "input": reads.first.get(first.path, ()),
        "total": total,
    }
    return (row.label, *(column(row.sums, context) for _, column in columns))


def _shapes(size: Any) -> Any:
    if isinstance(size, Sequence) and size:
        if all(type(part) is int for part in size):
            return tuple(size)
        if all(isinstance(part, Sequence) and not isinstance(part, str) for part in size):
            return tuple(tuple(part) for part in size)
    raise RequestError("input_size: {size} (must be a shape, or a list of shapes)", size=show(size))


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
"""The title of each column, and the function that returns its cell."""


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
