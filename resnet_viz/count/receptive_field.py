"""Compute receptive fields: how many input pixels per axis one output element depends on."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.arithmetic import Size, maximum
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.model import input_name

__all__ = ["receptive_fields"]


class _Field(NamedTuple):
    """The receptive field of an element in pixels, and the distance to its neighbour's (jump)."""

    size: Size
    jump: Size


def receptive_fields(graph: Graph) -> dict[str, Size | None]:
    """Return the receptive field of each node, in pixels; None once it is the whole image.

    After a window of size k, stride s and dilation d, the field is `size + d(k - 1) · jump` and the
    jump is `jump · s` (Araujo et al. 2019, doi 10.23915/distill.00021, equation 2). Where paths
    meet, the largest field counts. A repeated scope has the field of its last copy under its own
    path. Padding counts: the field may be larger than the image.

    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> receptive_fields(assemble(find("resnet18")))["layer4.1.relu:2"]
    435
    """
    fields: dict[str, _Field | None] = {
        input_name(i): _Field(1, 1) for i in range(len(graph.inputs))
    }
    _walk(graph.root, fields)
    return {path: field and field.size for path, field in fields.items()}


def _walk(scope: Scope, fields: dict[str, _Field | None]) -> None:
    for child in scope.children:
        if isinstance(child, Node):
            fields[child.path] = _after(child, [fields[source] for source in child.inputs])
        else:
            _walk(child, fields)
    if scope.carry is not None:
        entry, exit = scope.carry
        once = fields[exit]
        last = _repeated(fields[entry], once, scope.repeat)
        if last is not None and once is not None:
            for node in scope.nodes():
                field = fields[node.path]
                if field is not None:
                    fields[node.path] = field._replace(size=field.size + last.size - once.size)
        fields[exit] = last


def _after(node: Node, sources: list[_Field | None]) -> _Field | None:
    known = [source for source in sources if source is not None]
    if len(known) < len(sources) or not known or node.op.startswith(("adaptive", "flatten")):
        return None
    size: Size = 0
    for source in known:
        size = maximum(size, source.size)
    jump = known[0].jump
    if "steps" in node.attrs:
        return _Field(size, jump * max(node.attrs["steps"]))
    if "kernel" not in node.attrs:
        return _Field(size, jump)
    reach = max(
        d * (k - 1) for k, d in zip(node.attrs["kernel"], node.attrs["dilation"], strict=True)
    )
    return _Field(size + reach * jump, jump * max(node.attrs["stride"]))


def _repeated(entry: _Field | None, exit: _Field | None, times: Size) -> _Field | None:
    if entry is None or exit is None:
        return None
    once = exit.size - entry.size
    if exit.jump is entry.jump or exit.jump == entry.jump:
        return _Field(exit.size + (times - 1) * once, exit.jump)
    factor = exit.jump // entry.jump
    size, jump = exit.size, exit.jump
    for _ in range(1, times):
        once = once * factor
        size, jump = size + once, jump * factor
    return _Field(size, jump)
