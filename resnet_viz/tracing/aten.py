"""Map ATen operators, which torch functions call, to operators of the catalogue.

A row calls the rule of the corresponding torch function with that function's arguments. An ATen
operator without a row becomes a node with its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.tracing.rules import RULES
from resnet_viz.tracing.rules.merge import cat, merge

if TYPE_CHECKING:
    from resnet_viz.tracing.recorder import Recorder

__all__ = ["ATEN", "SAME"]

T = torch.Tensor

Arguments = dict[str, Any]
Row = Callable[["Recorder", Arguments], Any]
"""A function of the recorder and the operator's arguments, by their names in its schema."""

SAME = frozenset(
    {
        *("aten::detach", "aten::alias", "aten::lift", "aten::lift_fresh", "aten::clone"),
        *("aten::lift_fresh_copy", "aten::_to_copy", "aten::detach_", "aten::_conj"),
    }
)
"""The operators that return their input tensor unchanged."""


def _call(function: Any, *names: str, **renamed: str) -> Row:
    """Return the row of an operator with the same arguments as a torch function."""
    rule = RULES[function]

    def row(recorder: Recorder, given: Arguments) -> Any:
        named = {name: given[of] for name, of in renamed.items()}
        return rule(recorder, *(given[name] for name in names), **named)

    return row


def _convolution(recorder: Recorder, given: Arguments) -> Any:
    rank = given["weight"].dim() - 2
    if rank not in (1, 2, 3):
        return NotImplemented
    sizes = {name: given[name] for name in ("stride", "padding", "dilation", "groups")}
    functions: tuple[Any, ...] = (torch.conv1d, torch.conv2d, torch.conv3d)
    if given["transposed"]:
        functions = (torch.conv_transpose1d, torch.conv_transpose2d, torch.conv_transpose3d)
        sizes["output_padding"] = given["output_padding"]
    rule = RULES[functions[rank - 1]]
    return rule(recorder, given["input"], given["weight"], given["bias"], **sizes)


def _product(recorder: Recorder, x: Any, matrix: Any, bias: Any = None) -> Any:
    """Record a product, or a linear layer if the matrix depends only on parameters."""
    left, right, offset = recorder.lift(x), recorder.lift(matrix), recorder.lift(bias)
    if left is None or right is None:
        return NotImplemented
    if right.params and not right.source and left.source:
        attrs = {"out_features": right.shape[1], "bias": offset is not None}
        return recorder.node("linear", [left], attrs, params=[right, bias])
    params = [] if bias is None else [bias]
    return recorder.node("matmul", [left, right], {}, params=params)


def _addmm(recorder: Recorder, given: Arguments) -> Any:
    return _product(recorder, given["mat1"], given["mat2"], given["self"])


def _mm(recorder: Recorder, given: Arguments) -> Any:
    return _product(recorder, given["self"], given["mat2"])


def _bmm(recorder: Recorder, given: Arguments) -> Any:
    return recorder.node("matmul", [given["self"], given["mat2"]], {})


def _group_norm(recorder: Recorder, given: Arguments) -> Any:
    rule = RULES[F.group_norm]
    return rule(recorder, given["input"], given["group"], given["weight"], given["bias"])


def _batch_norm(recorder: Recorder, given: Arguments) -> Any:
    statistics = (given.get("running_mean"), given.get("running_var"))
    rule = RULES[F.batch_norm]
    return rule(recorder, given["input"], *statistics, given["weight"], given["bias"])


def _activation(function: Any) -> Row:
    rule = RULES[function]

    def row(recorder: Recorder, given: Arguments) -> Any:
        return rule(recorder, given["self"])

    return row


def _hardtanh(recorder: Recorder, given: Arguments) -> Any:
    relu6 = (given["min_val"], given["max_val"]) == (0, 6)
    return RULES[F.relu6 if relu6 else F.hardtanh](recorder, given["self"])


def _merge(op: str) -> Row:
    rule = merge(op)

    def row(recorder: Recorder, given: Arguments) -> Any:
        if given.get("rounding_mode"):
            return NotImplemented
        return rule(recorder, given["self"], given["other"])

    return row


def _cat(recorder: Recorder, given: Arguments) -> Any:
    return cat(recorder, given["tensors"], given["dim"])


def _embedding(recorder: Recorder, given: Arguments) -> Any:
    return RULES[F.embedding](recorder, given["indices"], given["weight"])


def _max_pool(function: Any) -> Row:
    rule = RULES[function]

    def row(recorder: Recorder, given: Arguments) -> Any:
        names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        return rule(recorder, given["self"], *(given[name] for name in names))

    return row


_AVG_POOL = ("self", "kernel_size", "stride", "padding", "ceil_mode")
_ATTEND = ("query", "key", "value")

ATEN: Mapping[str, Row] = {
    **dict.fromkeys(("aten::convolution", "aten::_convolution"), _convolution),
    "aten::convolution_overrideable": _convolution,
    "aten::addmm": _addmm,
    "aten::mm": _mm,
    "aten::bmm": _bmm,
    "aten::native_layer_norm": _call(
        F.layer_norm, "input", "normalized_shape", weight="weight", bias="bias"
    ),
    "aten::native_group_norm": _group_norm,
    **dict.fromkeys(
        (
            *("aten::native_batch_norm", "aten::_native_batch_norm_legit"),
            *("aten::_native_batch_norm_legit_no_training", "aten::_batch_norm_with_update"),
            *("aten::_batch_norm_no_update", "aten::cudnn_batch_norm"),
        ),
        _batch_norm,
    ),
    **{
        f"aten::{name}{place}": _activation(getattr(F, name))
        for name in (
            *("relu", "leaky_relu", "gelu", "silu", "mish", "sigmoid", "tanh", "hardswish"),
            *("hardsigmoid", "softplus", "elu"),
        )
        for place in ("", "_")
    },
    **dict.fromkeys(("aten::hardtanh", "aten::hardtanh_"), _hardtanh),
    "aten::_softmax": _activation(F.softmax),
    **{
        f"aten::{name}{place}": _merge(name)
        for name in ("add", "sub", "mul", "div")
        for place in ("", "_")
    },
    "aten::cat": _cat,
    "aten::embedding": _embedding,
    "aten::max_pool2d_with_indices": _max_pool(F.max_pool2d),
    "aten::max_pool3d_with_indices": _max_pool(F.max_pool3d),
    "aten::avg_pool2d": _call(F.avg_pool2d, *_AVG_POOL),
    "aten::avg_pool3d": _call(F.avg_pool3d, *_AVG_POOL),
    "aten::_adaptive_avg_pool2d": _call(F.adaptive_avg_pool2d, "self", "output_size"),
    "aten::_adaptive_avg_pool3d": _call(F.adaptive_avg_pool3d, "self", "output_size"),
    **dict.fromkeys(("aten::view", "aten::_unsafe_view"), _call(torch.reshape, "self", "size")),
    "aten::reshape": _call(torch.reshape, "self", "shape"),
    "aten::permute": _call(torch.permute, "self", "dims"),
    "aten::transpose": _call(torch.transpose, "self", "dim0", "dim1"),
    "aten::constant_pad_nd": _call(F.pad, "self", "pad"),
    **{
        f"aten::{name}": _call(F.scaled_dot_product_attention, *_ATTEND)
        for name in (
            "_scaled_dot_product_flash_attention_for_cpu",
            "_scaled_dot_product_flash_attention",
            "_scaled_dot_product_efficient_attention",
        )
    },
}
"""The row of each ATen operator that has an operator in the catalogue."""
