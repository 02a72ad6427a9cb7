"""Where a visitor begins: networks of the zoo, and files."""

import re
from dataclasses import replace

import pytest
from app_page import config, field, link_of, ran, totals, type_in, visit

from resnet_viz import report
from resnet_viz.app.catalogue import title
from resnet_viz.app.presets import PRESETS
from resnet_viz.app.state import FIRST
from resnet_viz.assembly import assemble
from resnet_viz.export.graph_json import to_json
from resnet_viz.graph import unroll
from resnet_viz.spec.files import dumps
from resnet_viz.zoo import find, names


def test_a_visitor_meets_the_chapters_network():
    page = visit()

    assert page.header[0].value == r"d2l\-resnet18"
    assert totals(page) == ["18", "11,178,378", "1,734,890,496", "2,483,722"]
    assert link_of(page) == {}


@pytest.mark.parametrize("name", names())
def test_every_network_of_the_zoo_opens_with_its_totals(name):
    page = visit()
    field(page, "zoo").select(title(name, "en"))
    ran(page)
    expected = report(name).totals

    assert totals(page) == [
        f"{expected[word]:,}" for word in ("layers", "params", "macs", "activations")
    ]
    assert config(page).spec == find(name)
    assert not page.error


def test_families_head_their_networks_and_a_heading_opens_the_first():
    page = visit()
    listed = field(page, "zoo").options
    heading = listed.index("── ResNeXt")

    assert listed[heading + 1] == title("resnext50_32x4d", "en")
    assert len({one for one in listed if one.startswith("── ")}) == len(listed) - len(names())
    field(page, "zoo").select("── ResNeXt")
    ran(page)
    assert config(page).spec == find("resnext50_32x4d")
    assert field(page, "zoo").value == "resnext50_32x4d"


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


def graph_file(name: str) -> bytes:
    return to_json(unroll(assemble(find(name)))).encode()


def test_the_graph_of_ones_own_model_is_shown_with_figure_and_report_until_one_goes_on():
    page = visit(net="resnet34")
    data = graph_file("resnet50")
    page.file_uploader[0].set_value(("mine.json", data, "application/json"))
    ran(page)

    assert totals(page)[1:3] == ["25,557,032", "4,089,184,256"]
    assert page.header[0].value == "resnet50"
    assert any("layer4.0" in list(table.value["Part"]) for table in page.dataframe)
    assert config(page).spec == find("resnet34")
    page.button(key="leave graph").click()
    ran(page)
    assert page.header[0].value == "resnet34"

    page.file_uploader[0].set_value(("mine.json", data, "application/json"))
    ran(page)
    type_in(page, "stages[0].blocks", "2")
    assert page.header[0].value == "resnet34\\-edited"


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (b'"format": 1', b'"format": 2', "format: 2"),
        (b'"kernel": [', b'"kernel": "x", "no": [', "attributes"),
        (b'"conv_macs"', b'"gold"', "terms"),
    ],
)
def test_a_forged_graph_gets_a_message_and_changes_nothing(old, new, fact):
    page = visit()
    data = graph_file("resnet18").replace(old, new)
    page.file_uploader[0].set_value(("mine.json", data, "application/json"))
    ran(page)

    assert re.search(fact, page.error[0].value.replace("\\", ""))
    assert page.header[0].value == "d2l\\-resnet18"


def test_a_list_shows_an_edited_network_as_ones_own_and_offers_the_one_it_was():
    page = visit(net="resnet18")
    type_in(page, "stages[0].blocks", "3")

    picker = field(page, "zoo")
    assert picker.value is None
    picker.select(title("resnet18", "en"))
    ran(page)

    assert config(page).spec == find("resnet18")


def test_an_edited_network_is_reset():
    page = visit(net="resnet18")
    assert page.button(key="reset").disabled
    type_in(page, "stages[0].blocks", "3")

    page.button(key="reset").click()
    ran(page)

    assert config(page).spec == find("resnet18")
    assert page.button(key="reset").disabled


@pytest.mark.parametrize("written", ["ResNet-50", "resnet50", "50 layers", "25.6 M", "4.09 G"])
def test_a_network_is_found_by_its_name_as_papers_write_it_and_by_its_costs(written):
    assert written in title("resnet50", "en")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_opens_its_page_in_the_language_of_the_visitor(name):
    page = visit(net="resnet34-a", lang="zh")

    page.button(key=f"preset {name}").click()
    ran(page)

    assert config(page).lang == "zh"
    assert config(page).spec.name == PRESETS[name].get("net", FIRST)
    assert config(page).section == PRESETS[name].get("section", "shapes")
