from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import specs

from resnet_viz import RequestError, ResNetSpec, Stage, assemble, fold, report, unroll
from resnet_viz.arithmetic import product
from resnet_viz.count import count_layers, receptive_fields, tally
from resnet_viz.graph import Builder, Node
from resnet_viz.graph.model import DEPTHS
from resnet_viz.graph.repeat import copy_path
from resnet_viz.ops import OPERATORS, TERMS
from resnet_viz.zoo import entries, find


@pytest.mark.parametrize("name", entries())
def test_fold_and_unroll_are_inverse_on_the_zoo(name: str) -> None:
    graph = unroll(assemble(find(name)))

    assert unroll(fold(graph)) == graph


@given(spec=specs())
def test_fold_and_unroll_are_inverse_on_generated_specs(spec: ResNetSpec) -> None:
    graph = unroll(assemble(spec))
    folded = fold(graph)

    assert unroll(folded) == graph
    assert fold(folded) == folded
    assert len(list(folded.nodes())) <= len(list(assemble(spec).nodes()))


@given(spec=specs())
def test_counting_is_the_same_folded_and_unrolled(spec: ResNetSpec) -> None:
    short = assemble(spec)
    long = unroll(short)

    for graph in (fold(short), long):
        assert tally(graph).params == tally(short).params
        assert tally(graph).terms == tally(short).terms
        assert count_layers(graph) == count_layers(short)
        assert max(filter(None, receptive_fields(graph).values())) == max(
            filter(None, receptive_fields(short).values())
        )


@given(spec=specs())
def test_rows_sum_to_the_totals_at_every_depth(spec: ResNetSpec) -> None:
    for depth in DEPTHS:
        counted = report(spec, depth=depth)
        for total in ("params", "macs", "activations"):
            assert sum(getattr(row, total) for row in counted.rows) == counted.totals[total]


@given(spec=specs())
def test_an_unrolled_graph_has_unique_paths_and_reads_what_has_run(spec: ResNetSpec) -> None:
    seen = {"input"}
    for node in unroll(assemble(spec)).nodes():
        assert node.path not in seen
        assert seen.issuperset(node.inputs)
        seen.add(node.path)


@given(spec=specs())
def test_a_graphs_params_are_those_of_its_shapes(spec: ResNetSpec) -> None:
    names: dict[str, int] = {}
    for node in unroll(assemble(spec)).nodes():
        for param in node.params:
            assert param.name not in names
            names[param.name] = product(param.shape)

    assert sum(names.values()) == report(spec).totals["params"]


def test_every_term_of_a_rule_is_in_the_table() -> None:
    for entry in entries().values():
        for node in assemble(entry.spec).nodes():
            assert set(node.terms) <= set(TERMS)
            assert node.op in OPERATORS


def test_paths_are_pytorchs() -> None:
    paths = [node.path for node in unroll(assemble(find("resnet50"))).nodes()]

    assert paths[:4] == ["conv1", "bn1", "relu", "maxpool"]
    assert "layer2.0.downsample.0" in paths
    assert "layer3.5.conv3" in paths
    assert paths[-3:] == ["avgpool", "flatten", "fc"]


def test_a_repeated_block_reads_the_copy_before_it() -> None:
    nodes = {node.path: node for node in unroll(assemble(find("resnet34"))).nodes()}

    assert nodes["layer3.3.conv1"].inputs == ("layer3.2.relu:2",)
    assert nodes["layer3.3.add"].inputs == ("layer3.3.bn2", "layer3.2.relu:2")
    assert nodes["layer4.0.conv1"].inputs == ("layer3.5.relu:2",)
    assert nodes["layer3.3.conv1"].params[0].name == "layer3.3.conv1.weight"


@pytest.mark.parametrize(
    ("path", "number", "copy"),
    [
        ("layer1.1", 0, "layer1.1"),
        ("layer1.1", 9, "layer1.10"),
        ("encoder.layer_0", 3, "encoder.layer_3"),
        ("a:2.b9:2", 1, "a:2.b10:2"),
    ],
)
def test_copies_count_on_from_the_last_number(path: str, number: int, copy: str) -> None:
    assert copy_path(path, number) == copy


def test_equal_blocks_that_do_not_follow_each_other_do_not_fold() -> None:
    # Two equal scopes beside each other: both read the input, and are added.
    builder = Builder((4, 8, 8))
    values = []
    for name in ("branch0", "branch1"):
        with builder.scope(name, "block"):
            values.append(builder.call("relu", "relu", builder.inputs[0]))
    total = builder.call("add", "add", *values)
    graph = builder.graph("beside", total)

    assert fold(graph) == graph


def test_a_block_whose_inside_is_read_later_does_not_fold() -> None:
    builder = Builder((4, 8, 8))
    x, taps = builder.inputs[0], []
    for name in ("block0", "block1", "block2"):
        with builder.scope(name, "block"):
            inner = builder.call("relu", "relu", x)
            x = builder.call("out", "relu", inner)
        taps.append(inner)
    total = builder.call("add", "add", taps[0], taps[1])
    graph = builder.graph("tapped", total)

    assert unroll(fold(graph)) == graph
    assert len(list(fold(graph).nodes())) == len(list(graph.nodes()))


