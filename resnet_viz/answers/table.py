"""Tabulate networks side by side, stage by stage, as in He et al. 2015 (Table 1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile, zip_longest
from typing import Any

from resnet_viz.answers.architectures import Architectures, Cell
from resnet_viz.arithmetic import Size
from resnet_viz.count import tally
from resnet_viz.errors import RequestError
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.ops import category_of
from resnet_viz.sources import Network, to_graph
from resnet_viz.spec.kinds import ATTENTIONS

__all__ = ["Architectures", "table"]


def table(
    networks: Network | Sequence[Network], input: Any = None, *, means: str | None = None
) -> Architectures:
    """Return the table of one or more networks.

    Args:
        networks: one network or a list, as for `report`; each needs stages and a head.
        input: the input shape of all networks; by default each has its own.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: a network is unknown or has no stages, or their sizes differ in a row.

    >>> made = table(["resnet18", "resnet34"])
    >>> made.to("text").splitlines()[4].split("  ")[-1].strip()
    '[3×3, 64; 3×3, 64] × 3'
    """
    several: Any = networks if isinstance(networks, (list, tuple)) else [networks]
    if not several:
        raise RequestError("networks: none given (must be one or more)")
    graphs = [to_graph(network, input, means=means) for network in several]
    columns = [list(_rows(graph)) for graph in graphs]
    rows = []
    for line in zip_longest(*columns):
        if None in line or len({row[:2] for row in line}) > 1:
            raise RequestError(
                "networks: their stages or sizes differ (must be the same in every row: "
                + "; ".join(f"{g.name} {_sizes(c)}" for g, c in zip(graphs, columns, strict=True))
                + ")"
            )
        name, size, _ = line[0]
        rows.append((name, size, tuple(cells for _, _, cells in line)))
    names = tuple(graph.name for graph in graphs)
    return Architectures(names, tuple(rows), tuple(int(tally(graph).macs) for graph in graphs))


_Row = tuple[str, str, tuple[Cell, ...]]


def _sizes(rows: list[_Row]) -> str:
    return ", ".join(size for _, size, _ in rows)


def _rows(graph: Graph) -> Iterator[_Row]:
    """Yield the stem, the stages and the head of a network.

    A pool in the stem is in the row of its output size, as in the paper.
    """
    scopes = [child for child in graph.root.children if isinstance(child, Scope)]
    stages = [scope for scope in scopes if scope.kind == "stage"]
    ends = {scope.kind: scope for scope in scopes}
    if not stages or "stem" not in ends or "head" not in ends:
        raise RequestError(
            "{name}: has no stages (a table is of networks with a spec)", name=graph.name
        )
    layers = [node for node in ends["stem"].nodes() if _counts(node)]
    size = _size(layers[0].output)
    first = list(takewhile(lambda node: _size(node.output) == size, layers))
    yield "conv1", size, tuple(Cell((_words(node),)) for node in first)
    carried = tuple(Cell((_words(node),)) for node in layers[len(first) :])
    for number, stage in enumerate(stages, start=2):
        last = list(stage.nodes())[-1]
        yield f"conv{number}_x", _size(last.output), (*carried, *_cells(stage))
        carried = ()
    head = ", ".join(_words(node) for node in ends["head"].nodes() if _counts(node))
    yield "", "1×1", (Cell((head,)),)


def _counts(node: Node) -> bool:
    return category_of(node.op) in ("conv", "pool", "linear")


def _size(shape: tuple[Size, ...]) -> str:
    return "×".join(map(str, shape[-2:]))


def _words(node: Node) -> str:
    if category_of(node.op) == "linear":
        return f"{node.attrs['out_features']}-d fc"
    if node.op.startswith("adaptive"):
        return "average pool"
    kernel, stride = "×".join(map(str, node.attrs["kernel"])), max(node.attrs["stride"])
    if category_of(node.op) == "pool":
        kind = node.op.partition("_")[0].replace("avg", "average")
        return f"{kernel} {kind} pool, stride {stride}"
    groups = f", C={node.attrs['groups']}" if node.attrs["groups"] > 1 else ""
    in_stem = node.path.startswith(("conv1", "maxpool"))
    strided = f", stride {stride}" if in_stem and stride > 1 else ""
    return f"{kernel}, {node.attrs['out_channels']}{groups}{strided}"


def _cells(stage: Scope) -> Iterator[Cell]:
    """Yield a stage's cells; consecutive blocks with the same main path are one cell."""
    blocks = [child for child in stage.children if isinstance(child, Scope)]
    bodies = [(tuple(_main(block)), block.repeat) for block in blocks]
    for lines, same in groupby(bodies, key=lambda body: body[0]):
        yield Cell(lines, sum(times for _, times in same), bracketed=True)
    for child in stage.children:
        if isinstance(child, Node):
            yield Cell((_words(child),))


def _main(block: Scope) -> Iterator[str]:
    """Yield the layers of a block's body, and its gate as written in Hu et al. 2018, Table 1."""
    for child in block.children:
        if isinstance(child, Node):
            if _counts(child):
                yield _words(child)
        elif child.kind in ATTENTIONS:
            layers = [node for node in child.nodes() if category_of(node.op) == "conv"]
            if child.kind in ("se", "se_inner"):
                yield f"fc, [{', '.join(str(node.attrs['out_channels']) for node in layers)}]"
            else:
                yield f"{child.kind}, {layers[0].attrs['kernel'][0]}"
