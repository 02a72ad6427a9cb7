"""Graphs that other programs wrote come back as they were; hostile files are answered."""

import json
import subprocess
import sys
import tracemalloc
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from resnet_viz import (
    Head,
    RequestError,
    ResNetSpec,
    Stage,
    Stem,
    assemble,
    build,
    compare,
    draw,
    report,
    shapes,
    to_code,
)
from resnet_viz.cli import run
from resnet_viz.exported import read_exported
from resnet_viz.exported.wire import stripped
from resnet_viz.zoo import find

TINY = ResNetSpec(
    name="tiny",
    input=(3, 32, 32),
    stem=Stem(8, hidden=(4,)),
    stages=(Stage(1, 16, shortcut="D"), Stage(3, 32, 2, shortcut="D")),
    attention="se",
    head=Head(7),
)


def export(net: nn.Module, path: Path, *shape: int, **more: Any) -> Path:
    """Write a module by torch's own exporter."""
    image = (torch.zeros(shape),)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the exporter says of its own parts
        if path.suffix == ".onnx":
            torch.onnx.export(net.eval(), image, path, dynamo=True, verbose=False, **more)
        else:
            torch.export.save(torch.export.export(net.eval(), image, **more), path)
    return path


def model(
    nodes: list[Any], *tensors: Any, sizes: tuple[Any, ...] = (1, 3, 8, 8), **more: Any
) -> bytes:
    """Return a model of ONNX that takes `x` and returns `y`."""
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, sizes)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        initializer=list(tensors),
    )
    data: bytes = helper.make_model(graph, **more).SerializeToString()
    return data


def weights(name: str, *sizes: int) -> Any:
    count = 1
    for size in sizes:
        count *= size
    return helper.make_tensor(name, TensorProto.FLOAT, sizes, bytes(4 * count), raw=True)


CONV = helper.make_node("Conv", ["x", "w"], ["a"], pads=[1, 1, 1, 1], strides=[2, 2])
RELU = helper.make_node("Relu", ["a"], ["y"])


def test_what_torch_exports_as_onnx_comes_back(tmp_path: Path, capsys) -> None:
    path = export(build(TINY), tmp_path / "tiny.onnx", 1, 3, 32, 32)
    ours, theirs = report(TINY), report(path)

    assert theirs.totals == ours.totals
    assert theirs.unknown == ()
    assert "batch norms are folded into" in str(theirs)
    expected = {param.name for node in assemble(TINY).nodes() for param in node.params}
    read = {param.name for node in read_exported(path).nodes() for param in node.params}
    assert expected <= read
    assert "layer2.1 (×2)" in str(theirs)
    assert "1×32×4×4" in str(shapes(path))
    assert "<svg" in draw(path).to_svg()
    assert "MACs" in str(compare(path, TINY))
    assert run(["report", str(path)]) == 0
    assert f"{ours.totals['macs']:,} MACs" in capsys.readouterr().out
    with pytest.raises(RequestError, match="holds a graph and no spec"):
        to_code(path)


@pytest.mark.parametrize("network", ["cifar-resnet20", "resnetv2_18"])
def test_what_torch_exports_as_pt2_comes_back(tmp_path: Path, network: str) -> None:
    spec = find(network)
    path = export(build(spec), tmp_path / "a.pt2", 1, *spec.input)

    assert report(path).totals == report(spec).totals
    assert report(path).unknown == ()


def test_a_pt2_file_is_read_without_torch(tmp_path: Path) -> None:
    path = export(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), tmp_path / "a.pt2", 1, 3, 8, 8)
    code = (
        "import sys, resnet_viz\n"
        f"print(resnet_viz.report({str(path)!r}).totals['macs'], 'torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert ran.stdout == f"{4 * 6 * 6 * 27} False\n", ran.stderr


def test_a_batch_that_is_open_is_given(tmp_path: Path) -> None:
    path = export(
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 2)),
        tmp_path / "a.pt2",
        2,
        3,
        8,
        8,
        dynamic_shapes=({0: torch.export.Dim("n")},),
    )
    per_image = 4 * 6 * 6 * 27 + 144 * 2

    assert report(path).totals["macs"] == 2 * per_image
    assert report(path, (5, 3, 8, 8)).totals["macs"] == 5 * per_image
    with pytest.raises(RequestError, match=r"a.pt2: input: 5x1x8x8 \(the file takes Nx3x8x8\)"):
        report(path, (5, 1, 8, 8))


