"""What every drawing must be, whatever it shows."""

import itertools
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import specs

from resnet_viz import RequestError, ResNetSpec, Stage, draw
from resnet_viz.export.svg import escape
from resnet_viz.labels import LANGUAGES
from resnet_viz.layout import DIRECTIONS
from resnet_viz.ops import OPERATORS
from resnet_viz.scene import Box, Circle, Group, Line, Scene, Text
from resnet_viz.themes import THEMES
from resnet_viz.view import FIGURES
from resnet_viz.zoo import entries

CLOSE = 0.01  # points; numbers in a file have three decimals


def holds(outer, inner, slack: float = CLOSE) -> bool:
    return (
        outer[0] - slack <= inner[0]
        and outer[1] - slack <= inner[1]
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def overlap(a, b) -> bool:
    return (
        a[0] < b[2] - CLOSE and b[0] < a[2] - CLOSE and a[1] < b[3] - CLOSE and b[1] < a[3] - CLOSE
    )


def distance(point, bounds) -> float:
    """How far a point lies outside a rectangle."""
    dx = max(bounds[0] - point[0], 0, point[0] - bounds[2])
    dy = max(bounds[1] - point[1], 0, point[1] - bounds[3])
    return max(dx, dy)


def check(scene: Scene) -> None:
    """Check what holds for every scene."""
    items = list(scene.walk())
    left, top = scene.origin
    page = (left, top, left + scene.width, top + scene.height)
    boxes = [item for item in items if isinstance(item, (Box, Circle)) and item.id]
    frames = [item for item in items if isinstance(item, Box) and item.dashed]
    texts = [item for item in items if isinstance(item, Text)]
    by_id = {box.id: box for box in boxes}

    assert len(by_id) == len(boxes), "ids are unique"
    for item in items:
        assert holds(page, item.bounds), "everything lies inside the view box"
    ordered = sorted(boxes, key=lambda box: box.bounds[1])
    for i, a in enumerate(ordered):
        for b in ordered[i + 1 :]:
            if b.bounds[1] > a.bounds[3]:
                break
            assert not overlap(a.bounds, b.bounds), "no boxes overlap"
    for box, frame in itertools.product(boxes, frames):
        assert holds(frame.bounds, box.bounds) or not overlap(frame.bounds, box.bounds)
    for text in texts:
        around = [box for box in boxes if overlap(box.bounds, text.bounds)]
        assert len(around) <= 1
        assert all(holds(box.bounds, text.bounds) for box in around), "no text leaves its box"
    for a, b in itertools.combinations(texts, 2):
        assert not overlap(a.bounds, b.bounds), "no texts overlap"
    for line in items:
        if not isinstance(line, Line):
            continue
        if line.source:
            assert distance(line.points[0], by_id[line.source].bounds) < CLOSE, "edges leave boxes"
        if line.target:
            room = distance(line.points[-1], by_id[line.target].bounds)
            assert room < 2, "edges end on their boxes"
        crossed = [
            box
            for box in boxes
            if box.id not in (line.source, line.target)
            and any(
                overlap(
                    box.bounds, (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
                )
                for a, b in itertools.pairwise(_widened(line.points))
            )
        ]
        assert not crossed, "no line runs through a box"


def _widened(points):
    """Segments of a line have no area; give them a little, so that they can overlap."""
    return [(x + 0.02 * (i % 2), y + 0.02 * (i % 2)) for i, (x, y) in enumerate(points)]


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", [n for n in entries() if n != "cifar-resnet1202"])
def test_every_zoo_drawing_is_sound(name: str, figure: str, direction: str) -> None:
    check(draw(name, figure=figure, direction=direction, lang="zh").scene)


@given(
    spec=specs(),
    figure=st.sampled_from(sorted(FIGURES)),
    direction=st.sampled_from(sorted(DIRECTIONS)),
    lang=st.sampled_from(sorted(LANGUAGES)),
    unroll=st.booleans(),
)
def test_every_generated_drawing_is_sound(spec, figure, direction, lang, unroll) -> None:
    unroll = unroll and figure == "network"
    drawing = draw(spec, figure=figure, direction=direction, lang=lang, unroll=unroll)

    check(drawing.scene)
    ET.fromstring(drawing.to_svg())


def boxes_of(scene: Scene) -> list[str]:
    return [item.id for item in scene.walk() if isinstance(item, (Box, Circle)) and item.id]


def words_of(scene: Scene) -> list[str]:
    return [run.text for item in scene.walk() if isinstance(item, Text) for run in item.runs]


def test_the_seed_figure_shows_what_the_book_shows_and_the_stems_relu() -> None:
    words = words_of(draw("d2l-resnet18").scene)

    assert words == [
        "7 × 7 Conv",
        "Batch norm",
        "ReLU",
        "3 × 3 MaxPool",
        "Global AvePool",
        "FC",
        "3 ×",
    ]


def test_to_the_right_the_first_stages_pair_folds_as_in_the_book() -> None:
    words = words_of(draw("d2l-resnet18", direction="right").scene)

    assert words[-2:] == ["2 ×", "3 ×"]


def test_stages_fold_whatever_their_widths_but_not_with_other_strides() -> None:
    def labels(*strides: int) -> list[str]:
        stages = tuple(Stage(1, 64 * 2**i, stride) for i, stride in enumerate(strides))
        return [word for word in words_of(draw(ResNetSpec(stages=stages)).scene) if "×" in word][2:]

    assert labels(1, 2, 2, 2) == ["3 ×"]
    assert labels(1, 2, 1, 2) == []


def test_brackets_nest() -> None:
    spec = ResNetSpec(stages=(Stage(4, 64, 2), Stage(4, 128, 2), Stage(4, 256, 2)))
    scene = draw(spec).scene

    # the first stage has no wider input than 64 but strides, so all three look the same
    assert words_of(scene)[-2:] == ["3 ×", "3 ×"]
    check(scene)


def test_unrolled_shows_every_operator_once() -> None:
    folded, unrolled = draw("resnet34").scene, draw("resnet34", unroll=True).scene

    # 36 convolutions and norms, 33 ReLUs (one in the stem, two in each of 16 blocks), 16 additions,
    # max pool, average pool, classifier
    assert len(boxes_of(unrolled)) == 36 + 36 + 33 + 16 + 3
    assert set(boxes_of(folded)) < set(boxes_of(unrolled))


def test_the_blocks_figure_shows_each_kind_once_identity_first() -> None:
    boxes = boxes_of(draw("resnet50", figure="blocks").scene)

    assert [box for box in boxes if box.endswith("conv1")] == ["layer1.1.conv1", "layer1.0.conv1"]


def test_groups_carry_the_scope_paths() -> None:
    def ids(items) -> set[str]:
        found = set()
        for item in items:
            if isinstance(item, Group):
                found |= {item.id} | ids(item.items)
        return found

    assert {"stem", "layer1", "layer1.0", "head"} <= ids(draw("d2l-resnet18").scene.items)


def test_every_operator_and_category_has_a_label_and_a_fill() -> None:
    from resnet_viz.labels import _LABELS

    for operator in OPERATORS.values():
        for theme in THEMES.values():
            assert operator.category in theme.fills
        for language in LANGUAGES:
            assert operator.name in _LABELS[language]


@pytest.mark.parametrize("theme", THEMES)
def test_labels_stand_out_from_every_fill(theme: str) -> None:
    # WCAG 2.1, success criterion 1.4.3: a contrast of at least 4.5 to 1
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    look = THEMES[theme]
    for fill in (*look.fills.values(), look.background):
        low, high = sorted((luminance(fill), luminance(look.text)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<script>", "&lt;script&gt;"),
        ("a & b", "a &amp; b"),
        ("\"'", "&quot;&#39;"),
        ("残差网络 🧠", "残差网络 🧠"),
        ("a\x00b\x1bc\ud800\uffff", "a\ufffdb\ufffdc\ufffd\ufffd"),
    ],
)
def test_labels_are_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_small_pads_do_not_look_like_norms() -> None:
    for theme in THEMES.values():
        assert theme.fills["shape"] != theme.fills["norm"]
        assert len({theme.fills[name] for name in ("conv", "norm", "activation")}) == 3


def test_a_bracket_of_many_repeats_keeps_its_label_on_the_page() -> None:
    check(draw(ResNetSpec(stages=(Stage(100_000, 64, shortcut="none"),))).scene)


def test_dilation_is_said() -> None:
    spec = ResNetSpec(stages=(Stage(2, 64), Stage(2, 64, dilation=2)))
    words = words_of(draw(spec, figure="blocks").scene)

    assert "3 × 3 Conv, dilation 2" in words


@pytest.mark.parametrize("name", ["<b>&\"'", "残差", "🧠 net", "]]>"])
def test_a_name_with_markup_comes_out_as_it_is(name: str) -> None:
    svg = draw(ResNetSpec(stages=(Stage(1, 8),), name=name)).to_svg()

    assert ET.fromstring(svg)[0].text == name


def test_the_same_request_gives_the_same_bytes() -> None:
    assert draw("resnet50", lang="zh").to_svg() == draw("resnet50", lang="zh").to_svg()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"theme": "d2ll"},
            r"^unknown theme: 'd2ll' \(must be one of \['d2l', 'paper', 'mono', 'd",
        ),
        ({"figure": "net"}, r"^unknown figure: 'net' \(must be one of \['network', 'blocks'\]"),
        ({"lang": "de"}, r"^unknown language: 'de' \(must be one of \['en', 'zh'\]"),
        ({"direction": "top"}, "^unknown direction: 'top' "),
        ({"theme": None}, "^unknown theme: None "),
        ({"theme": ["d2l"]}, r"^unknown theme: \['d2l'\] "),
        ({"figure": "blocks", "unroll": True}, "^unroll: not for a figure of blocks"),
    ],
)
def test_an_unknown_name_is_refused_with_the_legal_ones(options, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        draw("resnet18", **options)


# Modules


def gate_and_branches():
    import torch
    from torch import nn

    class Gate(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.gate, self.side = (nn.Conv2d(4, 4, 1) for _ in range(3))

        def forward(self, x):
            y = self.conv(x)
            return torch.cat([y * torch.sigmoid(self.gate(y)) + x, self.side(x)], 1)

    return nn.Sequential(nn.Sequential(Gate()))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("figure", FIGURES)
def test_joins_are_drawn_as_what_they_are(figure: str, direction: str) -> None:
    scene = draw(gate_and_branches(), input=(1, 4, 8, 8), figure=figure, direction=direction).scene
    signs = {item.id: item.sign for item in scene.walk() if isinstance(item, Circle)}

    check(scene)
    assert signs == {"0.0.mul": "×", "0.0.add": "+"}
    assert "0.0.cat" in boxes_of(scene)


def test_a_network_with_two_outputs_is_not_drawn_as_a_chain() -> None:
    from torch import nn

    class Aux(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.aux, self.b = (nn.Linear(4, 4) for _ in range(3))

        def forward(self, x):
            x = self.a(x)
            return self.b(x), self.aux(x)

    with pytest.raises(RequestError, match="no series-parallel graph"):
        draw(Aux(), input=(1, 4), layout="figure")
