"""Code that asks for a tensor's exact type is traced in a run, where it hears the truth."""

import pytest
import torch
from torch import Tensor, nn

from resnet_viz import RequestError, trace


class Asking(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.yes, self.no = nn.Linear(4, 4), nn.Linear(4, 8)


class Is(Asking):
    def forward(self, x):
        return self.yes(x) if type(x) is torch.Tensor else self.no(x)


class Equals(Asking):
    def forward(self, x):
        y = self.yes(x)
        return y if type(y) == Tensor else self.no(x)  # noqa: E721 - as people write it


class In(Asking):
    def forward(self, x):
        return self.chosen(x)(x)

    def chosen(self, x):
        return self.yes if type(x) in (nn.Parameter, Tensor) else self.no


def is_plain(x):
    return type(x).__name__ == "Tensor"


class ByFunction(Asking):
    def forward(self, x):
        return self.yes(x) if is_plain(x) else self.no(x)


class Names(Asking):
    def forward(self, x):
        if not isinstance(x, torch.Tensor):
            raise TypeError(f"{type(x)} is no tensor")
        return self.yes(x)


@pytest.mark.parametrize("kind", [Is, Equals, In, ByFunction])
def test_a_module_that_asks_for_the_exact_type_is_run(kind: type[Asking]) -> None:
    graph = trace(kind(), (2, 4))

    assert graph.means == "run"
    assert [node.path for node in graph.nodes()] == ["yes"]


@pytest.mark.parametrize("means", ["stand-ins", "fake"])
def test_other_means_refuse_to_answer_it(means: str) -> None:
    with pytest.raises(RequestError, match="^Is: its code asks for a tensor's exact type"):
        trace(Is(), (2, 4), means=means)


def test_a_type_in_a_message_asks_for_nothing() -> None:
    assert trace(Names(), (2, 4)).means == "stand-ins"
