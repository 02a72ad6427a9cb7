"""Words around a figure."""

from resnet_viz.fonts import text_width
from resnet_viz.layout.decorate import wrapped


def test_a_word_of_any_length_is_cut_into_lines_that_fit() -> None:
    word = "ix" * 6000
    lines = wrapped(word, 9, 150)

    assert "".join(lines) == word
    assert max(text_width(line, "sans", 9) for line in lines) <= 150


def test_what_is_wider_than_a_line_stands_alone() -> None:
    assert wrapped("一二", 9, 5) == ["一", "二"]
