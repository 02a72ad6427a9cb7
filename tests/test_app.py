"""The app, driven by Streamlit's own test runner: every page, preset and control."""

import base64
import json
import random
import re
import string
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import specs
from streamlit.testing.v1 import AppTest

from resnet_viz import RequestError, report
from resnet_viz.app.fields import KINDS
from resnet_viz.app.learn import NOTES
from resnet_viz.app.session import Session, plain
from resnet_viz.app.state import FIRST, SECTIONS, Config, Look, from_link, to_link
from resnet_viz.app.words import CONVENTIONS_ZH, FIELDS, IN_FIGURE, KINDS_ZH, TERMS_ZH, WORDS
from resnet_viz.count import CONVENTIONS
from resnet_viz.layout import DIRECTIONS
from resnet_viz.ops import TERMS
from resnet_viz.spec.files import dumps, read
from resnet_viz.themes import THEMES
from resnet_viz.view import DEPTHS, FIGURES
from resnet_viz.zoo import entries, find, names

APP = Path(__file__).parents[1] / "app.py"


def visit(**link) -> AppTest:
    """Open the page by an address; what it shows is what a visitor would see."""
    page = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in link.items():
        page.query_params[name] = value
    for name in ("upload", "stem", "head", "whole", *(f"stages[{i}]" for i in range(64))):
        page.session_state[f"open {name}"] = True
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
    """Return the control of a field of the spec, as `stages[0].blocks`."""
    session = page.session_state["session"]
    return page.get_by_key(session.key(name))


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
    for i, blocks in enumerate((3, 4, 6, 3)):
        field(page, f"stages[{i}].blocks").set_value(blocks)
    ran(page)

    # ResNet-34 is ResNet-18 with 3, 4, 6 and 3 blocks (He et al. 2015, Table 1)
    assert totals(page)[1:3] == ["21,797,672", "3,663,761,408"]
    assert config(page).spec == replace(find("resnet34"), name="resnet18-edited")
    assert from_link(link_of(page)).spec == config(page).spec


def test_a_network_that_is_edited_back_has_its_name_again():
    page = visit(net="resnet18")
    field(page, "stages[0].blocks").set_value(5)
    ran(page)
    field(page, "stages[0].blocks").set_value(2)
    ran(page)

    assert link_of(page) == {"net": "resnet18"}


def test_a_wrong_edit_says_where_and_keeps_figure_and_what_was_typed():
    page = visit(net="resnet18")
    field(page, "stages[1].blocks").set_value(4)
    ran(page)
    before = config(page)
    field(page, "stages[2].blocks").set_value(0)
    ran(page)

    assert "**Stage 3: Blocks**: 0" in page.error[0].value
    assert config(page) == before
    assert field(page, "stages[2].blocks").value == 0
    field(page, "stages[2].blocks").set_value(1)
    ran(page)
    assert not page.error
    assert [stage.blocks for stage in config(page).spec.stages] == [2, 4, 1, 2]


EXTREME = [0, -1, 10**9, 2**53 - 1, -(2**53) + 1]


@pytest.mark.parametrize("value", EXTREME)
def test_extreme_numbers_in_every_field_get_a_message(value):
    page = visit()
    before = config(page)
    shares = [control.key for control in page.number_input if isinstance(control.value, float)]
    keys = [control.key for control in page.number_input]
    if value == 0:  # a share may be 0
        keys = [key for key in keys if key not in shares]
    for key in keys:
        control = page.number_input(key=key)
        was = control.value
        control.set_value(value)
        ran(page)

        assert len(page.error) == 1, key
        assert config(page).spec == before.spec
        page.number_input(key=key).set_value(was)
    ran(page)
    assert not page.error


def test_every_kind_of_every_field_can_be_chosen():
    page = visit(net="resnet50")
    for box in [box for box in page.selectbox if "." in box.key or box.key.split("/")[0] in KINDS]:
        for option in box.options:
            page.selectbox(key=box.key).select(option)
            ran(page)
        page.selectbox(key=box.key).select(box.value)
    for box in page.checkbox:
        page.checkbox(key=box.key).set_value(not box.value)
        ran(page)


def test_stages_are_added_moved_copied_and_removed():
    page = visit(net="resnet18")

    def channels():
        ran(page)
        return [stage.channels for stage in config(page).spec.stages]

    def menu(stage, move):
        key = page.session_state["session"].key(f"menu[{stage}]")
        page.menu_button(key=key).click(move)
        return channels()

    page.button(key="add").click()
    assert channels() == [64, 128, 256, 512, 1024]
    assert menu(4, "remove") == [64, 128, 256, 512]
    assert menu(0, "down") == [128, 64, 256, 512]
    assert menu(3, "up") == [128, 64, 512, 256]
    assert menu(1, "copy") == [128, 64, 64, 512, 256]


