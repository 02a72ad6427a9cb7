"""Colour the boxes of a placed scene by numbers, and add a legend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from resnet_viz.errors import RequestError
from resnet_viz.errors import show as show_value
from resnet_viz.layout.decorate import with_legend
from resnet_viz.scene import Box, Group, Item, Scene
from resnet_viz.themes import Theme

__all__ = ["LIGHT", "painted"]

LIGHT = ("#ffffe5", "#fff7bc", "#fee391", "#fec44f", "#fe9929", "#ec7014")
"""Colours from pale to strong in equal steps of lightness, for black labels and for colour-blind
readers (ColorBrewer's YlOrBr; Harrower and Brewer 2003, doi 10.1179/000870403235002042)."""

DARK = ("#2b1a08", "#40260a", "#56330a", "#6c4009", "#834e07", "#985b04")
"""The same for white labels."""

LOG = 30
"""The ratio of the largest to the smallest number above which the steps are logarithmic."""


def painted(
    scene: Scene, numbers: Mapping[str, float], show: Callable[[float], str], theme: Theme
) -> Scene:
    """Return a scene with boxes coloured by the numbers of their ids, and a legend.

    Boxes without a number get the background colour; frames of opened scopes do not change.

    Raises:
        RequestError: no box of the scene has a number.
    """
    shown = [numbers[box.id] for box in _boxes(scene.items) if box.id in numbers]
    if not shown:
        raise RequestError(
            "color: {paths} (must hold a number for a box of this figure)",
            paths=show_value(sorted(numbers)[:3]),
        )
    colours = DARK if _is_dark(theme.background) else LIGHT
    edges = _edges(shown, len(colours))

    def colour_of(number: float) -> str:
        return colours[sum(number > edge for edge in edges[1:-1])]

    def paint(item: Item) -> Item:
        if isinstance(item, Group):
            return item._replace(items=tuple(map(paint, item.items)))
        if isinstance(item, Box) and item.fill and item.id:
            has_number = item.id in numbers
            return item._replace(
                fill=colour_of(numbers[item.id]) if has_number else theme.background
            )
        return item

    entries = {
        colours[i]: f"{show(low)} to {show(high)}" for i, (low, high) in enumerate(pairwise(edges))
    }
    return with_legend(scene._replace(items=tuple(map(paint, scene.items))), entries.items())


def _boxes(items: tuple[Item, ...]) -> Iterator[Box]:
    """Yield the filled boxes that represent a part of the network."""
    for item in items:
        if isinstance(item, Group):
            yield from _boxes(item.items)
        elif isinstance(item, Box) and item.fill and item.id:
            yield item


def _edges(numbers: list[float], count: int) -> list[float]:
    """Return the edges of the steps, linear or, for a large range of numbers, logarithmic."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return [low, high]
    positive = [number for number in numbers if number > 0]
    if low >= 0 and high > LOG * min(positive):
        first = max(min(positive), high / 1e4)
        ratio = (high / first) ** (1 / (count - 1))
        return [low, *(first * ratio**i for i in range(count - 1)), high]
    return [low + (high - low) * i / count for i in range(count)] + [high]


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128
