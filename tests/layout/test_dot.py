"""Networks of any form: as boxes and edges, placed by Graphviz, and as files for other programs."""

import itertools
import json
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import jsonschema
import pygraphviz
import pytest
from conftest import lacking, program
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz import Graph, RequestError, draw, fold, report, trace, unroll
from resnet_viz.assembly import assemble
from resnet_viz.cli import run
from resnet_viz.errors import NotSeriesParallel
from resnet_viz.export.dot import to_dot
from resnet_viz.export.graph_json import to_json
from resnet_viz.export.mermaid import to_mermaid
from resnet_viz.graph import Builder, Node, Scope
from resnet_viz.layout import DIRECTIONS
from resnet_viz.layout.dot import lay_out_net
from resnet_viz.layout.metrics import NOTE
from resnet_viz.scene import Box, Circle, Group, Line, Scene, Text
from resnet_viz.text import LANGUAGES
from resnet_viz.themes import THEMES
from resnet_viz.view import captions
from resnet_viz.view.annotate import FACTS, NO_FACTS
from resnet_viz.view.net import Cluster, Net, net_of
from resnet_viz.zoo import find

ROOT = Path(__file__).parents[2]
MERMAID = Path(__file__).parents[1] / "mermaid"
CLOSE = 0.02  # points; numbers in a file have three decimals
DEPTHS = (0, 1, 2, None)
EVERY_FACT = {fact: {} for fact in FACTS}

HOSTILE = [
    'a"b',
    "a\nb",
    "<b>bold</b>",
    "]] --> x[[",
    "%% note",
    "%%{init: {}}%%",
    "end",
    "\\N \\",
    "&lt;&amp;",
    "残差 🧠",
    "שלום עולם",
    "\x00\x1b\ud800",
    "`**md**`",
    "1) -",
    "{|}",
    "input",
    "output",
    "#quot;",
]


def crossing():
    """Three edges from two nodes to two: the smallest graph that is not series-parallel."""
    from torch import nn

    class Crossing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.c, self.d = (nn.Linear(4, 4) for _ in range(4))

        def forward(self, x):
            a, b = self.a(x), self.b(x)
            return self.c(a) * self.d(a + b), b

    return nn.Sequential(Crossing())


def hostile():
    import torch
    from torch import nn

    def forward(self, x):
        return torch.cat([inner(x) for inner in self.children()], 1)

    top = nn.Sequential()
    for name in HOSTILE:
        kind = type(
            name.replace("\0", "").replace("\ud800", ""), (nn.Module,), {"forward": forward}
        )
        scope = kind()
        for leaf in HOSTILE[:3]:
            scope.add_module(leaf, nn.Linear(4, 4))
        top.add_module(name, nn.Sequential(scope, nn.Linear(12, 4)))
    return top


def small_densenet():
    from resnet_viz.tracing.torchvision import import_beside

    return import_beside("torchvision.models").DenseNet(8, (3, 4), 16, num_classes=10)


def small_swin():
    from resnet_viz.tracing.torchvision import import_beside

    return import_beside("torchvision.models").SwinTransformer(
        patch_size=[4, 4], embed_dim=24, depths=[2, 2], num_heads=[2, 4], window_size=[7, 7]
    )


@cache
def graph_of(name: str) -> Graph:
    import torch
    from torch import nn

    from resnet_viz.tracing.torchvision import import_beside

    if name == "resnet50":
        return assemble(find("resnet50"))
    models = import_beside("torchvision.models")
    make, shape = {
        "densenet": (small_densenet, (1, 3, 64, 64)),
        "swin": (small_swin, (1, 3, 64, 64)),
        "googlenet": (lambda: models.googlenet(init_weights=False), (2, 3, 224, 224)),
        "crossing": (crossing, (1, 4)),
        "lstm": (lambda: nn.Sequential(nn.LSTM(8, 16, num_layers=2)), (5, 3, 8)),
        "hostile": (hostile, (1, 4)),
    }[name]
    with torch.device("meta"):
        return fold(trace(make(), shape))


