"""The ladder: whatever torch runs is traced, each module by the first means that reach its end."""

import collections
import copy
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from resnet_viz import RequestError, report, trace
from resnet_viz.count import tally

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


class Calls(nn.Module):
    """A module whose forward is a function of itself and its inputs."""

    def __init__(self, forward, **parts) -> None:
        super().__init__()
        for name, part in parts.items():
            is_buffer = isinstance(part, torch.Tensor) and not isinstance(part, nn.Parameter)
            (self.register_buffer if is_buffer else self.__setattr__)(name, part)
        self._run = forward

    def forward(self, *args, **kwargs):
        return self._run(self, *args, **kwargs)


def fc() -> nn.Linear:
    return nn.Linear(4, 4)


X = (2, 4)
ONCE = 2 * 4 * 4  # multiply-adds of one fully connected layer on X


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        return x @ weight.t()


def gate(a: torch.Tensor, n: int) -> torch.Tensor:
    return torch.tanh(a[:, :n]) * torch.sigmoid(a[:, n:])


def checked(self, x):
    from torch.utils.checkpoint import checkpoint

    return checkpoint(self.l, checkpoint(self.l, x, use_reentrant=True), use_reentrant=False)


def asserting(self, x):
    assert not torch.isnan(x).any()
    return self.l(x)


def routed(self, x):
    _, pick = self.gate(x).topk(2)
    out = torch.zeros_like(x)
    for number, expert in enumerate(self.experts):
        token, _ = torch.where(pick == number)
        out.index_add_(0, token, expert(x[token]))
    return out


def logged(self, x):
    y = self.l(x)
    self.mean = y.mean().item()
    return y


def force(self, x):
    x = x.detach().requires_grad_(True)
    with torch.enable_grad():
        return torch.autograd.grad(self.l(x).sum(), x)[0]


class CallsItself(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.l = fc()

    def __call__(self, x):
        return self.l(x)


def scripted() -> nn.Module:
    return torch.jit.script(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))


def quantized() -> nn.Module:
    torch.backends.quantized.engine = torch.backends.quantized.supported_engines[-1]
    return torch.ao.quantization.quantize_dynamic(nn.Sequential(fc()), {nn.Linear}, torch.qint8)


def experts() -> nn.ModuleList:
    return nn.ModuleList([fc() for _ in range(4)])


def branch(self, x):
    return torch.cond(x.sum() > 0, lambda t: self.l(t), lambda t: self.l(t), (x,))


RING = torch.eye(6).to_sparse()

