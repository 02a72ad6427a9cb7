"""`latency`: predictions with their error, rooflines by hand, and requests that are refused."""

import json

import pytest

from resnet_viz import RequestError, assemble, latency, unroll
from resnet_viz.cli import run
from resnet_viz.count.roofline import COEFFICIENTS, time_of, work_of
from resnet_viz.devices import devices, find_device
from resnet_viz.zoo import find


@pytest.mark.parametrize(
    ("device", "mode", "network", "size", "batch", "milliseconds"),
    [  # timm's result files, August 2026
        ("amp-nchw-pt113-cu117-rtx3090", "infer", "ecaresnet101d", 224, 1024, 636.276),
        ("amp-nchw-pt113-cu117-rtx3090", "infer", "ecaresnet269d", 352, 1024, 3972.16),
        ("amp-nchw-pt240-cu124-rtx4090", "infer", "resnet34", 288, 1024, 205.219),
        ("amp-nchw-pt291-cu130-5090-dynamo", "infer", "resnet152d", 256, 1024, 260.936),
        ("fp32-nchw-pt240-cpu-i7_12700h-dynamo", "infer", "resnet50d", 224, 1, 34.102),
        ("amp-nhwc-pt112-cu113-rtx3090", "train", "resnet101d", 256, 192, 364.964),
    ],
)
def test_measured_networks_lie_in_the_interval(
    device, mode, network, size, batch, milliseconds
) -> None:
    made = latency(network, (3, size, size), device=device, mode=mode, batch=batch)

    assert made.images_per_s == pytest.approx(1000 * batch / made.step_ms)

    assert made.interval[0] < milliseconds < made.interval[1]


def test_predictions_hold_what_the_docs_promise() -> None:
    # Medians over networks left out of the fit: 6 % on GPUs, 10 % on CPUs, ranks 0.93
    for device in devices():
        if device.source.startswith("timm"):
            assert device.median_error <= (0.10 if device.format == "fp32" else 0.06)
            assert device.rank_correlation >= 0.93
            assert set(device.coefficients) == set(COEFFICIENTS)


def test_a_bottleneck_by_hand() -> None:
    # docs/latency.md: the second block of ResNet-50's first stage, one image, 2 bytes an element
    works = [
        work
        for work in work_of(assemble(find("resnet50"), (1, 3, 224, 224)))
        if work.path.startswith("layer1.1.")
    ]
    places = 56**2
    weights = 256 * 64 + 64 * 64 * 9 + 64 * 256
    products = [work for work in works if work.kind == "matrix"]

    assert sum(work.flops for work in works) == 2 * places * weights == 436_731_904
    assert sum(work.moved for work in products) == (
        places * (256 + 64 + 64 + 64 + 64 + 256) + weights
    )
    assert sum(work.moved for work in works if ".bn" in work.path) == 2 * (
        places * (64 + 64 + 256) + (64 + 64 + 256)
    )
    assert sum(work.moved for work in works if work.path.endswith("add")) == places * 3 * 256


def test_a_kernel_takes_as_long_as_the_slower_of_arithmetic_and_traffic() -> None:
    device = dict.fromkeys(COEFFICIENTS, 1.0) | {
        "flops": 1e12, "half_depth": 0, "half_width": 0, "bandwidth": 1e11,
        "matrix_bandwidth": 1e11, "launch": 0,
    }  # fmt: skip
    conv = next(w for w in work_of(assemble(find("resnet50"), (8, 3, 224, 224))) if w.flops)
    time = time_of(conv, device, 4, compiled=False)

    assert time.compute == conv.flops / 1e12
    assert time.traffic == conv.moved * 4 / 1e11
    assert max(time.compute, time.traffic) < time.total < time.compute + time.traffic


def test_rows_sum_to_the_step() -> None:
    for depth in ("network", "stage", "block", "op"):
        made = latency("resnet50", depth=depth)

        assert sum(row.ms for row in made.rows) == pytest.approx(made.step_ms)
        assert sum(row.bytes for row in made.rows) == made.totals["bytes"]
        assert sum(row.flops for row in made.rows) == made.totals["flops"]


def test_folded_and_unrolled_take_the_same_time() -> None:
    graph = assemble(find("resnet101"), (16, 3, 224, 224))
    folded, unrolled = latency(graph, batch=16), latency(unroll(graph), batch=16)

    assert unrolled.step_ms == pytest.approx(folded.step_ms)


def test_eager_resnets_are_mostly_bound_by_bandwidth() -> None:
    rows = latency("resnet50", depth="op").rows
    bound = sum(row.ms for row in rows if row.bound == "bandwidth")

    assert bound > 0.5 * sum(row.ms for row in rows)


def test_compiling_spares_traffic() -> None:
    eager = latency("resnet50", device="amp-nchw-pt291-cu128-4090")
    compiled = latency("resnet50", device="amp-nchw-pt291-cu128-4090-dynamo")

    assert compiled.totals["bytes"] < 0.7 * eager.totals["bytes"]
    assert compiled.step_ms < eager.step_ms


def test_a_machine_stands_for_its_newest_eager_measurement() -> None:
    assert find_device("RTX4090").name == "amp-nchw-pt291-cu128-4090"
    assert find_device("i7_12700h").machine == "i7-12700h"
    assert find_device("pro6000maxq", dtype="bfloat16").dtype == "bfloat16"
    assert find_device("rtx3090", mode="train").name == "amp-nchw-pt112-cu113-rtx3090"


def test_training_that_nobody_measured_is_estimated_and_says_so() -> None:
    infer, train = latency("resnet50"), latency("resnet50", mode="train")

    assert train.estimated
    assert not infer.estimated
    assert not latency("resnet50", device="rtx3090", mode="train").estimated
    assert train.step_ms > 2 * infer.step_ms
    assert train.interval[1] / train.step_ms > infer.interval[1] / infer.step_ms
    assert "training was not measured on rtx4090" in str(train)


def test_every_format_has_the_time(capsys) -> None:
    assert run(["latency", "resnet18", "--device", "rtx3090", "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)

    assert printed["images_per_s"] == pytest.approx(256_000 / printed["step_ms"])
    for format in ("text", "md", "csv", "latex", "html"):
        assert "bandwidth" in latency("resnet18").to(format)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"device": "rtx4091"}, "^unknown device: 'rtx4091' .*did you mean 'rtx4090'"),
        ({"device": 4090}, "^unknown device: 4090"),
        ({"dtype": "float17"}, "^unknown dtype: 'float17'"),
        (
            {"dtype": "float32"},
            "^dtype: 'float32' .rtx4090 was not measured with it; must be one of",
        ),
        ({"mode": "trian"}, "^unknown mode: 'trian' .*did you mean 'train'"),
        ({"batch": 0}, "^batch: 0 "),
        ({"batch": 2.5}, "^batch: 2.5 "),
        ({"depth": "blok"}, "^unknown depth: 'blok'"),
    ],
)
def test_a_wrong_request_is_one_line(request_, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        latency("resnet18", **request_)


def test_a_wrong_device_exits_with_2(capsys) -> None:
    assert run(["latency", "resnet50", "--device", "rtx999"]) == 2
    assert capsys.readouterr().err.startswith("unknown device: 'rtx999'")


def test_the_batch_of_an_input_is_kept_and_a_spec_gets_256() -> None:
    graph = assemble(find("resnet18"), (4, 3, 224, 224))

    assert latency("resnet18").batch == 256
    assert latency(graph).batch == latency("resnet18", (4, 3, 224, 224)).batch == 4
