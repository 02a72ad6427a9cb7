"""Test the properties of every drawing."""

import itertools
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE
from soundness import CLOSE, check, holds
from strategies import specs

from resnet_viz import RequestError, ResNetSpec, Stage, draw
from resnet_viz.export.svg import escape
from resnet_viz.layout import DIRECTIONS
from resnet_viz.layout.page import PAGES
from resnet_viz.ops import OPERATORS
from resnet_viz.scene import Box, Circle, Group, Line, Scene, Text
from resnet_viz.text import LANGUAGES
from resnet_viz.themes import THEMES
from resnet_viz.view import DEPTHS, FIGURES


def if_it_has_any(network, figure: str, **options):
    """Return the drawing, or None if the network lacks the blocks that the figure shows."""
    try:
        return draw(network, figure=figure, **options)
    except RequestError as error:
        if figure in ("residual", "groups", "shortcut", "bodies") and "has no block" in str(error):
            return None
        raise


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", SAMPLE)
def test_every_zoo_drawing_is_sound(name: str, figure: str, direction: str) -> None:
    drawing = if_it_has_any(name, figure, direction=direction, lang="zh")
    if drawing is not None:
        check(drawing.scene)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", ["d2l-resnet18", "resnet50", "cifar-resnet20", "vgg16", "plain34"])
def test_every_depth_and_annotation_is_sound(name: str, depth: str, direction: str) -> None:
    check(draw(name, depth=depth, direction=direction).scene)
    check(draw(name, depth=depth, direction=direction, annotate="shape,params,macs").scene)


@given(
    spec=specs(),
    figure=st.sampled_from(sorted(FIGURES)),
    direction=st.sampled_from(sorted(DIRECTIONS)),
    lang=st.sampled_from(sorted(LANGUAGES)),
    unroll=st.booleans(),
)
def test_every_generated_drawing_is_sound(spec, figure, direction, lang, unroll) -> None:
    unroll = unroll and figure == "network"
    drawing = if_it_has_any(spec, figure, direction=direction, lang=lang, unroll=unroll)
    if drawing is None:
        return

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
        *("convolution", "normalization", "activation"),  # the legend of the small boxes
    ]


def test_to_the_right_the_first_stages_pair_folds_as_in_the_book() -> None:
    words = words_of(draw("d2l-resnet18", direction="right").scene)

    assert [word for word in words if word.endswith("×")] == ["2 ×", "3 ×"]


def test_stages_fold_whatever_their_widths_but_not_with_other_strides() -> None:
    def labels(*strides: int) -> list[str]:
        stages = tuple(Stage(1, 64 * 2**i, stride) for i, stride in enumerate(strides))
        return [
            word
            for word in words_of(draw(ResNetSpec(stages=stages), depth="book").scene)
            if "×" in word
        ][2:]

    assert labels(1, 2, 2, 2) == ["3 ×"]
    assert labels(1, 2, 1, 2) == []


def test_brackets_nest() -> None:
    spec = ResNetSpec(stages=(Stage(4, 64, 2), Stage(4, 128, 2), Stage(4, 256, 2)))
    scene = draw(spec, depth="book").scene

    # the first stage has no wider input than 64 but strides, so all three look the same
    assert [word for word in words_of(scene) if word.endswith("×")] == ["3 ×", "3 ×"]
    check(scene)


def test_unrolled_shows_every_operator_once() -> None:
    folded = draw("resnet34", depth="book").scene
    unrolled = draw("resnet34", depth="book", unroll=True).scene

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
    from resnet_viz.text.labels import LABELS

    for operator in OPERATORS.values():
        for theme in THEMES.values():
            assert operator.category in theme.fills
        assert operator.name in LABELS


@pytest.mark.parametrize("theme", THEMES)
def test_labels_stand_out_from_every_fill(theme: str) -> None:
    # WCAG 2.1, success criterion 1.4.3: a contrast of at least 4.5 to 1
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    look = THEMES[theme]
    for fill in (*look.fills.values(), *look.stages, look.background, look.highlight):
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
        (
            {"figure": "net"},
            r"^unknown figure: 'net' \(must be one of \['network', 'blocks', 'residual'",
        ),
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
@pytest.mark.parametrize("figure", ["network", "blocks"])
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


