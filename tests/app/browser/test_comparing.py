"""Two networks side by side."""

from app_browser import choose, eventually, number, press, settle, type_in, until
from playwright.sync_api import expect

from resnet_viz import report
from resnet_viz.zoo import find


def test_two_networks_are_compared(visit, picture) -> None:
    page = visit("net=resnet34&section=compare")
    choose(page, "Compare with", "resnet18")
    page.locator(".stage > svg").nth(2).wait_for()
    settle(page)

    expect(page.locator(".stage > svg")).to_have_count(3)
    difference = report("resnet34").totals["params"] - report("resnet18").totals["params"]
    assert f"+{difference:,}" in page.locator("[data-testid=stMetricDelta]").all_inner_texts()[1]
    page.get_by_role("radio", name="Compare").evaluate("e => e.scrollIntoView()")
    picture(page, "compare")
    figures = page.locator(".stage > svg")
    page.get_by_role("button", name="Zoom in").nth(1).click()
    scales = "svgs => svgs.slice(1).map(svg => svg.getScreenCTM().a)"
    until(page, lambda: len({round(a, 4) for a in figures.evaluate_all(scales)}) == 1)
    page.get_by_role("button", name="Show the whole figure").nth(2).click()
    ends = (
        "svgs => svgs.slice(1).map(svg => svg.querySelector('#fc').getBoundingClientRect().right)"
    )
    until(page, lambda: max(figures.evaluate_all(ends)) < 1440)
    press(page, "Pin this version")
    page.get_by_text("Nothing differs.").wait_for()
    type_in(number(page, "Blocks", 4), "4")
    page.get_by_text("What differs is marked.").wait_for()
    eventually(page, lambda shown: shown.pinned == find("resnet34"))
