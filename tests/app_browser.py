"""Drive the app in a real browser."""

import inspect
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from resnet_viz import report
from resnet_viz.app.address import from_link
from resnet_viz.app.sections.totals import spelled
from resnet_viz.app.state import Config
from resnet_viz.text.page import translate

APP = Path(__file__).parents[1] / "app.py"

PICTURES = APP.parent / "docs" / "app"

WIDE = {"viewport": {"width": 1440, "height": 900}}

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0.0.0 Mobile Safari/537.36",
}


def settle(page) -> None:
    """Wait until the server has sent everything and the page shows it."""
    page.wait_for_function(
        """() => {
            const app = document.querySelector("[data-testid=stApp]").dataset;
            const now = `${app.testScriptState} ${document.body.innerText.length} ${location}`;
            const parts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
            const isSame = now === window.before && now.startsWith("notRunning");
            window.before = now;
            const made = ".stage > svg, .form tbody, .checkpoint input";
            const isMade = ({ shadowRoot }) => shadowRoot?.querySelector(made);
            return isSame && parts.every(isMade);
        }""",
        polling=150,
    )


def totals(page) -> list[str]:
    return page.locator("[data-testid=stMetricValue]").all_inner_texts()


def expected_totals(network) -> list[str]:
    found = report(network).totals
    return [spelled(found[name]) for name in ("layers", "params", "macs", "activations")]


def expect_totals(page, network) -> None:
    from playwright.sync_api import expect

    values = page.locator("[data-testid=stMetricValue]")
    for i, text in enumerate(expected_totals(network)):
        expect(values.nth(i)).to_have_text(text)


def shown(page) -> Config:
    """Return the values of the page's address."""
    return from_link(dict(parse_qsl(urlsplit(page.url).query)))


def eventually(page, holds) -> None:
    """Wait until the values of the page's address satisfy a condition."""
    for _ in range(150):
        if holds(shown(page)):
            break
        page.wait_for_timeout(100)
    assert holds(shown(page)), shown(page)
    settle(page)


def until(page, holds) -> None:
    """Wait until a condition on the page holds."""
    for _ in range(150):
        if holds():
            return
        page.wait_for_timeout(100)
    assert holds(), inspect.getsource(holds)


def number(page, name: str, stage: int, lang: str = "en"):
    """Return a field of a stage; stages count from 1."""
    title = translate(lang, "of_stage", stage, name)
    return page.get_by_role("spinbutton", name=title, exact=True)


def type_in(field, text: str) -> None:
    field.fill(text)
    field.press("Enter")


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def choose(page, name: str, option: str) -> None:
    box = page.get_by_role("combobox", name=name, exact=True)
    box.evaluate("e => e.scrollIntoView({ block: 'center' })")  # a list closes when a page scrolls
    page.wait_for_timeout(300)
    box.fill(option)  # a long list is cut
    alone = re.compile(rf"(^|· ){re.escape(option)}( ·|$)")  # a network stands between its costs
    page.get_by_role("option", name=alone).first.click()


def alert(page):
    """Return the error message in the form or above the figure."""
    return page.locator(".form .wrong, [data-testid=stAlert]")


class Line:
    """The connection of a page, which a test can drop, and whose messages it can hold back."""

    def __init__(self) -> None:
        self.is_cut = self.is_held = False
        self.held = []
        self.page = None

    def opened(self, page_side) -> None:
        if self.is_cut:
            page_side.close()
            return
        self.page, server = page_side, page_side.connect_to_server()
        page_side.on_message(server.send)
        server.on_message(lambda data: (self.held.append if self.is_held else page_side.send)(data))

    def cut(self) -> None:
        self.is_cut = True
        self.page.close()

    def mend(self) -> None:
        self.is_cut = False

    def answered(self, page) -> int:
        """Wait until messages have arrived and no more arrive; return the number held back."""
        known, before = len(self.held), -1
        for _ in range(40):
            page.wait_for_timeout(500)
            if known < len(self.held) == before:
                break
            before = len(self.held)
        assert known < before == len(self.held)
        return before

    def release(self, messages: int) -> None:
        """Pass some of the messages held back to the page."""
        for data in self.held[:messages]:
            self.page.send(data)
        del self.held[:messages]
