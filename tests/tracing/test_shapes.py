"""Shapes in reports and figures are those that hooks see in a real run."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from resnet_viz import build, draw, report, trace

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


class Both(nn.Module):
    """Two branches that meet, and a layer that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(3, 8, 5, 2, 2, bias=False)
        self.again = nn.Conv2d(8, 8, 1)
        self.norm, self.drop = nn.BatchNorm2d(8), nn.Dropout2d(0.5)
        self.up = nn.ConvTranspose2d(8, 4, 3, 2, output_padding=1)
        self.pool, self.shuffle = nn.MaxPool2d(3, 2, ceil_mode=True), nn.PixelShuffle(2)

    def forward(self, x):
        y = self.again(self.again(self.left(x) + self.right(x)))
        return self.shuffle(self.pool(self.up(self.drop(self.norm(y)))))


class Words(nn.Module):
    """A recurrent network over words, and attention over what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.rnn = nn.Embedding(50, 16), nn.GRU(16, 12, 2, batch_first=True)
        self.norm = nn.LayerNorm(12)
        self.layer = nn.TransformerEncoderLayer(12, 3, 24, batch_first=True)
        self.out = nn.Linear(12, 50)

    def forward(self, x):
        y, _ = self.rnn(self.words(x))
        return self.out(self.layer(self.norm(y)))


IMAGES = (64, 64)
MODELS: dict[str, tuple[Callable[[], nn.Module], Callable[[int], torch.Tensor]]] = {
    "branches": (Both, lambda n: torch.rand(n, 3, 33, 47)),
    "words": (Words, lambda n: torch.randint(0, 50, (n, 7))),
    **{
        name: (lambda name=name: build(name), lambda n: torch.rand(n, 3, *IMAGES))
        for name in ("resnet18", "seresnext50_32x4d")
    },
}


def seen_by_hooks(net: nn.Module, x: torch.Tensor) -> dict[str, tuple[int, ...]]:
    """Return the output shape of every module that is called, at its first call."""
    seen: dict[str, tuple[int, ...]] = {}

    def hook(name: str) -> Any:
        def keep(_module: Any, _args: Any, out: Any) -> None:
            first = out if isinstance(out, torch.Tensor) else out[0]
            seen.setdefault(name, tuple(first.shape))

        return keep

    handles = [module.register_forward_hook(hook(name)) for name, module in net.named_modules()]
    with torch.no_grad():
        net(x)
    for handle in handles:
        handle.remove()
    return seen


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_shapes_are_those_of_a_run(
    name: str, training: bool, batch: int, dtype: torch.dtype
) -> None:
    make, example = MODELS[name]
    net, x = make().to(dtype).train(training), example(batch)
    x = x.to(dtype) if x.is_floating_point() else x

    rows = report(net, x, depth="op").rows
    graph = trace(net, x)
    hooked = seen_by_hooks(net, x)

    counted = {row.path: row.output for row in rows if row.repeat == 1 and row.path in hooked}
    traced = {node.path: node.output for node in graph.nodes() if node.path in hooked}
    assert len(traced) > 5
    assert traced == {path: hooked[path] for path in traced}
    assert counted == {path: hooked[path] for path in counted}


def test_a_figure_shows_the_shapes_of_a_run() -> None:
    make, example = MODELS["branches"]
    net, x = make().eval(), example(1)

    words = draw(net, input=x, depth="op").to_svg()

    for path in ("left", "again", "up", "pool", "shuffle"):
        assert "×".join(map(str, seen_by_hooks(net, x)[path])) in words
