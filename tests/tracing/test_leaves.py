"""Every leaf in every setting: the same answer twice, whatever was traced before."""

import itertools

import pytest
import torch
from torch import nn

from resnet_viz import trace
from resnet_viz.nn.layers import BlurPool2d, DropPath, EvoNorm2d, FilterResponseNorm2d, StdConv2d
from resnet_viz.nn.operators import ROWS
from resnet_viz.tracing.memo import MEMO

IMAGE, LINE, SPACE = (2, 4, 8, 8), (2, 4, 8), (2, 4, 8, 8, 8)
SHAPES = {1: LINE, 2: IMAGE, 3: SPACE}


def variants(make, **options):
    """Return one maker for each combination of options."""
    for values in itertools.product(*options.values()):
        yield lambda values=values: make(**dict(zip(options, values, strict=True)))


def convolutions():
    sizes = {"stride": (1, 2), "padding": (0, 1), "dilation": (1, 2), "groups": (1, 2)}
    for rank in (1, 2, 3):
        kind = getattr(nn, f"Conv{rank}d")
        modes = ("zeros", "circular")
        made = variants(
            lambda kind=kind, **more: kind(4, 4, 3, **more),
            **sizes,
            bias=(True, False),
            padding_mode=modes,
        )
        yield from ((make, SHAPES[rank]) for make in made)
        kind = getattr(nn, f"ConvTranspose{rank}d")
        made = variants(
            lambda kind=kind, **more: kind(4, 4, 3, **more), **sizes, bias=(True, False)
        )
        yield from ((make, SHAPES[rank]) for make in made)
    yield from (
        (make, IMAGE) for make in variants(lambda **m: StdConv2d(4, 4, 3, **m), stride=(1, 2))
    )


def norms():
    for rank in (1, 2, 3):
        kind = getattr(nn, f"BatchNorm{rank}d")
        made = variants(
            lambda kind=kind, **more: kind(4, **more),
            affine=(True, False),
            track_running_stats=(True, False),
        )
        yield from ((make, SHAPES[rank]) for make in made)
    affine = {"elementwise_affine": (True, False), "bias": (True, False)}
    yield from ((make, LINE) for make in variants(lambda **more: nn.LayerNorm(8, **more), **affine))

    def without_scale() -> nn.Module:
        norm = nn.LayerNorm(8)
        norm.weight = None
        return norm

    yield without_scale, LINE
    made = variants(
        lambda groups, affine: nn.GroupNorm(groups, 4, affine=affine),
        groups=(1, 2),
        affine=(True, False),
    )
    yield from ((make, IMAGE) for make in made)
    for activated in (True, False):
        yield lambda activated=activated: FilterResponseNorm2d(4, activated), IMAGE
        yield lambda activated=activated: EvoNorm2d(4, 2, activated), IMAGE


def others():
    for bias in (True, False):
        yield lambda bias=bias: nn.Linear(8, 4, bias=bias), LINE
    for row in ROWS:
        name = row.module.__name__
        if "inplace" in row.settings:
            yield from ((make, IMAGE) for make in variants(row.module, inplace=(True, False)))
        elif name in ("GELU", "Sigmoid", "Tanh", "Softplus", "Flatten", "Identity"):
            yield row.module, IMAGE
    yield lambda: nn.Softmax(-1), IMAGE
    yield lambda: DropPath(0.1), IMAGE
    yield lambda: BlurPool2d(2), IMAGE
    yield lambda: nn.Flatten(2), IMAGE
    for rank in (1, 2, 3):
        sizes = {"stride": (None, 1), "padding": (0, 1), "ceil_mode": (True, False)}
        for kind, more in (
            ("Max", {"dilation": (1, 2), "return_indices": (True, False)}),
            ("Avg", {}),
        ):
            module = getattr(nn, f"{kind}Pool{rank}d")
            made = variants(lambda module=module, **given: module(3, **given), **sizes, **more)
            yield from ((make, SHAPES[rank]) for make in made)
        for kind in ("Avg", "Max"):
            module = getattr(nn, f"Adaptive{kind}Pool{rank}d")
            yield from ((make, SHAPES[rank]) for make in variants(module, output_size=(1, 3)))


CASES = [*convolutions(), *norms(), *others()]


def test_every_leaf_is_among_the_cases() -> None:
    assert {type(make()) for make, _ in CASES} == {row.module for row in ROWS}


class Named(nn.Module):
    """Reads its input once more after the leaf, so that a write in place shows."""

    def __init__(self, leaf: nn.Module) -> None:
        super().__init__()
        self.leaf = leaf

    def forward(self, x):
        y = self.leaf(x * 2)
        return x, y


def graphs(order) -> list:
    MEMO.clear()
    return [trace(Named(CASES[i][0]()), CASES[i][1]) for i in order]


def test_a_leaf_gives_the_same_graph_before_and_after_every_other() -> None:
    forwards, backwards = range(len(CASES)), range(len(CASES) - 1, -1, -1)
    alone = [graphs([i])[0] for i in forwards]
    there, back = graphs(forwards), graphs(backwards)[::-1]
    twice = [trace(Named(make()), shape) for make, shape in CASES]

    assert there == alone
    assert back == alone
    assert twice == alone


@pytest.mark.parametrize("number", range(0, len(CASES), 7))
def test_a_leafs_output_has_the_shape_that_it_has_when_run(number: int) -> None:
    make, shape = CASES[number]
    with torch.no_grad():
        made = make()(torch.rand(shape))
    made = made[0] if isinstance(made, tuple) else made

    assert list(trace(nn.Sequential(nn.Identity(), nn.ReLU(), make()), shape).nodes())[
        -1
    ].output == (tuple(made.shape))
