"""What the page does for a visitor who wants to get somewhere."""

import json
import re
import struct

import pytest
from app_browser import PHONE, eventually, expect_totals, number, press, settle, shown, until
from playwright.sync_api import expect

from resnet_viz import report
from resnet_viz.assembly import assemble
from resnet_viz.graph.repeat import unroll
from resnet_viz.zoo import find


def test_five_clicks_lead_to_a_network_under_a_budget(visit) -> None:
    page = visit()
    clicks = 0

    press(page, "Fit 1 GMAC and 5 M parameters")
    clicks += 1
    expect(page.locator(".gauge.over")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Show (?!the)")).first.click()
    clicks += 1
    expect(page.locator(".gauge.over")).to_have_count(0)
    eventually(page, lambda shown: shown.spec != find("resnet18"))

    totals = report(shown(page).spec).totals
    assert totals["macs"] <= 1_000_000_000
    assert totals["params"] <= 5_000_000
    assert clicks <= 5


def test_a_held_stepper_repeats_and_is_one_step_for_undo_and_the_browsers_history(visit) -> None:
    page = visit("net=resnet18")
    up = page.locator(".form tbody .steps .up").first
    length = page.evaluate("history.length")

    up.hover()
    page.mouse.down()
    until(page, lambda: int(number(page, "Blocks", 1).input_value()) >= 6)
    page.mouse.up()
    eventually(page, lambda shown: shown.spec.stages[0].blocks >= 6)
    expect_totals(page, shown(page).spec)
    assert page.evaluate("history.length") == length + 1

    press(page, "Undo")
    expect(number(page, "Blocks", 1)).to_have_value("2")
    eventually(page, lambda shown: shown.spec == find("resnet18"))


def test_ctrl_z_takes_back_an_edit_and_leaves_a_text_that_is_being_typed(visit) -> None:
    page = visit("net=resnet18")
    field = number(page, "Blocks", 1)
    field.fill("5")
    field.press("Enter")
    eventually(page, lambda shown: shown.spec.stages[0].blocks == 5)

    field.press("Control+z")
    eventually(page, lambda shown: shown.spec == find("resnet18"))
    field.press("Control+Shift+z")
    eventually(page, lambda shown: shown.spec.stages[0].blocks == 5)

    field.press_sequentially("7")
    field.press("Control+z")
    page.wait_for_timeout(500)  # nothing is to happen
    assert shown(page).spec.stages[0].blocks == 5


def test_fields_that_another_kind_makes_meaningless_are_hidden_and_reset(visit) -> None:
    page = visit("net=resnext50_32x4d")
    page.locator(".form .toggle").first.click()
    groups = page.get_by_role("spinbutton", name="Stage 1: Groups", exact=True)
    expect(groups).to_be_visible()

    page.get_by_role("combobox", name="Stage 1: Block", exact=True).select_option("basic")

    eventually(page, lambda shown: shown.spec.stages[0].block == "basic")
    expect(groups).not_to_be_visible()
    assert shown(page).spec.stages[0].groups == 1
    expect(page.locator(".form .wrong")).to_have_count(0)


def test_all_stages_are_edited_at_once_and_multiplied(visit) -> None:
    page = visit("net=resnet18")
    every = page.get_by_role("textbox", name="All stages: Channels", exact=True)

    every.fill("×0.5")
    every.press("Enter")
    eventually(page, lambda shown: [s.channels for s in shown.spec.stages] == [32, 64, 128, 256])
    page.get_by_role("combobox", name="All stages: Shortcut", exact=True).select_option("none")

    eventually(page, lambda shown: {s.shortcut for s in shown.spec.stages} == {"none"})
    expect_totals(page, shown(page).spec)


LABELS = """svg => {
    const scale = svg.getScreenCTM().a;
    const sizes = [...svg.querySelectorAll("text")].map(text => text.getAttribute("font-size"));
    return sizes.map(size => scale * size);
}"""
"""How many pixels each label of a figure has."""


@pytest.mark.parametrize(
    "options", [{"viewport": {"width": 1280, "height": 800}}, PHONE], ids=["desktop", "phone"]
)
def test_labels_are_legible_and_an_edit_leaves_the_figure_as_high_as_it_was(visit, options) -> None:
    page = visit(options=options)
    svg, figure = page.locator(".stage > svg"), page.locator(".figure")
    before = figure.bounding_box()

    assert min(svg.evaluate(LABELS)) >= 11
    page.get_by_role("button", name="ResNet-152").click()
    page.get_by_role("heading", name="resnet152").wait_for()
    settle(page)
    assert figure.bounding_box()["height"] == pytest.approx(before["height"], abs=100)
    page.goto(f"{page.url.partition('?')[0]}?net=resnet34")
    svg.wait_for()
    settle(page)
    assert min(svg.evaluate(LABELS)) >= 11


def test_data_flow_a_lecture_goes_step_by_step_and_the_figure_is_copied(visit) -> None:
    page = visit("net=resnet34", permissions=["clipboard-read", "clipboard-write"])
    flow, lines = page.get_by_role("button", name="Let data flow"), page.locator(".flow")

    expect(lines).to_be_hidden()
    flow.click()
    expect(lines).to_be_visible()
    assert lines.locator("path").count() > 10
    page.emulate_media(reduced_motion="reduce")
    expect(lines).to_be_hidden()
    expect(flow).to_be_hidden()
    page.emulate_media(reduced_motion="no-preference")
    flow.click()
    expect(lines).to_be_hidden()

    page.get_by_role("button", name="Copy the figure").click()
    expect(page.locator(".notice")).to_have_text("Copied as a picture")
    copied = "navigator.clipboard.read().then(([item]) => item.types)"
    assert page.evaluate(copied) == ["image/png"]

    page.get_by_role("button", name="Lecture view").click()
    title = page.locator(".panel h2")
    expect(title).to_have_text("resnet34")
    assert page.locator(".panel").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 20
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Stage 1: 3 × Basic block")
    expect(page.locator(".spot").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("Stem")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator(".spot")).to_have_count(0)


def test_the_figure_stands_above_the_fold_of_a_small_screen(visit) -> None:
    page = visit("net=resnet50", options={"viewport": {"width": 960, "height": 600}})
    figure = page.locator(".figure").first.bounding_box()

    assert figure["y"] + figure["height"] <= 600
    assert page.evaluate("document.documentElement.scrollWidth") <= 960
    assert min(page.locator(".stage > svg").evaluate(LABELS)) >= 11
    page.locator(".stage.more-right:not(.more-left)").wait_for()  # data enter on the left


def test_a_dark_page_has_a_dark_figure(visit) -> None:
    page = visit(color_scheme="dark")

    page.locator('.stage[data-tone="dark"]').wait_for()


def test_a_page_that_lost_its_connection_says_so(visit) -> None:
    page = visit("net=resnet18")

    page.evaluate(
        "document.querySelector('[data-test-connection-state]')"
        ".dataset.testConnectionState = 'PINGING_SERVER'"
    )

    expect(page.locator(".form .lost")).to_be_visible()


def test_the_title_is_not_under_the_bar_when_the_sidebar_is_closed(visit) -> None:
    page = visit("net=resnet18", options=PHONE)
    button = page.get_by_test_id("stExpandSidebarButton").bounding_box()
    title = page.get_by_role("heading", name="resnet18", exact=True).bounding_box()

    assert title["y"] >= button["y"] + button["height"]


def weights(name: str) -> bytes:
    """Return the header of a file with a network's tensors, without their data."""
    nodes = unroll(assemble(find(name))).nodes()
    params = [param for node in nodes for param in node.params]
    header = {
        param.name: {"dtype": "F32", "shape": param.shape, "data_offsets": [0, 0]}
        for param in params
    }
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    return struct.pack("<Q", len(text)) + text


def test_a_file_of_weights_is_identified_by_its_header(visit) -> None:
    page = visit()

    def choose_file(data: bytes) -> None:
        page.locator(".checkpoint input").set_input_files(
            {"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": data}
        )

    press(page, "Or a file")
    choose_file(weights("resnet34"))
    eventually(page, lambda shown: shown.spec.stages == find("resnet34").stages)
    expect_totals(page, "resnet34")

    choose_file(struct.pack("<Q", 2**60) + b"{}")
    expect(page.locator(".checkpoint p")).to_have_text("Its header is longer than 50 MB.")
    choose_file(b"not a header")
    expect(page.locator(".checkpoint p")).not_to_be_empty()
    assert shown(page).spec.stages == find("resnet34").stages


def test_a_point_is_opened_by_a_click(visit) -> None:
    page = visit("net=resnet18&section=goal")
    point = page.locator("[data-testid=stVegaLiteChart] path[aria-label*='resnet152']").first

    point.click(force=True)

    eventually(page, lambda shown: shown.spec != find("resnet18"))
    expect_totals(page, shown(page).spec)
