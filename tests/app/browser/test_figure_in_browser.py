"""The figure, and what is opened in it."""

import pytest
from app_browser import eventually, press
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
