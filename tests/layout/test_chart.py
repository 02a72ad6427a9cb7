"""Charts: axes, lines and labels."""

from __future__ import annotations

from itertools import pairwise

import pytest

from resnet_viz.layout.chart import COLOURS, HEIGHT, WIDTH, Axis, Panel, Series, lay_out_charts
from resnet_viz.scene import Line, Text
from resnet_viz.themes import find_theme

X = Axis("x")


def scene(*series: Series, y: Axis = Axis("y")):  # noqa: B008 - a value
    return lay_out_charts([Panel("panel", series)], X, y, find_theme("d2l"))


def texts(made):
    return [item.runs[0].text for item in made.walk() if isinstance(item, Text)]


def drawn(made):
    return [item for item in made.walk() if isinstance(item, Line) and item.colour in COLOURS]


def test_a_line_goes_through_the_places_of_its_numbers():
    (line,) = drawn(scene(Series("", ((0, 0), (5, 50), (10, 100)))))

    assert line.points == ((0, HEIGHT), (WIDTH / 2, HEIGHT / 2), (WIDTH, 0))


def test_a_logarithmic_axis_has_equal_room_for_equal_factors():
    (line,) = drawn(scene(Series("", ((0, 1), (1, 10), (2, 100))), y=Axis("y", log=True)))
    (_, a), (_, b), (_, c) = line.points

    assert a - b == pytest.approx(b - c)


@pytest.mark.parametrize("y", [Axis("y"), Axis("y", log=True)])
@pytest.mark.parametrize("numbers", [(3, 3), (0, 0), (1e-9, 1e9), (-4, 7), (0.1, float("nan"))])
def test_ticks_hold_all_numbers_between_them(numbers, y):
    made = scene(Series("", tuple(enumerate(numbers))), y=y)

    for line in drawn(made):
        assert all(-1e-6 <= v <= HEIGHT + 1e-6 for _, v in line.points)


def test_labels_of_lines_that_end_together_do_not_lie_on_each_other():
    made = scene(*(Series(f"line {i}", ((0, 0), (1, 1 + i / 1000)), i) for i in range(5)))
    labels = sorted(
        item.bounds[1::2]
        for item in made.walk()
        if isinstance(item, Text) and item.runs[0].text.startswith("line")
    )

    assert len(labels) == 5
    assert all(a[1] <= b[0] for a, b in pairwise(labels))


def test_only_the_first_panel_says_what_the_shared_axis_is():
    line = Series("", ((0, 0), (1, 1)))
    made = lay_out_charts(
        [Panel("a", (line,)), Panel("b", (line,))], X, Axis("up"), find_theme("d2l")
    )

    assert texts(made).count("up") == 1
    assert {"a", "b"} <= set(texts(made))