def test_shades_and_arcs_follow_sizes_and_shortcuts() -> None:
    scene = draw(["vgg19", "plain34", "resnet34"], figure="layers", direction="down").scene
    arcs = [item for item in scene.walk() if isinstance(item, Line) and item.radius > 10]
    words = words_of(scene)

    # He et al. 2015, Figure 3: 16 blocks, 3 of which change their shape; seven sizes
    assert len(arcs) == 16
    assert sum(arc.dash == "dotted" for arc in arcs) == 3
    assert [word for word in words if word.startswith("output size")] == [
        f"output size: {size}" for size in (224, 112, 56, 28, 14, 7, 1)
    ]
    assert words.count("3x3 conv, 512") == 8 + 5 + 5
    assert words.count("3x3 conv, 512, /2") == 2
    check(scene)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_page_holds_the_figure(page: str, direction: str) -> None:
    drawing = draw("resnet50", page=page, direction=direction, depth="block")
    scene = drawing.scene

    assert scene.width * scene.scale <= PAGES[page].width + CLOSE
    assert scene.height * scene.scale <= PAGES[page].height + CLOSE
    check(scene)


def test_resnet_152_fits_one_page_with_every_block() -> None:
    scene = draw("resnet152", page="a4", unroll=True, depth="book").scene

    assert scene.scale > 0.5
    assert len([box for box in boxes_of(scene) if box.endswith("conv3")]) == 50
    check(scene)


def test_a_page_that_is_too_small_is_refused() -> None:
    with pytest.raises(RequestError, match="^page: 'column' has 243 x 648 points"):
        draw("resnet152", page="column", depth="op", unroll=True)


def test_annotations_are_the_reports_numbers() -> None:
    words = words_of(draw("resnet50", annotate="shape,params,macs").scene)

    # He et al. 2015, Table 1, and report("resnet50"): the first block of the second stage
    assert "379,392 params" in words
    assert "512×28×28" in words
    assert "373 M MACs" in words


def test_a_mark_lies_behind_what_it_marks() -> None:
    drawing = draw("resnet50", depth="block", highlight="layer3.0")
    ground = drawing.scene.items[0]
    (box,) = [item for item in drawing.scene.walk() if getattr(item, "id", "") == "layer3.0"]

    assert isinstance(ground, Box)
    assert not ground.outlined
    assert holds(ground.bounds, box.bounds)


@pytest.mark.parametrize(
    "paths",
    [
        "layer3.0,layer4",
        " layer4 , layer3.0,layer3.0",
        ["layer4", "layer3.0"],
        (path for path in ("layer3.0", "layer4", "layer3.5", "layer2.1.conv1")),
    ],
)
def test_several_parts_are_marked_and_what_is_not_shown_is_passed_over(paths) -> None:
    drawing = draw("resnet50", depth="block", highlight=paths)
    plain = draw("resnet50", depth="block")
    grounds = drawing.scene.items[:2]
    boxes = {item.id: item for item in drawing.scene.walk() if getattr(item, "id", "")}

    check(drawing.scene)
    assert len(drawing.scene.items) == len(plain.scene.items) + 2
    for path in ("layer3.0", "layer4.0", "layer4.1"):  # layer4 is marked from end to end
        assert any(holds(ground.bounds, boxes[path].bounds) for ground in grounds)
    assert not any(holds(ground.bounds, boxes["layer3.1"].bounds) for ground in grounds)
    assert drawing.to_svg() == draw("resnet50", depth="block", highlight="layer3.0,layer4").to_svg()


@pytest.mark.parametrize("wish", ["", ",", [], ()])
def test_no_path_marks_nothing(wish) -> None:
    assert draw("resnet18", highlight=wish).to_svg() == draw("resnet18").to_svg()


def test_hundreds_of_marks_are_made_in_one_pass(monkeypatch) -> None:
    from resnet_viz import assemble, unroll
    from resnet_viz.answers import draw as drawing
    from resnet_viz.zoo import find

    calls = []
    monkeypatch.setattr(drawing, "unroll_graph", lambda graph: calls.append(1) or unroll(graph))
    paths = [node.path for node in unroll(assemble(find("resnet152"))).nodes()]
    marked = draw("resnet152", depth="op", highlight=paths).scene
    plain = draw("resnet152", depth="op").scene

    # 152 layers, 4 projections, each convolution with its norm, 50 blocks with an addition
    assert len(paths) > 2 * 155 + 1 + 50
    assert len(calls) == 1
    shown = plain.ids().intersection(paths)
    assert len(marked.items) - len(plain.items) == len(shown)


