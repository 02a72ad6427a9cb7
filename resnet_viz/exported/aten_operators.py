"""Map ATen operators, as torch.export writes them, to the catalogue.

Source of the operators, with their defaults: aten/src/ATen/native/native_functions.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from resnet_viz.exported.recording import Place, Recording, Tensor

__all__ = ["COSTLY", "ROWS"]

_Given = Mapping[str, Any]
_Row = Callable[[Recording, Place, _Given], Tensor | None]


def _sizes(value: Any, rank: int) -> tuple[int, ...]:
    """Return sizes for `rank` dimensions; a single size applies to all of them."""
    given = (value,) if isinstance(value, int) else tuple(value)
    return given * rank if len(given) == 1 else given


def _conv(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    weight, padding = given["weight"], given.get("padding", 0)
    rank = len(weight.shape) - 2
    dilation = _sizes(given.get("dilation", 1), rank)
    if padding == "valid":
        padding = 0
    if padding == "same":
        extra = [d * (k - 1) for d, k in zip(dilation, weight.shape[2:], strict=True)]
        if any(one % 2 for one in extra):
            return None
        padding = [one // 2 for one in extra]
    if weight.source or rank not in (1, 2, 3):
        return None
    transposed = "output_padding" in given and given.get("transposed", True)
    return recording.convolution(
        place,
        given["input"],
        weight,
        given.get("bias"),
        stride=_sizes(given.get("stride", 1), rank),
        padding=_sizes(padding, rank),
        dilation=dilation,
        groups=given.get("groups", 1),
        output_padding=_sizes(given["output_padding"], rank) if transposed else None,
    )


def _conv_transposed(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    return _conv(recording, place, {"output_padding": 0, **given})


def _linear(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    if given["weight"].source:
        return None
    return recording.linear(place, given["input"], given["weight"], given.get("bias"))


def _addmm(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    weight = given["mat2"]
    if weight.source:
        return None
    turned = weight._replace(shape=weight.shape[::-1])
    return recording.linear(place, given["mat1"], turned, given["self"])


def _matmul(recording: Recording, place: Place, given: _Given) -> Tensor:
    return recording.matmul(
        place, *(value for value in given.values() if isinstance(value, Tensor))
    )


def _attend(recording: Recording, place: Place, given: _Given) -> Tensor:
    inputs = [given[name] for name in ("query", "key", "value")]
    return recording.node(place, "scaled_dot_product_attention", inputs, {})


def _batch_norm(recording: Recording, place: Place, given: _Given) -> Tensor:
    return recording.batch_norm(place, given["input"], given.get("weight"), given.get("bias"))


def _group_norm(recording: Recording, place: Place, given: _Given) -> Tensor:
    scales = (given.get("weight"), given.get("bias"))
    return recording.scaled(
        place, "group_norm", given["input"], *scales, groups=given["num_groups"]
    )


def _layer_norm(recording: Recording, place: Place, given: _Given) -> Tensor:
    scales = (given.get("weight"), given.get("bias"))
    return recording.scaled(place, "layer_norm", given["input"], *scales)


def _unary(op: str) -> _Row:
    return lambda recording, place, given: recording.node(place, op, [_first(given)], {})


def _first(given: _Given) -> Tensor:
    return next(value for value in given.values() if isinstance(value, Tensor))


def _hardtanh(recording: Recording, place: Place, given: _Given) -> Tensor:
    relu6 = (given.get("min_val"), given.get("max_val")) == (0.0, 6.0)
    return recording.node(place, "relu6" if relu6 else "hardtanh", [_first(given)], {})


def _merge(op: str) -> _Row:
    def row(recording: Recording, place: Place, given: _Given) -> Tensor:
        a, b = (
            value if isinstance(value, Tensor) else Tensor("", ())
            for value in (given["self"], given["other"])
        )
        return recording.merge(place, op, a, b)

    return row


def _pool(op: str, rank: int) -> _Row:
    def row(recording: Recording, place: Place, given: _Given) -> Tensor:
        kernel = _sizes(given["kernel_size"], rank)
        attrs = {
            "kernel": kernel,
            "stride": _sizes(given.get("stride") or kernel, rank),
            "padding": _sizes(given.get("padding", 0), rank),
            "dilation": _sizes(given.get("dilation", 1), rank),
        }
        ceil = {"ceil_mode": True} if given.get("ceil_mode") else {}
        return recording.node(place, f"{op}_pool{rank}d", [_first(given)], {**attrs, **ceil})

    return row


def _adaptive(op: str, rank: int) -> _Row:
    def row(recording: Recording, place: Place, given: _Given) -> Tensor:
        size = _sizes(given["output_size"], rank)
        return recording.node(place, f"adaptive_{op}_pool{rank}d", [_first(given)], {"size": size})

    return row


def _flatten(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    x, rank = given["self"], len(given["self"].shape)
    start, end = (given.get(name, default) for name, default in (("start_dim", 0), ("end_dim", -1)))
    if end % rank != rank - 1:
        return None
    return recording.node(place, "flatten", [x], {"start": start % rank - rank})


def _reshape(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    sizes = given.get("size", given.get("shape"))
    if sizes is None or not all(type(size) is int for size in sizes):
        return None
    return recording.reshape(place, given["self"], sizes)


def _permute(recording: Recording, place: Place, given: _Given) -> Tensor:
    rank = len(given["self"].shape)
    order = tuple(dim % rank - rank for dim in given["dims"])
    return recording.node(place, "permute", [given["self"]], {"order": order})


def _transpose(recording: Recording, place: Place, given: _Given) -> Tensor:
    order = list(range(len(given["self"].shape)))
    a, b = given["dim0"], given["dim1"]
    order[a], order[b] = order[b], order[a]
    return _permute(recording, place, {"self": given["self"], "dims": order})


def _pad(recording: Recording, place: Place, given: _Given) -> Tensor:
    return recording.node(place, "pad", [given["self"]], {"amounts": tuple(given["pad"])})


def _cat(recording: Recording, place: Place, given: _Given) -> Tensor | None:
    parts, axis = given["tensors"], given.get("dim", 0)
    if not all(one.source for one in parts):
        return None
    axis -= len(parts[0].shape) if axis >= 0 else 0
    return recording.node(place, "cat", parts, {"axis": axis})


def _same(recording: Recording, place: Place, given: _Given) -> Tensor:
    return _first(given)


_RANKS = (1, 2, 3)

ROWS: Mapping[str, _Row] = MappingProxyType(
    {
        **{f"conv{rank}d": _conv for rank in _RANKS},
        "convolution": _conv,
        **{f"conv_transpose{rank}d": _conv_transposed for rank in _RANKS},
        "linear": _linear,
        "addmm": _addmm,
        **dict.fromkeys(("matmul", "mm", "bmm"), _matmul),
        "scaled_dot_product_attention": _attend,
        **dict.fromkeys(
            ("batch_norm", "_native_batch_norm_legit_no_training", "cudnn_batch_norm"), _batch_norm
        ),
        "group_norm": _group_norm,
        "layer_norm": _layer_norm,
        **{
            name: _unary(name)
            for name in (
                *("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus"),
                *("sigmoid", "tanh", "hardswish", "hardsigmoid", "softmax"),
            )
        },
        "_softmax": _unary("softmax"),
        "hardtanh": _hardtanh,
        **{name: _merge(name) for name in ("add", "sub", "mul", "div")},
        **{f"{op}_pool{rank}d": _pool(op, rank) for op in ("max", "avg") for rank in _RANKS},
        **{
            f"adaptive_{op}_pool{rank}d": _adaptive(op, rank)
            for op in ("max", "avg")
            for rank in _RANKS
        },
        "flatten": _flatten,
        **dict.fromkeys(("view", "reshape", "_unsafe_view"), _reshape),
        "permute": _permute,
        "transpose": _transpose,
        **dict.fromkeys(("pad", "constant_pad_nd"), _pad),
        "cat": _cat,
        **dict.fromkeys(("dropout", "alias", "detach", "clone", "contiguous", "to"), _same),
        **dict.fromkeys(("_to_copy", "lift_fresh_copy", "feature_dropout"), _same),
    }
)

COSTLY = frozenset(
    {
        *("addbmm", "addmv", "addr", "baddbmm", "bilinear", "cdist", "conv_tbc", "convolution"),
        *("conv1d", "conv2d", "conv3d", "dot", "einsum", "gru", "linear", "lstm", "mv"),
        *("multi_head_attention_forward", "rnn_relu", "rnn_tanh", "stft", "tensordot", "vdot"),
        *("_native_multi_head_attention", "_transformer_encoder_layer_fwd", "addmm", "matmul"),
        *("deform_conv2d", "linalg_matrix_exp", "linalg_multi_dot", "matrix_exp", "chain_matmul"),
    }
)
"""Operators that multiply and add; if no row records them, their cost is unknown."""
