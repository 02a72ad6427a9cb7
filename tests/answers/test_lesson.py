"""The lesson: what is trained, what is said of it, and what was measured."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from resnet_viz import report
from resnet_viz.answers.lesson import KINDS, Lesson, lesson, lesson_spec, measured_lesson
from resnet_viz.answers.lesson_charts import CHARTS
from resnet_viz.errors import RequestError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def small() -> Lesson:
    return lesson((8, 32), epochs=4, seeds=1)


def test_the_deeper_plain_network_is_worse_in_training_and_the_residual_one_is_not(small):
    assert small.degradation("plain") > 10
    assert small.degradation("residual") < small.degradation("plain") - 10


def test_the_same_request_gives_the_same_numbers(small):
    again = lesson((8,), epochs=4)

    assert again.runs == tuple(run for run in small.runs if run.depth == 8)


def test_training_leaves_torch_as_it_was():
    import torch

    torch.set_num_threads(2)
    state = torch.get_rng_state()
    lesson((8,), epochs=1)

    assert torch.equal(state, torch.get_rng_state())
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("depth", [20, 56, 110])
def test_both_kinds_have_the_layers_they_are_called_by_and_the_same_parameters(depth):
    plain, residual = (report(lesson_spec(kind, depth)).totals for kind in KINDS)

    assert plain == residual  # option A adds shortcuts without a parameter or a multiply-add
    assert plain["layers"] == depth


def test_what_was_measured_holds_five_seeds_of_all_networks():
    measured = measured_lesson()

    assert {(run.kind, run.depth, run.seed) for run in measured.runs} == {
        (kind, depth, seed) for kind in KINDS for depth in (20, 56, 110) for seed in range(5)
    }
    for run in measured.runs:
        assert len(run.training_errors) == len(run.test_errors) == measured.settings.epochs
        assert len(run.gradients) == run.depth  # every layer has one
        assert len(run.outputs) == (run.depth - 2) // 2  # two layers in a block


def test_a_lesson_that_does_not_show_the_degradation_says_so():
    measured = measured_lesson()
    swapped = tuple(
        run._replace(kind={"plain": "residual", "residual": "plain"}[run.kind])
        for run in measured.runs
    )

    assert "does not show" in replace(measured, runs=swapped).to("text")
    assert "does not show" not in measured.to("text")


def test_the_page_of_the_lesson_shows_what_was_measured():
    page = (ROOT / "docs" / "lesson.md").read_text(encoding="utf-8")
    measured = measured_lesson()

    assert measured.to("md").partition("\n\n")[0] in page
    for chart in CHARTS:
        drawn = (ROOT / "docs" / "lesson" / f"{chart}.svg").read_text(encoding="utf-8")
        assert measured.draw(chart).to_svg() == drawn


def test_the_file_of_what_was_measured_is_what_a_lesson_writes():
    kept = files("resnet_viz.answers").joinpath("lesson.json").read_text(encoding="utf-8")

    assert json.loads(kept) == json.loads(measured_lesson().to("json"))


def test_json_gives_back_every_number():
    measured = measured_lesson()
    data = json.loads(measured.to("json"))

    assert [tuple(run["training_errors"]) for run in data["runs"]] == [
        run.training_errors for run in measured.runs
    ]


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_chart_has_a_bold_line_for_each_network_and_its_texts_inside(chart, lang):
    picture = measured_lesson().draw(chart, lang=lang)
    lines = [item for item in picture.scene.walk() if getattr(item, "width", 0) == 1.4]
    x, y, width, height = map(float, ET.fromstring(picture.to_svg()).get("viewBox").split())

    assert len(lines) == 6
    for item in picture.scene.walk():
        left, top, right, bottom = item.bounds
        assert x <= left <= right <= x + width
        assert y <= top <= bottom <= y + height


def test_a_folder_gets_every_chart_and_the_numbers(tmp_path):
    measured_lesson().save(tmp_path / "new")

    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        *(f"{chart}.svg" for chart in CHARTS),
        "lesson.json",
        "lesson.csv",
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"depths": (21,)}, r"depths: 21 \(must be 6n \+ 2"),
        ({"depths": ()}, r"depths: \(\) \(must be different"),
        ({"depths": (20, 20)}, r"depths: \(20, 20\)"),
        ({"epochs": 0}, r"epochs: 0 \(must be an integer from 1 to 1000"),
        ({"epochs": True}, r"epochs: True"),
        ({"seeds": 2.5}, r"seeds: 2.5"),
        ({"lr": 0}, r"lr: 0 \(must be more than 0"),
        ({"lr": "fast"}, r"lr: 'fast'"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_legal(wrong, said):
    with pytest.raises(RequestError, match=said):
        lesson(**wrong)


@pytest.mark.parametrize("suffix", [".json", ".dot"])
def test_a_chart_is_no_network(suffix):
    with pytest.raises(RequestError, match="not a chart"):
        measured_lesson().draw("training").to_bytes(suffix)
