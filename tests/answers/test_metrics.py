"""Figures painted by what their boxes cost."""

import re
from pathlib import Path

import pytest

from resnet_viz import RequestError, assemble, compare, draw, memory, report
from resnet_viz.answers.metrics import METRICS
from resnet_viz.cli import run
from resnet_viz.layout.paint import LIGHT
from resnet_viz.scene import Text
from resnet_viz.themes import find_theme
from resnet_viz.zoo import find


def test_numbers_are_those_of_the_reports_for_one_copy() -> None:
    graph = assemble(find("resnet50"))
    rows = {row.path: row for row in report("resnet50").rows}
    saved = {row.path: row for row in memory("resnet50").rows}
    macs, bytes, fields = (
        METRICS[name].numbers(graph) for name in ("macs", "memory", "receptive-field")
    )

    assert macs["layer3.1"] == rows["layer3.1"].macs / 5
    assert bytes["layer3.1"] == saved["layer3.1"].saved / 5
    assert fields["layer4"] == rows["layer4.1"].receptive_field == 427


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_paints_a_figure_with_a_legend(metric: str) -> None:
    plain, made = draw("resnet18", depth="op"), draw("resnet18", depth="op", color=metric)

    assert made.to_svg() != plain.to_svg()
    assert " – " in made.to_svg()


@pytest.mark.parametrize("layout", ["figure", "dot"])
def test_boxes_bear_the_bytes_and_the_time_of_one_copy(layout: str) -> None:
    graph = assemble(find("resnet50"))
    words = draw("resnet50", depth="block", layout=layout, annotate="memory,time").to_svg()

    for name, say in (("memory", "{} saved"), ("time", "{}")):
        numbers, show = METRICS[name].numbers(graph), METRICS[name].show
        for row in report("resnet50").rows:
            if row.path.startswith("layer"):
                assert say.format(show(numbers[row.path])) in words


def test_the_legend_names_device_and_batch() -> None:
    annotated = draw("resnet18", depth="stage", annotate="time").to_svg()
    coloured = draw("resnet18", input=(8, 3, 224, 224), depth="stage", color="time").to_svg()

    assert "time in inference, RTX 4090, batch 1<" in annotated
    assert "time in inference, RTX 4090, batch 8<" in coloured


def test_text_formats_are_annotated_too() -> None:
    made = draw("resnet18", depth="stage", annotate="memory")

    assert "6.9 MiB saved" in made.to_bytes(".dot").decode()  # layer1: 3.83 of layer1.0, 3.06
    assert made.to_bytes(".mmd").decode().count("saved") == 6  # stem, four stages, head


def test_text_formats_are_painted_as_the_figure_is() -> None:
    made = draw("resnet18", depth="stage", color="macs")
    box = next(box for box in made.net.boxes() if box.path == "layer1")

    assert box.fill in made.to_svg()
    assert f'fillcolor="{box.fill}"' in made.to_bytes(".dot").decode()
    assert f"fill:{box.fill}" in made.to_bytes(".mmd").decode()


def test_networks_side_by_side_are_painted_each_by_its_own_numbers() -> None:
    made = draw(["vgg19", "resnet34"], figure="layers", color="macs")
    fills = {box.id: box.fill for box in made.scene.items if getattr(box, "id", "")}

    # He et al. 2015, Table 1 and section 3.3: the last layer of 512 channels at 14 × 14 does
    # 0.46 G MACs in VGG-19; each layer of the ResNet does 0.12 G
    assert LIGHT.index(fills["vgg19/layer5.1.conv1"]) > LIGHT.index(
        fills["resnet34/layer3.0.conv2"]
    )


def test_own_numbers_come_as_a_mapping_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("layer1.0,1\nlayer2.0,3\n", encoding="utf-8")
    mapped = draw("resnet50", depth="block", color={"layer1.0": 1, "layer2.0": 3})

    assert draw("resnet50", depth="block", color=str(file)).to_svg() == mapped.to_svg()
    assert run(["draw", "resnet50", "--depth", "block", "--color", str(file)]) == 0
    file.write_text("path,my words\nlayer1.0,1\nlayer2.0,3\n", encoding="utf-8")
    assert ">my words<" in draw("resnet50", depth="block", color=str(file)).to_svg()


@pytest.mark.parametrize(
    ("color", "message"),
    [
        ("mac", "^unknown color: 'mac' .*did you mean 'macs'"),
        ({"layer1.0": float("nan")}, "^color: 'layer1.0': nan .must be a finite number"),
        ({3: 1.0}, "^color: 3: 1.0"),
        ({"nowhere": 1.0}, "^color: .'nowhere'. .must hold a number for a box"),
        ("missing.csv", "^color: cannot read missing.csv"),
    ],
)
def test_what_paints_nothing_is_refused(color, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        draw("resnet50", color=color)


def test_a_row_that_is_no_number_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("layer1.0,1\nlayer2.0,x\n", encoding="utf-8")

    with pytest.raises(RequestError, match=r"row 2: 'layer2.0,x' \(must be a path and a number\)"):
        draw("resnet50", color=file)


def test_reports_have_the_columns_that_are_asked_for() -> None:
    made = report("resnet50", columns="params,memory,time,intensity,receptive-field")
    text = made.to("text")

    assert made.totals["memory"] == memory("resnet50").totals["saved"]
    assert sum(row.measures["time"] for row in made.rows) == pytest.approx(made.totals["time"])
    for heading in ("params", "memory (bytes)", "time (µs)", "intensity", "receptive field"):
        assert heading in text
    assert "MACs  " not in text.splitlines()[2]
    assert made.to("csv").splitlines()[0].split(",")[4:] == [
        "params", "memory", "time", "intensity", "receptive_field",
    ]  # fmt: skip


def test_an_unknown_column_is_refused(capsys) -> None:
    assert run(["report", "resnet18", "--columns", "params,memry"]) == 2
    assert "unknown column: 'memry'" in capsys.readouterr().err


def test_comparisons_have_the_columns_that_are_asked_for() -> None:
    made = compare("resnet18", "resnet34", columns="memory,params")
    table = made.to_table()
    saved = [memory(name).totals["saved"] for name in ("resnet18", "resnet34")]

    assert table.totals["memory_before"] == saved[0]
    assert table.totals["memory_difference"] == saved[1] - saved[0]
    assert "memory after" in made.to("text")
    assert "MACs after" not in made.to("text")
    assert "memory_difference" in made.to("csv")


def test_bytes_are_whole_in_every_format() -> None:
    made = report("resnet50", columns="memory")

    assert type(made.totals["memory"]) is int
    assert made.totals["memory"] == memory("resnet50").totals["saved"]
    assert not re.search(r",\d+\.\d", made.to("csv"))
    compared = compare("resnet18", "resnet34", columns="memory").to("csv")
    assert not re.search(r",\d+\.\d", compared)


def test_what_is_written_on_painted_boxes_has_the_colour_of_the_text() -> None:
    scene = draw("resnet50", depth="block", annotate="params", color="macs").scene
    notes = [item for item in scene.items if isinstance(item, Text)]

    assert notes
    assert not any(item.colour == find_theme("d2l").muted for item in notes)
