"""Write operators in PyTorch: constructor calls of modules, and expressions of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from resnet_viz.code.unify import Slot

__all__ = ["ACTIVATIONS", "FUNCTIONS", "MODULES", "Made"]

Slots = Mapping[str, Slot]


class Made(NamedTuple):
    """A constructor call of a module: the class and the arguments."""

    name: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"


def _keywords(slots: Slots, defaults: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keyword arguments that differ from their defaults."""
    for name, default in defaults.items():
        if name in slots and slots[name].text != repr(default):
            yield f"{name}={slots[name].text}"


def _conv(name: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        kind = "StdConv2d" if slots.get("standardized", Slot("")).value else name
        sizes = [_single(slots[key].text) for key in ("in_channels", "out_channels", "kernel")]
        plain = {key: Slot(_single(slot.text)) for key, slot in slots.items()}
        if plain["stride"].text != "1":
            sizes.append(plain["stride"].text)
        defaults = {"padding": 0, "dilation": 1, "groups": 1, "bias": True}
        return Made(kind, (*sizes, *_keywords(plain, defaults)))

    return make


def _single(text: str) -> str:
    """Return the number in a tuple of equal sizes, as text."""
    return text[1:-2] if text.endswith(",)") else text


def _pool(name: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        sizes = (slots["kernel"].text, slots["stride"].text)
        defaults = {"padding": 0, "ceil_mode": False}
        return Made(name, (*sizes, *_keywords(slots, defaults)))

    return make


def _plain(name: str, *keys: str) -> Callable[[Slots], Made]:
    return lambda slots: Made(name, tuple(_single(slots[key].text) for key in keys))


def _norm(name: str, *keys: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        sizes = tuple(slots[key].text for key in keys)
        return Made(name, (*sizes, *_keywords(slots, {"activated": True})))

    return make


ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "hardswish": "Hardswish",
    "softplus": "Softplus",
    "sigmoid": "Sigmoid",
}

MODULES: Mapping[str, Callable[[Slots], Made]] = MappingProxyType(
    {
        "conv1d": _conv("nn.Conv1d"),
        "conv2d": _conv("nn.Conv2d"),
        "batch_norm": _plain("nn.BatchNorm2d", "features"),
        "group_norm": _plain("nn.GroupNorm", "groups", "weight"),
        "filter_response_norm": _norm("FilterResponseNorm2d", "features"),
        "evo_norm": _norm("EvoNorm2d", "features", "groups"),
        **{op: _plain(f"nn.{name}") for op, name in ACTIVATIONS.items()},
        "dropout": _plain("nn.Dropout", "rate"),
        "drop_path": _plain("DropPath", "rate"),
        "max_pool2d": _pool("nn.MaxPool2d"),
        "avg_pool2d": _pool("nn.AvgPool2d"),
        "blur_pool2d": _plain("BlurPool2d", "stride"),
        "adaptive_avg_pool2d": _plain("nn.AdaptiveAvgPool2d", "size"),
        "linear": _plain("nn.Linear", "in_features", "out_features"),
    }
)
"""The function that writes the constructor call of each operator that is a module."""

FUNCTIONS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "add": lambda slots, a, b: f"{a} + {b}",
        "mul": lambda slots, a, b: f"{a} * {b}",
        "flatten": lambda slots, x: f"{x}.flatten({slots['start'].text})",
        "unflatten": lambda slots, x: f"{x}.unflatten(-1, {slots['sizes'].text})",
        "subsample": lambda slots, x: f"{x}[{_steps(slots['steps'].text)}]",
        "pad": lambda slots, x: f"F.pad({x}, {slots['amounts'].text})",
    }
)
"""The function that writes the expression of each operator that is a function."""


def _steps(text: str) -> str:
    return f"..., ::{text}, ::{text}"
