"""Undo, and the browser's back and forward."""

from app_browser import (
    Line,
    alert,
    eventually,
    expect_totals,
    number,
    press,
    settle,
    shown,
    type_in,
    until,
)
from playwright.sync_api import expect

from resnet_viz.app.state import Config
from resnet_viz.zoo import find


def test_undo_redo_and_the_browsers_back_and_forward(visit) -> None:

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

    eventually(page, lambda shown: shown == Config(find("resnet18")))


def test_a_field_that_was_touched_and_left_as_it_was_follows_the_back_button(visit) -> None:

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

    expect(number(page, "Blocks", 2)).to_have_value("2")


def test_an_answer_that_does_not_know_the_last_edit_does_not_undo_it(visit) -> None:

    line = Line()
    page = visit("net=resnet18", line=line)
    line.is_held = True
    type_in(number(page, "Blocks", 1), "3")
    first = line.answered(page)
    type_in(number(page, "Channels", 2), "96")
    line.answered(page)
    line.release(first)
    expect(page.locator("[data-testid=stMetricValue]").first).to_have_text("20")

    expect(number(page, "Channels", 2)).to_have_value("96")
    line.release(len(line.held))
    line.is_held = False
    eventually(page, lambda shown: [s.channels for s in shown.spec.stages] == [64, 96, 256, 512])
    expect_totals(page, shown(page).spec)


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

    eventually(page, lambda shown: shown.section == "shapes")


def test_a_press_whose_end_is_not_seen_keeps_nothing_back(visit) -> None:
    page = visit("net=resnet18")
    page.mouse.move(700, 700)
    page.mouse.down()
    type_in(number(page, "Blocks", 2), "-1")
    alert(page).wait_for()
    page.mouse.up()


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
