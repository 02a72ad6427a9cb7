"""Test figures byte for byte. `make goldens` rewrites them; look at them before you commit.

They are the figures of the README and the docs.
"""

import runpy
from pathlib import Path

import pytest

from resnet_viz import draw
from resnet_viz.export.svg import to_svg

FIGURES = Path(__file__).parent.parent / "docs" / "figures"

GOLDEN = {
    "d2l-resnet18": ("d2l-resnet18", {}),
    "d2l-resnet18-zh": ("d2l-resnet18", {"lang": "zh"}),
    "d2l-resnet18-right": ("d2l-resnet18", {"direction": "right"}),
    "d2l-resnet18-blocks": ("d2l-resnet18", {"figure": "blocks"}),
    "d2l-resnet18-blocks-zh": ("d2l-resnet18", {"figure": "blocks", "lang": "zh"}),
    "resnet50": ("resnet50", {}),
    "resnext50-blocks-dark": ("resnext50_32x4d", {"figure": "blocks", "theme": "dark"}),
    "cifar-resnet20-down": (
        "cifar-resnet20",
        {"depth": "book", "direction": "down", "theme": "mono"},
    ),
    "cifar-resnet20-blocks": ("cifar-resnet20", {"figure": "blocks"}),
    "plain18": ("plain18", {"theme": "paper"}),
}


@pytest.mark.parametrize("golden", GOLDEN)
def test_drawings_are_byte_for_byte_the_goldens(golden: str, request) -> None:
    network, options = GOLDEN[golden]
    path = FIGURES / f"{golden}.svg"
    if request.config.getoption("--write-goldens"):
        draw(network, **options).save(path)

    assert draw(network, **options).to_svg() == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["dataflow", "stage_costs"])
def test_the_pictures_of_the_docs_are_drawn_by_the_project(name: str, request) -> None:
    scene = runpy.run_path(str(FIGURES.parent / f"{name.replace('_', '')}.py"))[name]()
    path = FIGURES / f"{name}.svg"
    if request.config.getoption("--write-goldens"):
        path.write_text(to_svg(scene), encoding="utf-8")

    assert to_svg(scene) == path.read_text(encoding="utf-8")
