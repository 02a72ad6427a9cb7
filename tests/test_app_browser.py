"""The app in a real browser, against the running server, as a visitor has it."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from browser import served, visits

from resnet_viz import draw, report
from resnet_viz.app.state import SECTIONS, Config, from_link
from resnet_viz.scene import Box, Circle
from resnet_viz.spec.files import decode, dumps
from resnet_viz.text.page import field_name, translate
from resnet_viz.zoo import find

APP = Path(__file__).parents[1] / "app.py"
PICTURES = APP.parent / "docs" / "app"

WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0.0.0 Mobile Safari/537.36",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Serve the app."""
    with served(APP, tmp_path_factory.mktemp("app")) as server:
        yield server


@pytest.fixture
def visit(browser, server):
    """Open the page by an address; nothing it does may fail or reach for another host."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    with visits(browser, server.address) as opened:

        def visit(query: str = "", options=WIDE, line=None, **more):
            page = opened(f"{server.address}?{query}", line, **options, **more)
            page.locator(".stage > svg").first.wait_for()
            settle(page)
            return page

        yield visit
    assert server.reached() == []


@pytest.fixture
def picture(request):
    """Write what a page shows for the docs, if the golden files are to be written anew."""

    def picture(page, name: str) -> None:
        if not request.config.getoption("--write-goldens"):
            return
        from PIL import Image

        PICTURES.mkdir(exist_ok=True)
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)  # what fades in has done so
        with Image.open(io.BytesIO(page.screenshot())) as shot:
            few = shot.convert("RGB").quantize(128, dither=Image.Dither.NONE)
            few.save(PICTURES / f"{name}.png", optimize=True)

    return picture


def settle(page) -> None:
    """Wait until the server has nothing more to say and the page has shown all of it."""
    page.wait_for_function(
        """() => {
            const app = document.querySelector("[data-testid=stApp]").dataset;
            const now = `${app.testScriptState} ${document.body.innerText.length} ${location}`;
            const parts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
            const isSame = now === window.before && now.startsWith("notRunning");
            window.before = now;
            const made = ".stage > svg, .form tbody";
            const isMade = ({ shadowRoot }) => shadowRoot?.querySelector(made);
            return isSame && parts.every(isMade);
        }""",
        polling=150,
    )


def totals(page) -> list[str]:
    return page.locator("[data-testid=stMetricValue]").all_inner_texts()


def expected_totals(network) -> list[str]:
    found = report(network).totals
    return [f"{found[name]:,}" for name in ("layers", "params", "macs", "activations")]


def expect_totals(page, network) -> None:
    from playwright.sync_api import expect

    expect(page.locator("[data-testid=stMetricValue]")).to_have_text(expected_totals(network))


def shown(page) -> Config:
    """Return what the page's address says."""
    return from_link(dict(parse_qsl(urlsplit(page.url).query)))


def eventually(page, holds) -> None:
    """Wait until something holds of what the page's address says."""
    for _ in range(150):
        if holds(shown(page)):
            break
        page.wait_for_timeout(100)
    assert holds(shown(page)), shown(page)
    settle(page)


def boxes(page) -> list[str]:
    return page.eval_on_selector_all(".stage :is(rect, circle)[id]", "all => all.map(({id}) => id)")


def number(page, name: str, stage: int, lang: str = "en"):
    """Return the field of a stage, from 1."""
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
    page.get_by_role("option", name=option, exact=True).click()


def alert(page):
    """Return what is said to be wrong, in the form or above the figure."""
    return page.locator(".form .wrong, [data-testid=stAlert]")


def menu(page, stage: int, name: str) -> None:
    """Press a button of a stage, from 1, which is opened first."""
    toggle = page.locator(".form .toggle").nth(stage - 1)
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    page.locator(".form tbody").nth(stage - 1).get_by_role("button", name=name, exact=True).click()


# Vary


def test_an_edit_changes_figure_totals_and_address(visit) -> None:
    page = visit("net=resnet18")
    assert totals(page) == expected_totals("resnet18")
    before = boxes(page)
    for stage, blocks in enumerate((3, 4, 6, 3), 1):
        type_in(number(page, "Blocks", stage), str(blocks))
    expect_totals(page, "resnet34")
    settle(page)

    assert boxes(page) != before
    assert set(boxes(page)) == {
        item.id
        for item in draw("resnet34").scene.walk()
        if isinstance(item, (Box, Circle)) and item.id
    }
    assert shown(page).spec.stages == find("resnet34").stages
    assert page.title().startswith("resnet18-edited")


