"""Rules of fully connected layers, products of matrices and attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.tracing.rules.arguments import Rule, check_size, lift

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["PRODUCTS", "RULES", "linear"]


def linear(recorder: Recorder, input: Any, weight: Any, bias: Any = None, *, name: str = "") -> Any:
    """Record a call of `torch.nn.functional.linear`."""
    x, matrix = lift(recorder, input, weight)
    if len(matrix.shape) != 2:
        return NotImplemented
    check_size(recorder, name or "linear", x, -1, matrix.shape[1], "features")
    attrs = {"out_features": matrix.shape[0], "bias": bias is not None}
    return recorder.node("linear", [x], attrs, name=name, params=[matrix, bias])


def _matmul(recorder: Recorder, input: Any, other: Any, **more: Any) -> Any:
    left, right = recorder.lift(input), recorder.lift(other)
    if left is None or right is None or more:
        return NotImplemented
    return recorder.node("matmul", [left, right], {})


def _reversed_matmul(recorder: Recorder, input: Any, other: Any) -> Any:
    return _matmul(recorder, other, input)


def _product_of(rank: int) -> Rule:
    """Return the rule of a product of tensors that both have the given rank."""

    def rule(recorder: Recorder, input: Any, mat2: Any, **more: Any) -> Any:
        lifted = lift(recorder, input, mat2)
        if any(len(x.shape) != rank for x in lifted):
            return NotImplemented
        return _matmul(recorder, *lifted, **more)

    return rule


def _attend(
    recorder: Recorder,
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    mask = [] if attn_mask is None else [attn_mask]
    inputs = [query, key, value]
    return recorder.node("scaled_dot_product_attention", inputs, {}, params=mask)


def _embedding(recorder: Recorder, input: Any, weight: Any, *settings: Any, **more: Any) -> Any:
    """Record a look-up of rows; only the shape of the indices matters."""
    where, table = lift(recorder, input, weight)
    attrs = {"features": table.shape[-1]}
    return recorder.node("embedding", [where], attrs, params=[table], dtype=table.dtype)


T = torch.Tensor

RULES: dict[Any, Rule] = {
    F.linear: linear,
    **dict.fromkeys((torch.matmul, T.matmul, T.__matmul__), _matmul),
    T.__rmatmul__: _reversed_matmul,
    **dict.fromkeys((torch.bmm, T.bmm), _product_of(3)),
    **dict.fromkeys((torch.mm, T.mm), _product_of(2)),
    F.scaled_dot_product_attention: _attend,
    F.embedding: _embedding,
}

PRODUCTS = frozenset(
    {
        *(torch.matmul, T.matmul, T.__matmul__, T.__rmatmul__, torch.bmm, T.bmm, torch.mm, T.mm),
        *(torch.einsum, torch.addmm, torch.baddbmm, F.linear, F.scaled_dot_product_attention),
        *(torch.conv1d, torch.conv2d, torch.conv3d),
    }
)
"""Functions that multiply and add; their cost counts even if they read no input or parameter."""
