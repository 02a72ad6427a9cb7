"""List a network's operator calls without paths, to compare networks with different names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from resnet_viz.graph.model import Graph, input_name
from resnet_viz.graph.repeat import unroll
from resnet_viz.ops import Shape

__all__ = ["Step", "steps"]


class Step(NamedTuple):
    """One call of an operator, without its path.

    Attributes:
        op: the operator's name in `ops.OPERATORS`.
        attrs: the operator's attributes.
        inputs: the numbers of the steps that it reads; the network's inputs are -1, -2, ….
        outputs: the shape of each output.
        params: the shapes of its parameters.
    """

    op: str
    attrs: Mapping[str, Any]
    inputs: tuple[int, ...]
    outputs: tuple[Shape, ...]
    params: tuple[Shape, ...]


def steps(graph: Graph) -> list[Step]:
    """Return every call of an operator in the order in which they run, repeats written out.

    Networks with equal steps compute the same, even if their modules have different names.

    >>> from resnet_viz import assemble
    >>> steps(assemble("resnet34")) == steps(assemble("plain34"))
    False
    """
    numbers = {input_name(i): -1 - i for i in range(len(graph.inputs))}
    made = []
    for number, node in enumerate(unroll(graph).nodes()):
        numbers[node.path] = number
        made.append(
            Step(
                op=node.op,
                attrs=node.attrs,
                inputs=tuple(numbers[source] for source in node.inputs),
                outputs=node.outputs,
                params=tuple(param.shape for param in node.params),
            )
        )
    return made
