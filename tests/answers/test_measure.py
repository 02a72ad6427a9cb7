"""Test `measure` and `calibrate`: small runs, the restored state, and rejected requests."""

import json

import pytest
import torch
from torch import nn

import resnet_viz
from resnet_viz import RequestError, ResNetVizError
from resnet_viz.answers import measure as measuring
from resnet_viz.cli import run
from resnet_viz.devices import find_device
from resnet_viz.devices.device import own_folder


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A configuration folder for the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def test_a_network_is_measured_block_by_block() -> None:
    made = resnet_viz.measure("cifar-resnet20", batch=2)

    assert made.step_ms > 0
    assert made.images_per_s == pytest.approx(2000 / made.step_ms)
    assert [row.path for row in made.rows][:4] == ["layer1.0", "layer1.1", "layer1.2", "layer2.0"]
    assert all(row.measured_ms > 0 for row in made.rows)
    assert made.device is None
    assert made.predicted_ms is None


def test_predictions_stand_beside_what_is_measured(capsys) -> None:
    words = ["measure", "cifar-resnet20", "--device", "i7-12700h", "--format", "json"]
    assert run(words) == 0
    printed = json.loads(capsys.readouterr().out)

    assert printed["predicted_ms"] > 0
    assert len(printed["rows"]) == 9
    assert all(row["predicted_ms"] > 0 for row in printed["rows"])


def test_threads_flags_and_gradients_are_as_before() -> None:
    module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
    module[1].eval()
    state = {name: value.clone() for name, value in module.state_dict().items()}
    threads = torch.get_num_threads()
    resnet_viz.measure(module, (1, 3, 32, 32), threads=1, depth="op")

    assert [part.training for part in module] == [True, False, True]
    assert torch.get_num_threads() == threads
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())
    assert not any(part._forward_hooks for part in module)


def test_what_does_not_fit_is_said_before_anything_is_allocated(monkeypatch) -> None:
    from resnet_viz import stopwatch

    monkeypatch.setattr(stopwatch, "_room", lambda place: 1000)
    with pytest.raises(ResNetVizError, match=r"^out of memory: [\d,]+ bytes are needed"):
        resnet_viz.measure("cifar-resnet20")


def test_out_of_memory_while_it_runs_is_one_line(monkeypatch) -> None:
    def fail(self, x):
        raise torch.OutOfMemoryError("CUDA out of memory")

    module = nn.Sequential(nn.ReLU())
    monkeypatch.setattr(nn.ReLU, "forward", fail)
    with pytest.raises(ResNetVizError, match="^out of memory: "):
        resnet_viz.measure(module, (1, 3, 8, 8))


def test_a_calibration_is_a_device(monkeypatch, capsys) -> None:
    monkeypatch.setattr(measuring, "MIN_SECONDS", 0.05)
    monkeypatch.setattr(
        measuring,
        "NETWORKS",
        (("cifar-resnet20", 32, 1), ("test_resnet", 64, 1), ("cifar-resnet20", 32, 4)),
    )
    assert run(["measure", "--calibrate", "--name", "bench-box"]) == 0
    assert "--device bench-box" in capsys.readouterr().out
    device = find_device("bench-box")

    assert device.coefficients["flops"] > 0
    assert resnet_viz.latency("resnet18", device="bench-box", batch=1).step_ms > 0
    assert resnet_viz.measure("cifar-resnet20").device == device
    with pytest.raises(
        RequestError, match=r"^mode: 'train' \(bench-box was measured in infer only"
    ):
        resnet_viz.latency("resnet18", device="bench-box", mode="train")


def test_an_interrupted_calibration_leaves_the_old_one(monkeypatch) -> None:
    from resnet_viz import stopwatch

    old = own_folder() / "this-machine.json"
    old.parent.mkdir(parents=True)
    old.write_text("old")

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(stopwatch, "seconds_of", interrupt)
    monkeypatch.setattr(measuring, "NETWORKS", (("cifar-resnet20", 32, 1),))

    assert run(["measure", "--calibrate"]) == 130
    assert old.read_text() == "old"
    assert [file.name for file in old.parent.iterdir()] == ["this-machine.json"]


def test_a_fit_finds_the_rates_that_made_the_times() -> None:
    from resnet_viz import assemble
    from resnet_viz.count.roofline import work_of
    from resnet_viz.zoo import find

    base = dict(find_device("i7-12700h").coefficients)
    true = {**base, "flops": base["flops"] / 3, "bandwidth": base["bandwidth"] / 5}
    runs = []
    for network in ("resnet18", "resnet50", "resnext50_32x4d", "cifar-resnet56"):
        spec = find(network)
        works = work_of(assemble(spec, (1, *spec.input)))
        runs.append((works, measuring._seconds(works, true)))
    found = measuring._fit(runs, base)

    for works, seconds in runs:
        assert measuring._seconds(works, found) == pytest.approx(seconds, rel=0.05)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["measure"], "network: missing (must be given, or --calibrate)"),
        (["measure", "resnet18", "--threads", "0"], "threads: 0 (must be an integer of 1 or more)"),
        (["measure", "resnet18", "--batch", "0"], "batch: 0 (must be"),
        (["measure", "resnet18", "--device", "rtx1"], "unknown device: 'rtx1'"),
        (["measure", "--calibrate", "--name", "../x"], "name: '../x' (must be of at most 40"),
        (["measure", "--calibrate", "--name", "rtx4090"], "name: 'rtx4090' (is that of a shipped"),
    ],
)
def test_a_wrong_request_is_one_line(words, message, capsys) -> None:
    assert run(words) == 2
    assert capsys.readouterr().err.startswith(message)
