"""Test the figure of live memory."""

import pytest

from resnet_viz import RequestError, memory, memory_timeline
from resnet_viz.cli import run
from resnet_viz.scene import Box, Text
from resnet_viz.text.numbers import show_bytes


def texts(picture) -> list[str]:
    return [run.text for item in picture.scene.items if isinstance(item, Text) for run in item.runs]


@pytest.mark.parametrize(
    ("training", "total"), [(True, "total_training"), (False, "total_inference")]
)
def test_the_highest_column_is_the_total_that_the_report_says(training: bool, total: str) -> None:
    made = memory_timeline("resnet50", batch=8, optimizer="adam", training=training)
    report = memory("resnet50", batch=8, optimizer="adam", training=training)

    assert any(text.endswith(show_bytes(report.totals[total])) for text in texts(made))


def test_bands_fill_the_height_at_the_peak_and_no_more() -> None:
    made = memory_timeline("resnet18", batch=4)
    bands = [item for item in made.scene.items if isinstance(item, Box) and not item.outlined]

    assert min(box.y for box in bands) == pytest.approx(0, abs=0.01)
    assert {"forward", "backward", "gradients", "saved for backward"} <= set(texts(made))
    assert "optimizer" not in texts(made)  # plain SGD has no state


def test_everything_lies_on_the_page() -> None:
    scene = memory_timeline("resnet152", theme="dark").scene
    left, top = scene.origin

    for item in scene.items:
        x0, y0, x1, y1 = item.bounds
        assert left <= x0 <= x1 <= left + scene.width
        assert top <= y0 <= y1 <= top + scene.height


def test_the_command_writes_it(tmp_path) -> None:
    file = tmp_path / "timeline.svg"

    assert run(["memory", "resnet18", "--no-training", "-o", str(file)]) == 0
    assert file.read_text(encoding="utf-8").startswith("<svg")
    assert run(["memory", "resnet18", "-o", str(tmp_path / "a.dot")]) == 2


def test_a_wrong_request_is_one_line() -> None:
    with pytest.raises(RequestError, match="^unknown dtype: 'float1'"):
        memory_timeline("resnet18", dtype="float1")
