"""Lay out volumes: feature maps as boxes in perspective, in a row, in a column or as a U."""

from __future__ import annotations

from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from resnet_viz.fonts import text_width
from resnet_viz.layout.extent import Extent
from resnet_viz.layout.metrics import ARROW, VOLUME
from resnet_viz.scene import Group, Item, Line, Point, Run, Text
from resnet_viz.view import Volume, Volumes

if TYPE_CHECKING:
    from resnet_viz.layout.measure import Measure
    from resnet_viz.layout.place import Placer

__all__ = ["extent", "place"]


class _Box(NamedTuple):
    """A placed box: the top left corner of its front, the front's size, and the back's offset."""

    x: float
    y: float
    width: float
    height: float
    back: float

    @property
    def middle(self) -> Point:
        """The centre of the front."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """The right end of the back."""
        return self.x + self.width + self.back

    @property
    def top(self) -> float:
        """The top of the back."""
        return self.y - self.back


def _sized(volumes: Volumes) -> list[_Box]:
    """Return boxes of the right size, each with the middle of its front's left edge at 0."""
    most = max(side for volume in volumes.boxes for side in volume.size)
    widest = max(volume.channels for volume in volumes.boxes)
    boxes = []
    for volume in volumes.boxes:
        height, width = (VOLUME.LEAST + VOLUME.SIDE * side / most for side in volume.size)
        share = (
            volume.channels / widest * log2(2 * widest)
            if volumes.linear
            else log2(2 * volume.channels)
        )
        length = VOLUME.LEAST + VOLUME.CHANNEL * share
        if volumes.down:
            boxes.append(_Box(-width / 2, 0, width, length, height * VOLUME.BACK))
        else:
            boxes.append(_Box(0, -height / 2, length, height, width * VOLUME.BACK))
    return boxes


def _in_row(volumes: Volumes) -> list[_Box]:
    """Return the boxes from left to right; in a U, lower resolutions are further down."""
    sized = _sized(volumes)
    sizes = sorted({volume.size for volume in volumes.boxes}, reverse=True)
    is_u = _is_u(volumes)
    tops = {sizes[0]: 0.0}
    for size, after in pairwise(sizes):
        row = [b for b, v in zip(sized, volumes.boxes, strict=True) if v.size == size]
        after_row = [b for b, v in zip(sized, volumes.boxes, strict=True) if v.size == after]
        below = max(box.height / 2 for box in row) + VOLUME.WORDS + VOLUME.GAP
        above = max(box.height / 2 + box.back for box in after_row)
        tops[after] = tops[size] + below + above
    x, boxes = 0.0, []
    for volume, box in zip(volumes.boxes, sized, strict=True):
        boxes.append(box._replace(x=x, y=box.y + (tops[volume.size] if is_u else 0)))
        words = max(text_width(text, "sans", VOLUME.FONT) for text in _texts(volume))
        x += max(box.width + box.back, words) + VOLUME.GAP
    return boxes


def _in_column(volumes: Volumes) -> list[_Box]:
    """Return the boxes from top to bottom."""
    y, boxes = 0.0, []
    for box in _sized(volumes):
        boxes.append(box._replace(y=y + box.back))
        y += max(box.back + box.height, 2 * VOLUME.LINE) + VOLUME.GAP
    return boxes


def _is_u(volumes: Volumes) -> bool:
    """Return whether the resolution falls and rises again, with skip connections across."""
    sides = [max(volume.size) for volume in volumes.boxes]
    lowest = sides.index(min(sides))
    crossing = [arc for arc in volumes.arcs if arc[0] < lowest < arc[1]]
    return bool(crossing) and not volumes.down and 2 * sides[-1] > max(sides)


def _texts(volume: Volume) -> tuple[str, str]:
    """Return the two lines beside a box: its channels, and its height and width."""
    return f"{volume.channels}", "×".join(map(str, volume.size))


def _items(volumes: Volumes, front: str, side: str, flat: str) -> list[Item]:
    """Return the primitives of all boxes, words and lines."""
    boxes = _in_column(volumes) if volumes.down else _in_row(volumes)
    is_u = _is_u(volumes)
    items: list[Item] = []
    for first, last in volumes.arcs:
        if is_u and volumes.boxes[first].size == volumes.boxes[last].size:
            items.append(_across(boxes[first], boxes[last]))
        else:
            arc = _beside if volumes.down else _above
            items.append(arc(boxes[first : last + 1]))
    for box, after in pairwise(boxes):
        items.append(_arrow(box, after, volumes.down))
    foot = max(box.y + box.height for box in boxes)
    right = max(box.right for box in boxes)
    for volume, box in zip(volumes.boxes, boxes, strict=True):
        items += _faces(box, front if max(volume.size) > 1 else flat, side)
        for row, text in enumerate(_texts(volume)):
            if volumes.down:
                x, y = right + VOLUME.FONT, box.middle[1] + (row - 0.5) * VOLUME.LINE
                items.append(Text(x, y, (Run(text),), VOLUME.FONT, anchor="start"))
                continue
            least = box.x + text_width(text, "sans", VOLUME.FONT) / 2
            y = (box.y + box.height if is_u else foot) + VOLUME.FONT + row * VOLUME.LINE
            items.append(Text(max(box.middle[0], least), y, (Run(text),), VOLUME.FONT))
    return items