NETWORKS = ("densenet", "swin", "googlenet", "crossing", "lstm", "resnet50", "hostile")
every = pytest.mark.parametrize("depth", DEPTHS)
of_every_network = pytest.mark.parametrize("name", NETWORKS)


@cache
def scene_of(name: str, depth: int | None, annotated: bool = False) -> Scene:
    return lay_out_net(
        net_of(graph_of(name), depth), THEMES["d2l"], facts=EVERY_FACT if annotated else NO_FACTS
    )


# The net


@of_every_network
@every
def test_edges_are_what_the_boxes_read_of_each_other(name: str, depth: int | None) -> None:
    graph = graph_of(name)
    home: dict[str, int] = {}

    def settle(scope: Scope, level: int, box: int | None) -> None:
        for child in scope.children:
            mine = len(home) if box is None else box
            if isinstance(child, Scope):
                shut = box if depth is None or level + 1 < depth else mine
                settle(child, level + 1, shut)
            else:
                home[child.path] = mine

    settle(graph.root, 0, 0 if depth == 0 else None)
    nodes = {node.path: node for node in graph.nodes()}
    drawn = {home[path] for path, node in nodes.items() if node.op != "flatten"}

    def sources(path: str) -> set:
        if path not in nodes:
            return {path}
        if home[path] in drawn:
            return {home[path]}
        return {source for read in nodes[path].inputs for source in sources(read)}

    expected = {
        (source, home[node.path])
        for node in nodes.values()
        if home[node.path] in drawn
        for read in node.inputs
        for source in sources(read)
        if source != home[node.path]
    } | {(source, f"out{i}") for i, p in enumerate(graph.outputs) for source in sources(p)}
    net = net_of(graph, depth)
    given = {box.id for box in net.boxes() if box.kind == "parameter"}
    net = net._replace(edges=tuple(edge for edge in net.edges if edge.source not in given))
    ids = [box.id for box in net.boxes() if box.id not in given]

    assert len(net.edges) == len({edge[:2] for edge in net.edges}) == len(expected)
    assert len(ids) == len(set(ids)) == len(drawn) + len(graph.inputs) + len(graph.outputs)
    order = {id: i for i, id in enumerate(ids)}
    assert all(order[edge.source] < order[edge.target] for edge in net.edges), "data runs one way"


def test_depth_says_how_many_scopes_are_open() -> None:
    net = net_of(graph_of("resnet50"), 2)
    (stage,) = (part for part in net.children if part.id == "layer1")

    assert isinstance(stage, Cluster)
    assert [(box.id, box.repeat) for box in stage.children] == [("layer1.0", 1), ("layer1.1", 2)]


def test_an_edge_carries_the_tensors_shape() -> None:
    shapes = {edge[:2]: edge.shape for edge in net_of(graph_of("resnet50"), 1).edges}

    # He et al. 2015, Table 1: conv2_x puts out 56×56, with 256 channels in a bottleneck network
    assert shapes["layer1", "layer2"] == (256, 56, 56)


def test_a_box_counts_the_parameters_of_what_it_stands_for() -> None:
    import torch

    with torch.device("meta"):
        model = small_densenet()
    boxes = {box.id: box for box in net_of(graph_of("densenet"), 2).boxes()}

    for path in ("features.denseblock1", "features.transition1", "classifier"):
        module = model.get_submodule(path)
        assert boxes[path].params == sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize("depth", [-1, 1.5, "2", True])
def test_a_depth_that_is_none_is_refused(depth) -> None:
    with pytest.raises(RequestError, match=r"^depth: .* \(must be a number of levels"):
        net_of(graph_of("resnet50"), depth)


# The scene


def curve(line: Line, steps: int = 40):
    for i in range(0, len(line.points) - 3, 3):
        a, b, c, d = line.points[i : i + 4]
        for k in range(steps + 1):
            t = k / steps
            w = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            yield tuple(sum(w * p[j] for w, p in zip(w, (a, b, c, d), strict=True)) for j in (0, 1))


