"""Test that measured extents equal those of the placed parts."""

import pytest

from resnet_viz.answers.figure_options import FigureOptions
from resnet_viz.layout.flow import DIRECTIONS
from resnet_viz.layout.layout import plan
from resnet_viz.scene import Group
from resnet_viz.sources import to_graph
from resnet_viz.themes import THEMES
from resnet_viz.view import FIGURES


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("figure", FIGURES)
def test_everything_lies_in_the_room_that_was_measured(figure: str, direction: str) -> None:
    options = FigureOptions(figure=figure, direction=direction)
    shown = options.kind.make([to_graph("resnext50_32x4d")], options)
    for columns in (1, 3):
        scene = plan(shown, THEMES["d2l"], direction).cut(columns).scene()
        left, top, right, bottom = Group(scene.items).bounds

        assert scene.origin[0] <= left
        assert scene.origin[1] <= top
        assert right <= scene.origin[0] + scene.width
        assert bottom <= scene.origin[1] + scene.height
        if direction in ("up", "down") and figure in ("blocks", "layers", "network"):
            assert scene.height - (bottom - top) < 40  # and not much more was measured