def test_five_quick_steps_are_five(visit) -> None:
    page = visit("net=resnet18")
    up = page.locator(".form .steps .up").first
    for _ in range(3):
        up.click()
    number(page, "Blocks", 1).press("ArrowUp")
    number(page, "Blocks", 1).press("ArrowUp")
    eventually(page, lambda shown: [s.blocks for s in shown.spec.stages] == [7, 2, 2, 2])

    assert number(page, "Blocks", 1).input_value() == "7"
    expect_totals(page, shown(page).spec)
    assert page.get_by_role("heading", name="resnet18-edited").is_visible()


def test_typing_quickly_in_field_after_field_loses_nothing(visit) -> None:
    page = visit("net=resnet18")
    for stage, (blocks, channels) in enumerate([(3, 32), (4, 48), (5, 96), (6, 160)], 1):
        for name, value in (("Blocks", blocks), ("Channels", channels)):
            number(page, name, stage).focus()
            page.keyboard.press("Control+a")
            page.keyboard.type(str(value))
            page.keyboard.press("Tab")
    wanted = [(3, 32), (4, 48), (5, 96), (6, 160)]
    eventually(page, lambda shown: [(s.blocks, s.channels) for s in shown.spec.stages] == wanted)

    expect_totals(page, shown(page).spec)


def test_a_wrong_edit_says_where_and_keeps_the_figure_and_what_was_typed(visit) -> None:
    page = visit("net=resnet18")
    before = boxes(page), totals(page), page.url
    number(page, "Channels", 2).fill("96")
    type_in(number(page, "Blocks", 3), "-1")
    alert(page).wait_for()
    settle(page)

    assert "Stage 3: Blocks" in alert(page).inner_text()
    assert number(page, "Blocks", 3).input_value() == "-1"
    assert number(page, "Channels", 2).input_value() == "96"
    field = number(page, "Blocks", 3)
    assert field.get_attribute("aria-invalid") == "true"
    told = page.locator(f"#{field.get_attribute('aria-describedby')}")
    assert told.inner_text() == alert(page).inner_text()
    assert 0 < alert(page).bounding_box()["y"] - field.bounding_box()["y"] < 60
    assert boxes(page) == before[0]
    type_in(number(page, "Blocks", 3), "2")
    alert(page).wait_for(state="detached")
    eventually(page, lambda shown: shown.spec.stages[1].channels == 96)
    assert (totals(page), page.url) != before[1:]


EXTREMES = ["1e309", "-1", "99999999999999999999", "abc", "0", "1e9"]


def test_extreme_numbers_get_a_message_and_the_page_lives(visit) -> None:
    from playwright.sync_api import expect

    page = visit("net=resnet18")
    for summary in page.locator(".form summary").all():
        summary.click()
    before = totals(page)
    fields = [number(page, name, 1) for name in ("Blocks", "Stride")]
    for name in ("Head: Classes", "Input height"):
        fields.append(page.get_by_role("spinbutton", name=name, exact=True))
    fields.append(page.get_by_role("textbox", name="Head: Hidden layers"))
    for field in fields:
        was = field.input_value()
        for text in EXTREMES:
            field.focus()
            page.keyboard.press("Control+a")
            page.keyboard.type(text)
            page.keyboard.press("Enter")
            said = re.compile(rf": '?{re.escape(text)}'? \(must be")
            expect(alert(page)).to_contain_text(said)
            assert field.get_attribute("aria-invalid") == "true"
            assert field.input_value() == text
        type_in(field, was)
        alert(page).wait_for(state="detached")
    settle(page)

    assert totals(page) == before
    assert shown(page).spec == find("resnet18")