def outside(point, bounds) -> float:
    dx = max(bounds[0] - point[0], 0, point[0] - bounds[2])
    dy = max(bounds[1] - point[1], 0, point[1] - bounds[3])
    return max(dx, dy)


def deep_inside(point, bounds) -> bool:
    x0, y0, x1, y1 = bounds
    return x0 + 1 < point[0] < x1 - 1 and y0 + 1 < point[1] < y1 - 1


def holds(a, b) -> bool:
    return outside(b[:2], a) < CLOSE and outside(b[2:], a) < CLOSE


def overlap(a, b) -> bool:
    return (
        a[0] < b[2] - CLOSE and b[0] < a[2] - CLOSE and a[1] < b[3] - CLOSE and b[1] < a[3] - CLOSE
    )


def check(scene: Scene) -> None:
    items = list(scene.walk())
    page = (*scene.origin, scene.origin[0] + scene.width, scene.origin[1] + scene.height)
    boxes = {item.id: item.bounds for item in items if isinstance(item, (Box, Circle)) and item.id}

    assert all(holds(page, item.bounds) for item in items), "everything lies on the page"
    for (a, b), (c, d) in itertools.combinations(boxes.items(), 2):
        assert not overlap(b, d), f"{a} and {c} overlap"
    check_groups(scene.items, boxes)
    for text in items:
        if isinstance(text, Text):
            around = [bounds for bounds in boxes.values() if overlap(bounds, text.bounds)]
            assert len(around) <= 1
            assert all(holds(bounds, text.bounds) for bounds in around), "no text leaves its box"
    check_notes(items)
    for line in items:
        if isinstance(line, Line):
            assert outside(line.points[0], boxes[line.source]) < CLOSE, "edges leave boxes"
            assert outside(line.points[-1], boxes[line.target]) < 2.5, "edges end at boxes"
            near = [
                bounds
                for id, bounds in boxes.items()
                if id not in (line.source, line.target) and overlap(bounds, line.bounds)
            ]
            for point in curve(line) if near else ():
                assert not any(deep_inside(point, b) for b in near), "no line runs through a box"


def runs_back(scene: Scene) -> list[Line]:
    """Return the backward edges of a figure that flows upwards."""
    lines = [item for item in scene.walk() if isinstance(item, Line)]
    return [line for line in lines if line.points[-1][1] > line.points[0][1]]


@of_every_network
@every
def test_no_edge_enters_a_box_at_the_side_of_its_output(name: str, depth: int | None) -> None:
    assert runs_back(scene_of(name, depth)) == []


@of_every_network
def test_edges_end_at_points_of_their_own(name: str) -> None:
    lines = [item for item in scene_of(name, None).walk() if isinstance(item, Line)]
    for one, other in itertools.combinations(lines, 2):
        if one.target == other.target:
            assert math.dist(one.points[-1], other.points[-1]) > 1, one.target


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_queries_keys_and_values_are_told_apart(direction: str) -> None:
    attention = pytest.importorskip("torch").nn.MultiheadAttention(8, 2)
    scene = draw(attention, input=((5, 2, 8),) * 3, layout="dot", direction=direction).scene
    items = list(scene.walk())
    (box,) = [item for item in items if isinstance(item, Box) and item.outlined and item.id]
    tips = {
        line.source: line.points[-1]
        for line in items
        if isinstance(line, Line) and line.target == box.id
    }
    words = {text.runs[0].text: text for text in items if isinstance(text, Text)}

    # in the order of `forward(query, key, value)`
    assert len(tips) == 3
    for source, role in zip(("input", "input:2", "input:3"), "QKV", strict=True):
        near = min(tips, key=lambda one: math.dist(tips[one], (words[role].x, words[role].y)))
        assert near == source


