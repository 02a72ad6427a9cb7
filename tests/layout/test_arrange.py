"""Test the default depth and layout of figures."""

import pytest
import torch
from torch import nn

from resnet_viz import RequestError, draw, report
from resnet_viz.layout.page import LEGIBLE, LETTER, find_page, least_text
from resnet_viz.scene import Box, Circle, Line, Text
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.view.detail import Detail


def boxes_of(scene) -> list:
    return [item for item in scene.walk() if isinstance(item, (Box, Circle)) and item.id]


def words_of(scene) -> list[str]:
    texts = [item for item in scene.walk() if isinstance(item, Text)]
    return ["".join(run.text for run in text.runs) for text in texts]


def model(name: str) -> nn.Module:
    with torch.device("meta"):
        return getattr(import_beside("torchvision.models"), name)().eval()


@pytest.mark.parametrize("name", ["resnet50", "vgg19", "d2l-regnetx32", "d2l-resnet18"])
def test_a_zoo_network_can_be_read_on_a_letter_page(name: str) -> None:
    assert least_text(draw(name).scene) >= LEGIBLE


@pytest.mark.parametrize("name", ["vit_b_16", "mobilenet_v2", "densenet121", "swin_t"])
def test_a_module_can_be_read_on_a_letter_page(name: str) -> None:
    scene = draw(model(name), input=(1, 3, 224, 224)).scene

    assert least_text(scene) >= LEGIBLE
    assert len(boxes_of(scene)) > 4


def test_a_small_module_shows_each_operator_with_its_size() -> None:
    net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

    assert words_of(draw(net, input=(1, 784)).scene) == ["1×784", "FC, 256", "ReLU", "FC, 10"]


@pytest.mark.parametrize("name", ["resnet50", "d2l-resnet18", "cifar-resnet20"])
def test_numbers_change_nothing_but_numbers(name: str) -> None:
    plain, annotated = draw(name).scene, draw(name, annotate="params,macs").scene
    lines = [sum(isinstance(item, Line) for item in s.walk()) for s in (plain, annotated)]

    assert [box.id for box in boxes_of(plain)] == [box.id for box in boxes_of(annotated)]
    assert lines[0] == lines[1]
    assert set(words_of(plain)) <= set(words_of(annotated))


def params_in(scene) -> int:
    """Return the parameters written in a figure without folds."""
    ends = [word for word in words_of(scene) if word.endswith(" params")]
    return sum(int(word.removesuffix(" params").replace(",", "")) for word in ends)


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.first, self.last = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 2)

    def forward(self, x):
        x = torch.relu(self.fc(x))
        return self.last(self.first(torch.tanh(self.fc(x))))


def test_shared_parameters_are_counted_once() -> None:
    scene = draw(Shared(), input=(1, 8), annotate="params").scene

    # three linear layers: 8·8 + 8 twice, 8·2 + 2
    assert params_in(scene) == 2 * 72 + 18 == report(Shared(), (1, 8)).totals["params"]
    assert "shared parameters" in words_of(scene)


def test_a_block_has_its_shortcut_beside_it() -> None:
    lines = [i for i in draw("resnet18", depth="block").scene.walk() if isinstance(i, Line)]
    arcs = [line for line in lines if len(line.points) == 4 and not line.source]

    # stages 2 to 4 begin with a projection, drawn dotted; folded, stage 1 has one block
    assert [line.dash for line in arcs].count("dotted") == 3
    assert len(arcs) == 1 + 2 * 3


def test_added_parameters_have_their_arrow() -> None:
    words = words_of(draw(model("vit_b_16"), input=(1, 3, 224, 224), depth="op").scene)

    assert {"class_token", "pos_embedding"} <= set(words)


def test_depth_is_a_number_too_and_single_scopes_open_and_close() -> None:
    def ids(**options) -> set[str]:
        return {box.id for box in boxes_of(draw("resnet50", **options).scene)}

    assert ids(depth=2) == ids(depth="2") == ids(depth="block")
    assert "layer3.0.conv1" in ids(depth="stage", expand="layer3.0")
    assert "layer2" in ids(depth="stage", expand="layer3.0")
    assert "layer3" in ids(depth="block", collapse="layer3")
    assert "layer1" in ids(depth="op", collapse="stage")


def test_an_unknown_scope_to_expand_is_named() -> None:
    with pytest.raises(RequestError, match=r"^unknown scope to expand: 'layer9' "):
        draw("resnet50", expand="layer9")


def test_a_page_is_never_exceeded_with_marks_and_captions() -> None:
    page = find_page("243x600")
    options = {"highlight": "layer3.0", "caption": "word " * 60, "title": "A title"}
    scene = draw("resnet50", page=page.name, depth="block", **options).scene

    assert scene.width * scene.scale <= page.width
    assert scene.height * scene.scale <= page.height


def test_width_and_font_size_are_points_of_paper() -> None:
    wide, large = draw("resnet18", width=300).scene, draw("resnet18", font_size=12).scene

    assert wide.width * wide.scale == pytest.approx(300)
    assert large.scale * 9 == pytest.approx(12)  # labels have nine points


def test_modules_nested_deeper_than_can_be_read_are_closed() -> None:
    opened = [Detail().opens(draw("resnet18").graph.root, level) for level in (0, 39, 40)]

    assert opened == [True, True, False]
    assert find_page("letter") is LETTER


class Joined(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pixels, self.words = nn.Linear(8, 4), nn.Linear(6, 4)

    def forward(self, image, text=None):
        return self.pixels(image["pixels"]) + self.words(text)


def test_inputs_have_the_names_of_forward_or_of_a_mapping() -> None:
    shapes = {"image": {"pixels": torch.zeros(1, 8)}, "text": torch.zeros(1, 6)}

    assert {"pixels 1×8", "text 1×6"} <= set(words_of(draw(Joined(), input=shapes).scene))


class Crossed(nn.Module):
    """Stages that all read two others: only Graphviz can place them, and not on one page."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList([nn.Linear(4, 4) for _ in range(80)])

    def forward(self, x):
        last, before = self.stages[0](x), x
        for stage in self.stages[1:]:
            last, before = stage(last + before), last
        return last


def test_a_network_too_large_for_its_page_is_one_box_but_one_that_is_not_shows_its_top_level() -> (
    None
):
    assert words_of(draw(Crossed(), input=(1, 4)).scene) == ["1×4", "Crossed"]

    small = Crossed()
    small.stages = small.stages[:30]
    assert len(boxes_of(draw(small, input=(1, 4)).scene)) > 30
