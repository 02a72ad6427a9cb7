"""The figure, and what is opened in it."""

from dataclasses import replace

import pytest
from app_page import config, field, put, ran, totals, typed, visit

from resnet_viz.app.address import to_link
from resnet_viz.app.state import Config, Look
from resnet_viz.layout import DIRECTIONS
from resnet_viz.themes import THEMES
from resnet_viz.view import DEPTHS, FIGURES
from resnet_viz.zoo import find, names


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


@pytest.mark.parametrize("sent", [5, {"a": 1}, "x" * 501, "a\nb"])
def test_a_click_on_what_is_no_path_opens_nothing(monkeypatch, sent):
    monkeypatch.setattr("resnet_viz.app.sections.figure_panel.figure", lambda *_, **__: sent)

    assert config(visit()).opened == ""
