"""Edits outlive slow answers and lost connections."""

from app_browser import Line, alert, choose, eventually, expect_totals, number, press, type_in
from playwright.sync_api import expect

from resnet_viz.zoo import find


def test_what_is_typed_while_an_answer_is_on_its_way_stays(visit) -> None:
    page = visit("net=resnet18")
    number(page, "Channels", 2).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("9")
    choose_quickly = "e => { e.value = '7'; e.dispatchEvent(new Event('change')); }"
    number(page, "Blocks", 1).evaluate(choose_quickly)  # an edit elsewhere, whose answer comes now
    eventually(page, lambda shown: shown.spec.stages[0].blocks == 7)

    expect(number(page, "Channels", 2)).to_have_value("9")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    eventually(page, lambda shown: shown.spec.stages[1].channels == 96)


def test_a_button_does_not_move_away_under_a_pointer_that_presses_it(visit) -> None:
    page = visit("net=resnet18")
    number(page, "Blocks", 1).fill("-1")
    button = page.locator(".form .add").bounding_box()
    page.mouse.move(button["x"] + 20, button["y"] + 10)
    page.mouse.down()  # the field is left, and what is wrong in it comes back
    page.wait_for_timeout(400)
    expect(alert(page)).to_have_count(0)
    page.mouse.up()
    alert(page).wait_for()

    expect(page.locator(".form tbody.stage")).to_have_count(5)


def test_an_edit_without_a_connection_is_sent_when_there_is_one(visit) -> None:
    line = Line()
    page = visit("net=resnet18", line=line)
    line.cut()
    type_in(number(page, "Blocks", 1), "5")
    page.wait_for_timeout(500)
    type_in(number(page, "Blocks", 2), "x")
    line.mend()
    alert(page).wait_for()
    expect(number(page, "Blocks", 1)).to_have_value("5")
    type_in(number(page, "Blocks", 2), "6")
    eventually(page, lambda shown: [s.blocks for s in shown.spec.stages] == [5, 6, 2, 2])
    press(page, "Undo")
    eventually(page, lambda shown: shown.spec == find("resnet18"))

    expect(number(page, "Blocks", 1)).to_have_value("2")


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

    expect(number(page, "Blocks", 3)).to_have_value("23")


def test_a_page_that_lost_its_connection_says_so(visit) -> None:
    page = visit("net=resnet18")

    page.evaluate(
        "document.querySelector('[data-test-connection-state]')"
        ".dataset.testConnectionState = 'PINGING_SERVER'"
    )

    expect(page.locator(".form .lost")).to_be_visible()
