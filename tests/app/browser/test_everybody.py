"""The page for everybody: keyboard, screen readers, phones, languages."""

import re

import pytest
from app_browser import (
    PHONE,
    alert,
    choose,
    eventually,
    number,
    press,
    settle,
    shown,
    type_in,
    until,
)
from playwright.sync_api import expect

from resnet_viz.app.state import SECTIONS, Config
from resnet_viz.text.page import field_name, translate
from resnet_viz.zoo import find


def test_the_form_says_what_is_wrong_in_the_pages_language(visit) -> None:
    page = visit("net=resnet18&lang=zh")
    type_in(number(page, "块数", 2, "zh"), "0")
    alert(page).wait_for()

    until(
        page,
        lambda: alert(page).inner_text().startswith("阶段 2：块数：0（须为 1 至 100000 的整数）。"),
    )


def test_language_and_theme(visit, picture) -> None:
    page = visit(color_scheme="dark")
    background = "e => getComputedStyle(e).backgroundColor"
    red, green, blue = map(
        int, re.findall(r"\d+", page.locator("[data-testid=stApp]").evaluate(background))[:3]
    )

    assert max(red, green, blue) < 60  # the page is as dark as the system
    page.locator('.stage[data-tone="dark"]').wait_for()  # and so is the figure
    choose(page, "Theme", "Book")
    page.locator('.stage[data-tone="light"]').wait_for()
    choose(page, "Theme", "Dark")
    page.locator('.stage[data-tone="dark"]').wait_for()
    page.get_by_role("radio", name="中文").click()
    page.get_by_text("全连接层", exact=True).first.wait_for()
    settle(page)
    assert shown(page) == Config(
        find("d2l-resnet18"), shown(page).look._replace(theme="dark"), "zh"
    )
    expect(number(page, "块数", 4, "zh")).to_have_value("2")
    for name in ("figure", "direction", "depth", "theme"):
        box = page.get_by_role("combobox", name=translate("zh", name), exact=True)
        expect(box).to_have_value(translate("zh", f"{name}:{getattr(shown(page).look, name)}"))
    expect(page.get_by_role("button", name="放大")).to_be_visible()
    choose(page, "图", "残差块")
    eventually(page, lambda shown: shown.look.figure == "residual")


def named_violations(page) -> list[str]:
    """Return the violations that axe finds, without those of Streamlit's own elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response
    assert found["passes"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if not any(rule["id"] == id and part in node["html"] for id, part in STREAMLITS)
    ]


STREAMLITS = (
    # lists and menus that open are put at the end of the page, outside of its landmarks
    ("region", 'role="listbox"'),
    ("region", 'role="menu"'),
    # where files are dropped is marked as decoration and has a label all the same; its button is
    # what a keyboard reaches
    ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"'),
)
"""Rules that Streamlit's own markup breaks, and what their elements are known by."""


