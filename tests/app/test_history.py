"""Undo and redo."""

from dataclasses import replace

from app_page import config, edit_of, field, link_of, ran, shown, type_in, typed, visit, wrong

from resnet_viz.app.form_fields import form_values
from resnet_viz.app.session import Session
from resnet_viz.app.state import Config
from resnet_viz.zoo import find


def test_a_network_that_is_edited_back_has_its_name_again():
    page = visit(net="resnet18")
    type_in(page, "stages[0].blocks", "5")
    type_in(page, "stages[0].blocks", "2")

    assert link_of(page) == {"net": "resnet18"}


def test_back_over_something_else_keeps_what_was_typed(monkeypatch):
    page = visit(net="resnet18")
    type_in(page, "stages[3].blocks", "-1")
    field(page, "section").set_value("costs")
    ran(page)
    page.query_params.clear()
    page.query_params.update({"net": "resnet18"})
    monkeypatch.setattr("resnet_viz.app.session._travelled", lambda: True)
    ran(page)

    assert config(page).section == "shapes"
    assert field(page, "section").value == "shapes"
    assert shown(page)["values"]["stages"][3]["blocks"] == "-1"
    assert wrong(page)["place"] == "stages[3].blocks"


def test_undo_goes_from_a_wrong_value_to_the_network_that_is_shown_first():
    page = visit(net="resnet18")
    type_in(page, "stages[0].blocks", "3")
    type_in(page, "stages[1].blocks", "x")

    def undo() -> str:
        page.button(key="undo").click()
        ran(page)
        assert wrong(page) is None
        return "".join(stage["blocks"] for stage in shown(page)["values"]["stages"])

    assert [undo(), undo()] == ["3222", "2222"]
    assert page.button(key="undo").disabled
    type_in(page, "stages[1].blocks", "x")
    assert undo() == "2222"


def test_an_edit_that_comes_with_an_undo_is_done_before_it(at_hand):
    page = visit(net="resnet18")
    type_in(page, "stages[0].blocks", "3")
    at_hand["edited"] = edit_of(page, "4")
    page.button(key="undo").click()
    ran(page)

    assert [s.blocks for s in config(page).spec.stages] == [3, 2, 2, 2]
    page.button(key="redo").click()
    ran(page)
    assert [s.blocks for s in config(page).spec.stages] == [4, 2, 2, 2]


def test_undo_and_redo_go_back_and_on():
    page = visit(net="resnet18")
    for blocks in (3, 4):
        type_in(page, "stages[0].blocks", str(blocks))

    def after(button):
        page.button(key=button).click()
        ran(page)
        assert shown(page)["values"] == form_values(config(page).spec)
        return config(page).spec.stages[0].blocks

    assert [after("undo"), after("undo")] == [3, 2]
    assert page.button(key="undo").disabled
    assert [after("redo"), after("redo")] == [3, 4]
    assert page.button(key="redo").disabled


def test_the_browsers_back_button_is_an_undo(monkeypatch):
    page = visit(net="resnet18")
    first = link_of(page)
    type_in(page, "stages[0].blocks", "3")
    page.query_params.clear()
    page.query_params.update(first)
    monkeypatch.setattr("resnet_viz.app.session._travelled", lambda: True)
    ran(page)

    assert config(page).spec == find("resnet18")
    assert shown(page)["values"] == form_values(find("resnet18"))
    assert not page.button(key="redo").disabled


def test_history_is_bounded():
    spec = find("resnet18")
    session = Session(Config(spec), form_values(spec))
    for blocks in range(1, 1000):
        stages = (replace(spec.stages[0], blocks=blocks), *spec.stages[1:])
        session.edit(Config(replace(spec, stages=stages)))

    assert len(session.history.past) == 200


def test_steps_of_one_gesture_are_undone_together():
    page = visit(net="resnet18")
    session = page.session_state["session"]
    for blocks, gesture in (("3", 1), ("4", 1), ("5", 1), ("6", 2)):
        values = typed(page)
        values["stages"][0]["blocks"] = blocks
        session.type(values, session.revision + 1, gesture)
    assert session.config.spec.stages[0].blocks == 6

    session.undo()
    assert session.config.spec.stages[0].blocks == 5
    session.undo()

    assert session.config.spec == find("resnet18")
    assert not session.can_undo
    session.redo()
    assert session.config.spec.stages[0].blocks == 5


def test_a_gesture_that_ends_where_it_began_is_no_step():
    page = visit(net="resnet18")
    session = page.session_state["session"]
    for blocks in ("3", "2"):
        values = typed(page)
        values["stages"][0]["blocks"] = blocks
        session.type(values, session.revision + 1, 1)

    assert session.config.spec == find("resnet18")
    assert not session.can_undo
