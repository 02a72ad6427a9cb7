"""Graphs to JSON and back; a file of them is data from outside."""

import json

import pytest

import resnet_viz
from resnet_viz import RequestError
from resnet_viz.assembly import assemble
from resnet_viz.export.graph_json import MAX_BYTES, from_json, to_json
from resnet_viz.graph import unroll
from resnet_viz.zoo import find


@pytest.mark.parametrize("name", ["resnet50", "seresnext50_32x4d", "vgg16", "resnetv2_50"])
def test_a_graph_that_is_read_back_is_the_graph_that_was_written(name):
    for graph in (assemble(find(name)), unroll(assemble(find(name)))):
        read = from_json(to_json(graph).encode())

        assert read == graph
        assert to_json(read) == to_json(graph)


def test_the_file_of_a_graph_is_a_source_like_any_other(tmp_path):
    path = tmp_path / "graph.json"
    path.write_text(to_json(assemble(find("resnet18"))), encoding="utf-8")

    assert resnet_viz.report(path).totals == resnet_viz.report("resnet18").totals
    assert resnet_viz.draw(path).to_svg() == resnet_viz.draw(assemble(find("resnet18"))).to_svg()


def forged(**values) -> bytes:
    """Return the file of a small graph with some values replaced."""
    conv = {"path": "conv", "op": "relu", "inputs": ["input"], "outputs": [[3, 8, 8]]}
    conv |= {"attrs": {}, "params": [], "terms": {}}
    root = {"path": "", "kind": "network", "repeat": 1, "carry": None, "children": [conv]}
    graph = {"format": 1, "name": "mine", "inputs": [[3, 8, 8]], "outputs": ["conv"]}
    graph |= {"idle": [], "root": root}
    for name, value in values.items():
        for part in (graph, root, conv):
            if name in part:
                part[name] = value
    return json.dumps(graph).encode()


def test_the_small_graph_is_one():
    assert [node.op for node in from_json(forged()).nodes()] == ["relu"]


WRONG = {
    "no JSON": (b"{", "not JSON"),
    "no text": (b"\xff\xfe", "not JSON"),
    "deep": (b"[" * 100_000, "not JSON"),
    "large": (b" " * (MAX_BYTES + 1), "larger"),
    "list": (b"[]", "no graph"),
    "future": (forged(format=2), "format: 2"),
    "name": (forged(name=5), "name: 5"),
    "long name": (forged(name="x" * 10_000), "name"),
    "no inputs": (forged(inputs=[]), "inputs|outputs"),
    "unknown source": (forged(inputs=["elsewhere"]), "inputs"),
    "unknown output": (forged(outputs=["elsewhere"]), "outputs"),
    "negative": (forged(outputs=[[-1]]), "outputs"),
    "fraction": (forged(outputs=[[1.5]]), "outputs"),
    "truth": (forged(repeat=True), "repeat"),
    "no copy": (forged(repeat=0), "repeat"),
    "half a carry": (forged(carry=["a"]), "carry"),
    "children": (forged(children={}), "children"),
    "child": (forged(children=[5]), "node"),
    "no path": (forged(path=5), "path"),
    "terms": (forged(terms={"gold": 5}), "terms"),
    "huge terms": (forged(terms={"conv_macs": 10**40}), "terms"),
    "attributes": (forged(attrs=[]), "attrs"),
    "nested attributes": (forged(attrs={"kernel": {"a": 1}}), "attrs"),
    "params": (forged(params=[{"name": "w", "shape": [1]}]), "params"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_graph_is_refused(kind):
    data, fact = WRONG[kind]

    with pytest.raises(RequestError, match=fact):
        from_json(data)
