"""Modules that are nested deeper than Python's calls usually go."""

import pytest
from torch import nn

from resnet_viz import draw, fold, report, trace, unroll
from resnet_viz.graph.model import MEANS


def nested(levels: int) -> nn.Module:
    net: nn.Module = nn.Linear(4, 4)
    for _ in range(levels):
        net = nn.Sequential(net)
    return net


@pytest.mark.parametrize("means", ["stand-ins", "fake", "run"])
def test_a_module_nested_a_thousand_deep_is_traced(means: str) -> None:
    graph = trace(nested(1000), (2, 4), means=means)

    assert [node.op for node in graph.nodes()] == ["linear"]
    assert unroll(fold(graph)) == graph


def test_a_module_nested_deep_is_counted_and_drawn() -> None:
    net = nested(300)

    assert report(net, (2, 4)).totals["macs"] == 32
    assert draw(net, input=(2, 4)).to_svg().startswith("<svg")


@pytest.mark.parametrize("means", [None, *MEANS])
@pytest.mark.parametrize(
    ("norm", "shape"), [(nn.BatchNorm1d, (1, 4)), (nn.BatchNorm2d, (1, 4, 1, 1))]
)
def test_in_training_a_batch_norm_over_one_value_is_refused_as_torch_refuses_it(
    norm, shape, means
) -> None:
    net = nn.Sequential(norm(4)).train()

    with pytest.raises(ValueError, match=r"^0: input 1×4.* has one value for each channel"):
        trace(net, shape, means=means)
    assert trace(net.eval(), shape).means == "stand-ins"
    assert trace(net.train().to("meta"), shape).means == "stand-ins"