def test_stages_are_added_moved_copied_and_removed(visit) -> None:
    from playwright.sync_api import expect

    page = visit("net=resnet18")

    def become(*channels: int) -> None:
        eventually(page, lambda shown: [s.channels for s in shown.spec.stages] == list(channels))
        expect(page.locator(".form tbody")).to_have_count(len(channels))
        for i, expected in enumerate(channels, 1):
            expect(number(page, "Channels", i)).to_have_value(str(expected))
        expect_totals(page, shown(page).spec)

    press(page, "+ Add a stage")
    become(64, 128, 256, 512, 1024)
    menu(page, 5, "Remove")
    become(64, 128, 256, 512)
    menu(page, 1, "Move down")
    become(128, 64, 256, 512)
    # who moves a stage stays at it
    assert page.evaluate(FOCUSED) == "stages[1].down"
    menu(page, 4, "Move up")
    become(128, 64, 512, 256)
    menu(page, 2, "Move up")
    become(64, 128, 512, 256)
    # where the button cannot be pressed again, at the stage itself
    assert page.evaluate(FOCUSED) == "stages[0]"
    menu(page, 1, "Move down")
    become(128, 64, 512, 256)
    assert [t.get_attribute("aria-expanded") for t in page.locator(".toggle").all()] == [
        *("false", "true", "true", "false")
    ]
    menu(page, 2, "Duplicate")
    become(128, 64, 64, 512, 256)
    press(page, "Undo")
    become(128, 64, 512, 256)
    for stage in (4, 3, 2):
        menu(page, stage, "Remove")
        assert page.evaluate(FOCUSED) == f"stages[{stage - 2}]"
    become(128)
    page.locator(".form .toggle").click()
    assert page.get_by_role("button", name="Remove", exact=True).is_disabled()


FOCUSED = "document.activeElement.shadowRoot?.activeElement?.id"


def test_a_stages_other_fields_are_below_it_and_said_where_unusual(visit) -> None:
    page = visit("net=resnext50_32x4d")
    note = page.locator(".form .note").nth(1)

    assert note.inner_text() == "Groups 32 · Base width 4"
    page.locator(".form .toggle").nth(1).click()
    assert not note.is_visible()
    type_in(number(page, "Groups", 2), "16")
    eventually(page, lambda shown: shown.spec.stages[1].groups == 16)
    page.locator(".form .toggle").nth(1).click()
    assert note.inner_text() == "Groups 16 · Base width 4"
    page.locator(".form .toggle").nth(1).click()
    type_in(number(page, "Dilation", 2), "0")
    alert(page).wait_for()
    page.locator(".form .toggle").nth(1).click()
    type_in(number(page, "Blocks", 2), "8")
    number(page, "Dilation", 2).wait_for()  # it is opened again to say what is wrong in it
    type_in(number(page, "Dilation", 2), "2")
    eventually(page, lambda shown: shown.spec.stages[1].dilation == 2)


def test_a_move_keeps_a_wrong_value_that_was_typed(visit) -> None:
    from playwright.sync_api import expect

    page = visit("net=resnet18")
    type_in(number(page, "Blocks", 4), "-7")
    alert(page).wait_for()
    menu(page, 4, "Move up")
    expect(alert(page)).to_contain_text("Stage 3: Blocks: -7")

    assert number(page, "Blocks", 3).input_value() == "-7"


def test_a_question_mark_explains_the_kinds_of_a_field(visit) -> None:
    page = visit("net=resnet18")
    press(page, "Shortcut: what each kind is")

    kinds = page.get_by_role("group", name="Shortcut: what each kind is")
    assert "a bare 1x1 convolution (the d2l chapter)" in kinds.inner_text()
    box = kinds.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1440
    page.keyboard.press("Tab")  # from its button into it, to scroll it by keys
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "kinds"
    page.keyboard.press("Escape")
    kinds.wait_for(state="hidden")
    press(page, "Shortcut: what each kind is")
    kinds.wait_for()
    press(page, "Shortcut: what each kind is")
    kinds.wait_for(state="hidden")


def test_what_is_typed_while_an_answer_is_on_its_way_stays(visit) -> None:
    page = visit("net=resnet18")
    number(page, "Channels", 2).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("9")
    choose_quickly = "e => { e.value = '7'; e.dispatchEvent(new Event('change')); }"
    number(page, "Blocks", 1).evaluate(choose_quickly)  # an edit elsewhere, whose answer comes now
    eventually(page, lambda shown: shown.spec.stages[0].blocks == 7)

    assert number(page, "Channels", 2).input_value() == "9"
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    eventually(page, lambda shown: shown.spec.stages[1].channels == 96)


def test_undo_redo_and_the_browsers_back_and_forward(visit) -> None:
    from playwright.sync_api import expect

    page = visit("net=resnet18")

    def now(blocks: int, second: int = 2) -> None:
        expect(number(page, "Blocks", 1)).to_have_value(str(blocks))
        eventually(
            page, lambda shown: [s.blocks for s in shown.spec.stages[:2]] == [blocks, second]
        )
        expect_totals(page, shown(page).spec)

    for value in (3, 4):
        type_in(number(page, "Blocks", 1), str(value))
        now(value)
    press(page, "Undo")
    now(3)
    press(page, "Redo")
    now(4)
    for value in (3, 4, 3, 2):
        page.go_back()
        now(value)
    page.go_forward()
    now(3)
    type_in(number(page, "Blocks", 2), "5")
    now(3, 5)


