"""The app, driven by Streamlit's own test runner: every page, preset and control."""

import base64
import json
import random
import re
import subprocess
import sys
import zlib
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import specs
from streamlit.testing.v1 import AppTest

from resnet_viz import RequestError, report
from resnet_viz.app.fields import KINDS, described, filled, meant, received
from resnet_viz.app.learn import NOTES
from resnet_viz.app.session import Session
from resnet_viz.app.state import FIRST, SECTIONS, Config, Look, from_link, to_link
from resnet_viz.app.vary import hear
from resnet_viz.layout import DIRECTIONS
from resnet_viz.spec.files import dumps, read
from resnet_viz.text.page import FIELDS, WORDS
from resnet_viz.themes import THEMES
from resnet_viz.view import DEPTHS, FIGURES
from resnet_viz.zoo import entries, find, names

APP = Path(__file__).parents[1] / "app.py"


def visit(**link) -> AppTest:
    """Open the page by an address; what it shows is what a visitor would see."""
    page = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in link.items():
        page.query_params[name] = value
    page.session_state["open upload"] = True
    return ran(page)


def ran(page: AppTest) -> AppTest:
    page.run()

    assert not page.exception, page.exception[0].value
    return page


def config(page: AppTest) -> Config:
    return page.session_state["session"].config


def totals(page: AppTest) -> list[str]:
    return [metric.value for metric in page.metric[:4]]


def field(page: AppTest, name: str):
    """Return the control that is filled anew with the page, in its language."""
    session = page.session_state["session"]
    keys = {widget.key for widget in (*page.selectbox, *page.multiselect)}
    here = session.key(f"{name}:{session.config.lang}")
    return page.get_by_key(here if here in keys else session.key(name))


def typed(page: AppTest) -> dict:
    """Return a copy of what the form of the spec holds."""
    return deepcopy(page.session_state["session"].typed)


def put(page: AppTest, values: dict) -> AppTest:
    """Send what the form holds, as the browser does."""
    session = page.session_state["session"]
    found = received(json.loads(json.dumps(values)))
    assert found is not None
    session.type(found, session.revision + 1)
    return ran(page)


def type_in(page: AppTest, place: str, text: object) -> AppTest:
    """Type into a field of the form, as `stages[0].blocks` or `head.classes`."""
    values = typed(page)
    part, _, name = place.partition(".")
    stage = re.fullmatch(r"stages\[(\d+)\]", part)
    (values["stages"][int(stage[1])] if stage else values[part])[name] = text
    return put(page, values)


def shown(page: AppTest) -> dict:
    """Return what the page sends to the form in the browser."""
    sent = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    (form,) = [data for data in sent if "fields" in data]
    return form


def wrong(page: AppTest) -> dict | None:
    """Return what the form says is wrong."""
    return shown(page)["wrong"]


def link_of(page: AppTest) -> dict[str, str]:
    values = dict(page.query_params).items()
    return {name: value if isinstance(value, str) else value[0] for name, value in values}


# Start


def test_a_visitor_meets_the_chapters_network():
    page = visit()

    assert page.header[0].value == r"d2l\-resnet18"
    assert totals(page) == ["18", "11,178,378", "1,734,890,496", "2,483,722"]
    assert link_of(page) == {}


@pytest.mark.parametrize("name", names())
def test_every_network_of_the_zoo_opens_with_its_totals(name):
    page = visit()
    page.selectbox(key="zoo/0").select(name)
    ran(page)
    expected = report(name).totals

    assert totals(page) == [
        f"{expected[word]:,}" for word in ("layers", "params", "macs", "activations")
    ]
    assert config(page).spec == find(name)
    assert not page.error


def test_an_uploaded_spec_is_opened():
    spec = replace(find("resnet34"), name="mine")
    page = visit()
    page.file_uploader[0].set_value(("mine.yaml", dumps(spec, "yaml").encode(), "text/yaml"))
    ran(page)

    assert config(page).spec == spec