# name: what is made, its input, multiply-adds, means
CASES = {
    "autograd function": (
        lambda: Calls(lambda s, x: Double.apply(x, s.l.weight), l=fc()), X, ONCE, "stand-ins fake"
    ),
    "checkpoint": (lambda: Calls(checked, l=fc()), X, 2 * ONCE, "stand-ins fake"),
    "scripted module": (scripted, X, ONCE, "fake"),
    "scripted function": (
        lambda: Calls(lambda s, x: s.l(torch.jit.script(gate)(x, 4)), l=fc()), (2, 8), ONCE, "fake"
    ),
    "compiled module": (
        lambda: torch.compile(nn.Sequential(fc(), nn.ReLU()), backend="eager"), X, ONCE, "stand-ins"
    ),
    "vmap": (  # five matrices of 4 × 3
        lambda: Calls(
            lambda s, x: torch.vmap(lambda w: x @ w)(s.w), w=nn.Parameter(torch.rand(5, 4, 3))
        ), X, 5 * 2 * 4 * 3, "fake",
    ),
    "branch of torch.cond": (lambda: Calls(branch, l=fc()), X, ONCE, "run"),
    "assertion": (lambda: Calls(asserting, l=fc()), X, ONCE, "run"),
    "logged value": (lambda: Calls(logged, l=fc()), X, ONCE, "fake"),
    "experts": (  # the gate, and two experts for each of ten tokens
        lambda: Calls(routed, gate=fc(), experts=experts()), (10, 4), 10 * 16 + 20 * 16, "run"
    ),
    "gradient inside": (lambda: Calls(force, l=fc()), X, 2 * ONCE, "fake"),
    "membership": (
        lambda: Calls(lambda s, x: s.l(x) if 3.0 not in x else x, l=fc()), X, ONCE, "run"
    ),
    "quantized": (quantized, X, ONCE, "run"),
    "sparse": (  # one multiply-add for each of 6 stored elements and 4 columns
        lambda: Calls(lambda s, x: torch.sparse.mm(s.a, s.l(x)), a=RING, l=fc()),
        (6, 4), 6 * 16 + 6 * 4, "run",
    ),
    "affine grid": (  # each of 8 × 8 points by a matrix of 2 × 3, for 2 images
        lambda: Calls(lambda s, x: F.affine_grid(x, (2, 1, 8, 8), align_corners=False)),
        (2, 2, 3), 2 * 64 * 6, "stand-ins",
    ),
    "code in __call__": (CallsItself, X, ONCE, "stand-ins"),
    "lazy": (  # 4 · 4 · 2 outputs of 9 products; then 32 by 5
        lambda: nn.Sequential(
            nn.LazyConv2d(2, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(5)
        ),
        (1, 1, 6, 6), 32 * 9 + 32 * 5, "stand-ins",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_module_is_traced_by_the_first_means_that_reach_its_end(name: str) -> None:
    make, shape, macs, means = CASES[name]
    graph = trace(make().eval(), shape)

    assert tally(graph).macs == macs
    assert graph.means in means.split()


Pair = collections.namedtuple("Pair", "a b")


class Own:
    def __init__(self, y) -> None:
        self.y = y


class Closed(dict):
    def update(self, *args, **kwargs):
        raise TypeError("closed")


@pytest.mark.parametrize(
    "wrap",
    [Own, lambda y: Closed(y=y), lambda y: collections.UserDict(y=y), lambda y: Pair(y, None)],
)
def test_outputs_may_be_of_classes_of_their_own(wrap) -> None:
    assert trace(Calls(lambda s, x: wrap(s.l(x)), l=fc()), X).outputs == ("l",)


class One(nn.Module):
    """Takes one argument, whatever it is made of."""

    def __init__(self, read) -> None:
        super().__init__()
        self.l, self.read = fc(), read

    def forward(self, batch):
        return [self.l(x) for x in self.read(batch)]


T = torch.rand(2, 4)


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (lambda b: [b.a, b.b], Pair(T, T)),
        (lambda b: [b["x"], b["y"]], {"x": T, "y": X}),
        (lambda b: [one["x"] for one in b], [{"x": T}, {"x": T}]),
        (lambda b: b, ([X, X],)),
        (lambda b: [b.x, b.y], (SimpleNamespace(x=T, y=T),)),
    ],
)
def test_one_argument_may_be_made_of_several_tensors(read, given) -> None:
    assert tally(trace(One(read), given)).macs == 2 * ONCE


def test_scalars_sizes_and_texts_are_arguments() -> None:
    def forward(self, x, scale, size, mode):
        return F.interpolate(x * scale, size=size, mode=mode)

    graph = trace(Calls(forward), (torch.rand(1, 3, 4, 4), 0.5, [8, 6], "nearest"))

    assert list(graph.nodes())[-1].output == (1, 3, 8, 6)


@pytest.mark.parametrize("means", ["stand-ins", "fake", "run"])
def test_all_means_give_the_same_graph(means: str) -> None:
    block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    stem = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(True), nn.Flatten(2))
    net = nn.Sequential(stem, Calls(lambda s, x: s.b(x.transpose(1, 2)), b=block)).eval()
    graph = trace(net, (2, 3, 6, 6), means=means)

    assert graph == trace(net, (2, 3, 6, 6))
    assert graph.means == means
    assert report(net, (2, 3, 6, 6), means=means).means == means


def test_unknown_means_are_refused() -> None:
    with pytest.raises(RequestError, match="^unknown means: 'guess'"):
        trace(fc(), X, means="guess")
    with pytest.raises(RequestError, match="for a truth value"):
        trace(Calls(asserting, l=fc()), X, means="stand-ins")


def test_a_run_says_that_it_took_one_path() -> None:
    text = str(report(Calls(asserting, l=fc()), X))

    assert "counted in a run, which took one path through the data" in text


