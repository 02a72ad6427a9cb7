"""Write operators in PyTorch: constructor calls of modules, and expressions of functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import resnet_viz
from resnet_viz.code.dialect import Dialect, Made, Slots, every, keywords, single
from resnet_viz.code.unify import Slot

__all__ = ["TORCH"]


def _conv(name: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        kind = "StdConv2d" if slots.get("standardized", Slot("")).value else name
        sizes = [single(slots[key].text) for key in ("in_channels", "out_channels", "kernel")]
        plain = {key: Slot(single(slot.text)) for key, slot in slots.items()}
        if plain["stride"].text != "1":
            sizes.append(plain["stride"].text)
        defaults = {"padding": 0, "dilation": 1, "groups": 1, "bias": True}
        return Made(kind, (*sizes, *keywords(plain, defaults)))

    return make


def _pool(name: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        sizes = (slots["kernel"].text, slots["stride"].text)
        defaults = {"padding": 0, "ceil_mode": False}
        return Made(name, (*sizes, *keywords(slots, defaults)))

    return make


def _plain(name: str, *keys: str) -> Callable[[Slots], Made]:
    return lambda slots: Made(name, tuple(single(slots[key].text) for key in keys))


def _norm(name: str, *keys: str) -> Callable[[Slots], Made]:
    def make(slots: Slots) -> Made:
        sizes = tuple(slots[key].text for key in keys)
        return Made(name, (*sizes, *keywords(slots, {"activated": True})))

    return make


_ACTIVATIONS = {
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

_MODULES: Mapping[str, Callable[[Slots], Made]] = MappingProxyType(
    {
        "conv1d": _conv("nn.Conv1d"),
        "conv2d": _conv("nn.Conv2d"),
        "batch_norm": _plain("nn.BatchNorm2d", "features"),
        "group_norm": _plain("nn.GroupNorm", "groups", "features"),
        "filter_response_norm": _norm("FilterResponseNorm2d", "features"),
        "evo_norm": _norm("EvoNorm2d", "features", "groups"),
        **{op: _plain(f"nn.{name}") for op, name in _ACTIVATIONS.items()},
        "dropout": _plain("nn.Dropout", "rate"),
        "drop_path": _plain("DropPath", "rate"),
        "max_pool2d": _pool("nn.MaxPool2d"),
        "avg_pool2d": _pool("nn.AvgPool2d"),
        "blur_pool2d": _plain("BlurPool2d", "stride"),
        "adaptive_avg_pool2d": _plain("nn.AdaptiveAvgPool2d", "size"),
        "linear": _plain("nn.Linear", "in_features", "out_features"),
    }
)

_FUNCTIONS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "add": lambda slots, a, b: f"{a} + {b}",
        "mul": lambda slots, a, b: f"{a} * {b}",
        "flatten": lambda slots, x: f"{x}.flatten({slots['start'].text})",
        "unflatten": lambda slots, x: f"{x}.unflatten(-1, {slots['sizes'].text})",
        "subsample": lambda slots, x: (
            f"{x}[..., {every(slots['steps'].text)}, {every(slots['steps'].text)}]"
        ),
        "pad": lambda slots, x: f"F.pad({x}, {slots['amounts'].text})",
    }
)


@cache
def _sources() -> Mapping[str, str]:
    """Return the source of each class in `nn.layers`, without doctests."""
    path = Path(resnet_viz.__file__).parent / "nn" / "layers.py"
    text = path.read_text(encoding="utf-8")
    example = re.compile(r"\n\n +>>> .*?(?=\n +\"\"\")", re.DOTALL)
    return {
        node.name: example.sub("", ast.get_source_segment(text, node) or "")
        for node in ast.parse(text).body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef))
    }


TORCH = Dialect(
    name="PyTorch",
    modules=_MODULES,
    functions=_FUNCTIONS,
    functional=lambda op, x: f"F.{op}({x})",
    base="nn.Module",
    network="nn.Module",
    method="forward",
    array="Tensor",
    sequential=Made("nn.Sequential"),
    identity="nn.Identity()",
    optional="nn.Module",
    start=("super().__init__()",),
    numbered="self.add_module({name}, {module})",
    member="self.get_submodule({name})",
    is_there="{name} in self._modules",
    stage="layer = nn.Sequential()",
    stage_pool='layer.add_module("pool", {pool})',
    stage_done='self.add_module(f"layer{{number}}", layer)',
    imports=MappingProxyType(
        {
            "import torch": r"\btorch\.(?!nn)",
            "from torch import Tensor, nn": r"\bnn\.",
            "from torch.nn import functional as F": r"\bF\.",
        }
    ),
    trial="import torch\n\nnet = {made}.eval()\n"
    "with torch.no_grad():\n    print(net(torch.zeros({shape})).shape)",
    helpers=_sources,
    untyped=re.compile(r"self\.\w+\(|\bout\b"),
)