def test_what_was_typed_out_of_sight_stays():
    page = visit(net="resnet50")
    field(page, "stages[1].groups").set_value(32)
    field(page, "head.classes").set_value(10)
    ran(page)
    page.session_state["open stages[1]"] = page.session_state["open head"] = False
    ran(page)
    assert "stages[1].groups" not in {control.key.split("/")[0] for control in page.number_input}
    field(page, "stages[1].blocks").set_value(5)
    ran(page)

    spec = config(page).spec
    assert (spec.stages[1].groups, spec.stages[1].blocks, spec.head.classes) == (32, 5, 10)
    page.session_state["open stages[1]"] = True
    ran(page)
    assert field(page, "stages[1].groups").value == 32


def test_a_move_keeps_a_wrong_value_that_was_typed():
    page = visit(net="resnet18")
    field(page, "stages[3].blocks").set_value(-7)
    ran(page)
    page.menu_button(key=page.session_state["session"].key("menu[3]")).click("up")
    ran(page)

    assert field(page, "stages[2].blocks").value == -7
    assert "Stage 3: Blocks" in page.error[0].value


def test_there_are_at_most_as_many_stages_as_a_spec_may_have():
    spec = find("resnet18")
    many = replace(spec, stages=spec.stages[:1] * 64, name="many")
    page = visit(**to_link(Config(many)))

    assert page.button(key="add").disabled
    assert len(config(page).spec.stages) == 64


def test_undo_and_redo_go_back_and_on():
    page = visit(net="resnet18")
    for blocks in (3, 4):
        field(page, "stages[0].blocks").set_value(blocks)
        ran(page)

    def after(button):
        page.button(key=button).click()
        ran(page)
        assert field(page, "stages[0].blocks").value == config(page).spec.stages[0].blocks
        return config(page).spec.stages[0].blocks

    assert [after("undo"), after("undo")] == [3, 2]
    assert page.button(key="undo").disabled
    assert [after("redo"), after("redo")] == [3, 4]
    assert page.button(key="redo").disabled


def test_the_browsers_back_button_is_an_undo(monkeypatch):
    page = visit(net="resnet18")
    first = link_of(page)
    field(page, "stages[0].blocks").set_value(3)
    ran(page)
    page.query_params.clear()
    page.query_params.update(first)
    monkeypatch.setattr("resnet_viz.app.session._travelled", lambda: True)
    ran(page)

    assert config(page).spec == find("resnet18")
    assert field(page, "stages[0].blocks").value == 2
    assert not page.button(key="redo").disabled


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
    field(page, f"annotate:{lang}").set_value(["shape", "macs"])
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
    page.menu_button(key=page.session_state["session"].key("menu[3]")).click("remove")
    ran(page)

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
    field(page, "stages[3].blocks").set_value(3)
    ran(page)

    assert config(page).pinned == find("resnet18")
    # one more basic block of 512 channels: two convolutions and two norms
    assert page.metric[1].delta == f"+{2 * 512 * 512 * 9 + 4 * 512:,}"
    page.selectbox(key=page.session_state["session"].key("with/resnet18")).set_value(None)


def test_fields_that_the_browser_lost_are_filled_again_and_the_edit_among_them_counts():
    page = visit(net="resnet18")
    for number in page.number_input:
        number.set_value(None)
    field(page, "stages[1].blocks").set_value(5)
    page.run()

    assert [field(page, f"stages[{i}].blocks").value for i in range(4)] == [2, 5, 2, 2]
    assert [field(page, f"stages[{i}].channels").value for i in range(4)] == [64, 128, 256, 512]
    assert not page.error
    assert totals(page)[0] == str(18 + 3 * 2)  # three more blocks of two convolutions


def test_one_field_that_is_emptied_stays_so_and_is_told():
    page = visit(net="resnet18")
    field(page, "stages[1].blocks").set_value(None)
    page.run()
    field(page, "stages[2].blocks").set_value(None)
    page.run()

    assert field(page, "stages[1].blocks").value is None
    assert field(page, "stages[2].blocks").value is None
    assert "Stage 2: Blocks" in page.error[0].value


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


