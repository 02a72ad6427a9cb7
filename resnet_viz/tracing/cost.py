"""Count the multiply-adds of ATen operators, and of all operators that a function calls.

torch's own registry (`torch.utils.flop_counter`) has most formulas; the missing ones are here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from resnet_viz.tracing.vision import NAMESPACE as VISION

__all__ = ["FREE", "Answer", "Cost", "counted", "operator_cost"]

aten = torch.ops.aten


class Cost(NamedTuple):
    """The cost of operators.

    Attributes:
        macs: the multiply-adds of matrix products and convolutions.
        unknown: whether the cost of any of the operators is unknown.
    """

    macs: int = 0
    unknown: bool = False

    def __add__(self, other: Cost) -> Cost:  # type: ignore[override]  # costs are no sequences
        return Cost(self.macs + other.macs, self.unknown or other.unknown)


class Answer(NamedTuple):
    """The result of a function and its cost."""

    result: Any
    cost: Cost


FREE, UNKNOWN = Cost(), Cost(unknown=True)


def _stored(matrix: torch.Tensor) -> int:
    """Return the number of elements that a matrix stores, for a sparse one without the zeros."""
    return matrix.numel() if matrix.layout is torch.strided else matrix._nnz()


def _product(a: torch.Tensor, b: torch.Tensor) -> int:
    """Return the multiply-adds of a product of matrices, one of which may be sparse.

    A sparse matrix takes one multiply-add for each of its stored elements and each column of the
    other matrix.
    """
    if b.layout is not torch.strided and a.layout is torch.strided:
        return _stored(b) * a.shape[-2]
    return _stored(a) * b.shape[-1]


def _attention(query: Any, key: Any, value: Any) -> Any:
    """Return the multiply-adds of attention: `L · S · E` for scores, `L · V · S` for values."""
    return prod(query.shape[:-1]) * key.shape[-2] * (query.shape[-1] + value.shape[-1])


def _quantized(x: Any, packed: Any) -> int:
    """Return the multiply-adds of a fully connected layer whose weight is packed."""
    weight = packed.unpack()[0]
    return int(x.numel()) * int(weight.shape[0])


def _quantized_conv(out: Any, packed: Any) -> Any:
    weight = packed.unpack()[0]
    return int(out.numel()) * prod(weight.shape[1:])


_EXTRA: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("aten::mv", "aten::dot", "aten::vdot"), lambda a, b, *_, **__: a.numel()),
    "aten::addmv": lambda c, a, b, *_, **__: a.numel(),
    "aten::addbmm": lambda c, a, b, *_, **__: a.numel() * b.shape[-1],
    "aten::addr": lambda c, a, b, *_, **__: a.numel() * b.numel(),
    **dict.fromkeys(("aten::mm", "aten::_sparse_mm"), lambda a, b, *_, **__: _product(a, b)),
    **dict.fromkeys(
        ("aten::addmm", "aten::_sparse_addmm", "aten::sspaddmm", "aten::hspmm"),
        lambda c, a, b, *_, **__: _product(a, b),
    ),
    **dict.fromkeys(
        (
            "aten::_scaled_dot_product_flash_attention_for_cpu",
            "aten::_scaled_dot_product_fused_attention_overrideable",
            "aten::_scaled_dot_product_attention_math",
            "aten::_scaled_dot_product_attention_math_for_mps",
        ),
        lambda q, k, v, *_, **__: _attention(q, k, v),
    ),
    "aten::affine_grid_generator": lambda theta, size, *_, **__: (
        prod(size[2:]) * theta.numel()  # each point of a regular grid times theta, for each image
    ),
    "aten::mkldnn_rnn_layer": lambda x, w, r, *_, **__: (
        x.shape[0] * x.shape[1] * (w.numel() + r.numel())
    ),
    "aten::_grouped_mm": lambda a, b, *_, **__: a.numel() * b.shape[-1],
    "mkldnn::_linear_pointwise": lambda x, w, *_, **__: x.numel() * w.shape[0],
    **dict.fromkeys(
        (
            *("quantized::linear", "quantized::linear_relu", "quantized::linear_leaky_relu"),
            *("quantized::linear_dynamic", "quantized::linear_relu_dynamic"),
            *("quantized::linear_dynamic_fp16", "quantized::linear_relu_dynamic_fp16"),
        ),
        lambda x, packed, *_, **__: _quantized(x, packed),
    ),
    **dict.fromkeys(
        (
            f"quantized::conv{rank}d{relu}{kind}"
            for rank in (1, 2, 3)
            for relu in ("", "_relu")
            for kind in ("", ".new")
        ),
        lambda x, packed, *_, out, **__: _quantized_conv(out, packed),
    ),
    **dict.fromkeys(
        ("torchvision::deform_conv2d", f"{VISION}::deform_conv2d"),
        lambda x, w, *_, out, **__: out.numel() * prod(w.shape[1:]),
    ),
}
"""The multiply-adds of operators that torch's registry lacks or has for dense tensors only."""

_UNKNOWN = (
    *("_linalg_", "linalg_inv", "linalg_solve", "linalg_eig", "linalg_svd", "linalg_qr"),
    *("linalg_lu", "linalg_chol", "linalg_ldl", "linalg_lstsq", "linalg_matrix_exp"),
    *("linalg_householder", "_fft_", "_cdist", "_trilinear", "cholesky", "svd", "triangular_solve"),
)
"""The prefixes of operators that multiply and add, but for which there is no formula."""

_KNOWN_NAMESPACES = frozenset(
    {"aten", "prim", "prims", "profiler", "quantized", "torchvision", VISION}
)


def operator_cost(function: Any, args: Any, kwargs: Mapping[str, Any], out: Any) -> Cost:
    """Return the cost of one call of an ATen operator."""
    packet = getattr(function, "overloadpacket", function)
    name = packet._qualified_op_name if hasattr(packet, "_qualified_op_name") else str(function)
    extra = _EXTRA.get(name)
    if extra is not None:
        return Cost(extra(*args, **kwargs, out=out))
    if packet in flop_registry:
        return Cost(flop_registry[packet](*args, **kwargs, out_val=out) // 2)
    place, _, bare = name.partition("::")
    if place not in _KNOWN_NAMESPACES or bare.startswith(_UNKNOWN):
        return UNKNOWN
    return FREE


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sums the costs of the operators that a function calls."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.cost = FREE

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        self.cost += operator_cost(func, args, kwargs, out)
        return out


def counted(function: Callable[..., Any], args: Any, kwargs: Any) -> Answer:
    """Call a function, mostly on meta tensors, and return its result and cost."""
    counter = _Counter()
    with torch._C.DisableTorchFunction(), torch.no_grad(), counter:
        result = function(*args, **kwargs)
    return Answer(result, counter.cost)
