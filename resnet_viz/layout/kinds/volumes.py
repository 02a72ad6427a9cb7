"""Lay out volumes: feature maps as boxes in perspective, from left to right, with arcs above."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, NamedTuple

from resnet_viz.fonts import text_width
from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import ARROW, VOLUME
from resnet_viz.scene import Line, Point, Run, Text
from resnet_viz.view import Volume, Volumes

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


class _Placed(NamedTuple):
    """A placed box: its left end, length, half height, and the depth vector of its perspective."""

    x: float
    length: float
    half: float
    back: Point
    room: float


def _placed(volumes: Volumes) -> list[_Placed]:
    """Return the boxes placed in a row, vertically centred on 0."""
    most = max(side for volume in volumes.boxes for side in volume.size)
    x, boxes = 0.0, []
    for volume in volumes.boxes:
        height, width = (VOLUME.LEAST + VOLUME.SIDE * side / most for side in volume.size)
        length = VOLUME.LEAST + VOLUME.CHANNEL * log2(volume.channels)
        back = (width * VOLUME.BACK, -width * VOLUME.BACK)
        words = max(text_width(text, "sans", VOLUME.FONT) for text in _texts(volume))
        room = max(length + back[0], words) + VOLUME.GAP
        boxes.append(_Placed(x, length, height / 2, back, room))
        x += room
    return boxes


def _texts(volume: Volume) -> tuple[str, str]:
    """Return the two lines below a box: its channels, and its height and width."""
    return f"{volume.channels}", "×".join(map(str, volume.size))


def _sizes(volumes: Volumes) -> tuple[float, float, float]:
    """Return the total width, and the extents above and below the middle."""
    boxes = _placed(volumes)
    above = max(box.half - box.back[1] for box in boxes)
    if volumes.arcs:
        above += VOLUME.ARC * (1 + max(last - first for first, last in volumes.arcs))
    below = max(box.half for box in boxes) + VOLUME.WORDS
    return sum(box.room for box in boxes), above, below


def extent(volumes: Volumes, scale: float, measure: Measure) -> Extent:
    """Return the extent of all boxes, which go from left to right in any direction."""
    width, above, below = _sizes(volumes)
    if measure.horizontal:
        return Extent(width, above, below, (scale, scale))
    return Extent(above + below, width / 2, width / 2, (scale, scale))


def place(volumes: Volumes, scale: float, placer: Placer) -> None:
    """Place the boxes, the labels below them and the arcs above them."""
    size = extent(volumes, scale, placer.measure)
    u, v = placer.advance(scale), placer.v
    left, top, _, _ = placer.flow.rectangle(
        u, u + size.length, v - size.negative, v + size.positive
    )
    middle = top + _sizes(volumes)[1]
    boxes = [box._replace(x=box.x + left) for box in _placed(volumes)]
    for first, last in volumes.arcs:
        placer.items.append(_arc(boxes[first], boxes[last], last - first, middle))
    for volume, box in zip(volumes.boxes, boxes, strict=True):
        fill = placer.theme.fills["conv" if max(volume.size) > 1 else "linear"]
        placer.items += _faces(box, middle, fill, placer.theme.fills["activation"])
        foot = middle + max(b.half for b in boxes) + VOLUME.FONT
        for row, text in enumerate(_texts(volume)):
            x, y = box.x + box.length / 2, foot + row * VOLUME.LINE
            x = max(x, box.x + text_width(text, "sans", VOLUME.FONT) / 2)
            placer.items.append(Text(x, y, (Run(text),), VOLUME.FONT))
    placer.leave(u + size.length, "", scale)
    placer.line = []


def _faces(box: _Placed, middle: float, front: str, side: str) -> list[Line]:
    """Return the three visible faces of a box: front, top and right."""
    x0, x1, y0, y1 = box.x, box.x + box.length, middle - box.half, middle + box.half
    dx, dy = box.back
    return [
        Line(((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)), fill=front),
        Line(((x0, y0), (x0 + dx, y0 + dy), (x1 + dx, y0 + dy), (x1, y0), (x0, y0)), fill=front),
        Line(((x1, y0), (x1 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1, y1), (x1, y0)), fill=side),
    ]


def _arc(first: _Placed, last: _Placed, boxes: int, middle: float) -> Line:
    """Return the curve from the top of one box to the top of another, above the boxes between."""
    ends = [
        (box.x + (box.length + box.back[0]) / 2, middle - box.half + box.back[1])
        for box in (first, last)
    ]
    (x0, y0), (x1, y1) = ends
    top = min(y0, y1) - VOLUME.ARC * boxes
    return Line(
        points=((x0, y0), (x0, top), (x1, top), (x1, y1 - ARROW.ROOM)),
        radius=VOLUME.ARC,
        head=(ARROW.LENGTH, ARROW.HALF),
    )
