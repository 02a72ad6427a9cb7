"""What a visitor types: the network that it means, or what is wrong with it."""

from unittest.mock import ANY

import pytest
from app_page import config, field, places, put, ran, shown, type_in, typed, visit, wrong

from resnet_viz.app.form_fields import KINDS, form_values
from resnet_viz.zoo import find


def test_a_wrong_edit_says_where_and_keeps_figure_and_what_was_typed():
    page = visit(net="resnet18")
    type_in(page, "stages[1].blocks", "4")
    before = config(page)
    type_in(page, "stages[2].blocks", "0")

    assert wrong(page) == {
        "place": "stages[2].blocks",
        "where": "Stage 3: Blocks",
        "text": "0 (must be an integer from 1 to 100000). The figure still shows the last network "
        "that was right.",
    }
    assert config(page) == before
    assert shown(page)["values"]["stages"][2]["blocks"] == "0"
    type_in(page, "stages[2].blocks", "1")
    assert wrong(page) is None
    assert [stage.blocks for stage in config(page).spec.stages] == [2, 4, 1, 2]


EXTREME = [
    "0",
    "-1",
    "1000000000",
    "9" * 20,
    "9" * 200,
    "1.5",
    "1e309",
    "nan",
    "abc",
    "",
    "<b>",
    "٣",
]


@pytest.mark.parametrize("text", EXTREME)
def test_what_is_no_sensible_number_gets_a_message_at_its_field(text):
    page = visit()
    before = config(page)
    for place, sort in places():
        if sort not in ("integer", "integers", "number") or (sort, text) in (
            ("number", "0"),  # a share may be 0
            ("integers", ""),  # there may be no hidden layers
        ):
            continue
        if not text and place in OPTIONAL:
            continue
        was = typed(page)
        type_in(page, place, text)

        assert wrong(page)["place"] == place
        assert config(page).spec == before.spec
        put(page, was)
    assert wrong(page) is None


OPTIONAL = ("stages[0].group_width", "stages[0].bottleneck_width")

REFUSED = {("stem.activated", False): "stem.activated"}
"""A bare stem is for networks whose blocks begin with a norm, and ResNet-50 is none."""


def test_every_kind_of_every_field_can_be_chosen():
    page = visit(net="resnet50")
    first = typed(page)
    refused = {}
    for place, sort in places():
        for value in (
            *KINDS.get(place.rpartition(".")[2], ()),
            *([True, False] * (sort == "flag")),
        ):
            type_in(page, place, value)
            if wrong(page) is not None:
                refused[place, value] = wrong(page)["place"]
            else:
                assert form_values(config(page).spec) == {**typed(page), "whole": ANY}
            put(page, first)

    assert refused == REFUSED


def test_fields_that_are_emptied_stay_so_and_the_first_is_told():
    page = visit(net="resnet18")
    type_in(page, "stages[1].blocks", "")
    type_in(page, "stages[2].blocks", "")

    assert [stage["blocks"] for stage in shown(page)["values"]["stages"]] == ["2", "", "", "2"]
    assert wrong(page)["where"] == "Stage 2: Blocks"


def test_what_is_wrong_is_forgotten_when_another_network_is_shown():
    page = visit(net="resnet18")
    type_in(page, "stages[0].blocks", "3")
    type_in(page, "stages[1].blocks", "x")
    field(page, "zoo").select("resnet34")
    ran(page)

    assert wrong(page) is None
    assert shown(page)["values"] == form_values(find("resnet34"))


def test_a_page_that_shows_something_else_than_what_is_typed_says_so():
    page = visit(net="resnet18")
    type_in(page, "stages[3].blocks", "-1")

    assert "the last network that was right" in " ".join(caption.value for caption in page.caption)
    type_in(page, "stages[3].blocks", "3")
    assert "Your own network" in " ".join(caption.value for caption in page.caption)


@pytest.mark.parametrize(
    ("place", "text", "where", "fact"),
    [
        # 100 channels are no 32 groups; each of the next is what its operator says
        ("stages[2].channels", "100", ("stages[2]", "Stage 3"), "layer3.0.bn1: 100 channels"),
        ("stem.channels", "100", ("stem", "Stem"), "bn1: 100 channels"),
    ],
)
def test_what_an_operator_refuses_is_said_at_its_part_and_no_field_is_called_wrong(
    place, text, where, fact
):
    page = visit(net="resnet18")
    type_in(page, "whole.norm", "group")
    type_in(page, place, text)
    told = wrong(page)

    assert (told["place"], told["where"]) == where
    assert told["text"].startswith(fact)
