"""A budget, its gauges, and the networks that keep it."""

import json

import pyarrow as pa
import pytest
from app_page import config, link_of, ran, type_in, visit
from streamlit.testing.v1 import AppTest

import resnet_viz
from resnet_viz import RequestError, report
from resnet_viz.app.address import from_link, to_link
from resnet_viz.app.budget import Budget, Setting, amount, parse_amount
from resnet_viz.zoo import find
from resnet_viz.zoo.accuracy import published

LIMITS = {"macs": "1000000000", "params": "5000000"}


def gauges(page: AppTest) -> str:
    return " ".join(
        element.proto.body for element in page.get("html") if 'role="meter"' in element.proto.body
    )


def test_a_gauge_says_how_much_of_a_budget_is_taken_and_by_how_much_it_is_exceeded():
    # resnet18 at 224: 1,814,073,344 MACs, 11,689,512 parameters
    over = gauges(visit(net="resnet18", **LIMITS))
    within = gauges(visit(net="resnet18", macs="2000000000"))

    assert "MACs: 1.81 G of 1.00 G (181%), 814 M too many" in over
    assert "Parameters: 11.7 M of 5.00 M (234%), 6.69 M too many" in over
    assert over.count("gauge over") == 2
    assert "MACs: 1.81 G of 2.00 G (91%), 186 M left" in within
    assert "over" not in within


def test_a_page_without_a_budget_has_no_gauges():
    assert gauges(visit()) == ""


def test_limits_are_typed_and_stand_in_the_link():
    page = visit(net="resnet18", section="goal")
    page.text_input[0].input("1.5 G")
    ran(page)

    assert config(page).budget == Budget(macs=1_500_000_000)
    assert link_of(page)["macs"] == "1500000000"


def test_a_wrong_limit_is_told_and_the_one_before_stays():
    page = visit(net="resnet18", section="goal", **LIMITS)
    page.text_input[0].input("much")
    ran(page)

    assert config(page).budget.macs == 10**9
    assert "macs: 'much'" in page.error[0].value.replace("\\", "")


@pytest.mark.parametrize("text", ["-1", "1 X", "1 G G", "nan", "9" * 30])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(RequestError, match="must be a number of 1 or more"):
        parse_amount("macs", text)


def test_networks_that_are_proposed_keep_the_budget_and_one_click_shows_one():
    page = visit(net="resnet50", section="goal", macs="2000000000", params="12000000")
    proposals = [button for button in page.button if str(button.key).startswith("show ")]
    assert len(proposals) == 6  # three of the family, three of the zoo
    for proposal in proposals:
        page = visit(net="resnet50", section="goal", macs="2000000000", params="12000000")
        page.button(key=proposal.key).click()
        ran(page)

        totals = report(config(page).spec).totals
        assert totals["macs"] <= 2_000_000_000, proposal.key
        assert totals["params"] <= 12_000_000, proposal.key
        assert config(page).spec.input == find("resnet50").input
        assert "too many" not in gauges(page)


def test_an_exact_search_proposes_the_family_and_the_best_of_the_space():
    page = visit(net="resnet18", section="goal", macs="1000000000", params="5000000")
    page.button(key="search exactly").click()
    ran(page)
    family, space = (
        [button.key for button in page.button if str(button.key).startswith(kind)]
        for kind in ("exact_family", "exact_space")
    )

    (nearest,) = resnet_viz.fit("resnet18", macs=1_000_000_000, params=5_000_000).rows
    blocks = "-".join(f"{stage.blocks}" for stage in nearest.spec.stages)
    assert f"_at_{blocks}x" in family[0]
    assert len(family) == len(space) == 3
    for key in (family[0], space[0]):
        page = visit(net="resnet18", section="goal", macs="1000000000", params="5000000")
        page.button(key="search exactly").click()
        ran(page)
        page.button(key=key).click()
        ran(page)
        totals = report(config(page).spec).totals
        assert totals["params"] <= 5_000_000
        assert totals["macs"] <= 1_000_000_000


def points(page) -> list[dict]:
    """Return what the chart of networks shows."""
    (chart,) = page.get("vega_lite_chart")
    return pa.ipc.open_stream(chart.proto.data.data).read_all().to_pylist()


def scales(page) -> list[list[float]]:
    (chart,) = page.get("vega_lite_chart")
    encoding = json.loads(chart.proto.spec)["encoding"]
    return [encoding[axis]["scale"]["domain"] for axis in ("x", "y")]


def test_the_chart_of_networks_keeps_its_scales_while_one_edits():
    page = visit(net="resnet18", section="goal")
    before = scales(page)
    for blocks in ("1", "9", "40"):
        type_in(page, "stages[0].blocks", blocks)
        assert scales(page) == before

    names = {point["name"]: point for point in points(page)}
    for (low, high), word in zip(before, ("macs", "params"), strict=True):
        assert low < min(point[word] for point in names.values())
        assert high > max(point[word] for point in names.values())


def test_the_zoo_has_its_published_accuracy_and_the_network_its_front():
    page = visit(net="resnet18", section="goal")
    before = {point["name"]: point for point in points(page)}
    assert before["resnet50"]["top1"] == published()["resnet50"][0].top1
    assert before["plain34"]["top1"] is None

    page.button(key="front").click()
    ran(page)
    front = [point for point in points(page) if point["kind"] == "front"]
    costs = sorted((point["macs"], point["params"]) for point in front)
    assert len(costs) > 10
    assert [params for _, params in costs] == sorted(params for _, params in costs)


def test_memory_and_time_have_limits_in_their_units():
    link = {"memory": "2GB", "time": "5 ms", "batch": "8", "device": "rtx3090"}
    page = visit(net="resnet18", section="goal", **link)
    setting = config(page).setting

    assert config(page).budget == Budget(memory=2 * 10**9, time=5000)
    assert (setting.batch, setting.device) == (8, "rtx3090")
    memory = resnet_viz.memory("resnet18", batch=8, optimizer="momentum").totals["total_training"]
    time = resnet_viz.latency("resnet18", device="rtx3090", batch=8).step_ms
    assert page.metric[4].value == amount("memory", memory)
    assert page.metric[5].value == amount("time", round(time * 1000))
    assert gauges(page).count('role="meter"') == 2
    link = to_link(config(page))
    assert (link["memory"], link["time"]) == ("2000000000", "5000us")
    assert from_link(link) == config(page)


@pytest.mark.parametrize("name", ["batch", "dtype", "optimizer", "device", "memory", "time"])
def test_a_wrong_setting_in_a_link_is_told(name):
    page = visit(net="resnet18", **{name: "zero"})

    assert "zero" in page.error[0].value
    assert config(page).setting == Setting()
    assert config(page).budget == Budget()
