"""List the kinds of figure by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.graph import Graph
from resnet_viz.view import textbook
from resnet_viz.view.figures import Figure, blocks, stem
from resnet_viz.view.network import network
from resnet_viz.view.request import FigureRequest
from resnet_viz.view.volumes import volumes

__all__ = ["FIGURES", "Kind"]


class Kind(NamedTuple):
    """A kind of figure.

    Attributes:
        shows: what it shows, and the source that it follows.
        make: the function that returns the figure of one or several graphs.
        several: whether it takes more than one graph.
        whole: whether it shows a whole network at a selectable depth.
        plain: whether it shows the actual operators, so that they can be annotated with numbers.
        to_scale: whether the lengths of its boxes are to scale.
    """

    shows: str
    make: Callable[[Sequence[Graph], FigureRequest], Figure]
    several: bool = False
    whole: bool = False
    plain: bool = False
    to_scale: bool = False


def _of_one(
    make: Callable[[Graph, FigureRequest], Figure],
) -> Callable[[Sequence[Graph], FigureRequest], Figure]:
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
        "volumes": Kind("feature maps as boxes to scale", _of_one(volumes), to_scale=True),
        "stem": Kind("what comes before the stages", _of_one(stem), plain=True),
    }
)
"""The legal values of the option `figure`."""
