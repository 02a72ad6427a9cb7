"""Identify the networks that fit a checkpoint, by the names and shapes of its tensors."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.answers.tabular import Column, Table, Tabular, show_cell
from resnet_viz.assembly import assemble
from resnet_viz.checkpoints import State, fit, read_shapes
from resnet_viz.checkpoints.fit import file_stem, value_of
from resnet_viz.count import tally
from resnet_viz.ops.operator import spell
from resnet_viz.spec import ResNetSpec

__all__ = ["Identification", "identify"]

_SHOWN = 8  # the most tensor names listed in a sentence

_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "stride_in": "the shape after a strided block's first convolution",
        "downsampler": "the code: strides, blurs and average pools have no parameters",
        "stages.shortcut": "the code: identities and zero padding have no parameters",
        "norm": "running statistics, which batch norm has beside its parameters",
    }
)
"""For fields that a checkpoint cannot decide, what would decide them."""


class _Row(NamedTuple):
    spec: ResNetSpec
    params: int
    macs: int


@dataclass(frozen=True, slots=True)
class Identification(Tabular):
    """The networks that fit a checkpoint; a notebook shows it as HTML.

    Attributes:
        source: the name of the file, or `state_dict`.
        specs: the specs that fit, most likely first; empty if none does.
        names: the zoo names among them, ignoring the number of classes and of input channels,
            which are the file's. If a whole `state_dict` of a zoo network has these tensors, names
            of networks of which they are the parameters alone are left out.
        undecided: the fields in which the specs differ, such as `stride_in` or `stages.shortcut`,
            each with the values that fit.
        assumed: the fields that the file cannot show, each with the value in every spec: `input`
            (height and width), `activation`, `dropout`, …
        unmatched: the names, as in the file, of tensors that are in no spec that fits; if none
            fits, of those that are not in `nearest`.
        nearest: if no spec fits, the zoo network that shares the most tensors with the file; else
            None.
        dialect: the library whose parameter names the file uses.
    """

    source: str
    specs: tuple[ResNetSpec, ...]
    names: tuple[str, ...]
    undecided: Mapping[str, tuple[Any, ...]]
    assumed: Mapping[str, Any]
    unmatched: tuple[str, ...]
    nearest: ResNetSpec | None
    dialect: str

    def to_table(self) -> Table:
        """Return a table with a row for each spec, showing the fields in which they differ."""
        return Table(
            title=self.source,
            columns=(
                Column("network", "network", attrgetter("spec.name")),
                Column("params", "parameters", right=True),
                Column("macs", "MACs", right=True),
                *(Column(path, path, _reader(path), _show) for path in self.undecided),
            ),
            rows=tuple(map(_row, self.specs)),
            sentences=tuple(self._sentences()),
            facts={
                "source": self.source,
                "names": list(self.names),
                "undecided": dict(self.undecided),
                "assumed": dict(self.assumed),
                "unmatched": list(self.unmatched),
                "nearest": self.nearest.name if self.nearest else None,
            },
        )

    def _sentences(self) -> list[str]:
        said = []
        if not self.specs:
            near = f"the nearest is {self.nearest.name}" if self.nearest else "none is near"
            said.append(f"No residual network that a spec can say has these tensors; {near}.")
        else:
            said.append(f"Names: {self.dialect}.")
        for path, values in self.undecided.items():
            told = _TOLD.get(path, "the code")
            said.append(f"{path}: {' or '.join(map(_show, values))}. What would tell: {told}.")
        if self.assumed:
            shown = {path: _show(value) for path, value in self.assumed.items()}
            shown["input"] = spell(self.assumed["input"])
            fields = "; ".join(f"{path} {value}" for path, value in shown.items())
            said.append(f"Assumed, because no file says it: {fields}.")
        if self.unmatched:
            more = len(self.unmatched) - _SHOWN
            names = ", ".join(self.unmatched[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
            said.append(f"Fit nothing, {len(self.unmatched):,}: {names}.")
        return said


def _row(spec: ResNetSpec) -> _Row:
    total = tally(assemble(spec))
    return _Row(spec, int(total.params), int(total.macs))


def _reader(path: str) -> Callable[[_Row], Any]:
    return lambda row: value_of(row.spec, path)


def _show(value: Any) -> str:
    """Return a field's value for readers; a value that all stages share is shown once."""
    if isinstance(value, tuple) and len(set(value)) == 1 and not isinstance(value[0], int):
        return show_cell(value[0])
    if isinstance(value, tuple):
        return ", ".join(map(show_cell, value))
    return show_cell(value)


def identify(checkpoint: State) -> Identification:
    """Return every network whose parameters match a checkpoint's tensors by name and shape.

    If names and shapes cannot tell networks apart, all of them are returned: a bottleneck's stride
    in the 1×1 or in the 3×3 convolution; downsampling by strides, blurs or average pools; no
    shortcuts, or shortcuts of option A; in a file without running statistics, group norm or batch
    norm.

    Args:
        checkpoint: the path of a `.safetensors` file, of a `.pth`, `.pt` or `.bin` file (which
            torch reads without running code), or of an index of several files (`.index.json`); or
            a `state_dict`, a dict (possibly nested) of names to tensors or shapes; or a module.

    Raises:
        RequestError: the file cannot be read, or contradicts itself.

    >>> identify({"module.fc.weight": (10, 512), "module.fc.bias": (10,)}).specs
    ()
    """
    shapes = read_shapes(checkpoint)
    if isinstance(checkpoint, (str, os.PathLike)):
        source, found = os.path.basename(checkpoint), fit(shapes, file_stem(checkpoint))
    else:
        source, found = "state_dict", fit(shapes)
    return Identification(source=source, **found._asdict())
