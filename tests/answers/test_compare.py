"""Test comparisons: which parts are paired, what differs, and that no part is lost."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import specs

import resnet_viz
from resnet_viz import (
    Comparison,
    RequestError,
    ResNetSpec,
    Stage,
    assemble,
    compare,
    draw,
    report,
    unroll,
)
from resnet_viz.answers.comparison import SIDES, STATUSES, signed
from resnet_viz.graph.model import DEPTHS
from resnet_viz.graph.repeat import cut_scope
from resnet_viz.zoo import find


def row_of(compared: Comparison, path: str):
    (row,) = (row for row in compared.rows if row.path == path)
    return row


def statuses(compared: Comparison) -> dict[str, str]:
    return {row.path: row.status for row in compared.rows}


# Known pairs


def test_resnet18_and_34_have_the_same_blocks_but_more_of_them() -> None:
    compared = compare("resnet18", "resnet34")

    # parameters as torchvision's documentation gives them
    assert compared.totals["params"] == (11_689_512, 21_797_672)
    assert compared.totals["params"].difference == 21_797_672 - 11_689_512
    assert compared.totals["layers"].difference == 34 - 18
    # He et al. 2015, Table 1: blocks 2, 2, 2, 2 and 3, 4, 6, 3; the first of a stage is its own row
    changed = {row.path: row for row in compared.rows if row.status == "changed"}
    repeats = {path: (row.before.repeat, row.after.repeat) for path, row in changed.items()}
    assert repeats == {
        "layer1.1": (1, 2),
        "layer2.1": (1, 3),
        "layer3.1": (1, 5),
        "layer4.1": (1, 2),
    }
    for number, path in enumerate(changed):
        width = 64 * 2**number
        block = 2 * 9 * width * width + 4 * width  # two 3x3 convolutions, two norms
        one, other = repeats[path]
        assert changed[path].params == (other - one) * block
        assert changed[path].macs == (other - one) * 2 * 9 * width**2 * (56 // 2**number) ** 2
        assert changed[path].changes == ("repeat", "params", "macs")
    assert set(statuses(compared).values()) == {"same", "changed"}
    assert compared.changed("before") == compared.changed("after") == tuple(changed)


def test_a_wide_resnet_is_wider_inside_its_blocks() -> None:
    compared = compare("resnet50", "wide_resnet50_2")

    # torchvision's documentation: 25,557,032 and 68,883,240 parameters
    assert compared.totals["params"].difference == 68_883_240 - 25_557_032
    assert [row.path for row in compared.rows if row.status == "same"] == ["stem", "head"]
    row = row_of(compared, "layer1.1")
    block = [2 * 256 * w + 9 * w * w + 4 * w + 2 * 256 for w in (64, 128)]  # 1x1, 3x3, 1x1, norms
    assert (row.before.params, row.after.params) == (2 * block[0], 2 * block[1])  # two of them
    assert row.changes == ("channels", "params", "macs")
    assert row.before.output == row.after.output == (256, 56, 56)


def test_v1_and_v1_5_differ_in_where_the_stride_sits() -> None:
    blocks = compare("resnet50-v1", "resnet50")
    operators = compare("resnet50-v1", "resnet50", depth="op")

    strided = tuple(f"layer{i}.0" for i in (2, 3, 4))
    assert blocks.changed("after") == strided
    assert {row.changes for row in blocks.rows if row.status == "changed"} == {("stride", "macs")}
    assert blocks.totals["params"].difference == 0
    assert blocks.totals["macs"] == (3_857_973_248, 4_089_184_256)
    # v1.5 runs the first 1x1 at full size: what lies between the two convolutions is larger
    between = ("conv1", "bn1", "relu", "conv2")
    expected = tuple(f"{block}.{name}" for block in strided for name in between)
    assert operators.changed("before") == operators.changed("after") == expected
    assert row_of(operators, "layer2.0.conv1").changes == ("stride", "output", "macs")
    assert row_of(operators, "layer2.0.conv2").changes == ("stride", "input")
    assert row_of(operators, "layer2.0.conv2").macs == 0


def test_a_plain_network_lacks_the_shortcuts() -> None:
    compared = compare("resnet34", "plain34", depth="op")
    removed = [row.path for row in compared.rows if row.status == "removed"]

    # an addition in each kind of block, and a projection with its norm in three stages
    assert {path.rpartition(".")[2] for path in removed} == {"add", "0", "1"}
    assert len(removed) == 8 + 3 * 2
    assert set(statuses(compared).values()) == {"same", "removed"}
    # 1x1 convolutions from 64, 128, 256 to twice as many, each with a norm
    assert compared.totals["params"].difference == -sum(2 * c * c + 4 * c for c in (64, 128, 256))
    assert compared.changed("before") == tuple(removed)
    assert compared.changed("after") == ()
    assert compare("resnet34", "plain34").changed("after")[:2] == ("layer1.0", "layer1.1")


# Alignment


def network(*stages: Stage, **more) -> ResNetSpec:
    return ResNetSpec(stages=stages, name="n", input=(3, 32, 32), **more)


def test_blocks_and_stages_that_one_network_lacks_are_added_or_removed() -> None:
    one = network(Stage(1, 64), Stage(2, 128, 2))
    other = network(Stage(4, 64))
    compared = compare(one, other)

    assert statuses(compared) == {
        "stem": "same",
        "layer1.0": "same",
        "layer1.1": "added",
        "layer2.0": "removed",
        "layer2.1": "removed",
        "head": "changed",
    }
    added = row_of(compared, "layer1.1")
    assert (added.before, added.after.repeat, added.changes) == (None, 3, ())
    assert added.params == 3 * (2 * 9 * 64 * 64 + 4 * 64)
    removed = row_of(compared, "layer2.1")
    assert removed.params == -(2 * 9 * 128 * 128 + 4 * 128)
    assert compared.changed("before") == ("layer2.0", "layer2.1", "avgpool", "flatten", "fc")
    assert compared.changed("after") == ("layer1.1", "avgpool", "flatten", "fc")


def test_repeats_that_begin_elsewhere_are_cut() -> None:
    folded = resnet_viz.fold(assemble(find("resnet18")))  # layer1.0, twice
    first = folded.root.children[1].children[0]
    assert (first.path, first.repeat) == ("layer1.0", 2)

    compared = compare(folded, "resnet34")

    assert row_of(compared, "layer1.0").status == "same"
    row = row_of(compared, "layer1.1")
    assert (row.before.repeat, row.after.repeat) == (1, 2)
    assert row.params == 2 * 9 * 64 * 64 + 4 * 64
    assert compared.changed("before")[0] == "layer1.0"  # as a figure of it has it
    assert compared.changed("after")[0] == "layer1.1"


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_repeat_that_is_cut_has_the_copies_that_it_had(number: int) -> None:
    graph = assemble(network(Stage(6, 8, block="bottleneck")))
    stage = graph.root.children[1]
    first, rest = cut_scope(stage.children[1], number)
    cut = stage._replace(children=(stage.children[0], first, rest))
    children = tuple(cut if child is stage else child for child in graph.root.children)
    whole = unroll(replace(graph, root=graph.root._replace(children=children)))

    assert first.repeat + rest.repeat == 5
    assert list(whole.root.children[1].nodes()) == list(unroll(graph).root.children[1].nodes())


def test_operators_in_another_order_are_no_same_block() -> None:
    stage = Stage(2, 64, shortcut="none")
    compared = compare(network(stage), network(stage, preactivation=True))

    # conv, norm, ReLU against norm, ReLU, conv: the same operators with the same shapes
    assert row_of(compared, "layer1.1").changes == ("connections",)
    assert row_of(compared, "layer1.1").params == 0


def test_an_attribute_alone_makes_a_difference() -> None:
    one = network(Stage(2, 64), Stage(3, 64))
    compared = compare(one, replace(one, stages=(one.stages[0], Stage(3, 64, dilation=2))))

    # the padding keeps the size, and dilation costs nothing
    assert row_of(compared, "layer2.1").changes == ("dilation", "padding")
    assert compared.totals["macs"].difference == 0


def test_a_module_without_stem_and_head_meets_a_spec() -> None:
    pytest.importorskip("torch")
    module = resnet_viz.build(find("resnet18"))

    for depth in DEPTHS:
        compared = compare("resnet18", module, (1, 3, 224, 224), depth=depth)
        assert {row.status for row in compared.rows} == {"same"}
        assert compared.changed("before") == compared.changed("after") == ()


def test_torchvisions_networks_are_those_of_the_zoo() -> None:
    pytest.importorskip("torch")
    compared = compare("resnet50", "torchvision.models:wide_resnet50_2", (1, 3, 224, 224))

    assert compared.totals["params"].difference == 68_883_240 - 25_557_032
    assert statuses(compared)["conv1"] == statuses(compared)["fc"] == "same"
    assert row_of(compared, "layer1.0").changes == ("channels", "params", "macs")


def test_parameters_that_nothing_reads_are_a_row_of_their_own() -> None:
    nn = pytest.importorskip("torch.nn")
    one, other = (nn.Sequential(nn.Linear(4, 4)) for _ in range(2))
    other.register_parameter("spare", nn.Parameter(one[0].weight.detach().clone()))
    compared = compare(one, other, (1, 4))

    assert statuses(compared) == {"0": "same", "unused parameters": "added"}
    assert compared.totals["params"].difference == 4 * 4
    assert compared.changed("after") == ()  # no figure shows them


def test_parameters_that_are_tied_in_one_network_only_are_counted_once_in_it() -> None:
    nn = pytest.importorskip("torch.nn")
    one, other = (nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4, bias=False)) for _ in range(2))
    other[1].weight = other[0].weight
    compared = compare(one, other, (1, 4))

    assert row_of(compared, "1").changes == ("params",)
    assert (row_of(compared, "1").params, row_of(compared, "1").macs) == (-4 * 4, 0)
    assert re.search(r"^1 +changed .* params$", str(compared), re.MULTILINE)


def test_each_network_has_its_own_input_unless_one_is_given() -> None:
    own = compare("resnet50", "cifar-resnet20")
    given = compare("resnet50", "cifar-resnet20", (3, 64, 64))

    assert (own.before.input, own.after.input) == ((3, 224, 224), (3, 32, 32))
    assert str(own).startswith(
        "resnet50, input 3×224×224 → cifar-resnet20, input 3×32×32 (inputs differ)\n"
    )
    assert str(given).startswith("resnet50 → cifar-resnet20, input 3×64×64\n")


# Properties


@given(specs(), specs(), st.sampled_from(sorted(DEPTHS)))
def test_rows_are_the_reports_rows_and_sum_to_the_totals(before, after, depth: str) -> None:
    compared = compare(before, after, depth=depth)

    for name in ("params", "macs", "activations"):
        differences = [getattr(row, name) for row in compared.rows]
        assert sum(differences) == compared.totals[name].difference
        assert all(type(difference) is int for difference in differences)
    for side, spec in zip(SIDES, (before, after), strict=True):
        mine = [part for row in compared.rows if (part := getattr(row, side)) is not None]
        numbers = [(p.path, p.kind, p.repeat, p.output, p.params, p.macs) for p in mine]
        rows = report(spec, depth=depth).rows
        assert sorted(numbers) == sorted(
            (r.path, r.kind, r.repeat, r.output, r.params, r.macs) for r in rows
        )
        assert getattr(compared, side).totals == report(spec).totals


@given(specs(), specs(), st.sampled_from(sorted(DEPTHS)))
def test_the_other_way_round_everything_is_the_opposite(before, after, depth: str) -> None:
    there = {row.path: row for row in compare(before, after, depth=depth).rows}
    back = {row.path: row for row in compare(after, before, depth=depth).rows}
    opposite = {"added": "removed", "removed": "added"}

    assert there.keys() == back.keys()
    for path, row in there.items():
        assert back[path].status == opposite.get(row.status, row.status)
        assert (back[path].before, back[path].after) == (row.after, row.before)
        assert back[path].params == -row.params
        assert set(back[path].changes) == set(row.changes)
        if row.status == "same":
            assert row.before == row.after


@given(specs(), st.sampled_from(sorted(DEPTHS)))
def test_a_network_is_the_same_as_itself_however_it_is_folded(spec, depth: str) -> None:
    graph = unroll(assemble(spec))  # whose repeats are found anew, from the first block on

    for before, after in ((spec, spec), (spec, graph), (graph, spec)):
        compared = compare(before, after, depth=depth)
        assert {row.status for row in compared.rows} == {"same"}
        assert compared.changed("before") == compared.changed("after") == ()


@given(specs(), specs(), st.sampled_from(["block", "op"]))
def test_changed_parts_are_parts_of_the_graph(before, after, depth: str) -> None:
    compared = compare(unroll(assemble(before)), after, depth=depth)
    graphs = (resnet_viz.fold(unroll(assemble(before))), assemble(after))

    for side, graph in zip(SIDES, graphs, strict=True):
        paths = {node.path for node in graph.nodes()}
        for stage in graph.root.children:
            if hasattr(stage, "children"):
                paths.update(child.path for child in stage.children)
        assert set(compared.changed(side)) <= paths
        assert len(set(compared.changed(side))) == len(compared.changed(side))


@pytest.mark.parametrize("depth", ["block", "op"])
def test_changed_parts_are_found_in_a_figure_at_that_depth(depth: str) -> None:
    compared = compare("resnet50", "wide_resnet50_2", depth=depth)

    for side, name in zip(SIDES, ("resnet50", "wide_resnet50_2"), strict=True):
        drawing = draw(name, depth=depth, annotate="shape")
        marks = compared.changed(side)
        shown = drawing.scene.ids()
        assert shown.issuperset(marks)
        marked = draw(name, depth=depth, annotate="shape", highlight=marks).scene
        assert len(marked.items) == len(drawing.scene.items) + len(marks)


# Formats


def test_differences_have_a_sign() -> None:
    assert [signed(n) for n in (1234, -1234, 0)] == ["+1,234", "\u22121,234", "0"]


def test_text_columns_line_up() -> None:
    lines = str(compare("resnet34", "resnet18")).splitlines()
    end = lines[2].index("  what changed")

    ends = [line[:end] for line in (*lines[4:14], lines[15])]  # each has a difference of MACs
    assert {len(line.rstrip()) for line in ends} == {end}
    assert "\u221210,108,160" in lines[15]  # 11,689,512 - 21,797,672
    assert "layers: 34 → 18 (\u221216, ×0.529)" in lines


def test_a_csv_comparison_is_read_back_by_the_csv_module() -> None:
    rows = list(csv.DictReader(io.StringIO(compare("resnet34", "resnet18").to("csv"))))

    assert sum(int(row["params_difference"]) for row in rows) == 11_689_512 - 21_797_672
    assert rows[2]["path"] == "layer1.1"
    assert (rows[2]["repeat_before"], rows[2]["repeat_after"]) == ("2", "1")
    assert rows[2]["output_after"] == "64x56x56"
    assert rows[2]["changes"] == "repeat params macs"


def test_a_json_comparison_holds_everything() -> None:
    data = json.loads(compare("resnet18", "cifar-resnet20").to("json"))

    assert data["before"] == {"network": "resnet18", "input": [3, 224, 224]}
    assert data["after"] == {"network": "cifar-resnet20", "input": [3, 32, 32]}
    assert data["totals"]["layers"] == {"before": 18, "after": 20, "difference": 2}
    gone = next(row for row in data["rows"] if row["path"] == "layer4.0")
    assert (gone["status"], gone["after"]) == ("removed", None)
    assert gone["difference"]["params"] == -gone["before"]["params"]


@pytest.mark.parametrize("format", Comparison.formats())
def test_every_format_escapes_what_it_reads(format: str) -> None:
    one = network(Stage(2, 8))
    text = compare(replace(one, name="<b>&_%|\\"), replace(one, name="y")).to(format)

    assert ("<b>" in text) == (format in ("text", "json", "latex"))
    if format == "latex":
        assert text.startswith("% <b>")  # a comment
        assert not any(line.startswith("<b>") for line in text.splitlines())


def test_latex_sets_signs_and_arrows() -> None:
    table = compare("resnet34", "resnet18").to("latex").partition("\n")[2]

    assert r"$-$10,108,160" in table
    assert r"layer1.1 ($\times$2 $\to$ $\times$1)" in table
    assert table.isascii()


def test_a_notebook_shows_html() -> None:
    compared = compare("resnet18", "resnet34")

    assert compared._repr_html_() == compared.to("html")
    assert compared.to("html").count("<tr>") == 1 + len(compared.rows) + 1


def test_what_nobody_can_count_is_said() -> None:
    torch = pytest.importorskip("torch")

    class Odd(torch.nn.Module):
        def forward(self, x):
            return torch.linalg.inv(x)

    compared = compare(torch.nn.ReLU(), Odd(), (1, 4, 4))

    assert "MACs: 0 → at least 0 (0)" in str(compared)
    assert "nobody knows the cost of linalg_inv" in str(compared)
    assert json.loads(compared.to("json"))["after"]["unknown"] == ["linalg_inv"]


def test_values_do_not_change() -> None:
    compared = compare("resnet18", "resnet34")

    assert compared == compare("resnet18", "resnet34")
    with pytest.raises(AttributeError, match="cannot assign"):
        compared.depth = "op"
    with pytest.raises(TypeError, match="does not support item assignment"):
        compared.differing["after"] = ()
    assert {row.status for row in compared.rows} <= set(STATUSES)


def test_the_cost_does_not_grow_with_repeats() -> None:
    long, longer = (network(*(Stage(n, 16 * i, i) for i in (1, 2, 4))) for n in (90_000, 99_000))
    compared = compare(long, longer, depth="op")  # unrolled, each is more than two million nodes

    assert row_of(compared, "layer1.1.conv1").after.repeat == 98_999
    assert row_of(compared, "layer1.1.conv1").params == 9_000 * 9 * 16 * 16


# Wrong requests


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (("resnet51", "resnet18"), "^unknown network: 'resnet51' "),
        (("resnet18", "resnet51"), "^unknown network: 'resnet51' "),
        (("resnet18", "d2l-resnet18", (3, 64, 64)), "^input: 3×64×64 has 3 channels .d2l-resnet18"),
        (("vgg16", "resnet50", (3, 64, 64)), "^input: 3×64×64 .vgg16 has a head without pooling"),
        (("resnet18", "resnet34", (3, 64)), "^input: "),
        (("resnet18", None), "^network: None .must be"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(request_, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        compare(*request_)


def test_names_that_are_none_are_refused() -> None:
    with pytest.raises(RequestError, match="^unknown depth: 'blok' .*did you mean 'block'"):
        compare("resnet18", "resnet34", depth="blok")
    compared = compare("resnet18", "resnet34")
    with pytest.raises(RequestError, match="^unknown format: 'svg' "):
        compared.to("svg")
    with pytest.raises(RequestError, match="^unknown side: 'left' .must be one of "):
        compared.changed("left")


def test_many_networks_at_once_are_no_two() -> None:
    np = pytest.importorskip("numpy")
    sizes = np.array([64, 96])

    for spec in (network(Stage(2, 2 * sizes)), network(Stage(np.array([2, 3]), 64))):
        for pair in ((spec, "cifar-resnet20"), ("cifar-resnet20", spec)):
            with pytest.raises(RequestError, match="^n: many networks at once"):
                compare(*pair, (3, 32, 32))
    with pytest.raises(RequestError, match="^resnet18: many networks at once"):
        compare("resnet18", "resnet34", (3, sizes, sizes))


def test_modules_without_an_input_are_compared_by_their_parameters() -> None:
    nn = pytest.importorskip("torch.nn")

    compared = compare(nn.Linear(2, 3), nn.Linear(2, 5))

    assert compared.totals["params"].difference == 2 * (2 + 1)
    assert "Linear" in str(compared)
