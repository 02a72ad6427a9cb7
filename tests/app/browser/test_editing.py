"""The form of the spec: fields, steps, stages, and what is wrong."""

import re

from app_browser import (
    alert,
    eventually,
    expect_totals,
    number,
    press,
    settle,
    shown,
    totals,
    type_in,
    until,
)
from playwright.sync_api import expect

from resnet_viz import draw
from resnet_viz.scene import Box, Circle
from resnet_viz.zoo import find


def boxes(page) -> list[str]:
    return page.eval_on_selector_all(".stage :is(rect, circle)[id]", "all => all.map(({id}) => id)")


def menu(page, stage: int, name: str) -> None:
    """Open a stage, counted from 1, and press one of its buttons."""
    toggle = page.locator(".form .toggle").nth(stage - 1)
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    page.locator(".form tbody.stage").nth(stage - 1).get_by_role(
        "button", name=name, exact=True
    ).click()


def test_an_edit_changes_figure_totals_and_address(visit) -> None:
    page = visit("net=resnet18&depth=book")
    expect_totals(page, "resnet18")
    before = boxes(page)
    for stage, blocks in enumerate((3, 4, 6, 3), 1):
        type_in(number(page, "Blocks", stage), str(blocks))
    expect_totals(page, "resnet34")
    settle(page)

    until(page, lambda: boxes(page) != before)
    assert set(boxes(page)) == {
        item.id
        for item in draw("resnet34", depth="book").scene.walk()
        if isinstance(item, (Box, Circle)) and item.id
    }
    eventually(page, lambda shown: shown.spec.stages == find("resnet34").stages)
    until(page, lambda: page.title().startswith("resnet18-edited"))


def test_five_quick_steps_are_five(visit) -> None:
    page = visit("net=resnet18")
    up = page.locator(".form tbody .steps .up").first
    for _ in range(3):
        up.click()
    number(page, "Blocks", 1).press("ArrowUp")
    number(page, "Blocks", 1).press("ArrowUp")
    eventually(page, lambda shown: [s.blocks for s in shown.spec.stages] == [7, 2, 2, 2])

    expect(number(page, "Blocks", 1)).to_have_value("7")
    expect_totals(page, shown(page).spec)
    expect(page.get_by_role("heading", name="resnet18-edited")).to_be_visible()


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

    expect(alert(page)).to_contain_text("Stage 3: Blocks")
    expect(number(page, "Blocks", 3)).to_have_value("-1")
    expect(number(page, "Channels", 2)).to_have_value("96")
    field = number(page, "Blocks", 3)
    expect(field).to_have_attribute("aria-invalid", "true")
    told = page.locator(f"#{field.get_attribute('aria-describedby')}")
    until(page, lambda: told.inner_text() == alert(page).inner_text())
    assert 0 < alert(page).bounding_box()["y"] - field.bounding_box()["y"] < 60
    until(page, lambda: boxes(page) == before[0])
    type_in(number(page, "Blocks", 3), "2")
    alert(page).wait_for(state="detached")
    eventually(page, lambda shown: shown.spec.stages[1].channels == 96)
    assert (totals(page), page.url) != before[1:]


EXTREMES = ["1e309", "-1", "99999999999999999999", "abc", "0", "1e9"]


def test_extreme_numbers_get_a_message_and_the_page_lives(visit) -> None:

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
            expect(field).to_have_attribute("aria-invalid", "true")
            expect(field).to_have_value(text)
        type_in(field, was)
        alert(page).wait_for(state="detached")
    settle(page)

    until(page, lambda: totals(page) == before)
    eventually(page, lambda shown: shown.spec == find("resnet18"))


def test_stages_are_added_moved_copied_and_removed(visit) -> None:

    page = visit("net=resnet18")

    def become(*channels: int) -> None:
        eventually(page, lambda shown: [s.channels for s in shown.spec.stages] == list(channels))
        expect(page.locator(".form tbody.stage")).to_have_count(len(channels))
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
    until(page, lambda: page.evaluate(FOCUSED) == "stages[1].down")
    menu(page, 4, "Move up")
    become(128, 64, 512, 256)
    menu(page, 2, "Move up")
    become(64, 128, 512, 256)
    # where the button cannot be pressed again, at the stage itself
    until(page, lambda: page.evaluate(FOCUSED) == "stages[0]")
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
        until(page, lambda above=f"stages[{stage - 2}]": page.evaluate(FOCUSED) == above)
    become(128)
    page.locator(".form .toggle").click()
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_disabled()


FOCUSED = "document.activeElement.shadowRoot?.activeElement?.id"


def test_a_stages_other_fields_are_below_it_and_said_where_unusual(visit) -> None:
    page = visit("net=resnext50_32x4d")
    note = page.locator(".form .note").nth(1)

    expect(note).to_have_text("Groups 32 · Base width 4")
    page.locator(".form .toggle").nth(1).click()
    expect(note).not_to_be_visible()
    type_in(number(page, "Groups", 2), "16")
    eventually(page, lambda shown: shown.spec.stages[1].groups == 16)
    page.locator(".form .toggle").nth(1).click()
    expect(note).to_have_text("Groups 16 · Base width 4")
    page.locator(".form .toggle").nth(1).click()
    type_in(number(page, "Dilation", 2), "0")
    alert(page).wait_for()
    page.locator(".form .toggle").nth(1).click()
    type_in(number(page, "Blocks", 2), "8")
    number(page, "Dilation", 2).wait_for()  # it is opened again to say what is wrong in it
    type_in(number(page, "Dilation", 2), "2")
    eventually(page, lambda shown: shown.spec.stages[1].dilation == 2)


def test_a_move_keeps_a_wrong_value_that_was_typed(visit) -> None:

    page = visit("net=resnet18")
    type_in(number(page, "Blocks", 4), "-7")
    alert(page).wait_for()
    menu(page, 4, "Move up")
    expect(alert(page)).to_contain_text("Stage 3: Blocks: -7")

    expect(number(page, "Blocks", 3)).to_have_value("-7")


def test_a_question_mark_explains_the_kinds_of_a_field(visit) -> None:
    page = visit("net=resnet18")
    press(page, "Shortcut: what each kind is")

    kinds = page.get_by_role("group", name="Shortcut: what each kind is")
    expect(kinds).to_contain_text("a bare 1x1 convolution (the d2l chapter)")
    box = kinds.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1440
    page.keyboard.press("Tab")  # from its button into it, to scroll it by keys
    until(
        page,
        lambda: (
            page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "kinds"
        ),
    )
    page.keyboard.press("Escape")
    kinds.wait_for(state="hidden")
    press(page, "Shortcut: what each kind is")
    kinds.wait_for()
    press(page, "Shortcut: what each kind is")
    kinds.wait_for(state="hidden")


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
    expect(page.get_by_text("the last network that was right").first).to_be_visible()


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


def test_large_numbers_are_seen_whole_and_an_image_below_one_pixel_is_warned_of(visit) -> None:
    page = visit("net=resnet152")
    channels = number(page, "Channels", 4)

    type_in(channels, "16384")
    eventually(page, lambda shown: shown.spec.stages[3].channels == 16384)
    assert channels.evaluate("e => e.scrollWidth <= e.clientWidth")

    page.get_by_role("spinbutton", name="Input height", exact=True).fill("8")
    width = page.get_by_role("spinbutton", name="Input width", exact=True)
    type_in(width, "8")
    eventually(page, lambda shown: shown.spec.input[1:] == (8, 8))
    expect(page.get_by_text("it shrinks below one pixel").first).to_be_visible()