def test_titles_and_captions_wrap_and_stay_on_the_page() -> None:
    caption = "一个很长的标题 with <b>markup</b> & a verylongwordthatcannotbebroken" * 3
    drawing = draw("d2l-resnet18", title="T" * 200, caption=caption)

    check(drawing.scene)
    ET.fromstring(drawing.to_svg())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": "blok"}, "^unknown depth: 'blok' .*did you mean 'block'"),
        ({"annotate": "flops"}, "^unknown annotation: 'flops' "),
        ({"highlight": "layer3.00"}, "^unknown scope: 'layer3.00' .*did you mean 'layer3.0'"),
        ({"highlight": "layer2.3"}, "^highlight: 'layer2.3' .is in the network but not in this"),
        ({"highlight": "layer3.0,layer3.00"}, "^unknown scope: 'layer3.00' .*did you mean 'layer3"),
        ({"highlight": ["layer2.2", "layer2.3"]}, "^highlight: .'layer2.2', .* .are in the netw"),
        ({"highlight": ["layer3.0", 3]}, "^highlight: 3 .must be a path"),
        ({"highlight": 3}, "^highlight: 3 .must be a path"),
        ({"highlight": None}, "^highlight: None .must be a path"),
        ({"page": "a5"}, "^unknown page: 'a5' "),
        ({"figure": "residual", "depth": "op"}, "^depth: not for a figure of residual"),
        ({"figure": "groups"}, "^resnet50: has no blocks with groups"),
    ],
)
def test_a_wrong_wish_is_refused_with_what_is_legal(options, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        draw("resnet50", **options)


@pytest.mark.parametrize("figure", ["network", "blocks", "layers"])
def test_a_figure_shows_one_network(figure: str) -> None:
    np = pytest.importorskip("numpy")
    for stage in (Stage(2, np.array([128, 256])), Stage(np.array([2, 3]), 64)):
        with pytest.raises(RequestError, match="^resnet: many networks at once"):
            draw(ResNetSpec(stages=(stage,)), figure=figure)


def test_what_is_empty_or_endless_is_refused() -> None:
    from torch import nn

    with pytest.raises(RequestError, match="^Sequential: .*"):
        draw(nn.Sequential(), input=(1, 4))
    with pytest.raises(RequestError, match=r"700,009 operators .must be at most 200,000"):
        draw(ResNetSpec(stages=(Stage(100_000, 8),)), unroll=True)


def test_only_some_figures_show_several_networks() -> None:
    with pytest.raises(RequestError, match="^networks: 2 given"):
        draw(["resnet18", "resnet34"])


# Themes of one's own


def test_a_theme_from_a_file_changes_what_it_names(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('base = "mono"\nline = "#112233"\nstroke = 2\n[fills]\nconv = "#AABBCC"\n')
    svg = draw("resnet18", theme=path).to_svg()

    assert "#aabbcc" in svg
    assert 'stroke="#112233" stroke-width="2"' in svg


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('background = "white"', "background: 'white' .must be a colour like"),
        ('line = "#12"', "line: '#12' "),
        ("line = '\"><script>'", "line: "),
        ("stroke = 0", "stroke: 0 .must be more than 0"),
        ("stroke = nan", "stroke: nan"),
        ("stroke = true", "stroke: True"),
        ('colour = "#123456"', "unknown theme key: 'colour'"),
        ('[fills]\nconvolution = "#123456"', "unknown fills: 'convolution'"),
        ('base = "light"', "unknown base: 'light'"),
        ('stages = "#123456"', "stages: '#123456' .must be a list of colours"),
        ("= 3", "no TOML"),
        ("x" * 70_000, "too large"),
    ],
)
def test_a_wrong_theme_file_says_what_is_wrong(text: str, message: str, tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)

    with pytest.raises(RequestError, match=f"^{path}: {message}"):
        draw("resnet18", theme=path)


def test_a_theme_file_that_is_missing_is_named() -> None:
    with pytest.raises(RequestError, match=r"^none.toml: cannot be read"):
        draw("resnet18", theme="none.toml")


def colour_blind(colour: str, kind: str) -> tuple[float, float, float]:
    """Return a colour as seen by people who lack one kind of cone.

    Viénot, Brettel & Mollon 1999, "Digital video colourmaps for checking the legibility of displays
    by dichromats", equations 4 to 6.
    """
    r, g, b = ((int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5))
    long = 17.8824 * r + 43.5161 * g + 4.11935 * b
    middle = 3.45565 * r + 27.1554 * g + 3.86714 * b
    short = 0.0299566 * r + 0.184309 * g + 1.46709 * b
    if kind == "protan":
        long = 2.02344 * middle - 2.52581 * short
    else:
        middle = 0.494207 * long + 1.24827 * short
    return (
        0.080944 * long - 0.130504 * middle + 0.116721 * short,
        -0.0102485 * long + 0.0540194 * middle - 0.113615 * short,
        -0.000365294 * long - 0.00412163 * middle + 0.693513 * short,
    )


def lab(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    """Convert linear sRGB to CIE L*a*b*, D65."""
    r, g, b = rgb
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (max(t, 0) ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("kind", ["protan", "deutan"])
@pytest.mark.parametrize("theme", THEMES)
def test_neighbouring_stages_differ_for_the_colour_blind(theme: str, kind: str) -> None:
    stages = THEMES[theme].stages
    for one, other in itertools.pairwise(stages):
        a, b = (lab(colour_blind(colour, kind)) for colour in (one, other))
        apart = sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5
        assert apart > 7, (one, other)  # 2.3 is the least that is seen (Mahy et al. 1994)
