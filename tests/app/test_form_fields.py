"""A spec as fields and back."""

import json
from dataclasses import replace

import pytest
from app_page import config, shown, typed, visit
from hypothesis import given
from strategies import specs

from resnet_viz.app.address import to_link
from resnet_viz.app.form_fields import check_form, form_values, parse_form
from resnet_viz.app.state import Config
from resnet_viz.spec.files import read
from resnet_viz.zoo import find


def test_a_spec_may_have_as_many_stages_as_its_limit_says_and_no_more():
    spec = find("resnet18")
    many = replace(spec, stages=spec.stages[:1] * 64, name="many")
    page = visit(**to_link(Config(many)))

    assert len(config(page).spec.stages) == 64
    assert shown(page)["most"] == 64
    values = typed(page)
    assert check_form({**values, "stages": values["stages"] + values["stages"][:1]}) is None


@given(specs())
def test_the_fields_of_a_spec_hold_all_of_it(spec):
    through = json.loads(json.dumps(form_values(spec)))

    assert check_form(through) == form_values(spec)
    assert read(parse_form(check_form(through))) == spec


def garbled() -> dict[str, object]:
    whole = form_values(find("resnet18"))
    stage = whole["stages"][0]
    return {
        "nothing": None,
        "a text": "stages",
        "no stages": {**whole, "stages": []},
        "stages that are none": {**whole, "stages": [1, 2]},
        "stages without end": {**whole, "stages": [stage] * 65},
        "a part less": {name: part for name, part in whole.items() if name != "head"},
        "a field less": {**whole, "stages": [{"blocks": "2"}]},
        "a number for a text": {**whole, "stages": [{**stage, "blocks": 2}]},
        "a text for a flag": {**whole, "stages": [{**stage, "pool": "yes"}]},
        "a flag for a text": {**whole, "stages": [{**stage, "blocks": True}]},
        "a list for a text": {**whole, "stages": [{**stage, "blocks": ["2"]}]},
        "a text without end": {**whole, "stages": [{**stage, "blocks": "2" * 201}]},
    }


@pytest.mark.parametrize("kind", garbled())
def test_what_no_form_would_send_is_not_taken(kind):
    assert check_form(garbled()[kind]) is None


def test_what_a_form_holds_beside_its_fields_is_not_kept():
    whole = form_values(find("resnet18"))

    assert check_form({**whole, "more": "x" * 10**6, "stem": {**whole["stem"], "y": 1}}) == whole
