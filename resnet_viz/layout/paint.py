"""Colour the boxes of a placed scene by numbers, and add a legend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple, TypeGuard

from resnet_viz.errors import RequestError
from resnet_viz.errors import show as show_value
from resnet_viz.layout.decorate import with_legend
from resnet_viz.scene import Box, Circle, Group, Item, Scene, Text
from resnet_viz.themes import Theme
from resnet_viz.view.net import Cluster, Net, NetBox

__all__ = ["LIGHT", "Colors", "painted", "painted_net"]

LIGHT = ("#ffffe5", "#fff7bc", "#fee391", "#fec44f", "#fe9929", "#ec7014")
"""Colours from pale to strong in equal steps of lightness, for black labels and for colour-blind
readers (ColorBrewer's YlOrBr; Harrower and Brewer 2003, doi 10.1179/000870403235002042)."""

DARK = ("#2b1a08", "#40260a", "#56330a", "#6c4009", "#834e07", "#985b04")
"""The same for white labels."""

LOG = 30
"""The ratio of the largest to the smallest number above which the steps are logarithmic."""


class Colors(NamedTuple):
    """The numbers by which boxes are coloured.

    Attributes:
        numbers: the numbers of boxes, by path or id.
        show: the function that formats a number for the legend.
        heading: the heading of the legend, the name of the numbers.
    """

    numbers: Mapping[str, float]
    show: Callable[[float], str]
    heading: str = ""


def painted(scene: Scene, colors: Colors, theme: Theme) -> Scene:
    """Return a scene with boxes coloured by the numbers of their ids, and a legend.

    Boxes without a number get the background colour; frames of opened scopes do not change. Muted
    texts get the colour of all others, to be read on strong colours.

    Raises:
        RequestError: no box of the scene has a number.
    """
    scale = _Scale(colors, (box.id for box in _boxes(scene.items)), theme)

    def paint(item: Item) -> Item:
        if isinstance(item, Group):
            return item._replace(items=tuple(map(paint, item.items)))
        if isinstance(item, Text) and item.colour == theme.muted:
            return item._replace(colour="")
        return item._replace(fill=scale.fill(item.id)) if _is_painted(item) else item

    made = scene._replace(items=tuple(map(paint, scene.items)))
    return with_legend(made, scale.legend(colors.show), colors.heading)


def painted_net(net: Net, colors: Colors, theme: Theme) -> Net:
    """Return a net with boxes coloured by the numbers of their paths; see `painted`.

    Raises:
        RequestError: no box of the net has a number.
    """
    paths = (box.path for box in net.boxes())
    scale = _Scale(colors, (path for path in paths if path is not None), theme)

    def paint(part: NetBox | Cluster) -> NetBox | Cluster:
        if isinstance(part, Cluster):
            return part._replace(children=tuple(map(paint, part.children)))
        return part if part.path is None else part._replace(fill=scale.fill(part.path))

    return net._replace(children=tuple(map(paint, net.children)))


class _Scale:
    """Colours from pale to strong for the numbers that a figure shows."""

    def __init__(self, colors: Colors, shown: Iterable[str], theme: Theme) -> None:
        self.numbers, self.background = colors.numbers, theme.background
        found = [self.numbers[name] for name in shown if name in self.numbers]
        if not found:
            raise RequestError(
                "color: {paths} (must hold a number for a box of this figure)",
                paths=show_value(sorted(self.numbers)[:3]),
            )
        self.colours = DARK if _is_dark(theme.background) else LIGHT
        self.edges = _edges(found, len(self.colours))

    def fill(self, name: str) -> str:
        """Return the colour of a box, by its id or path."""
        if name not in self.numbers:
            return self.background
        return self.colours[sum(self.numbers[name] > edge for edge in self.edges[1:-1])]

    def legend(self, show: Callable[[float], str]) -> list[tuple[str, str]]:
        """Return each colour with its range of numbers."""
        steps = zip(self.colours, pairwise(map(show, self.edges)), strict=False)
        return [
            (colour, f"{low} – {high}" if low != high else low) for colour, (low, high) in steps
        ]


def _boxes(items: tuple[Item, ...]) -> Iterator[Box | Circle]:
    """Yield the filled boxes and circles that represent a part of the network."""
    for item in items:
        if isinstance(item, Group):
            yield from _boxes(item.items)
        elif _is_painted(item):
            yield item


def _is_painted(item: Item) -> TypeGuard[Box | Circle]:
    return isinstance(item, (Box, Circle)) and bool(item.fill and item.id)


def _edges(numbers: list[float], count: int) -> list[float]:
    """Return the edges of the steps, linear or, for a large range of numbers, logarithmic."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return [low, high]
    positive = [number for number in numbers if number > 0]
    if low >= 0 and high > LOG * min(positive):
        first = max(min(positive), high / 1e4)
        below = [low] if low < first else []
        steps = count - len(below)
        return [*below, *(first * (high / first) ** (i / steps) for i in range(steps)), high]
    return [low + (high - low) * i / count for i in range(count)] + [high]


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128
