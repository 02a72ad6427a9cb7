"""Captions are about what is on the screen."""

import re
from dataclasses import replace

import pytest
from app_page import visit

from resnet_viz.app.address import to_link
from resnet_viz.app.sections.notes import NOTES
from resnet_viz.app.state import Config, Look
from resnet_viz.text.notes import NOTES as TEXTS
from resnet_viz.view import FIGURES
from resnet_viz.zoo import entries, find


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.source)
def test_every_caption_fits_something_and_names_its_source(note):
    looks = [Look(figure=figure) for figure in FIGURES]
    known = [entry.spec for entry in entries().values()]
    varied = [replace(spec, preactivation=True) for spec in known]
    configs = [Config(spec, look) for spec in known + varied for look in looks]

    assert any(note.fits(config) for config in configs)
    assert re.search(r"\d", note.source)
    assert note.name in TEXTS


def captions(net: str, **link: str) -> str:
    return " ".join(element.value for element in visit(net=net, **link).markdown)


def test_captions_are_about_the_network_that_is_shown():
    projected = "a 1×1 convolution stands on it"
    assert projected in captions("resnet34-b", depth="book")
    assert projected not in captions("resnet34-b", depth="stage")  # no shortcut is drawn
    assert projected not in captions("resnet34-a", depth="book")  # zeros instead
    moved = "The stride sits in the first 1×1"
    assert moved in captions("resnet50-v1")
    basic = replace(find("resnet18"), stride_in="1x1")  # which has no 1×1 in its blocks
    page = visit(**to_link(Config(basic)))
    assert moved not in " ".join(element.value for element in page.markdown)