HOSTILE_FILES = {
    "huge": ("a.yaml", b"stages: [" + b"1," * 200_000 + b"]", "larger than"),
    "nested": ("a.json", b"[\n" * 20_000 + b"]\n" * 20_000, "nested|not JSON"),
    "binary": ("a.yaml", bytes(range(256)) * 10, "not UTF"),
    "latin": ("a.toml", "name = 'café'".encode("latin-1"), "not UTF"),
    "script": ("a.yaml", b"name: <script>alert(1)</script>\nstages: []", "stages"),
    "tag": ("a.yaml", b"stages: !!python/object/apply:os.system ['true']", "tag"),
    "bomb": (
        "a.yaml",
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 9)) for c in range(97, 110)
        ),
        "more than",
    ),
    "empty": ("a.json", b"", "empty"),
    "million": ("a.json", b'{"stages":[{"blocks":1000000,"channels":64}]}', "blocks"),
}


@pytest.mark.parametrize("kind", HOSTILE_FILES)
def test_a_hostile_upload_gets_a_message_and_changes_nothing(kind):
    name, data, fact = HOSTILE_FILES[kind]
    page = visit()
    page.file_uploader[0].set_value((name, data, "text/plain"))
    ran(page)

    assert re.search(fact, page.error[0].value.replace("\\", ""))
    assert config(page).spec == find(FIRST)


# Vary


def test_an_edit_changes_figure_totals_name_and_address():
    page = visit(net="resnet18")
    for i, blocks in enumerate("3463"):
        type_in(page, f"stages[{i}].blocks", blocks)

    # ResNet-34 is ResNet-18 with 3, 4, 6 and 3 blocks (He et al. 2015, Table 1)
    assert totals(page)[1:3] == ["21,797,672", "3,663,761,408"]
    assert config(page).spec == replace(find("resnet34"), name="resnet18-edited")
    assert from_link(link_of(page)).spec == config(page).spec


def test_a_network_that_is_edited_back_has_its_name_again():
    page = visit(net="resnet18")
    type_in(page, "stages[0].blocks", "5")
    type_in(page, "stages[0].blocks", "2")

    assert link_of(page) == {"net": "resnet18"}


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


def places() -> list[tuple[str, str]]:
    """Return the place and the sort of each field of the form, of the first stage's and others."""
    return [
        (f"{'stages[0]' if part == 'stages' else part}.{field['name']}", field["sort"])
        for part, known in described("en").items()
        for field in known
    ]


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
        was = typed(page)
        type_in(page, place, text)

        assert wrong(page)["place"] == place
        assert config(page).spec == before.spec
        put(page, was)
    assert wrong(page) is None


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
                assert filled(config(page).spec) == {**typed(page), "whole": ANY}
            put(page, first)

    assert refused == REFUSED


def test_a_spec_may_have_as_many_stages_as_its_limit_says_and_no_more():
    spec = find("resnet18")
    many = replace(spec, stages=spec.stages[:1] * 64, name="many")
    page = visit(**to_link(Config(many)))

    assert len(config(page).spec.stages) == 64
    assert shown(page)["most"] == 64
    values = typed(page)
    assert received({**values, "stages": values["stages"] + values["stages"][:1]}) is None


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
    assert shown(page)["values"] == filled(find("resnet34"))


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


def test_a_page_that_shows_something_else_than_what_is_typed_says_so():
    page = visit(net="resnet18")
    type_in(page, "stages[3].blocks", "-1")

    assert "the last network that was right" in page.caption[0].value
    type_in(page, "stages[3].blocks", "3")
    assert "Your own network" in page.caption[0].value


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


# An edit on its way


@pytest.fixture
def at_hand(monkeypatch):
    """Let the form's edit be what a test puts into the session: AppTest has no components."""
    sent: dict[str, object] = {}
    monkeypatch.setattr("resnet_viz.app.vary._sent", lambda: sent.get("edited"))
    return sent


def edit_of(page: AppTest, blocks: str) -> dict[str, object]:
    """Return an edit of the first stage's blocks, as the browser sends it."""
    session = page.session_state["session"]
    values = typed(page)
    values["stages"][0]["blocks"] = blocks
    return {
        "values": values,
        "revision": session.revision + 1,
        "filling": dict(session.filling),
    }


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


def test_an_edit_of_fields_that_were_filled_anew_since_comes_too_late(at_hand):
    page = visit(net="resnet18")
    late = edit_of(page, "9")
    field(page, "zoo").select("resnet50")
    ran(page)
    at_hand["edited"] = late
    hear(page.session_state["session"])

    assert config(page).spec == find("resnet50")


def test_an_edit_that_is_sent_again_is_done_once(at_hand):
    page = visit(net="resnet18")
    session = page.session_state["session"]
    at_hand["edited"] = edit_of(page, "9")
    hear(session)
    type_in(page, "stages[0].blocks", "5")
    hear(session)

    assert config(page).spec.stages[0].blocks == 5