def test_no_edge_of_a_net_too_large_to_rank_as_a_whole_runs_back(monkeypatch) -> None:
    monkeypatch.setattr("resnet_viz.layout.dot.MAX_RANKED_WHOLE", 10)
    net = net_of(graph_of("densenet"))
    scene = lay_out_net(net, THEMES["d2l"])

    assert runs_back(scene) == []
    check(scene)


def check_notes(items) -> None:
    texts = [item for item in items if isinstance(item, Text)]
    notes = [text for text in texts if text.anchor == "start" and text.size == NOTE.FONT]
    notes = [text for text in notes if text.colour]
    for note in notes:
        others = [text for text in texts if text is not note]
        assert not any(overlap(note.bounds, text.bounds) for text in others), "no texts overlap"
        for line in items:
            if isinstance(line, Line) and overlap(note.bounds, line.bounds):
                on = (point for point in curve(line) if outside(point, note.bounds) == 0)
                assert not any(on), "no line runs through a shape"


def check_groups(items, boxes) -> None:
    for group in items:
        if isinstance(group, Group):
            frame = group.items[0].bounds
            within = {
                item.id
                for item in Scene(0, 0, group.items, *[""] * 4, 1).walk()
                if isinstance(item, (Box, Circle)) and item.id
            }
            if not group.items[0].colour:  # a box: the scopes of this net have no frames
                check_groups(group.items, boxes)
                continue
            for id, bounds in boxes.items():
                assert holds(frame, bounds) if id in within else not overlap(frame, bounds)
            assert all(holds(frame, item.bounds) for item in group.items)
            check_groups(group.items, boxes)


@of_every_network
@every
def test_every_scene_is_sound(name: str, depth: int | None) -> None:
    scene = scene_of(name, depth)
    net = net_of(graph_of(name), depth)
    shown = [item for item in scene.walk() if isinstance(item, (Box, Circle)) and item.id]
    lines = [item for item in scene.walk() if isinstance(item, Line)]

    check(scene)
    assert [item.id for item in shown] == [box.id for box in net.boxes()]
    assert [(line.source, line.target) for line in lines] == [edge[:2] for edge in net.edges]
    assert all(item.title for item in shown)


# Annotations


@of_every_network
@every
def test_every_annotated_scene_is_sound(name: str, depth: int | None) -> None:
    check(scene_of(name, depth, annotated=True))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["crossing", "googlenet", "swin"])
def test_notes_stand_beside_lines_whichever_way_they_run(name, direction: str, lang: str) -> None:
    net = net_of(graph_of(name), 2)

    check(lay_out_net(net, THEMES["d2l"], direction, lang, EVERY_FACT))


@given(reads=st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=3), max_size=12))
@settings(max_examples=25, deadline=None)
def test_annotations_of_any_network_are_sound(reads) -> None:
    builder = Builder((4, 8, 8))
    values = list(builder.inputs)
    for i, sources in enumerate(reads):
        chosen = [values[source % len(values)] for source in sources]
        if len(chosen) == 1:
            values.append(builder.call(f"relu{i}", "relu", *chosen))
        elif len(chosen) == 2 and chosen[0].shape == chosen[1].shape:
            values.append(builder.call(f"add{i}", "add", *chosen))
        else:
            values.append(builder.call(f"cat{i}", "cat", *chosen, axis=-3))
    graph = builder.graph("random", values[-1])

    check(lay_out_net(net_of(graph), THEMES["d2l"], facts=EVERY_FACT))


def test_annotations_say_what_the_report_does() -> None:
    def words(**options) -> list[str]:
        scene = draw("resnet50", layout="dot", annotate="shape,params,macs", **options).scene
        texts = (item for item in scene.walk() if isinstance(item, Text))
        return [run.text for text in texts for run in text.runs]

    # layer1: 4 convolutions and norms in its first block, 3 in each of the others
    first = 64 * 64 + 9 * 64 * 64 + 64 * 256 + 64 * 256 + 2 * (64 + 64 + 256 + 256)
    other = 256 * 64 + 9 * 64 * 64 + 64 * 256 + 2 * (64 + 64 + 256)
    rows = {row.path: row for row in report("resnet50", depth="stage").rows}

    assert rows["layer1"].params == first + 2 * other
    assert f"{first + 2 * other:,} params" in words(depth="stage")
    assert {f"{first:,} params", f"2 × {other:,} params", "256×56×56"} <= set(words(depth="block"))
    assert words(depth="network").count("25,557,032 params") == 1