def test_the_back_button_closes_what_was_opened(visit) -> None:
    page = visit("net=resnet18")
    page.click('rect[id="fc"]')
    page.get_by_role("heading", name="fc", exact=True).wait_for()
    settle(page)
    page.go_back()
    page.get_by_role("heading", name="fc", exact=True).wait_for(state="detached")

    assert shown(page) == Config(find("resnet18"))


def test_a_button_does_not_move_away_under_a_pointer_that_presses_it(visit) -> None:
    page = visit("net=resnet18")
    number(page, "Blocks", 1).fill("-1")
    button = page.locator(".form .add").bounding_box()
    page.mouse.move(button["x"] + 20, button["y"] + 10)
    page.mouse.down()  # the field is left, and what is wrong in it comes back
    page.wait_for_timeout(400)
    assert alert(page).count() == 0
    page.mouse.up()
    alert(page).wait_for()

    assert page.locator(".form tbody").count() == 5


def test_a_field_that_was_touched_and_left_as_it_was_follows_the_back_button(visit) -> None:
    from playwright.sync_api import expect

    page = visit("net=resnet18")
    type_in(number(page, "Blocks", 2), "3")
    eventually(page, lambda shown: shown.spec.stages[1].blocks == 3)
    number(page, "Blocks", 2).press("End")
    page.keyboard.type("1")
    page.keyboard.press("Backspace")
    page.go_back()
    eventually(page, lambda shown: shown.spec == find("resnet18"))
    page.keyboard.press("Tab")

    expect(number(page, "Blocks", 2)).to_have_value("2")


def test_escape_takes_back_what_was_typed(visit) -> None:
    page = visit("net=resnet18")
    number(page, "Blocks", 2).fill("31")
    number(page, "Blocks", 2).press("Escape")

    assert number(page, "Blocks", 2).input_value() == "2"


def test_a_part_that_is_closed_over_something_wrong_is_marked(visit) -> None:
    page = visit("net=resnet18")
    stem = page.locator(".form summary").first
    stem.click()
    type_in(page.locator('[id="stem.kernel"]'), "4")
    alert(page).wait_for()
    stem.click()

    mark = "e => getComputedStyle(e, '::after').content"
    assert page.locator(".form .toggle").first.evaluate(mark) == "none"
    assert stem.evaluate(mark) == '"!"'
    assert page.locator(".form summary").nth(1).evaluate(mark) == "none"
    assert page.get_by_text("the last network that was right").first.is_visible()


class Line:
    """The connection of a page, which a test can cut, and whose answers it can hold back."""

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
        """Wait until answers came and no more of them come; return how many are held."""
        known, before = len(self.held), -1
        for _ in range(40):
            page.wait_for_timeout(500)
            if known < len(self.held) == before:
                break
            before = len(self.held)
        assert known < before == len(self.held)
        return before

    def release(self, messages: int) -> None:
        """Let the page have some of the answers that are held."""
        for data in self.held[:messages]:
            self.page.send(data)
        del self.held[:messages]


def test_an_edit_without_a_connection_is_sent_when_there_is_one(visit) -> None:
    line = Line()
    page = visit("net=resnet18", line=line)
    line.cut()
    type_in(number(page, "Blocks", 1), "5")
    page.wait_for_timeout(500)
    type_in(number(page, "Blocks", 2), "x")
    line.mend()
    alert(page).wait_for()
    assert number(page, "Blocks", 1).input_value() == "5"
    type_in(number(page, "Blocks", 2), "6")
    eventually(page, lambda shown: [s.blocks for s in shown.spec.stages] == [5, 6, 2, 2])
    press(page, "Undo")
    eventually(page, lambda shown: shown.spec == find("resnet18"))

    assert number(page, "Blocks", 1).input_value() == "2"


def test_an_answer_that_does_not_know_the_last_edit_does_not_undo_it(visit) -> None:
    from playwright.sync_api import expect

    line = Line()
    page = visit("net=resnet18", line=line)
    line.is_held = True
    type_in(number(page, "Blocks", 1), "3")
    first = line.answered(page)
    type_in(number(page, "Channels", 2), "96")
    line.answered(page)
    line.release(first)
    expect(page.locator("[data-testid=stMetricValue]").first).to_have_text("20")

    assert number(page, "Channels", 2).input_value() == "96"
    line.release(len(line.held))
    line.is_held = False
    eventually(page, lambda shown: [s.channels for s in shown.spec.stages] == [64, 96, 256, 512])
    expect_totals(page, shown(page).spec)


