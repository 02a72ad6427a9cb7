"""The arrows into attention, in the layout of figures."""

import math

import pytest

from resnet_viz import draw
from resnet_viz.layout import DIRECTIONS
from resnet_viz.scene import Box, Line, Text

torch = pytest.importorskip("torch")


class Attention(torch.nn.Module):
    """Attention whose keys, and then queries, are computed; its values are the input."""

    def __init__(self) -> None:
        super().__init__()
        self.keys, self.queries = torch.nn.Linear(8, 8), torch.nn.Linear(8, 8)
        self.attention = torch.nn.MultiheadAttention(8, 2)

    def forward(self, x):
        keys = self.keys(x)
        return self.attention(self.queries(x), keys, x)[0]


def read(scene) -> dict[str, str]:
    """Return what each role's arrow starts from."""
    items = list(scene.walk())
    (box,) = [item for item in items if isinstance(item, Box) and "attention" in item.id]
    arrows = [item for item in items if isinstance(item, Line) and item.target == box.id]
    words = [item for item in items if isinstance(item, Text) and item.runs[0].text in "QKV"]
    assert len(arrows) == len(words) == 3
    found = {}
    for word in words:
        near = min(arrows, key=lambda line: math.dist(line.points[-1], (word.x, word.y)))
        found[word.runs[0].text] = near.source
    return found


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_each_role_is_at_the_arrow_of_its_branch(direction: str) -> None:
    scene = draw(Attention(), input=(5, 2, 8), layout="figure", direction=direction).scene

    assert read(scene) == {"Q": "queries", "K": "keys", "V": ""}  # a line that forks has no source


def test_one_value_is_read_by_three_arrows() -> None:
    class Itself(Attention):
        def forward(self, x):
            x = self.keys(x)
            return self.attention(x, x, x)[0]

    scene = draw(Itself(), input=(5, 2, 8), layout="figure").scene

    assert read(scene) == {"Q": "", "K": "keys", "V": ""}  # the others fork from that line
