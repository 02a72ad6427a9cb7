"""Charts of spaces: what is in them, beside known networks."""

import json

import pytest

from resnet_viz import RequestError, Space, chart, pareto, report, sample
from resnet_viz.cli import run
from resnet_viz.scene import Text

SPACE = {
    "stem": "simple_stem_in",
    "stages": [{"blocks": [1, 2, 3], "channels": {"from": 16, "to": 64, "step": 8}, "stride": 2}],
}


def test_a_scatter_has_the_networks_that_sample_draws() -> None:
    drawn = sample(SPACE, 50, seed=3)
    made = chart(SPACE, n=50, seed=3, x="params", y="activations")

    expected = zip(drawn.totals["params"], drawn.totals["activations"], strict=True)
    assert list(made.points) == [(int(x), int(y)) for x, y in expected]


def test_a_front_is_that_of_pareto() -> None:
    made = chart(SPACE, "front", n=20)

    assert set(made.front) == {(row.macs, row.params) for row in pareto(SPACE).rows}


def test_an_edf_says_the_share_of_networks_up_to_each_cost() -> None:
    made = chart(SPACE, "edf", n=200)
    costs = sample(SPACE, 200).totals["macs"]

    for cost, share in made.points:
        assert share <= (costs <= cost).mean()
    assert made.points[-1] == (costs.max(), 1.0)


def test_landmarks_have_published_accuracy_and_cost_what_they_cost_at_its_size() -> None:
    # timm, results/results-imagenet.csv: resnet50.a1_in1k at 288 pixels, 81.240 %
    (known,) = chart(SPACE, n=5, landmarks=["resnet50"]).landmarks

    assert (known.weights, known.size, known.top1) == ("resnet50.a1_in1k", 288, 81.24)
    assert known.macs == report("resnet50", (3, 288, 288)).totals["macs"]


def test_a_network_without_published_accuracy_gets_none() -> None:
    (known,) = chart(SPACE, n=5, landmarks=["d2l-resnet18"]).landmarks

    assert known.top1 is None
    assert known.label == "d2l-resnet18"


@pytest.mark.parametrize(
    ("kind", "words"),
    [("front", {"参数", "乘加次数", "前沿"}), ("edf", {"网络占比", "乘加次数"})],
)
def test_titles_and_labels_are_chinese(kind: str, words: set[str]) -> None:
    made = chart(SPACE, kind, n=10, landmarks=["resnet18"], lang="zh")
    texts = {run.text for item in made.scene.walk() if isinstance(item, Text) for run in item.runs}

    assert words <= texts
    assert any("准确率" in text for text in texts)
    english = {"parameters", "MACs", "front", "share of networks"}
    assert not english & texts


@pytest.mark.parametrize("kind", ["scatter", "front", "edf"])
def test_altair_has_the_same_points(kind: str) -> None:
    pytest.importorskip("altair")
    made = chart(SPACE, kind, n=10, landmarks=["resnet18"])
    whole = json.loads(made.altair().to_json())
    points, *_, names = (whole["datasets"][layer["data"]["name"]] for layer in whole["layer"])

    assert [(row["macs"], row.get("params", row.get("share"))) for row in points] == list(
        made.points
    )
    assert names[0]["label"] == "resnet18 73.3 %"


def test_the_command_writes_what_python_has(tmp_path, capsys) -> None:
    path = tmp_path / "space.json"
    path.write_text(Space(SPACE).dumps("json"), encoding="utf-8")

    assert run(["chart", str(path), "--kind", "edf", "-n", "9", "--landmarks", "resnet18"]) == 0
    assert capsys.readouterr().out == chart(SPACE, "edf", n=9, landmarks=["resnet18"]).to_svg()
    assert run(["chart", str(path), "-n", "9", "-o", str(tmp_path / "a.png")]) == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert run(["chart", str(path), "--kind", "pie"]) == 2
    assert "unknown kind: 'pie'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "pie"}, "unknown kind: 'pie'"),
        ({"x": "speed"}, "unknown axis: 'speed'"),
        ({"x": "macs", "y": "macs"}, "^axes: macs .must be two different totals"),
        ({"landmarks": ["resnet19"]}, "resnet19"),
        ({"n": 0}, "^n: 0 .must be an integer from 1"),
    ],
)
def test_a_wrong_request_is_one_line(options, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        chart(SPACE, **options)
