"""What a visitor did is his own and bounded."""

import random

import pytest
from app_page import (
    config,
    edit_of,
    field,
    link_of,
    looks,
    places,
    ran,
    stages,
    totals,
    type_in,
    visit,
)
from streamlit.testing.v1 import AppTest

from resnet_viz import report
from resnet_viz.app.address import from_link, to_link
from resnet_viz.app.form_fields import KINDS
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.state import SECTIONS
from resnet_viz.zoo import find, names


def test_an_edit_of_fields_that_were_filled_anew_since_comes_too_late(at_hand):
    page = visit(net="resnet18")
    late = edit_of(page, "9")
    field(page, "zoo").select("resnet50")
    ran(page)
    at_hand["edited"] = late
    receive_edit(page.session_state["session"])

    assert config(page).spec == find("resnet50")


def test_an_edit_that_is_sent_again_is_done_once(at_hand):
    page = visit(net="resnet18")
    session = page.session_state["session"]
    at_hand["edited"] = edit_of(page, "9")
    receive_edit(session)
    type_in(page, "stages[0].blocks", "5")
    receive_edit(session)

    assert config(page).spec.stages[0].blocks == 5


def test_visitors_do_not_see_each_others_networks():
    one, other = visit(net="resnet18"), visit(net="resnet50")
    type_in(one, "stages[0].blocks", "9")
    ran(other)

    assert config(other).spec == find("resnet50")
    assert config(one).spec.stages[0].blocks == 9


def numbers(page: AppTest, chance: random.Random) -> None:
    place = chance.choice([place for place, sort in places() if sort in ("integer", "number")])
    some = ("0", "1", "2", "3", "4", "8", "16", "64", "512", "1000000", "10000000", "-1")
    type_in(page, place, chance.choice(some))


def choices(page: AppTest, chance: random.Random) -> None:
    place = chance.choice([place for place, sort in places() if sort == "choice"])
    type_in(page, place, chance.choice(list(KINDS[place.rpartition(".")[2]])))


def flags(page: AppTest, chance: random.Random) -> None:
    place = chance.choice([place for place, sort in places() if sort == "flag"])
    type_in(page, place, chance.random() < 0.5)


def buttons(page: AppTest, chance: random.Random) -> None:
    button = chance.choice(page.button)
    if not button.disabled:
        button.click()


def sections(page: AppTest, chance: random.Random) -> None:
    field(page, "section").set_value(chance.choice(SECTIONS))


@pytest.mark.parametrize("seed", range(6))
def test_a_visitor_who_tries_everything_never_breaks_the_page(seed):
    chance = random.Random(seed)
    page = visit(net=chance.choice(names()))
    for _ in range(40):
        act = chance.choice([numbers, numbers, choices, flags, stages, looks, buttons, sections])
        act(page, chance)
        ran(page)
        now = config(page)

        assert from_link(to_link(now)) == now
        assert from_link(link_of(page)) == now
        assert totals(page)[1] == f"{report(now.spec).totals['params']:,}"
