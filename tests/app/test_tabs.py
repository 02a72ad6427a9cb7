"""The sections below the figure."""

import pytest
from app_page import field, ran, visit

from resnet_viz.app.state import SECTIONS


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
