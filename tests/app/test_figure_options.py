"""Figures are offered where there are such."""

from functools import cache

import pytest

from resnet_viz import RequestError
from resnet_viz.answers.figure_options import OPTIONS
from resnet_viz.app.answers import drawing_of
from resnet_viz.app.sections.figure_options import offered_figures
from resnet_viz.app.state import Look
from resnet_viz.text.page import WORDS
from resnet_viz.view import FIGURES
from resnet_viz.zoo import find

NETWORKS = ["d2l-resnet18", "resnet50", "plain34", "vgg16", "resnext50_32x4d", "resnet34-a"]
NETWORKS += ["resnet34-c", "resnet10t", "resnetv2_50", "cifar-resnet20", "seresnet50"]


@cache
def drawn(name: str) -> list[str]:
    """Return the figures of a network that can be drawn."""

    def is_drawn(figure: str) -> bool:
        try:
            drawing_of(find(name), Look(figure=figure), "en")
        except RequestError:
            return False
        return True

    return list(filter(is_drawn, FIGURES))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_figures_that_are_offered_are_those_that_can_be_drawn(name):
    assert offered_figures(find(name), "network") == drawn(name)


def test_the_figure_that_is_shown_is_offered_even_if_there_is_none_of_it_any_more():
    assert "groups" in offered_figures(find("resnet18"), "groups")


@pytest.mark.parametrize("name", Look._fields)
def test_every_name_that_an_option_may_have_has_its_word(name):
    prefix = "fact" if name == "annotate" else name
    missing = [value for value in OPTIONS[name].legal if f"{prefix}:{value}" not in WORDS]

    assert missing == []
