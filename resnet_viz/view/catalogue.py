"""The figures by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.graph import Graph
from resnet_viz.view import textbook
from resnet_viz.view.figures import Figure, Options, blocks, stem
from resnet_viz.view.network import network
from resnet_viz.view.volumes import volumes

__all__ = ["FIGURES", "Kind"]


class Kind(NamedTuple):
    """A kind of figure.

    Attributes:
        shows: what it shows, and what it follows.
        make: returns the figure of graphs, as many as it takes.
        several: whether it takes more than one.
        whole: whether it shows a whole network at a depth that can be chosen.
        plain: whether it shows operators as they are, so that numbers may stand beside them.
    """

    shows: str
    make: Callable[[Sequence[Graph], Options], Figure]
    several: bool = False
    whole: bool = False
    plain: bool = False


def _of_one(
    make: Callable[[Graph, Options], Figure],
) -> Callable[[Sequence[Graph], Options], Figure]:
    return lambda graphs, options: make(graphs[0], options)


FIGURES: Mapping[str, Kind] = MappingProxyType(
    {
        "network": Kind(
            "the whole network, equal blocks and stages folded",
            _of_one(network),
            whole=True,
            plain=True,
        ),
        "blocks": Kind("each kind of block", _of_one(blocks), plain=True),
        "residual": Kind("a regular and a residual block (d2l)", _of_one(textbook.residual)),
        "groups": Kind("a block with its groups drawn (d2l)", _of_one(textbook.groups)),
        "anynet": Kind("stem, body and head, with symbols (d2l)", _of_one(textbook.anynet)),
        "shortcut": Kind("residual learning (He et al., Figure 2)", _of_one(textbook.shortcut)),
        "bodies": Kind(
            "the blocks of several networks (He et al., Figure 5)", textbook.bodies, several=True
        ),
        "layers": Kind(
            "the layers of several networks (He et al., Figure 3)", textbook.layers, several=True
        ),
        "volumes": Kind("feature maps as boxes to scale", _of_one(volumes)),
        "stem": Kind("what comes before the stages", _of_one(stem), plain=True),
    }
)
"""What `figure` may be."""
