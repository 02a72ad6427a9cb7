"""Write the PyTorch code of a network, independent of this package, as a file or a notebook."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from resnet_viz.answers.table import table
from resnet_viz.code.chapter import write_chapter
from resnet_viz.code.dialect import Dialect
from resnet_viz.code.flax import FLAX
from resnet_viz.code.keras import KERAS
from resnet_viz.code.network import write
from resnet_viz.code.torch import TORCH
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.files import write_whole
from resnet_viz.sources import Network, find_spec
from resnet_viz.spec import ResNetSpec
from resnet_viz.zoo import entries

__all__ = ["FRAMEWORKS", "STYLES", "Code", "to_code"]

_DIALECTS: Mapping[str, Dialect] = MappingProxyType({"torch": TORCH, "keras": KERAS, "flax": FLAX})

FRAMEWORKS: Mapping[str, str] = MappingProxyType(
    {name: dialect.name for name, dialect in _DIALECTS.items()}
)
"""The frameworks for which code can be written."""

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "plain": "a class for each kind of block",
        "chapter": "the form of the d2l chapter, where the network has it",
    }
)
"""The styles of code: a class for each kind of block, or the form of the d2l chapter."""


class Code(str):
    """Source code that saves itself as a file or a notebook.

    Attributes:
        spec: the network.
        trial: code that runs it on zeros.
    """

    __slots__ = ("spec", "trial")
    spec: ResNetSpec
    trial: str

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the code to a `.py` file, or to an `.ipynb` notebook with figure and report.

        Raises:
            RequestError: the suffix is neither, or the file cannot be written.
        """
        suffix = os.path.splitext(path)[1].lower()
        if suffix == ".py":
            write_whole(path, self.encode())
        elif suffix == ".ipynb":
            write_whole(path, _notebook(self).encode())
        else:
            raise RequestError(
                "output: {path} (must end in .py or .ipynb)", path=show(os.fspath(path))
            )


def to_code(network: Network, framework: str = "torch", *, style: str = "plain") -> Code:
    """Return the code of a network: one file that does not depend on this package.

    The module has the same operators and parameter names as that of `build`, so that a `state_dict`
    of one loads into the other.

    Args:
        network: a zoo name, the path of a spec file or a checkpoint, or a spec.
        framework: `torch`, `keras` (Keras 3) or `flax` (NNX). The latter two take images as
            `(N, H, W, C)`, and their `from_torch` takes a `state_dict`.
        style: `plain`, or `chapter`: the form of the d2l chapter (`Residual`, `resnet_block`, b1 to
            b5), for networks that it can say; their parameters have the chapter's names.

    Raises:
        RequestError: there is no such network, it has no spec, or the style cannot say it: the
            chapter writes PyTorch.

    >>> print(to_code("resnet50").splitlines()[13])
    STAGES = ((3, 64, 256, 1), (4, 128, 512, 2), (6, 256, 1024, 2), (3, 512, 2048, 2))
    """
    dialect = choose("framework", framework, _DIALECTS)
    choose("style", style, STYLES)
    spec = find_spec(network)
    if style == "plain":
        code = Code(write(spec, _title(spec), dialect))
    elif dialect is TORCH:
        code = Code(write_chapter(spec, _title(spec)))
    else:
        raise RequestError(
            "style: 'chapter' is written for torch (not for {framework})", framework=framework
        )
    channels, *sides = spec.input
    shape = (1, *sides, channels) if dialect.channels_last else (1, channels, *sides)
    made = "ResNet()" if style == "plain" else "net"
    code.spec, code.trial = spec, dialect.trial.format(made=made, shape=shape)
    return code


def _title(spec: ResNetSpec) -> list[str]:
    """Return the lines of a docstring: the name, the source, and the rows of the table."""
    entry = entries().get(spec.name)
    source = f" ({entry.source})" if entry is not None and entry.spec == spec else ""
    first = f"{spec.name}{source}."
    if len(first) > 80:
        first = f"{spec.name}."
    try:
        rows = table([spec]).to_table().rows
    except RequestError:  # its sizes change inside a stage, so it has no table
        return [first]
    lines = [" ".join(str(cell) for cell in row).rstrip() for row in rows]
    joined: list[str] = []
    for row, line in zip(rows, lines, strict=True):
        if row[1] or not joined:
            joined.append(line.strip())
        else:
            joined[-1] += f"; {line.strip()}"
    return [first, "", *(line.replace("×", "x") for line in joined)]


def _notebook(code: Code) -> str:
    """Return a notebook with the code, a cell that runs it, the figure and the report."""
    from resnet_viz.answers.draw import draw
    from resnet_viz.answers.report import report

    spec = code.spec
    cells = [
        _cell("markdown", f"# {spec.name}"),
        _cell("code", str(code).rstrip()),
        _cell("code", code.trial),
        _cell("markdown", draw(spec).to_svg()),
        _cell("markdown", report(spec).to("md")),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook: dict[str, Any] = {
        "cells": [{**cell, "id": f"cell-{i}"} for i, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": source.splitlines(keepends=True)}