def test_a_network_that_is_chosen_before_an_answer_is_seen_is_shown(visit) -> None:
    line = Line()
    page = visit("net=resnet18", line=line)
    line.is_held = True
    type_in(number(page, "Blocks", 1), "3")
    line.answered(page)
    choose(page, "Start from", "resnet34")
    line.answered(page)
    choose(page, "Start from", "resnet101")
    line.answered(page)
    line.release(len(line.held))
    line.is_held = False
    eventually(page, lambda shown: shown.spec == find("resnet101"))
    expect_totals(page, "resnet101")

    assert number(page, "Blocks", 3).input_value() == "23"


def test_an_edit_before_the_answer_to_a_step_back_over_something_else_stays(visit) -> None:
    line = Line()
    page = visit("net=resnet18", line=line)
    page.get_by_role("radio", name="Costs").click()
    eventually(page, lambda shown: shown.section == "costs")
    line.is_held = True
    page.go_back()
    line.answered(page)
    type_in(number(page, "Blocks", 3), "9")
    line.answered(page)
    line.release(len(line.held))
    line.is_held = False
    eventually(page, lambda shown: [s.blocks for s in shown.spec.stages] == [2, 2, 9, 2])

    assert shown(page).section == "shapes"


def test_text_in_a_stage_that_is_taken_away_does_no_harm(visit) -> None:
    page = visit("net=resnet18")
    press(page, "+ Add a stage")
    eventually(page, lambda shown: len(shown.spec.stages) == 5)
    number(page, "Blocks", 5).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("7")
    page.go_back()
    eventually(page, lambda shown: shown.spec == find("resnet18"))
    type_in(number(page, "Blocks", 4), "3")

    eventually(page, lambda shown: [s.blocks for s in shown.spec.stages] == [2, 2, 2, 3])


def test_a_press_whose_end_is_not_seen_keeps_nothing_back(visit) -> None:
    page = visit("net=resnet18")
    page.mouse.move(700, 700)
    page.mouse.down()
    type_in(number(page, "Blocks", 2), "-1")
    alert(page).wait_for()
    page.mouse.up()


def test_the_form_says_what_is_wrong_in_the_pages_language(visit) -> None:
    page = visit("net=resnet18&lang=zh")
    type_in(number(page, "块数", 2, "zh"), "0")
    alert(page).wait_for()

    assert alert(page).inner_text().startswith("阶段 2：块数：0（须为 1 至 100000 的整数）。")


# Look


def test_a_click_on_a_box_opens_it(visit) -> None:
    page = visit("net=resnet50")
    page.click('rect[id="layer1.0.conv2"]')
    page.get_by_role("heading", name="layer1.0.conv2").wait_for()
    eventually(page, lambda shown: shown.opened == "layer1.0.conv2")

    assert "64×56×56 → 64×56×56" in page.locator("[data-testid=stMain]").inner_text()
    press(page, "Close")
    page.get_by_role("heading", name="layer1.0.conv2").wait_for(state="detached")


def test_language_and_theme(visit, picture) -> None:
    page = visit(color_scheme="dark")
    background = "e => getComputedStyle(e).backgroundColor"
    red, green, blue = map(
        int, re.findall(r"\d+", page.locator("[data-testid=stApp]").evaluate(background))[:3]
    )

    assert max(red, green, blue) < 60  # the page is as dark as the system
    assert page.locator(".stage").first.evaluate(background) == "rgb(255, 255, 255)"
    choose(page, "Theme", "Dark")
    page.locator('.stage[data-tone="dark"]').wait_for()
    page.get_by_role("radio", name="中文").click()
    page.get_by_text("全连接层", exact=True).first.wait_for()
    settle(page)
    assert shown(page) == Config(
        find("d2l-resnet18"), shown(page).look._replace(theme="dark"), "zh"
    )
    assert number(page, "块数", 4, "zh").input_value() == "2"
    for name in ("figure", "direction", "depth", "theme"):
        box = page.get_by_role("combobox", name=translate("zh", name), exact=True)
        assert box.input_value() == translate("zh", f"{name}:{getattr(shown(page).look, name)}")
    assert page.get_by_role("button", name="放大").is_visible()
    choose(page, "图", "残差块")
    eventually(page, lambda shown: shown.look.figure == "residual")