def extent(volumes: Volumes, scale: float, measure: Measure) -> Extent:
    """Return the extent of all boxes, whose arrangement does not depend on the flow."""
    left, top, right, bottom = Group(tuple(_items(volumes, "", "", ""))).bounds
    width, height = right - left, bottom - top
    along, across = (width, height) if measure.horizontal else (height, width)
    return Extent(along, across / 2, across / 2, (scale, scale))


def place(volumes: Volumes, scale: float, placer: Placer) -> None:
    """Place the boxes, the words beside them and the arcs."""
    size = extent(volumes, scale, placer.measure)
    u, v = placer.advance(scale), placer.v
    x, y, _, _ = placer.flow.rectangle(u, u + size.length, v - size.negative, v + size.positive)
    fills = placer.theme.fills
    items = _items(volumes, fills["conv"], fills["activation"], fills["linear"])
    left, top, _, _ = Group(tuple(items)).bounds
    placer.items += [_moved(item, x - left, y - top) for item in items]
    placer.leave(u + size.length, "", scale)
    placer.line = []


def _moved(item: Item, dx: float, dy: float) -> Item:
    if isinstance(item, Line):
        return item._replace(points=tuple((x + dx, y + dy) for x, y in item.points))
    assert isinstance(item, Text)
    return item._replace(x=item.x + dx, y=item.y + dy)


def _faces(box: _Box, front: str, side: str) -> list[Line]:
    """Return the three visible faces of a box: front, top and right."""
    x0, x1, y0, y1, d = box.x, box.x + box.width, box.y, box.y + box.height, box.back
    return [
        Line(((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)), fill=front),
        Line(((x0, y0), (x0 + d, y0 - d), (x1 + d, y0 - d), (x1, y0), (x0, y0)), fill=front),
        Line(((x1, y0), (x1 + d, y0 - d), (x1 + d, y1 - d), (x1, y1), (x1, y0)), fill=side),
    ]


_HEAD = (ARROW.LENGTH, ARROW.HALF)
_APART = 2.5
"""Half the distance between the end of an arc and the beginning of the next."""


def _arrow(box: _Box, after: _Box, down: bool) -> Line:
    """Return the line from a box to the next."""
    (x0, y0), (x1, y1) = box.middle, after.middle
    if down:
        points = ((x0, box.y + box.height), (x1, after.top - ARROW.ROOM))
    elif abs(y0 - y1) < 1:
        points = ((box.right, y0), (after.x - ARROW.ROOM, y1))
    else:
        entry = after.top - ARROW.ROOM if y1 > y0 else after.y + after.height + VOLUME.WORDS
        middle = x1 + after.back / 2
        return Line(((box.right, y0), (middle, y0), (middle, entry)), head=_HEAD)
    return Line(points, head=_HEAD)


def _across(first: _Box, last: _Box) -> Line:
    """Return the skip connection between two boxes of a U at the same height."""
    y = first.middle[1] - min(first.height, last.height) / 4
    return Line(((first.right, y), (last.x - ARROW.ROOM, y)), head=_HEAD)


def _above(boxes: list[_Box]) -> Line:
    """Return the arc from the top of the first box to that of the last, above all between them."""
    x0 = (boxes[0].x + boxes[0].right) / 2 + _APART
    x1 = (boxes[-1].x + boxes[-1].right) / 2 - _APART
    top = min(box.top for box in boxes) - VOLUME.ARC * (1 + (len(boxes) - 2) / 2)
    return Line(
        points=((x0, boxes[0].top), (x0, top), (x1, top), (x1, boxes[-1].top - ARROW.ROOM)),
        radius=VOLUME.ARC / 2,
        head=_HEAD,
    )


def _beside(boxes: list[_Box]) -> Line:
    """Return the arc from the left of the first box to the last, left of all between them."""
    y0, y1 = boxes[0].middle[1] + _APART, boxes[-1].middle[1] - _APART
    left = min(box.x for box in boxes) - VOLUME.ARC * (1 + (len(boxes) - 2) / 2)
    return Line(
        points=((boxes[0].x, y0), (left, y0), (left, y1), (boxes[-1].x - ARROW.ROOM, y1)),
        radius=VOLUME.ARC / 2,
        head=_HEAD,
    )