@pytest.mark.parametrize(("facts", "shown"), [("macs", {"MACs"}), ("shape,params", {"params"})])
def test_only_what_is_asked_for_is_written(facts: str, shown: set[str]) -> None:
    scene = draw("resnet18", layout="dot", depth="stage", annotate=facts).scene
    notes = [t.runs[0].text for t in scene.walk() if isinstance(t, Text) and t.size == NOTE.FONT]
    notes = [note for note in notes if note.startswith(tuple("0123456789"))]
    units = {note.split()[-1] for note in notes if " " in note}

    assert units == shown
    assert any("×" in note for note in notes) == ("shape" in facts)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_data_flows_as_it_is_asked_to(direction: str, lang: str) -> None:
    scene = draw("resnet50", layout="dot", direction=direction, lang=lang, depth="op").scene
    flow = DIRECTIONS[direction].along

    check(scene)
    for line in scene.walk():
        if isinstance(line, Line):
            (x0, y0), (x1, y1) = line.points[0], line.points[-1]
            assert (x1 - x0) * flow[0] + (y1 - y0) * flow[1] > 0


def test_joins_are_circles_and_repeats_are_marked() -> None:
    scene = scene_of("crossing", None)
    signs = {item.id: item.sign for item in scene.walk() if isinstance(item, Circle)}
    words = [
        run.text
        for item in scene_of("resnet50", 2).walk()
        if isinstance(item, Text)
        for run in item.runs
    ]

    assert signs == {"0.add": "+", "0.mul": "×"}
    assert "layer1.1: Bottleneck block × 2" in words


def test_clusters_are_groups_with_the_scopes_paths() -> None:
    ids = [item.id for item in scene_of("googlenet", 2).items if isinstance(item, Group)]

    assert ids[:3] == ["conv1", "conv2", "conv3"]
    assert {"inception3a", "aux1"} <= set(ids)


def test_the_same_net_gives_the_same_bytes() -> None:
    code = (
        "from resnet_viz import draw; "
        "import sys; sys.stdout.write(draw('resnet50', layout='dot', depth='op').to_svg())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
        for _ in range(2)
    }

    assert runs == {draw("resnet50", layout="dot", depth="op").to_svg().encode()}


def test_the_program_places_what_the_library_does(monkeypatch) -> None:
    program("dot", "graphviz")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)

    for name in ("crossing", "googlenet", "hostile"):
        check(lay_out_net(net_of(graph_of(name), 2), THEMES["d2l"]))


def test_without_graphviz_one_line_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(RequestError, match=r"^Graphviz is not installed .*pip install 'resnet-viz"):
        draw("resnet18", layout="dot")


def chain(length: int) -> Graph:
    nodes = tuple(
        Node(f"n{i}", "relu", (f"n{i - 1}" if i else "input",), ((1,),)) for i in range(length)
    )
    return Graph("long", ((1,),), Scope("", "network", nodes), (f"n{length - 1}",))


def test_a_net_too_large_for_dot_is_refused_before_it_is_asked() -> None:
    with pytest.raises(RequestError, match=r"^long: 5002 boxes \(must be at most 1000 .*smaller"):
        lay_out_net(net_of(chain(5000)), THEMES["d2l"])


def test_graphviz_is_stopped_when_it_takes_too_long(monkeypatch) -> None:
    monkeypatch.setattr("resnet_viz.layout.graphviz.TIMEOUT", 0.001)

    with pytest.raises(RequestError, match=r"^Graphviz took longer than .* \(a smaller depth"):
        draw("resnet18", layout="dot")


