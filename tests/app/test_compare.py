"""The network beside another."""

import re
from dataclasses import replace

import pytest
from app_page import config, edit_of, field, link_of, packed, ran, type_in, visit

from resnet_viz.app.address import from_link
from resnet_viz.spec.files import dumps
from resnet_viz.text.page import translate
from resnet_viz.zoo import find


def test_what_is_pinned_has_the_edit_that_came_with_it(at_hand):
    page = visit(net="resnet18", section="compare")
    at_hand["edited"] = edit_of(page, "4")
    page.button(key="pin").click()
    ran(page)

    assert config(page).pinned.stages[0].blocks == 4


def test_a_comparison_shows_both_figures_and_the_differences():
    page = visit(net="resnet34", section="compare", **{"with": "resnet18"})
    totals, fields, parts = (frame.value for frame in page.dataframe)
    differences = dict(zip(totals["Quantity"], totals["Difference"], strict=True))

    # the parameters that torchvision prints for the two
    assert differences["Parameters"] == f"+{21_797_672 - 11_689_512:,}"
    assert differences["Layers"] == "+16"
    assert list(fields["Old → new"]) == ["2 → 3", "2 → 4", "2 → 6", "2 → 3"]
    assert parts["What differs"][0] == "1 → 2 blocks, parameters, MACs"
    assert list(parts["Part"]) == ["layer1.1", "layer2.1", "layer3.1", "layer4.1"]
    assert set(parts["Status"]) == {"changed"}
    assert page.metric[0].delta == "+16"


def test_a_block_that_differs_inside_a_fold_is_marked_on_the_box_that_stands_for_it():
    from resnet_viz import compare, draw
    from resnet_viz.app.sections.compare import _box_of

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


def test_several_pins_stand_beside_each_other_and_end_with_one_click():
    page = visit(net="resnet18", section="compare")
    for name in ("resnet18", "resnet34", "resnet50"):
        page.session_state["session"].open(find(name))
        page.button(key="pin").click()
        ran(page)
    page.session_state["session"].open(find("resnet101"))
    ran(page)

    assert config(page).pinned == find("resnet50")
    assert [spec.name for spec in config(page).others] == ["resnet34", "resnet18"]
    totals = page.dataframe[0].value
    assert list(totals["2: resnet34"])[1] == "21,797,672"
    assert from_link(link_of(page)) == config(page)
    page.button(key="against 2").click()
    ran(page)
    assert config(page).pinned == find("resnet18")
    assert [spec.name for spec in config(page).others] == ["resnet34", "resnet50"]
    page.button(key="stop comparing").click()
    ran(page)
    assert config(page).pinned is None
    assert config(page).others == ()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", {"+ Add", "+ 1 × 1 Conv", "+ Batch norm"}),
        ("zh", {"+ 相加", "+ 1 × 1 卷积层", "+ 批量规范化层"}),
    ],
)
def test_what_a_plain_network_lacks_is_named(lang, words):
    page = visit(net="resnet34", section="compare", lang=lang, **{"with": "plain34"})
    column = translate(lang, "changes")
    (parts,) = [frame.value for frame in page.dataframe if "layer2.0" in frame.value.to_string()]
    row = parts[parts.iloc[:, 0] == "layer2.0"][column].iloc[0]

    assert words <= set(row.split(", "))


def test_a_kernel_is_said_from_old_to_new():
    spec = find("resnet18")
    page = visit(net="resnet18", section="compare", **{"with": "resnet18"})
    type_in(page, "stem.kernel", "3")
    parts = page.dataframe[-1].value

    assert config(page).pinned == spec
    assert any("kernel 7×7 → 3×3" in text for text in parts["What differs"])


def test_a_comparison_speaks_chinese_to_the_last_word():
    page = visit(net="resnet50", section="compare", lang="zh", **{"with": "resnet34"})
    parts = page.dataframe[-1].value
    (changed, *_) = (text for text in parts[translate("zh", "changes")] if "卷积核" in text)

    assert "基本块 → 瓶颈块" in changed
    assert "卷积核 3×3 → 1×1" in changed
    assert set(re.findall("[A-Za-z]+", changed)) == {"ReLU"}


def test_a_pinned_network_is_called_one_of_the_zoo_only_if_it_is():
    other = replace(find("resnet18"), bias=True)
    page = visit(section="compare", pin=packed(dumps(other, "json").encode()))

    assert field(page, "with/resnet18").value is None