def test_a_block_whose_output_is_read_again_later_does_not_fold() -> None:
    builder = Builder((4, 8, 8))
    x, outputs = builder.inputs[0], []
    for name in ("block0", "block1", "block2"):
        with builder.scope(name, "block"):
            x = builder.call("relu", "relu", x)
        outputs.append(x)
    total = builder.call("add", "add", outputs[0], x)
    graph = builder.graph("skipped", total)

    assert unroll(fold(graph)) == graph


def test_folds_nest() -> None:
    builder = Builder((4, 8, 8))
    x = builder.inputs[0]
    for i in range(3):
        with builder.scope(f"outer{i}", "outer"):
            for j in range(4):
                with builder.scope(f"inner{j}", "inner"):
                    x = builder.call("relu", "relu", x)
    graph = builder.graph("nested", x)
    folded = fold(graph)

    assert len(list(folded.nodes())) == 1
    assert unroll(folded) == graph


def test_unrolling_without_end_is_refused() -> None:
    spec = ResNetSpec(stages=(Stage(100_000, 64),) * 4)

    with pytest.raises(RequestError, match="operators unrolled .must be at most 2000000"):
        unroll(assemble(spec))


def test_a_parameter_that_two_nodes_share_counts_once() -> None:
    builder = Builder((8,))
    x = builder.call("fc", "linear", builder.inputs[0], out_features=8, bias=True)
    graph = builder.graph("tied", x)
    (node,) = graph.root.children
    assert isinstance(node, Node)
    again = node._replace(path="fc:2", inputs=(x.source,))
    tied = replace(graph, root=graph.root._replace(children=(node, again)))

    assert tally(tied).params == 8 * 8 + 8
    assert tally(tied).macs == 2 * 8 * 8


def test_a_window_that_does_not_fit_names_the_scope_and_the_sizes() -> None:
    builder = Builder((3, 4, 4))
    window = {"stride": (2, 2), "padding": (0, 0), "dilation": (1, 1)}
    with builder.scope("layer1", "stage"):
        x = builder.call("pool", "max_pool2d", builder.inputs[0], kernel=(3, 3), **window)
        with pytest.raises(
            RequestError, match=r"^layer1\.pool: the size reaches zero: 3×1×1 becomes 3×0×0$"
        ):
            builder.call("pool", "max_pool2d", x, kernel=(3, 3), **window)


# One arithmetic for one network or many: sizes may be arrays


def test_a_resolution_may_be_an_array() -> None:
    sides = np.array([64, 96, 224])
    many = report("resnet50", (3, sides, sides)).totals["macs"]

    assert many.tolist() == [report("resnet50", (3, n, n)).totals["macs"] for n in (64, 96, 224)]


def test_depths_and_channels_may_be_arrays() -> None:
    depths, widths = np.array([1, 2, 5]), np.array([64, 128, 32])

    def spec(blocks, channels) -> ResNetSpec:
        return ResNetSpec(
            stages=(
                Stage(blocks, 4 * channels, 2, "bottleneck"),
                Stage(2, 8 * channels, 2, "bottleneck"),
            )
        )

    many = report(spec(depths, widths)).totals
    single = [report(spec(int(d), int(w))).totals for d, w in zip(depths, widths, strict=True)]

    for key in ("layers", "params", "macs", "activations"):
        assert np.broadcast_to(many[key], 3).tolist() == [one[key] for one in single]


@pytest.mark.parametrize("shortcut", ["A", "B", "C", "D", "conv", "3x3", "none"])
def test_projections_and_identities_may_stand_in_one_array(shortcut: str) -> None:
    widths, depths = np.array([64, 128, 96, 64]), np.array([1, 2, 3, 1])

    def spec(channels, blocks) -> ResNetSpec:
        stages = (Stage(blocks, channels, shortcut=shortcut), Stage(2, 128, shortcut=shortcut))
        return ResNetSpec(stages=stages)

    many = report(spec(widths, depths)).totals
    for i, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        one = report(spec(int(width), int(depth))).totals

        assert {n: np.broadcast_to(many[n], 4)[i] for n in one} == one


def test_arrays_of_any_integer_type_count_exactly() -> None:
    # products beyond the range of any machine integer
    big = np.array([100_000])
    counted = report("resnet50", (1_000_000, 3, big, big)).totals["macs"]

    assert counted[0] == report("resnet50", (1_000_000, 3, 100_000, 100_000)).totals["macs"]
    for kind in (np.int32, np.uint8):
        side = kind(224)
        assert report("resnet50", (3, side, side)).totals["macs"] == 4_089_184_256


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Stage(2, 64, stride=np.array([1, 2])), "^stride: an array .must be one integer"),
        (lambda: Stage(np.array([]), 64), "^blocks: .*must be an integer"),
        (lambda: Stage(np.array([1.5]), 64), "^blocks: .*must be an integer"),
        (lambda: report("resnet18", (3, np.array([32, 64]), 32)).to("json"), "has no text"),
    ],
)
def test_arrays_where_one_number_belongs_are_refused(make, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        make()


def test_operators_inside_a_repeat_say_how_often_they_run() -> None:
    rows = {row.path: row for row in report("resnet50", depth="op").rows}

    assert rows["layer1.1.conv2"].repeat == 2
    assert rows["layer1.1.conv2"].params == 2 * 64 * 64 * 9
    assert rows["layer1.1.add"].receptive_field == rows["layer1.1.relu:3"].receptive_field == 35