# Which layout


def test_auto_takes_the_figure_wherever_it_can() -> None:
    assert draw("resnet50").to_svg() == draw("resnet50", layout="figure").to_svg()
    assert draw("resnet50").to_svg() != draw("resnet50", layout="dot").to_svg()


def test_auto_takes_dot_for_what_is_not_series_parallel() -> None:
    module = crossing()

    assert draw(module, input=(1, 4)).to_svg() == draw(module, input=(1, 4), layout="dot").to_svg()
    with pytest.raises(NotSeriesParallel, match="no series-parallel graph"):
        draw(module, input=(1, 4), layout="figure")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layout": "neato"}, r"^unknown layout: 'neato' .*\['figure', 'dot', 'auto'"),
        ({"layout": "dot", "figure": "blocks"}, "^layout: not for a figure of blocks"),
        ({"layout": "dot", "annotate": "flops"}, "^unknown annotation: 'flops' "),
    ],
)
def test_a_wrong_request_is_refused(options, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        draw("resnet18", **options)


def test_the_command_line_takes_layout_and_depth(tmp_path) -> None:
    for suffix in (".svg", ".dot", ".mmd", ".json"):
        path = tmp_path / f"f{suffix}"
        assert (
            run(["draw", "resnet18", "--layout", "dot", "--depth", "stage", "-o", str(path)]) == 0
        )
        drawing = draw("resnet18", layout="dot", depth="stage")
        drawing.save(tmp_path / f"g{suffix}")
        assert path.read_bytes() == (tmp_path / f"g{suffix}").read_bytes()


# Files, as those read them for whom they are


def parts_of(children) -> list:
    found = []
    for part in children:
        found.append(part)
        if isinstance(part, Cluster):
            found += parts_of(part.children)
    return found


def captions_of(net: Net, clusters: bool = True) -> list[str]:
    return sorted(
        getattr(part, "sign", "") or captions.caption(part, "en")
        for part in parts_of(net.children)
        if clusters or not isinstance(part, Cluster)
    )


@of_every_network
@every
def test_graphviz_reads_the_dot_file(name: str, depth: int | None) -> None:
    net = net_of(graph_of(name), depth)
    graph = pygraphviz.AGraph(string=to_dot(net))
    ids = {box.id.replace("\\", "\\\\") for box in net.boxes()}

    assert {node.removeprefix(" ") for node in graph.nodes()} == ids
    assert len(graph.edges()) == len(net.edges)


@pytest.mark.parametrize("name", ["hostile", "googlenet", "resnet50"])
def test_graphviz_shows_every_label_as_it_is(name: str) -> None:
    net = net_of(graph_of(name), 2)
    svg = ET.fromstring(pygraphviz.AGraph(string=to_dot(net)).draw(format="svg", prog="dot"))
    shown = sorted(
        "".join(e.itertext()).replace("\xa0", " ") for e in svg.iter() if e.tag.endswith("}text")
    )

    assert shown == captions_of(net)


@of_every_network
def test_the_dot_program_reads_the_file_too(name: str) -> None:
    dot = program("dot", "graphviz")
    source = to_dot(net_of(graph_of(name), 2), theme="dark", direction="left", lang="zh")

    subprocess.run([dot, "-Tcanon"], input=source.encode(), capture_output=True, check=True)


def test_to_graphviz_can_be_gone_on_with() -> None:
    drawing = draw("resnet18", layout="dot", depth="stage", theme="dark", lang="zh")
    digraph = drawing.to_graphviz()
    digraph.edge("layer1", "mine")
    graph = pygraphviz.AGraph(string=digraph.source)

    assert ("layer1", "mine") in graph.edges()
    assert len(graph.edges()) == len(drawing.net.edges) + 1
    assert graph.graph_attr["bgcolor"] == THEMES["dark"].background


def test_without_the_package_graphviz_one_line_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)

    with pytest.raises(RequestError, match=r"^graphviz is not installed .*pip install"):
        draw("resnet18").to_graphviz()