def test_what_is_pinned_has_the_edit_that_came_with_it(at_hand):
    page = visit(net="resnet18", section="compare")
    at_hand["edited"] = edit_of(page, "4")
    page.button(key="pin").click()
    ran(page)

    assert config(page).pinned.stages[0].blocks == 4


@given(specs())
def test_the_fields_of_a_spec_hold_all_of_it(spec):
    through = json.loads(json.dumps(filled(spec)))

    assert received(through) == filled(spec)
    assert read(meant(received(through))) == spec


def garbled() -> dict[str, object]:
    whole = filled(find("resnet18"))
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
    assert received(garbled()[kind]) is None


def test_what_a_form_holds_beside_its_fields_is_not_kept():
    whole = filled(find("resnet18"))

    assert received({**whole, "more": "x" * 10**6, "stem": {**whole["stem"], "y": 1}}) == whole


def test_undo_and_redo_go_back_and_on():
    page = visit(net="resnet18")
    for blocks in (3, 4):
        type_in(page, "stages[0].blocks", str(blocks))

    def after(button):
        page.button(key=button).click()
        ran(page)
        assert shown(page)["values"] == filled(config(page).spec)
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
    assert shown(page)["values"] == filled(find("resnet18"))
    assert not page.button(key="redo").disabled


def test_an_address_of_which_the_browser_has_not_heard_is_said_again():
    page = visit(net="resnet18")
    first = link_of(page)
    type_in(page, "stages[0].blocks", "3")
    page.query_params.clear()
    page.query_params.update(first)  # as the browser says with its next edit
    ran(page)

    assert config(page).spec.stages[0].blocks == 3
    assert link_of(page) == to_link(config(page))


# Look


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("net", ["d2l-resnet18", "resnext50_32x4d", "plain34", "preact-resnet110"])
def test_every_figure_is_drawn_or_refused_with_a_reason(figure, net):
    page = visit(net=net if net in names() else "resnet152", figure=figure)
    problems = [error.value for error in page.error]

    assert all("cannot be drawn" in problem for problem in problems)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_look_can_be_chosen(lang):
    page = visit(lang=lang)
    for name, table in (("direction", DIRECTIONS), ("theme", THEMES), ("depth", (*DEPTHS, ""))):
        for option in table:
            field(page, name).select(option)
            ran(page)
            assert getattr(config(page).look, name) == option
            assert not page.error
    field(page, "annotate").set_value(["shape", "macs"])
    field(page, "unroll").set_value(True)
    ran(page)

    assert config(page).look == Look("network", "left", "", "dark", "shape,macs", "auto", True)
    assert not page.error


def test_what_is_too_large_for_a_page_is_refused_and_the_page_lives():
    stages = tuple(replace(stage, blocks=100_000) for stage in find("resnet18").stages)
    deep = replace(find("resnet18"), name="deep", stages=stages)
    page = visit(**to_link(Config(deep, Look(unroll=True))))

    assert "operators" in page.error[0].value
    field(page, "unroll").set_value(False)
    ran(page)
    assert not page.error
    assert totals(page)[0] == f"{800_002:,}"  # 4 stages of 100,000 blocks of 2, stem and fc


def test_the_opened_scope_shows_its_operators_shapes_and_share():
    page = visit(net="resnet18", opened="layer2.0")
    text = " ".join(element.value for element in (*page.markdown, *page.caption))
    (table,) = [t.value for t in page.dataframe if "Parameters with shapes" in t.value.columns]

    assert "64×56×56 → 128×28×28" in text
    assert "Basic block" in text
    # 64·128·9 + 128·128·9 at 28×28, and the projection's 64·128 there
    macs = (64 * 128 * 9 + 128 * 128 * 9 + 64 * 128) * 28 * 28
    assert (
        f"MACs {macs:,} · {macs / 1_814_073_344:.1%} of the network" in page.get("progress")[1].text
    )
    assert list(table["Path"][:3]) == ["conv1", "bn1", "relu"]
    assert table["Parameters with shapes"][0] == "weight 128×64×3×3"


def test_a_scope_that_an_edit_removed_is_said_to_be_gone():
    page = visit(net="resnet18", opened="layer4")
    values = typed(page)
    put(page, {**values, "stages": values["stages"][:3]})

    assert "layer4" in page.info[0].value


