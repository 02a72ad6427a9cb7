"""Every rule of a torch function takes its arguments in their order and by name, as torch does."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz import trace
from resnet_viz.graph.model import INPUT
from resnet_viz.nn import layers
from resnet_viz.tracing.rules import RULES

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def rand(*sizes: int) -> Tensor:
    return torch.rand(sizes)


ROW, LINE, IMAGE, VOLUME = rand(3, 4), rand(2, 4, 9), rand(2, 4, 9, 9), rand(2, 4, 9, 9, 9)
BY_RANK = {1: LINE, 2: IMAGE, 3: VOLUME}
A, B = rand(2, 3, 4), rand(2, 4, 5)


def convolutions() -> Iterator[tuple[Any, dict[str, Any]]]:
    for rank, x in BY_RANK.items():
        kernel = (3,) * rank
        more = {"bias": rand(6), "stride": 2, "padding": 1}
        yield (
            getattr(F, f"conv{rank}d"),
            {"input": x, "weight": rand(6, 2, *kernel), **more, "dilation": 2, "groups": 2},
        )
        yield (
            getattr(F, f"conv_transpose{rank}d"),
            {
                "input": x,
                "weight": rand(4, 3, *kernel),
                **more,
                "output_padding": 1,
                "groups": 2,
                "dilation": 2,
            },
        )


def pools() -> Iterator[tuple[Any, dict[str, Any]]]:
    for rank, x in BY_RANK.items():
        window = {"input": x, "kernel_size": 3, "stride": 2, "padding": 1}
        yield getattr(F, f"max_pool{rank}d"), {**window, "dilation": 2, "ceil_mode": True}
        yield (
            getattr(F, f"avg_pool{rank}d"),
            {**window, "ceil_mode": True, "count_include_pad": False},
        )
        for kind in ("avg", "max"):
            yield getattr(F, f"adaptive_{kind}_pool{rank}d"), {"input": x, "output_size": 2}


def activations() -> Iterator[tuple[Any, dict[str, Any]]]:
    for function in (F.relu, F.relu6, F.selu, F.silu, F.mish, F.hardswish, F.hardsigmoid):
        yield function, {"input": ROW, "inplace": False}
    for function in (torch.relu, torch.selu, torch.sigmoid, torch.tanh, F.sigmoid, F.tanh):
        yield function, {"input": ROW}
    yield F.elu, {"input": ROW, "alpha": 2.0, "inplace": False}
    yield F.leaky_relu, {"input": ROW, "negative_slope": 0.2, "inplace": False}
    yield F.hardtanh, {"input": ROW, "min_val": -2.0, "max_val": 2.0, "inplace": False}
    yield F.gelu, {"input": ROW, "approximate": "tanh"}
    yield F.softplus, {"input": ROW, "beta": 2, "threshold": 10}
    yield F.softmax, {"input": ROW, "dim": 1, "_stacklevel": 3, "dtype": torch.float32}
    yield torch.softmax, {"input": ROW, "dim": 1, "dtype": torch.float32}
    yield F.dropout, {"input": ROW, "p": 0.2, "training": False, "inplace": False}
    for name in ("relu", "sigmoid", "tanh"):
        yield getattr(Tensor, name), {"self": ROW}
    yield Tensor.softmax, {"self": ROW, "dim": 1, "dtype": torch.float32}


def norms() -> Iterator[tuple[Any, dict[str, Any]]]:
    four = {name: rand(4) for name in ("running_mean", "running_var", "weight", "bias")}
    yield F.batch_norm, {"input": IMAGE, **four, "training": True, "momentum": 0.1, "eps": 1e-5}
    scaled = {"weight": rand(4), "bias": rand(4), "eps": 1e-5}
    yield F.layer_norm, {"input": ROW, "normalized_shape": (4,), **scaled}
    yield F.group_norm, {"input": IMAGE, "num_groups": 2, **scaled}


def products() -> Iterator[tuple[Any, dict[str, Any]]]:
    yield F.linear, {"input": ROW, "weight": rand(5, 4), "bias": rand(5)}
    yield (
        F.embedding,
        {
            "input": torch.tensor([[1, 2]]),
            "weight": rand(5, 4),
            "padding_idx": 0,
            "max_norm": None,
            "norm_type": 2.0,
            "scale_grad_by_freq": False,
            "sparse": False,
        },
    )
    yield (
        F.scaled_dot_product_attention,
        {
            "query": A,
            "key": A,
            "value": A,
            "attn_mask": None,
            "dropout_p": 0.0,
            "is_causal": True,
            "scale": 0.5,
        },
    )
    for place, first, second in ((torch, "input", "mat2"), (Tensor, "self", "mat2")):
        yield place.bmm, {first: A, second: B}
        yield place.mm, {first: A[0], second: B[0]}
        yield place.matmul, {first: A, "other": B}
    yield Tensor.__matmul__, {"self": A, "other": B}
    yield Tensor.__rmatmul__, {"self": B, "other": A}


def sums() -> Iterator[tuple[Any, dict[str, Any]]]:
    yield torch.add, {"input": ROW, "other": ROW, "alpha": 2}
    yield torch.sub, {"input": ROW, "other": ROW, "alpha": 2}
    yield torch.mul, {"input": ROW, "other": ROW}
    yield torch.cat, {"tensors": (ROW, ROW), "dim": 1}
    for name in ("add", "add_", "mul", "mul_"):
        yield getattr(Tensor, name), {"self": ROW, "other": rand(3, 4)}
    for name in ("add", "iadd", "radd", "mul", "imul", "rmul", "sub", "truediv"):
        yield getattr(Tensor, f"__{name}__"), {"self": ROW, "other": rand(3, 4)}


def moves() -> Iterator[tuple[Any, dict[str, Any]]]:
    yield F.pad, {"input": IMAGE, "pad": (1, 2, 3, 4), "mode": "constant", "value": 1.0}
    yield torch.flatten, {"input": IMAGE, "start_dim": 1, "end_dim": 2}
    yield torch.permute, {"input": A, "dims": (2, 0, 1)}
    yield torch.reshape, {"input": A, "shape": (6, 4)}
    yield torch.transpose, {"input": A, "dim0": 0, "dim1": 2}
    yield Tensor.flatten, {"self": IMAGE, "start_dim": 1, "end_dim": 2}
    yield Tensor.unflatten, {"self": ROW, "dim": 1, "sizes": (2, 2)}
    yield Tensor.permute, {"self": A, "dims": (2, 0, 1)}
    yield Tensor.reshape, {"self": A, "shape": (6, 4)}
    yield Tensor.view, {"self": A, "size": (6, 4)}
    yield Tensor.transpose, {"self": A, "dim0": 0, "dim1": 2}
    yield Tensor.contiguous, {"self": A, "memory_format": torch.contiguous_format}
    yield Tensor.to, {"self": A, "dtype": torch.float64}
    yield Tensor.to, {"self": A, "device": "cpu", "dtype": torch.float64, "non_blocking": False}
    yield Tensor.type, {"self": A, "dtype": torch.float64, "non_blocking": False}
    yield Tensor.cpu, {"self": A}
    yield Tensor.__getitem__, {"self": A, "index": (0, slice(None, 2))}


CALLS = [
    call
    for group in (convolutions, pools, activations, norms, products, sums, moves)
    for call in group()
]
NOT_CALLED = {Tensor.cuda}  # there may be none
OURS = {kind for kind in RULES if getattr(kind, "__module__", "") == layers.__name__}


class Call(nn.Module):
    """A call of a function; its tensors are the module's inputs."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
        super().__init__()
        self.call = function, args, kwargs

    def forward(self, *tensors: Tensor) -> Any:
        function, args, kwargs = self.call
        given = iter(tensors)

        def filled(value: Any) -> Any:
            if isinstance(value, tuple) and any(isinstance(part, Tensor) for part in value):
                return tuple(map(filled, value))
            return next(given) if isinstance(value, Tensor) else value

        ordered = [filled(value) for value in args]
        named = {name: filled(value) for name, value in kwargs.items()}
        method = getattr(Tensor, getattr(function, "__name__", ""), None)
        if method is function and ordered:  # as it is called: of its tensor
            return getattr(ordered[0], function.__name__)(*ordered[1:], **named)
        return function(*ordered, **named)


