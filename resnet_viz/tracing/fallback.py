"""Functions without a rule: run once on meta tensors for their shapes and their multiply-adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

__all__ = ["Answer", "counted"]

aten = torch.ops.aten

_EXTRA: dict[Any, Callable[..., int]] = {
    aten.mv: lambda a, b, **_: 2 * a.numel(),
    aten.dot: lambda a, b, **_: 2 * a.numel(),
    aten.vdot: lambda a, b, **_: 2 * a.numel(),
    aten.addmv: lambda c, a, b, **_: 2 * a.numel(),
}
"""Matrix products that torch's own registry leaves out: matrix by vector, vector by vector."""

_UNKNOWN = (
    *("_linalg_", "linalg_inv", "linalg_solve", "linalg_eig", "linalg_svd", "linalg_qr"),
    *("linalg_lu", "linalg_chol", "linalg_ldl", "linalg_lstsq", "linalg_matrix_exp"),
    *("linalg_householder", "_fft_", "_cdist", "_trilinear", "cholesky", "svd", "triangular_solve"),
)
"""How operators begin that multiply and add and that nobody has a formula for."""


class Answer(NamedTuple):
    """What a function made of meta tensors.

    Attributes:
        result: what it returned.
        macs: multiply-adds of the matrix products and convolutions inside it.
        unknown: whether it ran an operator whose cost is not known.
    """

    result: Any
    macs: int
    unknown: bool


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up what the operators cost that a function is made of."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0
        self.unknown = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        packet = func.overloadpacket
        if packet in flop_registry:
            self.flops += flop_registry[packet](*args, **kwargs, out_val=out)
        elif packet in _EXTRA:
            self.flops += _EXTRA[packet](*args, **kwargs)
        elif func.namespace not in ("aten", "prim", "prims") or packet.__name__.startswith(
            _UNKNOWN
        ):
            self.unknown = True
        return out


def counted(function: Callable[..., Any], args: Any, kwargs: Any) -> Answer:
    """Call a function, on meta tensors mostly, and count what it runs."""
    counter = _Counter()
    with torch._C.DisableTorchFunction(), torch.no_grad(), counter:
        result = function(*args, **kwargs)
    return Answer(result, counter.flops // 2, counter.unknown)
