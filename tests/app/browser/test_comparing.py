"""Two networks side by side."""

from app_browser import choose, eventually, number, press, settle, type_in
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
    press(page, "Pin this version")
    page.get_by_text("Nothing differs.").wait_for()
    type_in(number(page, "Blocks", 4), "4")
    page.get_by_text("What differs is marked.").wait_for()
    eventually(page, lambda shown: shown.pinned == find("resnet34"))