def forms(named: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield a call's arguments with each number of them in their order, the rest by name."""
    items = list(named.items())
    for count in range(len(items), -1, -1):
        yield tuple(value for _, value in items[:count]), dict(items[count:])


def tensors_of(args: Any, kwargs: Any) -> list[Tensor]:
    found = []
    for value in (*args, *kwargs.values()):
        found += [
            part.clone()
            for part in (value if isinstance(value, tuple) else (value,))
            if isinstance(part, Tensor)
        ]
    return found


@pytest.mark.parametrize(
    "call", CALLS, ids=lambda call: getattr(call[0], "__qualname__", str(call[0]))
)
def test_a_rule_takes_arguments_in_their_order_and_by_name(call: Any) -> None:
    function, named = call
    shown = []
    for args, kwargs in forms(named):
        tensors = tensors_of(args, kwargs)
        net = Call(function, args, kwargs)
        try:
            expected = net(*[tensor.clone() for tensor in tensors])
        except TypeError:  # torch does not take them so
            continue
        for means in ("stand-ins", "run"):
            graph = trace(net, tuple(tensors), means=means)
            nodes = list(graph.nodes())
            output = nodes[-1].output if nodes else graph.shapes()[graph.outputs[0]]
            assert output == tuple(expected.shape)
            assert all(source.startswith(INPUT) for source in nodes[0].inputs) if nodes else True
            shown.append([(node.op, dict(node.terms), dict(node.attrs)) for node in nodes])

    assert len(shown) > 1
    assert all(each == shown[0] for each in shown)


def test_every_rule_is_called() -> None:
    called = {function for function, _ in CALLS}

    assert set(RULES) - called - NOT_CALLED - OURS - {nn.Identity} == set()