@pytest.mark.parametrize(("scheme", "lang"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing_wrong(visit, scheme: str, lang: str) -> None:
    page = visit(f"lang={lang}&with=resnet34&opened=layer1.0", color_scheme=scheme)
    wrong = {}

    def check(name: str) -> None:
        settle(page)
        page.wait_for_timeout(200)  # colours change slowly
        wrong[name] = named_violations(page)

    for section in SECTIONS:
        page.get_by_role("radio", name=translate(lang, f"section:{section}")).click()
        eventually(page, lambda shown, section=section: shown.section == section)
        check(section)
    for summary in page.locator(".form summary, .form .toggle").all():
        summary.click()
    check("all fields")
    for place, right in (("stages[0].blocks", "3"), ("stem.kernel", "7")):
        field = page.locator(f'[id="{place}"]')
        type_in(field, "-1")
        alert(page).wait_for()
        check(f"an error at {place}")
        type_in(field, right)
        alert(page).wait_for(state="detached")
    opened = {
        "upload": translate(lang, "upload"),
        "more of the look": translate(lang, "more"),
        "kinds": translate(lang, "kinds_of", field_name(lang, "block")),
    }
    for name, label in opened.items():
        press(page, label)
        check(name)
        page.keyboard.press("Escape")
    page.get_by_role("combobox", name=translate(lang, "figure"), exact=True).click()
    check("a list")
    page.keyboard.press("Escape")
    other = {"en": "中文", "zh": "English"}[lang]
    page.get_by_role("radio", name=other).click()
    check("the other language")

    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_figure_and_the_charts_have_text_alternatives(visit) -> None:
    page = visit("net=resnet34&section=costs")
    figure = page.locator(".stage > svg")

    assert figure.get_attribute("aria-label") or figure.get_attribute("aria-labelledby")
    assert "Arrow keys" in figure.get_attribute("aria-description")
    for part in page.locator(".stage [role=button]").all()[:20]:
        assert re.search(r"\w+: .*parameters", part.get_attribute("aria-label"))
    text = page.locator("[data-testid=stMain]").aria_snapshot()
    for word in ("params", "macs", "activations"):
        assert f"{translate('en', word)}: {translate('en', 'per_stage')}" in text


def test_the_keyboard_reaches_every_control(visit) -> None:
    page = visit("section=download", viewport={"width": 1440, "height": 900}, options={})
    wanted = page.evaluate(CONTROLS)
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
                let here = document.activeElement;
                while (here?.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
                return here?.dataset.wanted;
            }"""
        )
        if here is not None and here in reached:
            break
        reached.add(here)

    assert len(wanted) > 60
    assert {key: name for key, name in wanted.items() if key not in reached} == {}


CONTROLS = """() => {
    // one of a radio group is reached by Tab, others by arrows from there
    const wanted = {};
    const all = "button, input, select, textarea, a[href], summary, [role=combobox]";
    const inside = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
        [element, ...(element.shadowRoot ? inside(element.shadowRoot) : [])]);
    for (const element of inside(document).filter((element) => element.matches(all))) {
        const isSeen = element.checkVisibility({ visibilityProperty: true });
        if (element.tabIndex < 0 || element.disabled || !isSeen) continue;
        const group = element.closest("[role=radiogroup]");
        if (group?.dataset.wanted) element.dataset.wanted = group.dataset.wanted;
        if (element.dataset.wanted) continue;
        element.dataset.wanted = Object.keys(wanted).length;
        if (group) group.dataset.wanted = element.dataset.wanted;
        wanted[element.dataset.wanted] = element.getAttribute("aria-label") || element.innerText;
    }
    return wanted;
}"""


def test_on_a_phone_everything_fits_and_can_be_reached(visit, picture) -> None:
    page = visit("", options=PHONE)  # on which a figure stands, if the link does not say
    assert page.get_by_role("combobox", name="Direction").input_value() == "Up"

    def fits() -> None:
        settle(page)
        until(page, lambda: page.evaluate("document.documentElement.scrollWidth") <= 390)
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0

    fits()
    page.locator(".figure").evaluate("e => e.scrollIntoView({ block: 'end' })")
    page.locator("[data-testid=stMain]").evaluate("e => e.scrollBy(0, 16)")
    picture(page, "phone")
    for section in SECTIONS:
        page.get_by_role("radio", name=translate("en", f"section:{section}")).tap()
        fits()
    page.get_by_test_id("stExpandSidebarButton").tap()
    number(page, "Blocks", 1).wait_for()
    type_in(number(page, "Blocks", 1), "5")
    page.locator("[data-testid=stSidebarCollapseButton] button").tap()
    eventually(page, lambda shown: shown.spec.stages[0].blocks == 5)
    page.locator(".stage > svg").scroll_into_view_if_needed()
    page.tap('rect[id="fc"]')
    page.get_by_role("heading", name="fc", exact=True).wait_for()
    fits()


def test_the_title_is_not_under_the_bar_when_the_sidebar_is_closed(visit) -> None:
    page = visit("net=resnet18", options=PHONE)
    button = page.get_by_test_id("stExpandSidebarButton").bounding_box()
    title = page.get_by_role("heading", name="resnet18", exact=True).bounding_box()

    assert title["y"] >= button["y"] + button["height"]
