"""RegNets and AnyNets beside pycls' own counts, torchvision and timm."""

import csv
import json
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from libraries import counts, shaken
from torch import nn

from resnet_viz import (
    Head,
    ResNetSpec,
    SpecError,
    Stage,
    assemble,
    build,
    regnet,
    report,
    trace,
)
from resnet_viz.graph import Graph, steps
from resnet_viz.nn import from_torchvision, to_torchvision
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.zoo import entries, find

with (Path(__file__).parent / "pycls-models.csv").open() as table:
    ROWS = list(csv.DictReader(table))

TORCHVISION = [name for name in entries() if name.startswith("regnet_")]


def torchvisions(name: str, device: str = "meta") -> nn.Module:
    models = import_beside("torchvision.models")
    params = models.regnet.BlockParams
    make = params.from_init_params

    def on_the_cpu(*args: object, **options: object) -> object:
        with torch.device("cpu"):  # it reads the widths that it computes with tensors
            return make(*args, **options)

    with torch.device(device), patch.object(params, "from_init_params", on_the_cpu):
        return getattr(models, name)().eval()


def of_pycls(row: dict[str, str]) -> ResNetSpec:
    """Return the network that a config of pycls describes."""
    config = json.loads(row["config"])
    size, head = int(row["size"]), Head(int(row["classes"]))
    shape = (3, size, size)
    if row["type"] == "regnet":
        numbers = config["REGNET"]
        return regnet(
            *(numbers[key] for key in ("DEPTH", "W0", "WA", "WM", "GROUP_W")),
            se=numbers.get("SE_ON", False),
        )
    if row["type"] == "resnet":
        depth, part = config["MODEL"]["DEPTH"], config["RESNET"]
        if part["TRANS_FUN"] == "basic_transform":  # CIFAR: 6n + 2 layers
            stages = tuple(
                Stage((depth - 2) // 6, 16 * 2**i, stride=1 if i == 0 else 2) for i in range(3)
            )
            return ResNetSpec(stages, "of pycls", shape, "res_stem_cifar", head)
        blocks = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}[depth]
        inner = part["NUM_GROUPS"] * part["WIDTH_PER_GROUP"]
        stages = tuple(
            Stage(
                number,
                256 * 2**i,
                stride=1 if i == 0 else 2,
                block="bottleneck",
                groups=part["NUM_GROUPS"],
                bottleneck_width=inner * 2**i,
            )
            for i, number in enumerate(blocks)
        )
        return ResNetSpec(stages, "of pycls", shape, "res_stem_in", head)
    part = config["ANYNET"]
    kind, shortcut = {
        "res_bottleneck_block": ("bottleneck", "B"),
        "res_basic_block": ("basic", "B"),
        "vanilla_block": ("basic", "none"),
    }[part["BLOCK_TYPE"]]
    number = len(part["DEPTHS"])
    more = part.get("BOT_MULS", [1] * number), part.get("GROUP_WS", [None] * number)
    stages = tuple(
        Stage(
            blocks,
            width,
            stride,
            kind,
            shortcut,
            bottleneck_width=round(width * ratio) if kind == "bottleneck" else None,
            group_width=group,
        )
        for blocks, width, stride, ratio, group in zip(
            part["DEPTHS"], part["WIDTHS"], part["STRIDES"], *more, strict=True
        )
    )
    return ResNetSpec(stages, "of pycls", shape, part["STEM_TYPE"], head)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['model']} {row['type']}")
def test_parameters_flops_and_acts_are_those_that_pycls_counts(row) -> None:
    totals = report(of_pycls(row), convention="pycls").totals

    assert totals["params"] == int(row["params"])
    assert totals["pycls"] == int(row["flops"])
    assert totals["acts"] == int(row["acts"])


@pytest.mark.parametrize("row", [row for row in ROWS if row["type"] == "regnet"])
def test_the_zoo_has_pycls_regnets(row) -> None:
    made = of_pycls(row)

    assert find(row["model"]).stages == made.stages
    assert find(row["model"]).attention == made.attention


