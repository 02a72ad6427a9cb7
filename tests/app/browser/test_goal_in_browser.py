"""Reaching a budget, in a real browser."""

import re

from app_browser import eventually, expect_totals, press, shown
from playwright.sync_api import expect

from resnet_viz import report
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


def test_a_point_is_opened_by_a_click(visit) -> None:
    page = visit("net=resnet18&section=goal")
    point = page.locator("[data-testid=stVegaLiteChart] path[aria-label*='resnet152']").first

    point.click(force=True)

    eventually(page, lambda shown: shown.spec != find("resnet18"))
    expect_totals(page, shown(page).spec)
