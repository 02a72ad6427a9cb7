"""Feature maps as boxes: their sizes, and what goes past them."""

from itertools import pairwise
from typing import Any

import pytest
from torch import nn

from resnet_viz import RequestError, draw
from resnet_viz.scene import Line, Scene, Text


def words(scene: Scene) -> list[str]:
    return [
        "".join(run.text for run in item.runs) for item in scene.items if isinstance(item, Text)
    ]


def volumes(network: Any, **options: Any) -> Scene:
    return draw(network, figure="volumes", **options).scene


def test_each_block_of_resnet50_is_a_box_with_its_outputs_sizes() -> None:
    # He et al. 2015, Table 1: 3, 4, 6 and 3 blocks of 256, 512, 1024 and 2048 channels
    body = [("256", "56×56")] * 3 + [("512", "28×28")] * 4
    body += [("1024", "14×14")] * 6 + [("2048", "7×7")] * 3
    stem = [("3", "224×224"), ("64", "112×112"), ("64", "56×56")]
    head = [("2048", "1×1"), ("1000", "1×1")]
    shown = words(volumes("resnet50"))

    assert list(zip(shown[::2], shown[1::2], strict=True)) == [*stem, *body, *head]


def test_a_shortcut_goes_around_each_block_but_not_around_a_stage() -> None:
    def arcs(scene: Scene) -> int:
        lines = [item for item in scene.items if isinstance(item, Line)]
        return sum(line.radius > 0 for line in lines)

    assert arcs(volumes("resnet18")) == 8
    assert arcs(volumes("resnet152")) == 0


def test_channels_lengthen_boxes_by_their_logarithm_or_in_proportion() -> None:
    def lengths(scene: Scene) -> list[float]:
        fronts = [i for i in scene.items if isinstance(i, Line) and i.fill][::3]
        return [line.points[1][0] - line.points[0][0] for line in fronts]

    log, linear = (lengths(volumes("resnet18", lengths=name)) for name in ("log", "linear"))
    steps = [b - a for a, b in pairwise(log)]

    # 64, 128, 256 and 512 channels: three doublings after the stem's boxes
    assert steps[4] == pytest.approx(steps[6]) == pytest.approx(steps[8])
    assert linear[8] - linear[6] == pytest.approx(2 * (linear[6] - linear[4]))


def test_boxes_go_to_the_right_or_down() -> None:
    right, down = (volumes("resnet18", direction=way) for way in ("right", "down"))

    assert right.width > right.height
    assert down.height > down.width


class Hourglass(nn.Module):
    """Three resolutions, down and up again, with a skip connection at the first two."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 2, 2)
        self.c, self.d = nn.Conv2d(16, 32, 2, 2), nn.ConvTranspose2d(32, 16, 2, 2)
        self.e = nn.ConvTranspose2d(16, 8, 2, 2)

    def forward(self, x):
        a = self.a(x)
        b = self.b(a)
        return self.e(self.d(self.c(b)) + b) + a


def test_a_unet_is_drawn_as_a_u() -> None:
    scene = volumes(Hourglass(), input=(1, 1, 32, 32))
    heights = [item.y for item in scene.items if isinstance(item, Text)][1::2]

    assert heights[1] < heights[2] < heights[3] > heights[4] > heights[5]
    assert heights[1] == heights[5]
    assert heights[2] == heights[4]


def test_lengths_are_of_volumes_only_and_one_of_two() -> None:
    with pytest.raises(RequestError, match=r"^lengths: not for a figure of network"):
        draw("resnet18", lengths="linear")
    with pytest.raises(RequestError, match=r"^unknown lengths: 'root' "):
        volumes("resnet18", lengths="root")