@pytest.mark.parametrize(
    ("name", "depth"), [("RegNetX-200MF", 13), ("regnety_016", 27), ("d2l-regnetx32", 10)]
)
def test_a_regnet_has_three_layers_for_each_block_and_two_ends(name: str, depth: int) -> None:
    assert report(name).totals["layers"] == 3 * depth + 2


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_regnets_count_as_torch_counts_them(name: str) -> None:
    totals = report(name).totals

    for total, expected in counts(torchvisions(name), (3, 224, 224)).items():
        assert totals[total] == expected


def computed(graph: Graph, known: dict[object, int]) -> Counter[int]:
    """Return a graph's values as a multiset; equal values have the same number in `known`.

    A value is the operator that computes it with its attributes and parameters, and the values
    that it reads: neither names nor the order of independent calls. torchvision runs a
    block's projection before its body, adds the body to it, and multiplies the gate by its input.
    """
    values: list[int] = []
    for step in steps(graph):
        read = [values[source] if source >= 0 else source for source in step.inputs]
        if step.op in ("add", "mul"):
            read.sort()
        value = (step.op, tuple(sorted(step.attrs.items())), tuple(read), step.outputs, step.params)
        values.append(known.setdefault(value, len(known)))
    return Counter(values)


@pytest.mark.parametrize("name", ["regnet_x_400mf", "regnet_y_400mf", "regnet_y_800mf"])
def test_torchvisions_graph_is_ours_node_by_node_but_for_paths(name: str) -> None:
    shape, known = (1, 3, 224, 224), {}
    theirs, ours = trace(torchvisions(name), shape), assemble(find(name), shape)

    assert computed(theirs, known) == computed(ours, known)


@pytest.mark.parametrize("name", ["regnet_x_400mf", "regnet_y_400mf"])
def test_with_torchvisions_weights_the_outputs_are_torchvisions(name: str) -> None:
    theirs, ours = shaken(torchvisions(name, "cpu")), build(find(name)).eval()
    ours.load_state_dict(from_torchvision(theirs.state_dict(), find(name)), strict=True)
    theirs.load_state_dict(to_torchvision(ours.state_dict(), find(name)), strict=True)
    x = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        expected, made = theirs(x), ours(x)

    assert expected.std() > 1e-3
    torch.testing.assert_close(made, expected, rtol=1e-4, atol=1e-4 * expected.std().item())


def test_the_names_of_torchvisions_resnets_stay() -> None:
    spec = find("resnet18")
    state = build(spec).state_dict()

    assert to_torchvision(state, spec).keys() == state.keys()
    assert from_torchvision(state, spec).keys() == state.keys()


def test_the_books_anynet_has_the_shapes_of_its_summary() -> None:
    # d2l.ai, section 8.8: RegNetX32().layer_summary((1, 1, 96, 96))
    rows = {row.path: row.output for row in report("d2l-regnetx32", depth="stage").rows}

    assert list(rows.values()) == [(32, 48, 48), (32, 24, 24), (80, 12, 12), (10,)]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0, 24, 36.0, 2.5, 8), "^depth: 0 .must be an integer from 1"),
        ((13, 25, 36.0, 2.5, 8), "^w_0: 25 .must be a multiple of 8"),
        ((13, 24, -1.0, 2.5, 8), "^w_a: -1.0 .must be a number of 0 or more"),
        ((13, 24, 36.0, 1, 8), "^w_m: 1 .must be a number of more than 1"),
        ((13, 24, float("nan"), 2, 8), "^w_a: nan"),
        ((13, 24, 36.0, 2.5, 0), "^group_width: 0"),
        (
            (13, 24, 1e300, 2.5, 8),
            r"^w_a: 1e\+300 .must be a number of 0 or more, and below 1,000,000,000",
        ),
    ],
)
def test_numbers_that_make_no_regnet_are_refused(numbers, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        regnet(*numbers)
