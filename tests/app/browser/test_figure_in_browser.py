"""The figure, and what is opened in it."""

import pytest
from app_browser import PHONE, eventually, press, settle
from playwright.sync_api import expect


def test_a_click_on_a_box_opens_it(visit) -> None:
    page = visit("net=resnet50&depth=book")
    page.click('rect[id="layer1.0.conv2"]')
    page.get_by_role("heading", name="layer1.0.conv2").wait_for()
    eventually(page, lambda shown: shown.opened == "layer1.0.conv2")

    expect(page.locator("[data-testid=stMain]")).to_contain_text("64×56×56 → 64×56×56")
    press(page, "Close")
    page.get_by_role("heading", name="layer1.0.conv2").wait_for(state="detached")


@pytest.mark.parametrize(("name", "query"), [("app", ""), ("app-zh", "&lang=zh")])
def test_a_wide_page_shows_the_whole_figure_at_first_sight(visit, picture, name, query) -> None:
    page = visit(f"net=resnet34{query}")
    figure = page.locator(".figure").bounding_box()

    assert figure["y"] + figure["height"] <= 900
    assert figure["width"] > 850
    picture(page, name)


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
    if options is not PHONE:  # where a figure is as high as it needs
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


def test_a_figure_that_is_too_wide_begins_where_data_enter(visit) -> None:
    page = visit("net=d2l-resnet18", options={"viewport": {"width": 960, "height": 600}})

    page.locator(".stage.more-right:not(.more-left)").wait_for()


def test_a_dark_page_has_a_dark_figure(visit) -> None:
    page = visit(color_scheme="dark")

    page.locator('.stage[data-tone="dark"]').wait_for()


def test_full_screen_tells_the_details_of_what_is_chosen(visit) -> None:
    page = visit("net=resnet50&opened=layer2.0")
    card = page.locator(".card")

    expect(card).to_be_hidden()
    page.get_by_role("button", name="Full screen").click()
    expect(card).to_be_visible()
    expect(card.locator("strong")).to_have_text("layer2.0")
    expect(card).to_contain_text("256×56×56 → 512×28×28")
