"""Whatever a forward does to its module, the module is afterwards as it was."""

import ctypes
from collections.abc import Callable

import pytest
import torch
from torch import nn

from resnet_viz import trace
from resnet_viz.graph.model import MEANS

Write = Callable[["Writing"], object]

WRITES: dict[str, Write] = {
    "a buffer made larger": lambda m: m.b.resize_(5, 4).fill_(1),
    "a buffer transposed in place": lambda m: m.b.t_(),
    "a buffer with another dimension": lambda m: m.b.unsqueeze_(0),
    "a buffer's memory filled": lambda m: m.b.untyped_storage().fill_(1),
    "a buffer's memory by its address": lambda m: ctypes.memset(m.b.data_ptr(), 1, 8),
    "a buffer by numpy": lambda m: m.b.numpy().__setitem__(0, 7),
    "a buffer by another library": lambda m: torch.from_dlpack(m.b).fill_(9),
    "a buffer that equals the old one": lambda m: setattr(m, "one", m.one.clone()),
    "a plain tensor that equals the old one": lambda m: setattr(m, "plain", m.plain.clone()),
    "a parameter of a layer without any": lambda m: m.act.register_parameter("p", m.l.weight),
    "a buffer of a layer without any": lambda m: m.act.register_buffer("b", torch.ones(1)),
    "a hook of a layer": lambda m: m.act.register_forward_hook(lambda *_: None),
    "a setting of a layer": lambda m: setattr(m.l, "note", 1),
}


class Writing(nn.Module):
    def __init__(self, write: Write) -> None:
        super().__init__()
        self.l, self.act, self.write = nn.Linear(4, 4), nn.ReLU(), write
        self.plain = torch.zeros(1)
        self.register_buffer("b", torch.zeros(3, 4))
        self.register_buffer("one", torch.zeros(1))

    def forward(self, x):
        self.write(self)
        return self.act(self.l(x))


def state(net: nn.Module) -> object:
    tensors = {**dict(net.named_parameters()), **dict(net.named_buffers()), "plain": net.plain}
    return (
        {name: (id(tensor), tensor.tolist()) for name, tensor in tensors.items()},
        {path: (len(m._forward_hooks), sorted(vars(m))) for path, m in net.named_modules()},
    )


@pytest.mark.parametrize("means", MEANS)
@pytest.mark.parametrize("write", WRITES)
def test_what_a_forward_writes_is_put_back(write: str, means: str) -> None:
    net = Writing(WRITES[write])
    before = state(net)

    try:
        trace(net, (2, 4), means=means)
    except ValueError:
        assert means == "fake"  # which cannot hand out memory

    assert state(net) == before


@pytest.mark.parametrize("means", MEANS)
def test_the_random_state_is_left_alone(means: str) -> None:
    net = nn.Sequential(nn.Linear(4, 4), nn.Dropout()).train()
    before = torch.get_rng_state()

    trace(net, (2, 4), means=means)

    assert torch.equal(torch.get_rng_state(), before)


def test_a_module_on_the_meta_device_is_run_on_a_copy() -> None:
    class Asking(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.l = nn.Linear(4, 4)
            self.register_buffer("count", torch.zeros((), dtype=torch.long))

        def forward(self, x):
            return self.l(x) if x.sum() > self.count else x * self.l.bias

    with torch.device("meta"):
        net = Asking()

    graph = trace(net, (2, 4))

    assert graph.means == "run"
    assert net.l.weight.is_meta
    assert net.count.is_meta


def test_a_slice_that_ends_at_a_tensor_is_run() -> None:
    class Cut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(9, 4)

        def forward(self, x):
            return self.words(x)[:, : x.max()]

    x = torch.tensor([[1, 2, 1]])

    assert list(trace(Cut(), x).nodes())[-1].output == (1, 2, 4)
