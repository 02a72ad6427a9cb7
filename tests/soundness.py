"""Check the invariants of every scene."""

import itertools

from resnet_viz.scene import Box, Circle, Line, Scene, Text, _ids

CLOSE = 0.01  # points; numbers in a file have three decimals


def holds(outer, inner, slack: float = CLOSE) -> bool:
    return (
        outer[0] - slack <= inner[0]
        and outer[1] - slack <= inner[1]
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def overlap(a, b) -> bool:
    return (
        a[0] < b[2] - CLOSE and b[0] < a[2] - CLOSE and a[1] < b[3] - CLOSE and b[1] < a[3] - CLOSE
    )


def distance(point, bounds) -> float:
    """Return the distance of a point from a rectangle; 0 inside."""
    dx = max(bounds[0] - point[0], 0, point[0] - bounds[2])
    dy = max(bounds[1] - point[1], 0, point[1] - bounds[3])
    return max(dx, dy)


def check(scene: Scene) -> None:
    """Check the invariants of every scene."""
    items = list(scene.walk())
    left, top = scene.origin
    page = (left, top, left + scene.width, top + scene.height)
    boxes = [item for item in items if isinstance(item, (Box, Circle)) and item.id]
    frames = [item for item in items if isinstance(item, Box) and item.dashed]
    texts = [item for item in items if isinstance(item, Text)]
    by_id = {box.id: box for box in boxes}

    assert len(by_id) == len(boxes), "ids are unique"
    assert len(scene.ids()) == len(list(_ids(scene.items))), "those of groups, too"
    for item in items:
        assert holds(page, item.bounds), "everything lies inside the view box"
    ordered = sorted(boxes, key=lambda box: box.bounds[1])
    for i, a in enumerate(ordered):
        for b in ordered[i + 1 :]:
            if b.bounds[1] > a.bounds[3]:
                break
            assert not overlap(a.bounds, b.bounds), "no boxes overlap"
    for box, frame in itertools.product(boxes, frames):
        assert holds(frame.bounds, box.bounds) or not overlap(frame.bounds, box.bounds)
    for text in texts:
        around = [box for box in boxes if overlap(box.bounds, text.bounds)]
        assert len(around) <= 1
        assert all(holds(box.bounds, text.bounds) for box in around), "no text leaves its box"
    for a, b in itertools.combinations(texts, 2):
        assert not overlap(a.bounds, b.bounds), "no texts overlap"
    for line in items:
        if not isinstance(line, Line):
            continue
        if line.source:
            assert distance(line.points[0], by_id[line.source].bounds) < CLOSE, "edges leave boxes"
        if line.target:
            room = distance(line.points[-1], by_id[line.target].bounds)
            assert room < 2, "edges end on their boxes"
        crossed = [
            box
            for box in boxes
            if box.id not in (line.source, line.target)
            and any(
                overlap(
                    box.bounds, (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
                )
                for a, b in itertools.pairwise(_widened(line.points))
            )
        ]
        assert not crossed, "no line runs through a box"


def _widened(points):
    """Return the segments of a line as thin rectangles, so that overlaps can be detected."""
    return [(x + 0.02 * (i % 2), y + 0.02 * (i % 2)) for i, (x, y) in enumerate(points)]