def writes(self, x):
    self.b.data.add_(1)
    self.b.detach().mul_(2)
    self.b.view(-1)[0] = 5
    self.b[0].fill_(3)
    self.b.unbind()[0].zero_()
    self.b.chunk(2)[0].add_(1)
    self.b.T.add_(1)
    self.b.narrow(0, 0, 1).add_(2)
    self.b.numpy()[...] = 7
    torch.add(self.b, 1, out=self.b)
    self.b[0] = x[0]
    self.l.weight.data.clamp_(0, 1)
    self.l.register_forward_hook(lambda *_: None)
    self.log["seen"].append(1)
    self.last.append(1)
    self.count["runs"] += 1
    self.state.value = x
    if self.fails:
        raise KeyboardInterrupt
    return self.l(x) + self.b


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("means", ["stand-ins", "fake", "run"])
def test_what_a_forward_writes_through_any_alias_is_put_back(means: str, fails: bool) -> None:
    net = Calls(writes, l=fc(), b=torch.rand(2, 4))
    net.log, net.last, net.count = {"seen": []}, collections.deque([0]), collections.Counter()
    net.state, net.fails = SimpleNamespace(value=None), fails
    buffer, before = net.b, copy.deepcopy(net.state_dict())
    if fails:
        with pytest.raises(KeyboardInterrupt):
            trace(net, X, means=means)
    else:
        trace(net, X, means=means)

    assert net.b is buffer
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())
    assert not net.l._forward_hooks
    assert (net.log, net.last, net.count) == ({"seen": []}, collections.deque([0]), {})
    assert net.state.value is None


def test_a_second_trace_gives_the_graph_of_the_first() -> None:
    def forward(self, x):
        self.past.value = x if self.past.value is None else torch.cat([self.past.value, x])
        return self.l(self.past.value)

    net = Calls(forward, l=fc())
    net.past = SimpleNamespace(value=None)

    assert trace(net, X) == trace(net, X)


def test_a_lazy_module_stays_lazy() -> None:
    net = nn.Sequential(nn.LazyLinear(3), nn.ReLU())
    graph = trace(net, X)

    assert tally(graph).params == 4 * 3 + 3
    assert isinstance(net[0], nn.LazyLinear)
    assert net[0].has_uninitialized_params()


def test_arguments_may_be_named() -> None:
    def forward(self, x):
        y = F.conv2d(input=x, weight=self.w, bias=None, stride=1)
        y = F.relu(input=torch.add(y, other=y))
        z = torch.bmm(y.flatten(start_dim=2), mat2=y.flatten(2).transpose(dim0=1, dim1=2))
        z = torch.matmul(input=z, other=z).type("torch.DoubleTensor")
        z = copy.copy(torch.cat(tensors=[z, z], axis=0)).permute(dims=(0, 2, 1))
        return torch.softmax(input=z.reshape(shape=(-1,)), dim=0)

    net = Calls(forward, w=nn.Parameter(torch.rand(2, 3, 3, 3)))
    graph = trace(net, (1, 3, 8, 8))

    # the convolution's 36 places, the products of 2 × 36 and 36 × 2 and of 2 × 2 and 2 × 2
    assert tally(graph).macs == 36 * 2 * 27 + 2 * 36 * 2 + 8
    assert graph.means == "stand-ins"


def test_torchvisions_native_operators_need_no_library_of_theirs() -> None:
    from resnet_viz.tracing.torchvision import import_beside

    ops = import_beside("torchvision.ops")
    net = Calls(
        lambda s, x, boxes: ops.roi_align(s.d(x, s.o(x)), boxes, (3, 3)),
        d=ops.DeformConv2d(3, 4, 3, padding=1),
        o=nn.Conv2d(3, 18, 3, padding=1),
    )
    graph = trace(net, ((1, 3, 8, 8), (2, 5)))

    # a convolution to 18 offsets, and one to 4 channels, at 8 × 8 places
    assert tally(graph).macs == 64 * (18 * 27 + 4 * 27)
    assert list(graph.nodes())[-1].output == (2, 4, 3, 3)
