"""Boxes painted by numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import RequestError
from resnet_viz.layout.paint import DARK, LIGHT, Colors, painted
from resnet_viz.scene import Box, Scene
from resnet_viz.themes import find_theme


def scene(*ids: str) -> Scene:
    boxes = tuple(Box(0, 20 * i, 40, 10, fill="#123456", id=path) for i, path in enumerate(ids))
    theme = find_theme("d2l")
    return Scene(
        width=40,
        height=100,
        items=boxes,
        title="",
        background=theme.background,
        line=theme.line,
        text=theme.text,
        stroke=1,
    )


def fills(made: Scene) -> dict[str, str]:
    return {box.id: box.fill for box in made.items if isinstance(box, Box) and box.id}


def luminance(colour: str) -> float:
    # WCAG 2.1, relative luminance
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_larger_numbers_are_stronger_and_boxes_without_one_are_bare() -> None:
    made = painted(
        scene("a", "b", "c", "d"), Colors({"a": 0, "b": 5, "c": 10}, str), find_theme("d2l")
    )

    assert fills(made) == {"a": LIGHT[0], "b": LIGHT[2], "c": LIGHT[-1], "d": "#ffffff"}


def test_numbers_of_different_sizes_differ_in_steps_of_equal_factors() -> None:
    numbers = {"a": 1, "b": 10, "c": 100, "d": 1000}
    made = painted(scene(*numbers), Colors(numbers, str), find_theme("d2l"))

    assert len(set(fills(made).values())) == 4


def test_labels_can_be_read_on_every_colour() -> None:
    for colours, theme in ((LIGHT, "d2l"), (DARK, "dark")):
        text = luminance(find_theme(theme).text)
        for colour in colours:
            low, high = sorted((text, luminance(colour)))
            assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_figure_without_such_boxes_is_refused() -> None:
    with pytest.raises(RequestError, match=r"^color: \['b'\] \(must hold a number for a box"):
        painted(scene("a"), Colors({"b": 1}, str), find_theme("d2l"))


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(-1e9, 1e9), min_size=1))
def test_any_numbers_are_painted_in_their_order(numbers) -> None:
    made = fills(painted(scene(*numbers), Colors(numbers, str), find_theme("d2l")))
    ranks = [LIGHT.index(made[path]) for path in sorted(numbers, key=lambda path: numbers[path])]

    assert ranks == sorted(ranks)