def test_the_batch_of_an_onnx_file_is_given(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(model([CONV, RELU], weights("w", 4, 3, 3, 3), sizes=("n", 3, 8, 8)))

    assert report(path).totals["macs"] == 4 * 4 * 4 * 27
    assert report(path, (6, 3, 8, 8)).totals["macs"] == 6 * 4 * 4 * 4 * 27
    with pytest.raises(RequestError, match=r"input: 1x1x8x8 \(the file takes Nx3x8x8\)"):
        report(path, (1, 1, 8, 8))


def test_operators_of_others_are_said_to_be_unknown(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    own = helper.make_node("Attend", ["a"], ["y"], domain="com.example")
    imports = [helper.make_opsetid("", 20), helper.make_opsetid("com.example", 1)]
    path.write_bytes(model([CONV, own], weights("w", 4, 3, 3, 3), opset_imports=imports))
    counted = report(path)

    assert counted.unknown == ("Attend",)
    assert f"at least {4 * 4 * 4 * 27:,} MACs" in str(counted)


def test_names_of_nodes_are_read_as_paths_and_equal_tensors_as_two(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    nodes = [
        helper.make_node("Identity", ["b"], ["layer1.0.conv2.bias"]),
        helper.make_node("Conv", ["x", "w", "b"], ["c"], name="/layer1/layer1.0/conv1/Conv"),
        helper.make_node(
            "Conv", ["c", "v", "layer1.0.conv2.bias"], ["d"], name="/layer1/layer1.0/conv2/Conv"
        ),
        helper.make_node("Add", ["c", "d"], ["y"], name="/layer1/layer1.0/Add"),
    ]
    tensors = [weights("w", 4, 3, 1, 1), weights("v", 4, 4, 1, 1), weights("b", 4)]
    path.write_bytes(model(nodes, *tensors))
    graph = read_exported(path)

    paths = ["layer1.0.conv1", "layer1.0.conv2", "layer1.0.add"]
    assert [node.path for node in graph.nodes()] == paths
    assert report(path).totals["params"] == 12 + 16 + 4 + 4


def test_weights_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    outside = weights("w", 4, 3, 3, 3)
    outside.ClearField("raw_data")
    outside.data_location = TensorProto.EXTERNAL
    outside.external_data.add(key="location", value="../../nowhere")
    path.write_bytes(model([CONV, RELU], outside))
    assert report(path).totals["params"] == 4 * 3 * 3 * 3

    large = tmp_path / "b.onnx"
    nodes = [helper.make_node("Gemm", ["f", "w"], ["y"]), helper.make_node("Flatten", ["x"], ["f"])]
    large.write_bytes(model(nodes[::-1], weights("w", 192, 60_000)))
    tracemalloc.start()
    graph = read_exported(large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(node.terms.get("linear_macs", 0) for node in graph.nodes()) == 192 * 60_000
    assert peak < 10_000_000 < large.stat().st_size


def varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def graph_of(*fields: bytes) -> bytes:
    inside = b"".join(fields)
    return b"\x3a" + varint(len(inside)) + inside


HOSTILE_ONNX = {
    "empty": (b"", "empty"),
    "text": (b"hello, here is some text" * 9, "not"),
    "cut off": (model([CONV, RELU], weights("w", 4, 3, 3, 3))[:-40], "cut off"),
    "longer than itself": (b"\x3a" + varint(2**60), "cut off"),
    "no operators": (graph_of(), "no operators"),
    "a number without an end": (b"\xff" * 99, "cut off"),
    "millions of fields": (graph_of(b"\x08\x01" * 1_500_000), "more than 1000000 fields"),
    "read before it is made": (model([RELU]), "'a' is read before it is made"),
    "weights that do not fit": (model([CONV, RELU], weights("w", 4, 5, 3, 3)), "conv|groups|shape"),
    "a pool larger than the image": (
        model([helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[99, 99])]),
        "a.onnx: ",
    ),
    "sizes without end": (
        model([CONV, RELU], weights("w", 4, 3, 3, 3), sizes=(1, 3, 2**62, 2**62)),
        "a.onnx: ",
    ),
}


@pytest.mark.parametrize("case", HOSTILE_ONNX)
def test_a_hostile_onnx_file_is_answered_in_a_line(tmp_path: Path, case: str) -> None:
    data, said = HOSTILE_ONNX[case]
    (tmp_path / "a.onnx").write_bytes(data)
    with pytest.raises(RequestError, match=said) as caught:
        report(tmp_path / "a.onnx")

    assert "\n" not in str(caught.value)


def test_messages_in_messages_have_an_end() -> None:
    from resnet_viz.exported.wire import ONNX

    data = b""
    for _ in range(100):  # a node in a graph, which is an attribute of a node
        for tag in (b"\x0a", b"\x32", b"\x2a"):
            data = tag + varint(len(data)) + data
    with pytest.raises(RequestError, match="nested deeper than 12"):
        stripped(memoryview(data), "node", ONNX)


def archive(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/").replace("_json", ".json"), data)
    return path


def program(**graph: Any) -> str:
    said = {"tensor_values": {}, "inputs": [], "outputs": [], "nodes": [], **graph}
    return json.dumps({"graph_module": {"graph": said, "signature": {"input_specs": []}}})


HOSTILE_PT2 = {
    "no graph": ({"a__b": b"x"}, "0 graphs in it"),
    "two graphs": ({"a__models__model_json": "{}", "b__models__model_json": "{}"}, "2 graphs"),
    "not JSON": ({"a__models__model_json": "{"}, "graph: not JSON"),
    "not UTF-8": ({"a__models__model_json": b"\xff{}"}, "not UTF-8"),
    "another object": ({"a__models__model_json": "[]"}, "not an exported program"),
    "nested without end": ({"a__models__model_json": "[" * 200_000}, "nested too deep|not JSON"),
    "nothing leaves it": ({"a__models__model_json": program()}, "no output"),
    "negative sizes": (
        {"a__models__model_json": program(tensor_values={"x": {"sizes": [{"as_int": -1}]}})},
        "must be sizes below",
    ),
    "a bomb": ({"a__models__model_json": b" " * 70_000_000}, "more than 64000000 bytes"),
}


@pytest.mark.parametrize("case", HOSTILE_PT2)
def test_a_hostile_pt2_file_is_answered_in_a_line(tmp_path: Path, case: str) -> None:
    members, said = HOSTILE_PT2[case]
    path = archive(tmp_path / "a.pt2", **members)
    with pytest.raises(RequestError, match=said) as caught:
        report(path)

    assert "\n" not in str(caught.value)
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(RequestError, match=r"a.pt2: not a whole archive"):
        report(path)
