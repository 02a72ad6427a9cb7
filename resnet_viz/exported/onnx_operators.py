"""Map ONNX operators to the catalogue; source: https://onnx.ai/onnx/operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from resnet_viz.errors import RequestError, show
from resnet_viz.exported.recording import Place, Recording, Tensor

__all__ = ["COSTLY", "ROWS", "WEIGHED"]

_Inputs = Sequence[Any]
_Row = Callable[[Recording, Place, Mapping[str, Any], _Inputs], Tensor | None]


def _at(inputs: _Inputs, number: int) -> Any:
    return inputs[number] if number < len(inputs) else None


def _even(
    recording: Recording, place: Place, attrs: Mapping[str, Any], x: Tensor, kernel: Sequence[int]
) -> tuple[Tensor, tuple[int, ...]]:
    """Return a symmetric padding; if it is asymmetric, record a pad operator first."""
    rank = len(kernel)
    stride = attrs.get("strides") or (1,) * rank
    dilation = attrs.get("dilations") or (1,) * rank
    pads = attrs.get("pads") or (0,) * (2 * rank)
    mode = (attrs.get("auto_pad") or b"NOTSET").decode()
    if mode.startswith("SAME"):
        sides = []
        for n, k, s, d in zip(x.shape[-rank:], kernel, stride, dilation, strict=True):
            more = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
            short, long = more // 2, more - more // 2
            sides.append((short, long) if mode == "SAME_UPPER" else (long, short))
        pads = (*(one for one, _ in sides), *(other for _, other in sides))
    if len(pads) != 2 * rank:
        raise RequestError(
            "{path}: pads {pads} (must be two for each side)", path=place.name, pads=show(pads)
        )
    if pads[:rank] == pads[rank:]:
        return x, tuple(pads[:rank])
    amounts = tuple(pads[side * rank + i] for i in reversed(range(rank)) for side in (0, 1))
    return recording.node(place._replace(name="pad"), "pad", [x], {"amounts": amounts}), (0,) * rank


def _conv(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    x, weight, bias = inputs[0], _at(inputs, 1), _at(inputs, 2)
    if x is None or weight is None or weight.source:
        return None
    kernel = weight.shape[2:]
    x, padding = _even(recording, place, attrs, x, kernel)
    ones = (1,) * len(kernel)
    if bias is not None and not bias.params:
        bias = None  # zeros, or the offset of a folded norm
    return recording.convolution(
        place,
        x,
        weight,
        bias,
        stride=attrs.get("strides") or ones,
        padding=padding,
        dilation=attrs.get("dilations") or ones,
        groups=attrs.get("group") or 1,
    )


def _conv_transposed(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    x, weight, bias = inputs[0], _at(inputs, 1), _at(inputs, 2)
    if x is None or weight is None or weight.source or attrs.get("output_shape"):
        return None
    rank = len(weight.shape) - 2
    ones, pads = (1,) * rank, attrs.get("pads") or (0,) * (2 * rank)
    if pads[:rank] != pads[rank:] or attrs.get("auto_pad") not in (None, b"NOTSET"):
        return None
    return recording.convolution(
        place,
        x,
        weight,
        bias,
        stride=attrs.get("strides") or ones,
        padding=pads[:rank],
        dilation=attrs.get("dilations") or ones,
        groups=attrs.get("group") or 1,
        output_padding=attrs.get("output_padding") or (0,) * rank,
    )


def _batch_norm(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor:
    return recording.batch_norm(place, inputs[0], _at(inputs, 1), _at(inputs, 2))


def _gemm(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    x, weight, bias = inputs[0], inputs[1], _at(inputs, 2)
    if attrs.get("transA") or weight.source or len(weight.shape) != 2:
        return None
    if not attrs.get("transB"):
        weight = weight._replace(shape=weight.shape[::-1])
    return recording.linear(place, x, weight, bias)


def _matmul(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor:
    return recording.matmul(place, *inputs)


def _merge(op: str) -> _Row:
    return lambda recording, place, attrs, inputs: recording.merge(place, op, *inputs)


def _unary(op: str) -> _Row:
    return lambda recording, place, attrs, inputs: recording.node(place, op, inputs[:1], {})


def _pool(op: str) -> _Row:
    def row(
        recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
    ) -> Tensor | None:
        kernel = attrs.get("kernel_shape") or ()
        rank = len(kernel)
        if rank not in (1, 2, 3):
            return None
        x, padding = _even(recording, place, attrs, inputs[0], kernel)
        sizes = {
            "kernel": kernel,
            "stride": attrs.get("strides") or (1,) * rank,
            "padding": padding,
            "dilation": attrs.get("dilations") or (1,) * rank,
        }
        ceil = {"ceil_mode": True} if attrs.get("ceil_mode") else {}
        return recording.node(place, f"{op}_pool{rank}d", [x], {**sizes, **ceil})

    return row


def _global_pool(op: str) -> _Row:
    def row(
        recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
    ) -> Tensor | None:
        rank = len(inputs[0].shape) - 2
        if rank not in (1, 2, 3):
            return None
        return recording.node(
            place, f"adaptive_{op}_pool{rank}d", inputs[:1], {"size": (1,) * rank}
        )

    return row


def _mean(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    """Record a mean over all pixels as a global pool."""
    x, axes = inputs[0], attrs.get("axes") or (_at(inputs, 1) or Tensor("", ())).data
    rank = len(x.shape) - 2
    if axes is None or rank not in (1, 2, 3) or not attrs.get("keepdims", 1):
        return None
    if {axis % len(x.shape) for axis in axes} != set(range(2, len(x.shape))):
        return None
    return _global_pool("avg")(recording, place, attrs, inputs)


def _clip(recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs) -> Tensor:
    op = "relu6" if (attrs.get("min"), attrs.get("max")) == (0.0, 6.0) else "hardtanh"
    return recording.node(place, op, inputs[:1], {})


def _group_norm(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor:
    groups = attrs.get("num_groups") or 1
    return recording.scaled(place, "group_norm", *inputs[:3], groups=groups)


def _layer_norm(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor:
    return recording.scaled(place, "layer_norm", inputs[0], _at(inputs, 1), _at(inputs, 2))


def _concat(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    parts = [one for one in inputs if one is not None]
    axis = attrs.get("axis") or 0
    if not all(one.source for one in parts):
        return None
    return recording.node(
        place, "cat", parts, {"axis": axis - len(parts[0].shape) if axis >= 0 else axis}
    )


def _flatten(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    axis = attrs.get("axis", 1)
    return None if axis != 1 else recording.reshape(place, inputs[0], (inputs[0].shape[0], -1))


def _reshape(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    x, wanted = inputs[0], _at(inputs, 1)
    if wanted is None or wanted.data is None or len(wanted.data) > 16:
        return None
    pairs = enumerate(wanted.data)
    sizes = [x.shape[i] if size == 0 and i < len(x.shape) else size for i, size in pairs]
    return recording.reshape(place, x, sizes)


def _transpose(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    rank = len(inputs[0].shape)
    order = attrs.get("perm") or tuple(reversed(range(rank)))
    if sorted(order) != list(range(rank)):
        return None
    return recording.node(
        place, "permute", inputs[:1], {"order": tuple(axis - rank for axis in order)}
    )


def _pad(
    recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs
) -> Tensor | None:
    x, given = inputs[0], _at(inputs, 1)
    pads = attrs.get("pads") or (given.data if given is not None else None)
    rank = len(x.shape)
    if pads is None or len(pads) != 2 * rank:
        return None
    amounts = tuple(pads[side * rank + i] for i in reversed(range(rank)) for side in (0, 1))
    while amounts[-2:] == (0, 0):
        amounts = amounts[:-2]
    return recording.node(place, "pad", [x], {"amounts": amounts}) if amounts else x


def _shape(recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs) -> Tensor:
    sizes = inputs[0].shape[attrs.get("start") or 0 : attrs.get("end")]
    return Tensor("", (len(sizes),), (), sizes)


def _same(recording: Recording, place: Place, attrs: Mapping[str, Any], inputs: _Inputs) -> Tensor:
    value: Tensor = inputs[0]
    return value


ROWS: Mapping[str, _Row] = MappingProxyType(
    {
        "Conv": _conv,
        "ConvTranspose": _conv_transposed,
        "Gemm": _gemm,
        "MatMul": _matmul,
        "BatchNormalization": _batch_norm,
        "GroupNormalization": _group_norm,
        "LayerNormalization": _layer_norm,
        "MaxPool": _pool("max"),
        "AveragePool": _pool("avg"),
        "GlobalMaxPool": _global_pool("max"),
        "GlobalAveragePool": _global_pool("avg"),
        "ReduceMean": _mean,
        "Clip": _clip,
        "Concat": _concat,
        "Flatten": _flatten,
        "Reshape": _reshape,
        "Transpose": _transpose,
        "Pad": _pad,
        "Shape": _shape,
        **dict.fromkeys(("Identity", "Dropout", "Cast", "CastLike"), _same),
        **{name: _merge(name.lower()) for name in ("Add", "Sub", "Mul", "Div")},
        **{
            name: _unary(name.lower())
            for name in ("Relu", "Elu", "Selu", "Gelu", "Mish", "Softplus", "Sigmoid", "Tanh")
        },
        **{name: _unary(name.lower()) for name in ("HardSwish", "HardSigmoid", "Softmax")},
        "LeakyRelu": _unary("leaky_relu"),
        "Swish": _unary("silu"),
    }
)

WEIGHED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})

COSTLY = frozenset(
    {
        *(
            "Attention",
            "Conv",
            "ConvInteger",
            "ConvTranspose",
            "DFT",
            "DeformConv",
            "Det",
            "Einsum",
        ),
        *("GRU", "Gemm", "If", "LSTM", "LinearAttention", "Loop", "MatMul", "MatMulInteger", "RNN"),
        *("QLinearConv", "QLinearMatMul", "STFT", "Scan", "SequenceMap", "RotaryEmbedding"),
    }
)
"""ONNX operators that multiply and add, or call others; without a row, their cost is unknown."""
