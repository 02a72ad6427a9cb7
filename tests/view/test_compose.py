"""Test that a composition has the same lines between the same boxes as the graph."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE
from torch import nn

from resnet_viz import RequestError, assemble, draw
from resnet_viz.answers.figure_options import FigureOptions
from resnet_viz.count import Costs
from resnet_viz.errors import NotSeriesParallel
from resnet_viz.graph import Builder, Graph, Node, Scope, unroll
from resnet_viz.sources import to_graph
from resnet_viz.tracing.torchvision import import_beside
from resnet_viz.view import Arc, Chain, Fold, Frame, Given, Leaf, Module, Split, compose
from resnet_viz.view.compose import HIDDEN, compose_graph
from resnet_viz.view.network import network
from resnet_viz.zoo import find


def lines(chain: Chain, entry: str) -> tuple[set[tuple[str, str]], str]:
    """Return the pairs of boxes that a composition joins by a line, and the box at its end."""
    found: set[tuple[str, str]] = set()
    for part in chain.parts:
        if isinstance(part, (Leaf, Given)):
            item = getattr(part, "leaf", part).item
            found.add((entry, item.path))
            entry = item.path
        elif isinstance(part, Split):
            for branch in part.branches:
                inside, end = lines(branch, entry)
                found |= inside | {(end, part.join.item.path)}
            entry = part.join.item.path
        else:
            assert isinstance(part, (Arc, Frame, Module, Fold))
            inside, entry = lines(part.body, entry)
            found |= inside
    return found, entry


def closed(chain: Chain) -> list[Scope]:
    found = []
    for part in chain.parts:
        if isinstance(part, Split):
            found += [scope for branch in part.branches for scope in closed(branch)]
            part = part.join
        if isinstance(part, (Leaf, Given)):
            item = getattr(part, "leaf", part).item
            found += [item] if isinstance(item, Scope) else []
        else:
            found += closed(part.body)
    return found


def expected(root: Scope, boxes: list[Scope]) -> set[tuple[str, str]]:
    """Return the pairs that the graph joins; hidden operators and closed scopes are one box."""
    stands = {node.path: scope.path for scope in boxes for node in scope.nodes()}
    pairs = set()

    def seen(path: str) -> str:
        return stands.get(path, path)

    for node in root.nodes():
        if node.op in HIDDEN:
            stands[node.path] = seen(node.inputs[0])
            continue
        pairs |= {(seen(path), seen(node.path)) for path in node.inputs}
    return {(one, other) for one, other in pairs if one != other}


class Up(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up, self.conv = nn.ConvTranspose2d(4, 4, 2, stride=2), nn.Conv2d(8, 4, 1)

    def forward(self, x, skip):
        return self.conv(torch.cat([skip, self.up(x)], 1))


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.a, self.b, self.c = (nn.Conv2d(4, 4, 1) for _ in range(3))
        self.up1, self.up2 = Up(), Up()

    def forward(self, x):
        a = self.a(x)
        b = self.b(self.pool(a))
        c = self.c(self.pool(b))
        return self.up2(self.up1(c, b), a)


@pytest.mark.parametrize(
    ("name", "closes"),
    [
        ("resnet50", []),
        ("googlenet", []),
        ("vit_b_16", []),
        ("efficientnet_b0", []),
        ("densenet121", [f"features.denseblock{i}" for i in (1, 2, 3, 4)]),
        ("convnext_tiny", []),
    ],
)
def test_the_lines_of_known_networks_are_drawn(name: str, closes: list[str]) -> None:
    more = {"init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        module = getattr(import_beside("torchvision.models"), name)(**more).eval()
    root = to_graph(module, (1, 3, 224, 224)).root
    chain = compose(root)

    assert [scope.path for scope in closed(chain)] == closes
    assert lines(chain, "input")[0] == expected(root, closed(chain))


def test_a_u_net_is_nested_skips() -> None:
    root = to_graph(UNet(), (1, 4, 8, 8)).root
    chain = compose(root)

    assert closed(chain) == []
    assert lines(chain, "input")[0] == expected(root, [])
    assert [type(part) for part in chain.parts] == [Leaf, Split, Leaf]


@given(st.data())
def test_what_is_composed_has_the_graphs_lines_and_the_rest_is_refused(data) -> None:
    builder = Builder((4, 8, 8))
    values = list(builder.inputs)
    for i in range(data.draw(st.integers(1, 9))):
        reads = data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True))
        op, attrs = ("relu", {}) if len(reads) == 1 else ("cat", {"axis": -3})
        values.append(builder.call(f"n{i}", op, *reads, **attrs))
    root = builder.graph("random", values[-1]).root
    try:
        chain = compose(root)
    except RequestError:
        return
    assert lines(chain, "input")[0] == expected(root, [])
    assert all(isinstance(child, Node) for child in root.children)


# Whether boxes and brackets stand for every operator of the network


def stands_for(chain: Chain) -> int:
    """Return the number of operators in the boxes of a chain, with brackets multiplied out."""
    total = 0
    for part in chain.parts:
        if isinstance(part, Split):
            total += sum(map(stands_for, part.branches)) + _operators(part.join.item)
        elif isinstance(part, (Leaf, Given)):
            total += _operators(getattr(part, "leaf", part).item)
        else:
            times = part.times if isinstance(part, Fold) else 1
            if isinstance(part, Module):
                assert part.scope.repeat == 1 or part.scope.carry is not None
            total += times * stands_for(part.body)
    return total


def _operators(item: Node | Scope) -> int:
    if isinstance(item, Node):
        return int(item.op not in HIDDEN)
    root = Scope("", "", (item._replace(repeat=1, carry=None),))
    nodes = unroll(Graph("", ((1,),), root, ())).nodes()
    return sum(node.op not in HIDDEN for node in nodes)


class Block(nn.Module):
    def __init__(self, inside: nn.Module | None = None) -> None:
        super().__init__()
        self.body = inside or nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU())

    def forward(self, x):
        return torch.relu(self.body(x) + x)


def several(n: int, make=Block) -> nn.Sequential:
    return nn.Sequential(*[make() for _ in range(n)])


NESTS = {
    "twelve blocks at the top": lambda: several(12),
    "stages that repeat": lambda: several(3, lambda: several(3)),
    "stages that end with a pool": lambda: nn.Sequential(
        *[nn.Sequential(several(3), nn.MaxPool2d(2)) for _ in range(2)]
    ),
    "blocks of repeats": lambda: several(2, lambda: several(2, lambda: several(2))),
    "repeats in a residual branch": lambda: nn.Sequential(Block(several(5))),
    "repeats in blocks that repeat": lambda: several(4, lambda: Block(several(3))),
}


def options(depth: str, direction: str = "up") -> FigureOptions:
    return FigureOptions(depth=depth, direction=direction)


DEPTHS = ["book", "network", "stage", "block", "3", "op"]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("direction", ["up", "right"])
@pytest.mark.parametrize("name", NESTS)
def test_boxes_and_brackets_stand_for_every_operator_of_a_module(name, direction, depth) -> None:
    graph = to_graph(NESTS[name](), (1, 4, 16, 16))
    (column,) = network(graph, options(depth, direction)).columns

    assert stands_for(column.chain) == _operators(graph.root)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", SAMPLE)
def test_boxes_and_brackets_stand_for_every_operator_of_the_zoo(name, depth) -> None:
    graph = assemble(find(name))
    (column,) = network(graph, options(depth)).columns

    assert stands_for(column.chain) == _operators(graph.root)


@pytest.mark.parametrize("name", ["vgg19", "resnet34", "cifar-resnet20"])
def test_annotated_folds_are_of_equal_blocks(name: str) -> None:
    graph = assemble(find(name))
    (column,) = network(graph, options("block")).columns
    whole = Costs().of(graph.root)
    shown = sum(Costs().of(leaf.item).params * times for leaf, times in _times(column.chain, 1))

    assert shown == whole.params


def _times(chain: Chain, times: int):
    for part in chain.parts:
        if isinstance(part, (Leaf, Given)):
            yield getattr(part, "leaf", part), times
        elif isinstance(part, Split):
            for branch in part.branches:
                yield from _times(branch, times)
            yield part.join, times
        else:
            yield from _times(part.body, times * getattr(part, "times", 1))


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.block = Block()

    def forward(self, x):
        return self.block(self.block(self.block(x)))


def test_calls_that_share_their_parameters_fold_and_count_them_once() -> None:
    graph = to_graph(Shared(), (1, 4, 8, 8))
    (column,) = network(graph, options("stage")).columns
    (fold,) = column.chain.parts

    assert isinstance(fold, Fold)
    assert (fold.times, fold.shared) == (3, True)


class TwoInputs(nn.Module):
    def forward(self, x, y):
        return torch.relu(x) + torch.tanh(y)


class Early(nn.Module):
    def forward(self, x):
        x = torch.relu(x)
        return x, torch.tanh(x)


@pytest.mark.parametrize(("module", "input"), [(TwoInputs(), ((1, 4), (1, 4))), (Early(), (1, 4))])
def test_several_inputs_and_outputs_are_not_drawn_as_one(module, input) -> None:
    with pytest.raises(NotSeriesParallel):
        compose_graph(to_graph(module, input))
    assert draw(module, input=input).to_svg() == draw(module, input=input, layout="dot").to_svg()