@pytest.mark.parametrize("table", [WORDS, FIELDS])
def test_every_word_has_two_languages_with_the_same_values(table):
    def values(text):
        return sorted(
            (name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None
        )

    for name, (english, chinese) in table.items():
        assert english, name
        assert chinese, name
        assert values(english) == values(chinese), name


def test_the_page_in_chinese_has_no_english_labels():
    page = visit(lang="zh")
    widgets = (*page.selectbox, *page.number_input, *page.checkbox, *page.button, *page.metric)
    labels = {widget.label.strip("*") for widget in widgets}
    english = {english for english, chinese in (*WORDS.values(), *FIELDS.values())} - {"MACs"}

    assert len(labels) > 20
    assert not labels & english


def test_terms_and_conventions_have_chinese_words():
    assert set(TERMS_ZH) == set(TERMS)
    assert set(CONVENTIONS_ZH) == set(CONVENTIONS)
    assert {field: set(kinds) for field, kinds in KINDS_ZH.items()} == {
        field: set(kinds) for field, kinds in KINDS.items()
    }


def test_a_kind_is_explained_in_the_language_of_the_page_with_the_same_sources():
    help = field(visit(lang="zh"), "stages[0].shortcut").help

    assert "- **none**: 没有捷径：普通网络" in help
    for name, kinds in KINDS.items():
        for kind, english in kinds.items():
            papers = re.findall(r"arXiv [\d.]+", str(english))
            assert re.findall(r"arXiv [\d.]+", KINDS_ZH[name][kind]) == papers


def test_the_figures_controls_have_chinese_words():
    from resnet_viz.app.figure import WORDS as IN_ENGLISH

    assert set(IN_FIGURE["zh"]) == set(IN_ENGLISH)


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
    field(page, "stages[0].blocks").set_value(3)
    ran(page)
    assert config(page).spec.stages[0].blocks == 3
    assert not page.error


def test_a_link_from_elsewhere_with_more_in_it_opens():
    assert from_link({"net": "resnet50", "utm_source": "mail"}).spec == find("resnet50")


# State


def test_visitors_do_not_see_each_others_networks():
    one, other = visit(net="resnet18"), visit(net="resnet50")
    field(one, "stages[0].blocks").set_value(9)
    ran(one)
    ran(other)

    assert config(other).spec == find("resnet50")
    assert config(one).spec.stages[0].blocks == 9


@pytest.mark.parametrize("sent", [5, {"a": 1}, "x" * 501, "a\nb"])
def test_a_click_on_what_is_no_path_opens_nothing(monkeypatch, sent):
    monkeypatch.setattr("resnet_viz.app.watch.figure", lambda *_, **__: sent)

    assert config(visit()).opened == ""


def test_history_is_bounded():
    spec = find("resnet18")
    session = Session(Config(spec), plain(spec))
    for blocks in range(1, 1000):
        stages = (replace(spec.stages[0], blocks=blocks), *spec.stages[1:])
        session.edit(Config(replace(spec, stages=stages)))

    assert len(session.past) == 200


@given(specs())
def test_the_fields_of_a_spec_hold_all_of_it(spec):
    assert read(plain(spec)) == spec


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


@pytest.mark.parametrize("seed", range(6))
def test_a_visitor_who_tries_everything_never_breaks_the_page(seed):
    chance = random.Random(seed)
    page = visit(net=chance.choice(names()))
    for _ in range(40):
        kind = chance.choice(["number", "number", "box", "check", "button", "menu", "section"])
        if kind == "number":
            control = chance.choice(page.number_input)
            control.set_value(chance.choice([0, 1, 2, 3, 4, 8, 16, 64, 512, 10**6, 10**7, -1]))
        elif kind == "box":
            control = chance.choice([box for box in page.selectbox if not box.disabled])
            control.select_index(chance.randrange(len(control.options)))
        elif kind == "check":
            control = chance.choice([box for box in page.checkbox if not box.disabled])
            control.set_value(not control.value)
        elif kind == "button":
            control = chance.choice([b for b in page.button if not b.disabled])
            control.click()
        elif kind == "menu":
            control = chance.choice(page.menu_button)
            control.click_index(chance.randrange(len(control.options)))
        else:
            control = field(page, "section")
            control.set_value(chance.choice(SECTIONS))
        ran(page)
        shown = config(page)

        assert from_link(to_link(shown)) == shown
        assert from_link(link_of(page)) == shown
        assert totals(page)[1] == f"{report(shown.spec).totals['params']:,}"
