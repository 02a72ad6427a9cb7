"""Receptive fields on an image's grid."""

import pytest
import torch

from resnet_viz import RequestError, receptive_field
from resnet_viz.cli import run
from resnet_viz.layout.field import SIDE
from resnet_viz.layout.paint import LIGHT
from resnet_viz.scene import Box, Text


def outlines(scene) -> list[Box]:
    return [item for item in scene.items if isinstance(item, Box) and item.colour]


def test_squares_are_the_theoretical_fields_cut_at_the_image() -> None:
    # ResNet-18 by hand: 7×7/2 and 3×3/2 see 11 pixels, then each 3×3 adds twice its input's jump
    # of 4, 8, 16 and 32: 11 + 4·8 = 43, and so on (Araujo et al. 2019, equation 2)
    scene = receptive_field("resnet18").scene
    said = [item.runs[0].text for item in scene.items if isinstance(item, Text)]

    sizes = ["43 × 43", "99 × 99", "211 × 211", "435 × 435"]
    assert [text for text in said if "×" in text and len(text) < 12] == sizes
    assert outlines(scene)[0].width == pytest.approx(SIDE * 43 / 224)
    assert outlines(scene)[3].width == SIDE


def test_effective_fields_lie_within_the_theoretical_ones() -> None:
    before = torch.get_rng_state()
    scene = receptive_field("resnet18", (3, 64, 64), effective=True, seed=1).scene
    again = receptive_field("resnet18", (3, 64, 64), effective=True, seed=1).scene
    square = outlines(scene)[0]
    cells = [box for box in scene.items if isinstance(box, Box) and box.fill in LIGHT]
    first = [box for box in cells if box.x < SIDE]
    cell = SIDE / 28

    assert scene == again
    assert torch.equal(torch.get_rng_state(), before)
    assert first
    assert all(box.x >= square.x - cell for box in first)
    assert all(box.x + box.width <= square.x + square.width + cell for box in first)


def test_a_network_without_stages_has_no_such_figure() -> None:
    with pytest.raises(RequestError, match=r"^Sequential: has no stages with a receptive field"):
        receptive_field(torch.nn.Sequential(torch.nn.Linear(4, 4)), (1, 4))
    with pytest.raises(RequestError, match=r"^seed: -1 "):
        receptive_field("resnet18", seed=-1)


def test_the_command_draws_it_in_chinese(tmp_path, capsys) -> None:
    path = tmp_path / "field.svg"

    assert run(["receptive-field", "resnet18", "--lang", "zh", "-o", str(path)]) == 0
    assert "像素" in path.read_text(encoding="utf-8")
    assert run(["receptive-field", "resnet18", "--lang", "fr"]) == 2
    assert capsys.readouterr().err.startswith("unknown language: 'fr'")