# Take away


def test_a_shared_link_opens_the_same_page_elsewhere(visit) -> None:
    page = visit("net=resnet34&theme=paper")
    type_in(number(page, "Channels", 4), "640")
    page.get_by_role("heading", name="resnet34-edited").wait_for()
    settle(page)
    page.get_by_role("radio", name="Take away").click()
    eventually(page, lambda shown: shown.section == "download")
    link = page.locator("[data-testid=stCode]").inner_text().strip()
    other = visit(link.partition("?")[2])

    assert totals(other) == totals(page)
    assert shown(other) == shown(page)
    figures = [one.locator(".stage > svg").first.inner_html() for one in (page, other)]
    strip = re.compile(r' (tabindex|aria-pressed)="[^"]*"')
    assert strip.sub("", figures[0]) == strip.sub("", figures[1])


def test_every_format_can_be_downloaded(visit) -> None:
    page = visit("net=resnet34&section=download")
    got = {}
    for button in page.get_by_test_id("stDownloadButton").get_by_role("button").all():
        with page.expect_download() as download:
            button.click()
        got[download.value.suggested_filename] = Path(download.value.path()).read_bytes()
        page.wait_for_timeout(200)  # Chromium drops the eleventh download within a second
    drawing = draw("resnet34", direction="right")

    assert len(got) == 16
    for suffix in ("svg", "png", "pdf", "tex", "html", "dot", "mmd"):
        assert got[f"resnet34.{suffix}"] == drawing.to_bytes(f".{suffix}"), suffix
    assert got["resnet34-graph.json"] == drawing.to_bytes(".json")
    for format, suffix in {"csv": "csv", "md": "md", "latex": "tex", "html": "html"}.items():
        expected = report("resnet34", depth="block").to(format)
        assert got[f"resnet34-report.{suffix}"].decode() == expected, suffix
    assert json.loads(got["resnet34-report.json"])
    for format in ("yaml", "toml", "json"):
        assert decode(got[f"resnet34.{format}"], format) == find("resnet34")


def test_a_spec_is_uploaded_and_a_broken_one_refused(visit) -> None:
    spec = replace(find("resnet34"), name="mine")
    page = visit()

    def upload(name: str, data: bytes) -> None:
        press(page, "Or a spec file")
        page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/yaml", "buffer": data}
        )

    upload("mine.yaml", dumps(spec, "yaml").encode())
    page.get_by_role("heading", name="mine", exact=True).wait_for()
    eventually(page, lambda shown: shown.spec == spec)
    expect_totals(page, "resnet34")
    page.keyboard.press("Escape")
    upload("bad.yaml", b"stages: [{blocks: -1, channels: 8}]")
    alert(page).wait_for()

    assert re.search(r"bad.yaml: stages\[0\].blocks: -1", alert(page).inner_text())
    assert shown(page).spec == spec


# Compare


def test_two_networks_are_compared(visit, picture) -> None:
    page = visit("net=resnet34&section=compare")
    choose(page, "Compare with", "resnet18")
    page.locator(".stage > svg").nth(2).wait_for()
    settle(page)

    assert page.locator(".stage > svg").count() == 3
    difference = report("resnet34").totals["params"] - report("resnet18").totals["params"]
    assert f"+{difference:,}" in page.locator("[data-testid=stMetricDelta]").all_inner_texts()[1]
    page.get_by_role("radio", name="Compare").evaluate("e => e.scrollIntoView()")
    picture(page, "compare")
    press(page, "Pin this version")
    page.get_by_text("Nothing differs.").wait_for()
    type_in(number(page, "Blocks", 4), "4")
    page.get_by_text("What differs is marked.").wait_for()
    eventually(page, lambda shown: shown.pinned == find("resnet34"))


# Everybody


def named_violations(page) -> list[str]:
    """Return what axe finds wrong, but for what is Streamlit's own and no option changes."""
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
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
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


# Pictures for the docs


@pytest.mark.parametrize(("name", "query"), [("app", ""), ("app-zh", "&lang=zh")])
def test_a_wide_page_shows_the_whole_figure_at_first_sight(visit, picture, name, query) -> None:
    page = visit(f"net=resnet34{query}")
    figure = page.locator(".figure").bounding_box()

    assert figure["y"] + figure["height"] <= 900
    assert figure["width"] > 850
    picture(page, name)
