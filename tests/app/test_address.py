"""Links open what they were made of, and broken ones a page that works."""

import json
import re
from dataclasses import replace

import pytest
from app_page import config, link_of, packed, ran, totals, type_in, visit
from hypothesis import given
from hypothesis import strategies as st
from strategies import specs

from resnet_viz.app.address import from_link, to_link
from resnet_viz.app.state import FIRST, SECTIONS, Config, Look
from resnet_viz.spec.files import dumps
from resnet_viz.view import DEPTHS, FIGURES
from resnet_viz.zoo import find, names


def test_an_edit_changes_figure_totals_name_and_address():
    page = visit(net="resnet18")
    for i, blocks in enumerate("3463"):
        type_in(page, f"stages[{i}].blocks", blocks)

    # ResNet-34 is ResNet-18 with 3, 4, 6 and 3 blocks (He et al. 2015, Table 1)
    assert totals(page)[1:3] == ["21,797,672", "3,663,761,408"]
    assert config(page).spec == replace(find("resnet34"), name="resnet18-edited")
    assert from_link(link_of(page)).spec == config(page).spec


def test_an_address_of_which_the_browser_has_not_heard_is_said_again():
    page = visit(net="resnet18")
    first = link_of(page)
    type_in(page, "stages[0].blocks", "3")
    page.query_params.clear()
    page.query_params.update(first)  # as the browser says with its next edit
    ran(page)

    assert config(page).spec.stages[0].blocks == 3
    assert link_of(page) == to_link(config(page))


@given(
    specs(),
    st.sampled_from(sorted(FIGURES)),
    st.sampled_from(["", *DEPTHS]),
    st.sampled_from(SECTIONS),
    st.none() | specs(),
)
def test_a_link_opens_what_it_was_made_of(spec, figure, depth, section, pinned):
    made = Config(spec, Look(figure=figure, depth=depth), "zh", section, "layer1.0", pinned)

    assert from_link(to_link(made)) == made


@pytest.mark.parametrize("name", names())
def test_a_network_of_the_zoo_is_a_name_in_a_link(name):
    assert to_link(Config(find(name))) == ({} if name == FIRST else {"net": name})


BROKEN = {
    "unknown network": ({"net": "resnet5O"}, "resnet5O"),
    "not packed": ({"spec": "hello"}, "broken"),
    "not base64": ({"spec": "%%%"}, "broken"),
    "bomb": ({"spec": packed(b"[" + b"1," * 10_000_000)}, "larger|longer"),
    "nested": ({"spec": packed(b"[\n" * 40_000)}, "nested|not JSON"),
    "no spec": ({"spec": packed(b"[]")}, "keys and values"),
    "wrong value": (
        {"spec": packed(json.dumps({"stages": [{"blocks": -1, "channels": 1}]}).encode())},
        r"stages\[0\].blocks",
    ),
    "vanishing": (
        {
            "spec": packed(
                json.dumps(
                    {
                        "input": [3, 4, 4],
                        "stages": [{"blocks": 1, "channels": 1, "pool": True}] * 9,
                    }
                ).encode()
            )
        },
        "zero",
    ),
    "oversized": ({"net": "x" * 30_000}, "longer"),
    "theme": ({"theme": "../../etc/passwd.toml"}, "unknown theme"),
    "figure": ({"figure": "<script>"}, "unknown figure"),
    "language": ({"lang": "tlh"}, "unknown language"),
    "section": ({"section": "admin"}, "unknown section"),
    "numbers": ({"annotate": "shape,price"}, "unknown annotation"),
    "flag": ({"unroll": "yes"}, "unknown unroll"),
    "control characters": ({"opened": "a\x00b"}, "opened"),
    "pin": ({"pin": "hello"}, "broken"),
    "module": ({"net": "os:getcwd"}, "unknown network"),
    "file": ({"net": "/etc/passwd"}, "unknown network"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_link_gets_a_message_and_a_page_that_works(kind):
    link, fact = BROKEN[kind]
    page = visit(**link)

    assert re.search(fact, page.error[0].value.replace("\\", ""))
    assert config(page) == Config(find(FIRST))
    type_in(page, "stages[0].blocks", "3")
    assert config(page).spec.stages[0].blocks == 3
    assert not page.error


def test_a_link_from_elsewhere_with_more_in_it_opens():
    assert from_link({"net": "resnet50", "utm_source": "mail"}).spec == find("resnet50")


def test_a_wrong_value_in_a_link_is_told_and_the_rest_of_it_kept():
    page = visit(net="resnet50", theme="papre", lang="zh", section="costs", macs="a lot")

    assert config(page).spec == find("resnet50")
    assert (config(page).lang, config(page).section) == ("zh", "costs")
    assert config(page).look.theme == ""
    assert "papre" in page.error[0].value


def test_a_network_in_a_link_that_does_not_work_leaves_what_it_is_compared_with():
    small = dumps(replace(find("vgg16"), input=(3, 16, 16)), "json").encode()
    page = visit(spec=packed(small), **{"with": "resnet34"})

    assert config(page).spec == find(FIRST)
    assert config(page).pinned == find("resnet34")
    assert "the size reaches zero" in page.error[0].value