# Understand, compare, take away


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("net", ["d2l-resnet18", "resnet152", "cifar-resnet1202", "vgg16"])
def test_every_section_opens(section, lang, net):
    page = visit(net=net, section=section, lang=lang)

    assert not page.error


def test_shapes_are_those_of_the_chapter():
    page = visit(section="shapes")
    (table,) = page.dataframe
    field(page, "section").set_value("shapes")
    page.segmented_control(key="rows:shapes").set_value("stage")
    ran(page)
    (table,) = page.dataframe

    # the chapter prints the output of each of its modules: 64, 64, 128, 256 and 512 channels
    assert list(table.value["Output"])[:6] == [
        "1×224×224",
        "64×56×56",
        "64×56×56",
        "128×28×28",
        "256×14×14",
        "512×7×7",
    ]


def test_conventions_are_those_that_the_tools_print():
    page = visit(net="resnet50", section="conventions")
    (table,) = page.table
    printed = dict(zip(table.value["Tool"], table.value["Prints"], strict=True))

    # what the tools themselves printed for ResNet-50 at 224×224
    assert printed["torch"] == "8,178,368,512 FLOPs"
    assert printed["fvcore"] == "4,111,512,576 FLOPs"
    assert printed["torchinfo"] == "4,089,238,376 MACs"
    assert printed["thop"] == "4,133,742,592 MACs"


def test_a_comparison_shows_both_figures_and_the_differences():
    page = visit(net="resnet34", section="compare", **{"with": "resnet18"})
    totals, parts = (frame.value for frame in page.dataframe)
    differences = dict(zip(totals["Quantity"], totals["Difference"], strict=True))

    # the parameters that torchvision prints for the two
    assert differences["Parameters"] == f"+{21_797_672 - 11_689_512:,}"
    assert differences["Layers"] == "+16"
    assert list(parts["Part"]) == ["layer1.1", "layer2.1", "layer3.1", "layer4.1"]
    assert set(parts["Status"]) == {"changed"}
    assert page.metric[0].delta == "+16"


def test_a_block_that_differs_inside_a_fold_is_marked_on_the_box_that_stands_for_it():
    from resnet_viz import compare, draw
    from resnet_viz.app.compare import _box_of

    # both networks begin with equal blocks of 64 channels, two and three of them, in one box
    changed = compare("resnet18", "resnet34").changed("before")
    boxes = draw("resnet18", depth="block", annotate="params").scene.ids()

    assert "layer1.1" in changed
    assert "layer1.1" not in boxes
    assert {_box_of(path, boxes) for path in changed} == {
        "layer1.0",
        "layer2.1",
        "layer3.1",
        "layer4.1",
    }


def test_a_pinned_version_is_compared_with_what_follows():
    page = visit(net="resnet18", section="compare")
    page.button(key="pin").click()
    ran(page)
    assert "Nothing differs" in " ".join(caption.value for caption in page.caption)
    type_in(page, "stages[3].blocks", "3")

    assert config(page).pinned == find("resnet18")
    # one more basic block of 512 channels: two convolutions and two norms
    assert page.metric[1].delta == f"+{2 * 512 * 512 * 9 + 4 * 512:,}"
    page.selectbox(key=page.session_state["session"].key("with/resnet18")).set_value(None)


def test_every_format_is_offered_and_the_link_opens_the_same_page():
    page = visit(net="resnet50", section="download", theme="paper")
    labels = [button.label for button in page.download_button]

    assert labels == [
        *("SVG", "PNG", "PDF", "TEX", "HTML", "DOT", "MMD", "JSON"),
        *("CSV", "Markdown", "LaTeX", "JSON", "HTML"),
        *("YAML", "TOML", "JSON"),
    ]
    assert page.code[0].value.endswith("?net=resnet50&theme=paper&section=download")


def test_a_format_that_does_not_hold_the_figure_is_not_offered_and_the_page_says_why():
    look = Look(depth="op", annotate="shape,params,macs", unroll=True)
    link = to_link(Config(find("cifar-resnet1202"), look, section="download"))
    english, chinese = visit(**link), visit(**link, lang="zh")

    for page in (english, chinese):
        labels = [button.label for button in page.download_button][:-8]
        assert labels == ["SVG", "PDF", "HTML", "DOT", "JSON"]
    told = [caption.value for caption in english.caption]
    for format, why in ("PNG", "pixels"), ("TEX", "too large for TeX"), ("MMD", "edges"):
        (one,) = [text for text in told if text.startswith(f"No {format}: ")]
        assert why in one
    assert any(caption.value.startswith("无法提供 PNG：") for caption in chinese.caption)


