"""Write operators in Flax (NNX): constructor calls of modules, and expressions of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from resnet_viz.code.channels_last import FLAT, pads, reshaped, strided
from resnet_viz.code.dialect import Dialect, Made, Slots, keywords, single
from resnet_viz.code.flax_layers import ENDING, LAYERS
from resnet_viz.code.unify import Slot

__all__ = ["FLAX"]

_RNGS = "rngs=rngs"


def _conv(rank: int) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        numbers = {key: Slot(single(slot.text)) for key, slot in slots.items()}
        kernel, stride = numbers["kernel"].text, numbers["stride"].text
        sizes = [numbers["in_channels"].text, numbers["out_channels"].text, _tuple(kernel, rank)]
        sizes += [stride] if stride != "1" else []
        names = {
            "dilation": "kernel_dilation",
            "groups": "feature_group_count",
            "bias": "use_bias",
        }
        more = list(keywords(numbers, {"dilation": 1, "groups": 1, "bias": True}, names))
        if kernel != "1":
            more.insert(0, f"padding={numbers['padding'].text}")
        if slots.get("standardized", Slot("")).value:
            more.append("conv_general_dilated=standardized_conv")
        return Made("nnx.Conv", (*sizes, *more, _RNGS))

    return make


def _tuple(text: str, rank: int = 2) -> str:
    return f"({', '.join([text] * rank)}{',' if rank == 1 else ''})"


def _norm(name: str, *keys: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        sizes = tuple(slots[key].text for key in keys)
        return Made(name, (*sizes, *keywords(slots, {"activated": True}), _RNGS))

    return make


def _dropout(*more: str) -> Callable[[Slots], Made]:
    return lambda slots: Made("nnx.Dropout", (slots["rate"].text, *more, _RNGS))


def _linear(slots: Slots) -> Made:
    return Made("nnx.Linear", (slots["in_features"].text, slots["out_features"].text, _RNGS))


def _max_pool(slots: Slots, x: str) -> str:
    window, strides = _tuple(slots["kernel"].text), _tuple(slots["stride"].text)
    edge = slots["padding"].text
    more = "" if edge == "0" else f", {_tuple(_tuple(edge))}"
    return f"nnx.max_pool({x}, {window}, {strides}{more})"


def _avg_pool(slots: Slots, x: str) -> str:
    kernel, stride = slots["kernel"].text, slots["stride"].text
    if slots.get("ceil_mode", Slot("False")).text == "True":
        return f"avg_pool({x}, {kernel}, {stride})"
    return f"nnx.avg_pool({x}, {_tuple(kernel)}, {_tuple(stride)})"


def _global_pool(slots: Slots, x: str) -> str:
    return f"{x}.mean((1, 2))" if FLAT in slots else f"{x}.mean((1, 2), keepdims=True)"


_ACTIVATIONS = {
    **{op: f"nnx.{op}" for op in ("relu", "relu6", "leaky_relu", "elu", "selu", "silu")},
    "hardswish": "nnx.hard_swish",
    "softplus": "nnx.softplus",
    "sigmoid": "nnx.sigmoid",
    "mish": "jax.nn.mish",
}


def _activation(op: str, x: str) -> str:
    return f"nnx.gelu({x}, approximate=False)" if op == "gelu" else f"{_ACTIVATIONS[op]}({x})"


def _activate(op: str) -> Callable[..., str]:
    return lambda slots, x: _activation(op, x)


_MODULES: Mapping[str, Callable[[Slots], Made]] = MappingProxyType(
    {
        "conv1d": _conv(1),
        "conv2d": _conv(2),
        "batch_norm": _norm("BatchNorm", "features"),
        "group_norm": _norm("GroupNorm", "features", "groups"),
        "filter_response_norm": _norm("FilterResponseNorm", "features"),
        "evo_norm": _norm("EvoNorm", "features", "groups"),
        "dropout": _dropout(),
        "drop_path": _dropout("broadcast_dims=(1, 2, 3)"),
        "linear": _linear,
    }
)

_FUNCTIONS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        **{op: _activate(op) for op in (*_ACTIVATIONS, "gelu")},
        "max_pool2d": _max_pool,
        "avg_pool2d": _avg_pool,
        "blur_pool2d": lambda slots, x: f"blur_pool({x}, {slots['stride'].text})",
        "adaptive_avg_pool2d": _global_pool,
        "add": lambda slots, a, b: f"{a} + {b}",
        "mul": lambda slots, a, b: f"{a} * {b}",
        "flatten": lambda slots, x: f"flatten({x})",
        "unflatten": lambda slots, x: f"{x}.reshape{reshaped(slots)}",
        "subsample": strided,
        "pad": lambda slots, x: f"jnp.pad({x}, {pads(slots['amounts'].text)})",
    }
)

FLAX = Dialect(
    name="Flax NNX",
    modules=_MODULES,
    functions=_FUNCTIONS,
    functional=_activation,
    base="nnx.Module",
    network="nnx.Module",
    method="__call__",
    array="Array",
    sequential=Made("nnx.Sequential"),
    identity="nnx.identity",
    absent="nnx.data(None)",
    parameters=("*", "rngs: nnx.Rngs"),
    arguments=(_RNGS,),
    numbered="setattr(self, {name}, {module})",
    member="getattr(self, {name})",
    is_there="hasattr(self, {name})",
    stage="layer: list[Any] = []",
    stage_pool="layer.append({pool})",
    stage_done='setattr(self, f"layer{{number}}", nnx.Sequential(*layer))',
    imports=MappingProxyType(
        {
            "from collections.abc import Mapping": "",
            "from functools import partial": r"\bpartial\(",
            "from typing import Any": "",
            "": "",
            "import jax": r"\bjax\.(?!numpy)",
            "import jax.numpy as jnp": r"\bjnp\.",
            "import numpy as np": "",
            "from flax import nnx": "",
            "from jax import Array": r"\bArray\b",
        }
    ),
    trial="net = ResNet(rngs=nnx.Rngs(0))\nnet.eval()\nprint(net(np.zeros({shape})).shape)",
    helpers=lambda: LAYERS,
    ending=ENDING,
    channels_last=True,
)
