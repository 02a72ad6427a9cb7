"""`memory`: totals, rows, batches that fit, and requests that are refused."""

import json

import pytest
import torch

import resnet_viz
from resnet_viz import RequestError, memory
from resnet_viz.answers.memory import parse_bytes
from resnet_viz.cli import run
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import find


def test_weights_buffers_and_gradients_are_the_modules() -> None:
    module = resnet_viz.build(find("resnet50"))
    totals = memory("resnet50").totals

    assert totals["weights"] == sum(p.nbytes for p in module.parameters())
    assert totals["buffers"] == sum(b.nbytes for b in module.buffers())
    assert totals["gradients"] == totals["weights"]


@pytest.mark.parametrize(
    ("optimizer", "make"),
    [
        ("sgd", torch.optim.SGD),
        ("momentum", lambda p: torch.optim.SGD(p, momentum=0.9)),
        ("adam", torch.optim.Adam),
        ("adamw", torch.optim.AdamW),
    ],
)
def test_the_optimizers_state_is_torchs(optimizer: str, make) -> None:
    module = resnet_viz.build(find("cifar-resnet20"))
    made = make(module.parameters())
    module(torch.zeros(1, 3, 32, 32)).sum().backward()
    made.step()
    state = [value for entry in made.state.values() for value in entry.values()]
    # The step's number is counted on the host, whatever the device
    held = sum(value.nbytes for value in state if torch.is_tensor(value) and value.dim())

    assert memory("cifar-resnet20", optimizer=optimizer).totals["optimizer"] == held


def test_rows_sum_to_the_totals_at_every_depth() -> None:
    for depth in ("network", "stage", "block", "op"):
        report = memory("resnet50", batch=4, optimizer="adam", depth=depth)
        for name in ("weights", "buffers", "gradients", "optimizer", "saved"):
            assert sum(getattr(row, name) for row in report.rows) == report.totals[name]
        assert max(row.live for row in report.rows) == report.totals["peak_training"]


def test_inference_has_no_gradients() -> None:
    totals = memory("resnet18", training=False, optimizer="adam").totals

    assert [totals[name] for name in ("gradients", "optimizer", "saved", "peak_training")] == [
        0
    ] * 4
    assert totals["total_inference"] == (
        totals["weights"] + totals["buffers"] + totals["input"] + totals["peak_inference"]
    )


def test_a_frozen_part_has_no_gradients_and_saves_nothing() -> None:
    # All but the classifier: only its input is saved, 512 numbers
    module = import_beside("torchvision.models").resnet18()
    module.requires_grad_(False)
    module.fc.requires_grad_(True)
    totals = memory(module, (1, 3, 224, 224), optimizer="momentum").totals

    assert totals["saved"] == 512 * 4
    assert totals["gradients"] == totals["optimizer"] == (512 + 1) * 1000 * 4


def test_a_spec_and_its_module_need_the_same() -> None:
    module = resnet_viz.build(find("resnet50"))
    traced = memory(module, (1, 3, 224, 224), batch=4)

    assert traced.totals == memory("resnet50", batch=4).totals
    assert traced.batch == 4


def test_the_largest_batch_fits_and_one_more_does_not() -> None:
    report = memory("resnet50", fit="4GiB", optimizer="adamw")
    more = memory("resnet50", batch=report.batch + 1, optimizer="adamw")

    assert report.totals["total_training"] <= 4 * 2**30 < more.totals["total_training"]
    assert report.fit == 4 * 2**30


def test_half_the_dtype_halves_what_is_of_that_dtype() -> None:
    single, half = memory("resnet50"), memory("resnet50", dtype="bfloat16")

    assert single.totals["weights"] == 2 * half.totals["weights"]
    assert single.totals["peak_inference"] == 2 * half.totals["peak_inference"]


def test_every_format_has_the_bytes(capsys) -> None:
    assert run(["memory", "resnet18", "--batch", "8", "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)

    assert printed["totals"]["saved"] == 177_477_120
    assert sum(row["saved"] for row in printed["rows"]) == 177_477_120
    for format in ("text", "md", "latex", "html"):
        assert "177,477,120" in memory("resnet18", batch=8).to(format)


@pytest.mark.parametrize(
    ("text", "bytes"),
    [
        ("24GB", 24 * 10**9),
        ("16 GiB", 16 * 2**30),
        ("1.5MB", 1_500_000),
        ("512", 512),
        ("8gb", 8 * 10**9),
    ],
)
def test_memory_sizes_are_read(text: str, bytes: int) -> None:
    assert parse_bytes(text) == bytes


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"batch": 0}, r"^batch: 0 \(must be an integer of 1 or more\)$"),
        ({"batch": 2.0}, "^batch: 2.0"),
        ({"dtype": "float23"}, "^unknown dtype: 'float23' .*did you mean 'float32'"),
        ({"optimizer": "adamm"}, "^unknown optimizer: 'adamm' .*'none'.*did you mean 'adam'"),
        ({"allocator": "cud"}, "^unknown allocator: 'cud'"),
        ({"fit": "24 GBs"}, r"^memory size: '24 GBs' \(must be a number with a unit: 24GB"),
        ({"fit": "0GB"}, "^memory size: '0GB'"),
        ({"fit": "1MB"}, r"^fit: 976.6 KiB \(a batch of 1 needs "),
        ({"fit": "24GB", "batch": 4}, "^batch: given with fit"),
        (
            {"input": (4, 3, 224, 224), "batch": 2},
            "^batch: 2 .the input, .4, 3, 224, 224., has a batch",
        ),
        ({"training": 1}, "^training: 1"),
    ],
)
def test_a_wrong_request_is_one_line(request_, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        memory("resnet18", **request_)


def test_wrong_words_exit_with_2(capsys) -> None:
    assert run(["memory", "resnet18", "--batch", "0"]) == 2
    assert run(["memory", "resnet18", "--fit", "24GBs"]) == 2
    assert run(["memory", "resnet18", "--optimizer", "none"]) == 0
    assert run(["memory", "resnet18", "--batch", "x"]) == 2
    assert capsys.readouterr().err.count("\n") == 3