def test_a_pinned_network_is_called_one_of_the_zoo_only_if_it_is():
    other = replace(find("resnet18"), bias=True)
    page = visit(section="compare", pin=packed(dumps(other, "json").encode()))

    assert field(page, "with/resnet18").value is None


# Words


def test_the_page_in_chinese_has_no_english_labels():
    page = visit(lang="zh")
    widgets = (*page.selectbox, *page.checkbox, *page.button, *page.metric)
    labels = {widget.label.strip("*") for widget in widgets}
    labels |= {field["label"] for known in shown(page)["fields"].values() for field in known}
    labels |= set(shown(page)["words"].values())
    english = {*WORDS.values(), *FIELDS.values()} - {"MACs"}

    assert len(labels) > 20
    assert not labels & english


def test_a_kind_is_explained_in_the_language_of_the_page_with_the_same_sources():
    (shortcut,) = [
        field
        for field in shown(visit(lang="zh"))["fields"]["stages"]
        if field["name"] == "shortcut"
    ]

    assert ["none", "没有捷径：普通网络"] in shortcut["options"]


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.source)
def test_every_caption_fits_something_and_names_its_source(note):
    looks = [Look(figure=figure) for figure in FIGURES]
    known = [entry.spec for entry in entries().values()]
    varied = [replace(spec, preactivation=True) for spec in known]
    configs = [Config(spec, look) for spec in known + varied for look in looks]

    assert any(note.fits(config) for config in configs)
    assert re.search(r"\d", note.source)
    assert all(note.texts)


def captions(net: str, **link: str) -> str:
    return " ".join(element.value for element in visit(net=net, **link).markdown)


def test_captions_are_about_the_network_that_is_shown():
    projected = "a 1×1 convolution stands on it"
    assert projected in captions("resnet34-b")
    assert projected not in captions("resnet34-a")  # zeros instead
    moved = "The stride sits in the first 1×1"
    assert moved in captions("resnet50-v1")
    basic = replace(find("resnet18"), stride_in="1x1")  # which has no 1×1 in its blocks
    page = visit(**to_link(Config(basic)))
    assert moved not in " ".join(element.value for element in page.markdown)


# Links


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


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data)).decode().rstrip("=")


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


# State


def test_visitors_do_not_see_each_others_networks():
    one, other = visit(net="resnet18"), visit(net="resnet50")
    type_in(one, "stages[0].blocks", "9")
    ran(other)

    assert config(other).spec == find("resnet50")
    assert config(one).spec.stages[0].blocks == 9


@pytest.mark.parametrize("sent", [5, {"a": 1}, "x" * 501, "a\nb"])
def test_a_click_on_what_is_no_path_opens_nothing(monkeypatch, sent):
    monkeypatch.setattr("resnet_viz.app.watch.figure", lambda *_, **__: sent)

    assert config(visit()).opened == ""


def test_history_is_bounded():
    spec = find("resnet18")
    session = Session(Config(spec), filled(spec))
    for blocks in range(1, 1000):
        stages = (replace(spec.stages[0], blocks=blocks), *spec.stages[1:])
        session.edit(Config(replace(spec, stages=stages)))

    assert len(session.past) == 200


def test_the_app_runs_without_torch():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP)!r}, default_timeout=60).run(); "
        "assert not page.exception; assert 'torch' not in sys.modules"
    )

    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)


def test_a_wrong_port_is_refused():
    from resnet_viz.app.serve import serve

    with pytest.raises(RequestError, match="port: 70000 .must be from 1 to 65535"):
        serve(70000, "localhost")


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


def stages(page: AppTest, chance: random.Random) -> None:
    values = typed(page)
    some = [*values["stages"], dict(chance.choice(values["stages"]))]
    chance.shuffle(some)
    put(page, {**values, "stages": some[: chance.randrange(1, 9)]})


def looks(page: AppTest, chance: random.Random) -> None:
    control = chance.choice([box for box in page.selectbox if not box.disabled])
    control.select_index(chance.randrange(len(control.options)))


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
