"""The figures of the book and the papers, beside their sources."""

from itertools import pairwise

import pytest

from resnet_viz import draw
from resnet_viz.scene import Box, Circle, Line, Text


def test_no_arrowhead_of_a_figure_of_layers_touches_another_line() -> None:
    items = list(draw("resnet34", figure="layers").scene.walk())
    arcs = [item for item in items if isinstance(item, Line) and item.radius > 10]
    straight = [item for item in items if isinstance(item, Line) and item.radius <= 10]

    # data flows up, so y falls: one block's arc arrives before the arc of the next one leaves
    for arc, following in pairwise(arcs):
        assert arc.barbs[0][1] < arc.points[0][1]
        assert following.points[0][1] < min(y for _, y in arc.barbs) - 1
    for arc in arcs:
        (x, y), heads = arc.points[0], [line for line in straight if line.head[0]]
        assert all(abs(y - line.points[-1][1]) > line.head[0] for line in heads)
        assert x == straight[0].points[0][0]


def test_a_figure_of_layers_begins_with_the_image() -> None:
    scene = draw("resnet34", figure="layers").scene
    lowest = max((item for item in scene.walk() if isinstance(item, Box)), key=lambda box: box.y)
    (word,) = [
        item for item in scene.walk() if isinstance(item, Text) and item.runs[0][0] == "image"
    ]

    assert lowest.y < word.y < lowest.y + lowest.height


def test_both_forms_of_a_block_with_groups_end_at_the_same_height() -> None:
    scene = draw("resnext50_32x4d", figure="groups").scene
    sums = [item for item in scene.walk() if isinstance(item, Circle)]
    words = [
        "".join(run.text for run in item.runs) for item in scene.walk() if isinstance(item, Text)
    ]

    assert len(sums) == 2
    assert sums[0].y == pytest.approx(sums[1].y)
    # d2l, Figure 8.6.5
    for label in ("b intermediate channels", "b/g channels per group", "g groups", "b channels"):
        assert label in words
    assert words.count("c input channels") == words.count("c output channels") == 2


def test_the_residual_function_is_a_script_letter_in_each_format() -> None:
    drawing = draw("resnet34", figure="shortcut")

    assert drawing.to_bytes(".svg").decode().count("ℱ") == 2
    assert drawing.to_bytes(".tex").decode().count(r"\mathcal{F}") == 2
