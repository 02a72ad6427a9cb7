"""Files that people go on editing: draw.io and PowerPoint; and matplotlib's axes."""

import io
import xml.etree.ElementTree as ET

import pytest
from scenes import HOSTILE, SCENES, scene_of

from resnet_viz import draw
from resnet_viz.export import EXPORTERS
from resnet_viz.scene import Box, Circle, Line, Scene, Text


def words_of(scene: Scene) -> list[str]:
    texts = [item for item in scene.walk() if isinstance(item, Text)]
    return sorted("".join(run.text for run in text.runs) for text in texts)


@pytest.mark.parametrize("name", SCENES)
def test_a_drawio_file_has_every_box_and_edges_between_them(name: str) -> None:
    scene = SCENES[name]
    root = ET.fromstring(EXPORTERS[".drawio"].write(scene))
    cells = {cell.get("id"): cell for cell in root.iter("mxCell")}
    boxes = [item for item in scene.walk() if isinstance(item, (Box, Circle))]
    edges = [cell for cell in cells.values() if cell.get("edge")]

    assert len(cells) == len(list(root.iter("mxCell"))), "ids are unique"
    assert {f"part/{box.id}" for box in boxes if box.id} <= set(cells)
    assert len(edges) == sum(isinstance(item, Line) for item in scene.walk())
    for edge in edges:
        assert {edge.get("source"), edge.get("target")} - {None} <= set(cells)


def test_the_words_of_a_drawio_box_are_its_own() -> None:
    root = ET.fromstring(draw("resnet18").to_bytes(".drawio"))
    cells = {cell.get("id"): cell.get("value") for cell in root.iter("mxCell")}

    assert cells["part/conv1"] == "7 × 7 Conv, 64, /2"


@pytest.mark.parametrize("name", SCENES)
def test_a_slide_has_every_text_as_python_pptx_reads_it(name: str) -> None:
    pptx = pytest.importorskip("pptx")
    scene = SCENES[name]
    content = EXPORTERS[".pptx"].write(scene)
    deck = pptx.Presentation(io.BytesIO(content))
    (slide,) = deck.slides
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]

    assert sorted(text for text in texts if text) == words_of(scene)
    assert deck.slide_width.pt == pytest.approx(scene.width * scene.scale, abs=0.01)
    assert content == EXPORTERS[".pptx"].write(scene), "the same scene gives the same bytes"


@pytest.mark.parametrize("suffix", [".drawio", ".pptx"])
def test_no_label_breaks_a_file(suffix: str) -> None:
    content = EXPORTERS[suffix].write(scene_of(*HOSTILE))
    if suffix == ".drawio":
        ET.fromstring(content)
    assert content


def test_matplotlib_gets_every_text_and_box() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    drawing = draw("resnet18")
    ax = drawing.plot()
    boxes = [item for item in drawing.scene.walk() if isinstance(item, (Box, Circle))]

    assert sorted(text.get_text() for text in ax.texts) == words_of(drawing.scene)
    assert len(ax.patches) == len(boxes)
    assert drawing.plot(ax) is ax
    matplotlib.pyplot.close("all")


def test_a_transparent_figure_has_no_ground_and_a_dark_one_a_style() -> None:
    plain = draw("resnet18").to_svg()
    clear = draw("resnet18", transparent=True).to_svg()
    adaptive = draw("resnet18", dark_mode=True).to_svg()

    assert '<path fill="#ffffff"' in plain
    assert '<path fill="#ffffff"' not in clear
    assert "prefers-color-scheme:dark" in adaptive
    assert '[fill="#b2d9ff"]{fill:#274b73}' in adaptive