def test_mermaid_reads_the_chart_and_shows_every_label_as_it_is() -> None:
    node = program("node", "nodejs npm")
    if not (MERMAID / "node_modules").is_dir():
        lacking("the npm package mermaid", "make mermaid")
    nets = [
        net_of(graph_of(name), depth)
        for name in NETWORKS
        for depth in DEPTHS
        if len(net_of(graph_of(name), depth).edges) <= 400  # Mermaid shows no more than 500
    ]
    charts = [to_mermaid(net) for net in nets]
    done = subprocess.run(
        [node, "parse.mjs"], cwd=MERMAID, input=json.dumps(charts).encode(), capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()

    def decoded(text: str) -> str:  # Mermaid writes entities in this way until it shows them
        return re.sub("ﬂ°°(\\d+)¶ß", lambda m: chr(int(m[1])), text)

    for net, answer in zip(nets, json.loads(done.stdout), strict=True):
        assert "error" not in answer, answer
        labels = map(decoded, answer["labels"] + answer["titles"])
        assert sorted(labels) == captions_of(net)
        assert answer["edges"] == len(net.edges)


def test_what_mermaid_would_refuse_is_refused() -> None:
    with pytest.raises(RequestError, match=r"^long: 501 edges \(Mermaid shows at most 500"):
        to_mermaid(net_of(chain(500)))
    with pytest.raises(RequestError, match=r"^long: \d+ characters \(Mermaid shows at most 50000"):
        to_mermaid(long_names(400))


def long_names(count: int) -> Net:
    net = net_of(chain(count))
    return net._replace(
        children=tuple(box._replace(name="#" * 40, kind="operator") for box in net.children)
    )


@of_every_network
def test_the_json_file_is_what_its_schema_says(name: str) -> None:
    schema = json.loads((ROOT / "docs" / "graph.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    graph = graph_of(name)

    jsonschema.validate(json.loads(to_json(graph)), schema)


@of_every_network
def test_the_json_file_holds_the_whole_graph(name: str) -> None:
    def scope(value) -> Scope:
        children = tuple(scope(c) if "children" in c else node(c) for c in value["children"])
        carry = value["carry"] and tuple(value["carry"])
        return Scope(value["path"], value["kind"], children, value["repeat"], carry)

    def node(value) -> Node:
        from resnet_viz.graph.model import Param

        params = (Param(p["name"], tuple(p["shape"]), p["trainable"]) for p in value["params"])
        attrs = {k: tuple(v) if isinstance(v, list) else v for k, v in value["attrs"].items()}
        outputs, inputs = tuple(map(tuple, value["outputs"])), tuple(value["inputs"])
        return Node(
            value["path"], value["op"], inputs, outputs, attrs, tuple(params), value["terms"]
        )

    graph = graph_of(name)
    value = json.loads(to_json(graph))
    inputs = tuple(map(tuple, value["inputs"]))
    read = Graph(value["name"], inputs, scope(value["root"]), tuple(value["outputs"]))

    assert value["format"] == 1
    assert read == graph
    assert read.root == graph.root
    assert unroll(read) == unroll(graph)


def test_json_does_not_know_arrays() -> None:
    import numpy as np

    graph = Graph("many", ((np.array([1, 2]),),), Scope("", "network", ()), ("input",))

    with pytest.raises(RequestError, match=r"^a size is .* \(must be one number"):
        to_json(graph)


@pytest.mark.parametrize(("suffix", "between"), [(".dot", r"\n"), (".mmd", "<br>")])
def test_numbers_stand_in_files_of_boxes_and_edges(suffix: str, between: str) -> None:
    drawing = draw("resnet18", depth="stage", annotate="shape,params")

    # the classifier has 512·1000 + 1000 parameters
    assert f"Head{between}513,000 params{between}1000" in drawing.to_bytes(suffix).decode()
