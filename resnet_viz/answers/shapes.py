"""List the output shape and receptive field of each part of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from resnet_viz.answers.parts import row_name
from resnet_viz.answers.report import report
from resnet_viz.answers.tabular import Column, Table, Tabular, show_cell
from resnet_viz.arithmetic import Size
from resnet_viz.errors import RequestError
from resnet_viz.ops import Shape
from resnet_viz.sources import Network

__all__ = ["ShapeRow", "Shapes", "shapes"]


class ShapeRow(NamedTuple):
    """A part of a network, or its input.

    Attributes:
        path: PyTorch's module path; for a repeat, that of its first copy.
        kind: `stem`, `stage`, a block kind or an operator; empty for the input.
        repeat: the number of consecutive copies that the row covers.
        output: the output shape; for several inputs, the shapes of all of them.
        receptive_field: the number of input pixels per axis on which one output element depends;
            None if it depends on the whole image.
    """

    path: str
    kind: str
    repeat: Size
    output: Shape | tuple[Shape, ...]
    receptive_field: Size | None


@dataclass(frozen=True, slots=True)
class Shapes(Tabular):
    """The shapes of a network; prints as a table.

    Attributes:
        network: the name of the network.
        inputs: the shape of each input.
        rows: the input, followed by the parts in the order in which they run.
    """

    network: str
    inputs: tuple[Shape, ...]
    rows: tuple[ShapeRow, ...]

    def to_table(self) -> Table:
        """Return the shapes as a table.

        Raises:
            RequestError: the network has arrays as sizes.
        """
        if not all(type(row.repeat) is int and _is_one(row.output) for row in self.rows):
            raise RequestError("the shapes of many networks have no text (use their rows)")
        return Table(
            title="",
            columns=(
                Column("path", ""),
                Column("", "path", row_name),
                Column("kind", "kind"),
                Column("repeat", ""),
                Column("output", "output"),
                Column("receptive_field", "receptive field", show=_pixels, right=True),
            ),
            rows=self.rows,
            facts={"network": self.network, "inputs": self.inputs},
        )


def shapes(
    network: Network, input: Any = None, *, depth: str = "stage", means: str | None = None
) -> Shapes:
    """List the output shape of each part of a network.

    Args:
        network: a zoo name, the path of a spec file, `package.module:callable`, a spec or a module.
        input: as for `resnet_viz.report`.
        depth: the level of the rows: `network`, `stage`, `block` or `op`.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: there is no such network, or the input does not fit it.

    >>> [row.output for row in shapes("resnet18").rows][:3]
    [(3, 224, 224), (64, 56, 56), (64, 56, 56)]
    """
    counted = report(network, input, depth=depth, open_head=True, means=means)
    inputs = counted.inputs
    entering = ShapeRow(
        path="input",
        kind="",
        repeat=1,
        output=inputs[0] if len(inputs) == 1 else inputs,
        receptive_field=1,
    )
    parts = (
        ShapeRow(
            path=row.path,
            kind=row.kind,
            repeat=row.repeat,
            output=row.output,
            receptive_field=row.receptive_field,
        )
        for row in counted.rows
    )
    return Shapes(counted.network, inputs, (entering, *parts))


def _is_one(output: Any) -> bool:
    """Return whether all sizes are single numbers, not arrays."""
    return all(_is_one(size) if isinstance(size, tuple) else type(size) is int for size in output)


def _pixels(field: Size | None) -> str:
    return "whole image" if field is None else show_cell(field)
