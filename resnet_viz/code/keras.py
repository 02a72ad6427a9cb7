"""Write operators in Keras 3: constructor calls of layers, and expressions of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from resnet_viz.code.channels_last import FLAT, pads, reshaped, strided
from resnet_viz.code.dialect import Dialect, Made, Slots, keywords, single
from resnet_viz.code.keras_layers import ENDING, LAYERS
from resnet_viz.code.unify import Slot

__all__ = ["KERAS"]


def _conv(name: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        numbers = {key: Slot(single(slot.text)) for key, slot in slots.items()}
        kernel, stride, padding = (numbers[key].text for key in ("kernel", "stride", "padding"))
        sizes = [numbers["out_channels"].text, kernel] + ([stride] if stride != "1" else [])
        more = []
        kind = f"layers.{name}"
        if padding != "0":
            if stride == "1":  # then "same" is even, for a kernel of an odd size
                more.append('padding="same"')
            elif numbers["dilation"].text == "1":
                kind, more = f"Padded{name}", [f"zeros={padding}"]
            else:  # Keras has no stride beside a dilation
                kind, more = f"Sparse{name}", []
        if slots.get("standardized", Slot("")).value:
            before = kind.removesuffix(name)
            kind = f"{'' if before == 'layers.' else before}Std{name}"
        names = {"dilation": "dilation_rate", "bias": "use_bias"}
        more += keywords(numbers, {"dilation": 1, "groups": 1, "bias": True}, names)
        return Made(kind, (*sizes, *more))

    return make


def _plain(name: str, *arguments: str) -> Callable[[Slots], Made]:
    return lambda slots: Made(name, arguments)


def _norm(name: str, *keys: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        sizes = tuple(slots[key].text for key in keys)
        return Made(name, (*sizes, *keywords(slots, {"activated": True})))

    return make


def _dropout(*more: str) -> Callable[[Slots], Made]:
    return lambda slots: Made("layers.Dropout", (slots["rate"].text, *more))


def _max_pool(slots: Slots) -> Made:
    sizes = (slots["kernel"].text, slots["stride"].text)
    if slots["padding"].text == "0":
        return Made("layers.MaxPooling2D", sizes)
    return Made("PaddedMaxPooling2D", (*sizes, f"edge={slots['padding'].text}"))


def _avg_pool(slots: Slots) -> Made:
    sizes = (slots["kernel"].text, slots["stride"].text)
    ceil = slots.get("ceil_mode", Slot("False")).text == "True" and sizes[1] != "1"
    return Made("layers.AveragePooling2D", (*sizes, *['padding="same"'] * ceil))


def _global_pool(slots: Slots) -> Made:
    arguments = () if FLAT in slots else ("keepdims=True",)
    return Made("layers.GlobalAveragePooling2D", arguments)


_ACTIVATIONS = {
    **{op: op for op in ("relu", "relu6", "elu", "selu", "gelu", "silu", "mish", "softplus")},
    "hardswish": "hard_swish",
    "sigmoid": "sigmoid",
}


def _activation(op: str, x: str) -> str:
    if op == "leaky_relu":
        return f"keras.activations.leaky_relu({x}, 0.01)"
    return f"keras.activations.{_ACTIVATIONS[op]}({x})"


_MODULES: Mapping[str, Callable[[Slots], Made]] = MappingProxyType(
    {
        "conv1d": _conv("Conv1D"),
        "conv2d": _conv("Conv2D"),
        "batch_norm": _plain("BatchNorm"),
        "group_norm": _norm("GroupNorm", "groups"),
        "filter_response_norm": _norm("FilterResponseNorm"),
        "evo_norm": _norm("EvoNorm", "groups"),
        **{op: _plain("layers.Activation", f'"{name}"') for op, name in _ACTIVATIONS.items()},
        "relu": _plain("layers.ReLU"),
        "leaky_relu": _plain("layers.LeakyReLU", "0.01"),
        "dropout": _dropout(),
        "drop_path": _dropout("noise_shape=(None, 1, 1, 1)"),
        "max_pool2d": _max_pool,
        "avg_pool2d": _avg_pool,
        "blur_pool2d": lambda slots: Made("BlurPooling2D", (slots["stride"].text,)),
        "adaptive_avg_pool2d": _global_pool,
        "linear": lambda slots: Made("layers.Dense", (slots["out_features"].text,)),
    }
)

_FUNCTIONS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "add": lambda slots, a, b: f"{a} + {b}",
        "mul": lambda slots, a, b: f"{a} * {b}",
        "flatten": lambda slots, x: f"flatten({x})",
        "unflatten": lambda slots, x: f"ops.reshape({x}, {reshaped(slots)})",
        "subsample": strided,
        "pad": lambda slots, x: f"ops.pad({x}, {pads(slots['amounts'].text)})",
    }
)

KERAS = Dialect(
    name="Keras 3",
    modules=_MODULES,
    functions=_FUNCTIONS,
    functional=_activation,
    base="layers.Layer",
    network="keras.Model",
    method="call",
    array="KerasTensor",
    sequential=Made("keras.Sequential", brackets=("([", "])")),
    identity="layers.Identity()",
    optional="layers.Layer",
    start=("super().__init__()",),
    unread=frozenset({"in_channels", "in_features", "features"}),
    numbered="setattr(self, {name}, {module})",
    member="getattr(self, {name})",
    is_there="hasattr(self, {name})",
    stage="layer = []",
    stage_pool="layer.append({pool})",
    stage_done='setattr(self, f"layer{{number}}", keras.Sequential(layer))',
    imports=MappingProxyType(
        {
            "import math": r"\bmath\.",
            "from collections.abc import Iterator, Mapping": "",
            "from functools import partial": r"\bpartial\(",
            "from typing import Any": "",
            "": "",
            "import keras": "",
            "import numpy as np": "",
            "from keras import KerasTensor, layers": r"\A(?![\s\S]*\bops\.)",
            "from keras import KerasTensor, layers, ops": r"\bops\.",
        }
    ),
    trial="net = {made}\nprint(net(np.zeros({shape})).shape)",
    helpers=lambda: LAYERS,
    ending=ENDING,
    channels_last=True,
)
