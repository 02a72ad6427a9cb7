"""Make specs of ResNet variants from short rows: a layout and words for the differences.

The row `"50 d se 32x4d @288"` means: the layout of ResNet-50, ResNet-D's stem and shortcuts,
squeeze-and-excitation, 32 groups of base width 4, and an input of 288×288 pixels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from resnet_viz.spec import ResNetSpec, Stage, Stem
from resnet_viz.zoo.entry import Entry, Family

__all__ = ["LAYOUTS", "WORDS", "rows", "spec_of"]

LAYOUTS: Mapping[str, tuple[str, tuple[int, ...]]] = MappingProxyType(
    {
        "10": ("basic", (1, 1, 1, 1)),
        "18": ("basic", (2, 2, 2, 2)),
        "34": ("basic", (3, 4, 6, 3)),
        "14": ("bottleneck", (1, 1, 1, 1)),
        "26": ("bottleneck", (2, 2, 2, 2)),
        "50": ("bottleneck", (3, 4, 6, 3)),
        "50light": ("bottleneck", (1, 1, 11, 3)),
        "101": ("bottleneck", (3, 4, 23, 3)),
        "152": ("bottleneck", (3, 8, 36, 3)),
        "200": ("bottleneck", (3, 24, 36, 3)),
        "201": ("bottleneck", (3, 24, 36, 4)),
        "269": ("bottleneck", (3, 30, 48, 8)),
        "270": ("bottleneck", (4, 29, 53, 4)),
        "350": ("bottleneck", (4, 36, 72, 4)),
        "420": ("bottleneck", (4, 44, 87, 4)),
    }
)
"""The kind of block and the number of blocks in each stage, by the name of the layout."""

_Words = Mapping[str, Mapping[str, Any]]

_DEEP = {"kernel": 3, "hidden": (32, 32)}

WORDS: _Words = MappingProxyType(
    {
        "c": {"stem": _DEEP},
        "d": {"stem": _DEEP, "stage": {"shortcut": "D"}},
        "s": {"stem": {**_DEEP, "hidden": (64, 64), "channels": 128}},
        "t": {"stem": {**_DEEP, "hidden": (24, 32)}, "stage": {"shortcut": "D"}},
        "average": {"stage": {"shortcut": "D"}},
        "senet": {"stage": {"block": "senet", "shortcut": "3x3"}},
        "se": {"net": {"attention": "se"}},
        "eca": {"net": {"attention": "eca"}},
        "rs": {"net": {"attention": "se", "reduction": 4}, "stem": {"pooling": "conv"}},
        "gn": {"net": {"norm": "group"}},
        "frn": {"net": {"norm": "frn"}},
        "evo": {"net": {"norm": "evo"}},
        "aa": {"net": {"downsampler": "average"}},
        "blur": {"net": {"downsampler": "blur"}},
        "v1": {"net": {"stride_in": "1x1"}},
        "v2": {"net": {"preactivation": True}, "stem": {"activated": False}},
        "bit": {
            "net": {"norm": "group", "standardized": True},
            "stem": {"pooling": "padded"},
        },
    }
)
"""The fields that each word changes in the stem, in every stage, and in the network."""

_GROUPS = re.compile(r"(\d+)x(\d+)d")


def spec_of(name: str, row: str) -> ResNetSpec:
    """Return the network of a row.

    >>> spec_of("resnet50d", "50 d").stem.hidden
    (32, 32)
    """
    layout, *words = row.split()
    block, blocks = LAYOUTS[layout]
    parts: dict[str, dict[str, Any]] = {"stem": {}, "stage": {"block": block}, "net": {}}
    side, wide = 224, 1
    for word in words:
        groups = _GROUPS.fullmatch(word)
        if groups:
            parts["stage"] |= {"groups": int(groups[1]), "base_width": int(groups[2])}
        elif word.startswith("@"):
            side = int(word[1:])
        elif word.startswith("x"):
            wide = int(word[1:])
        else:
            for part, fields in WORDS[word].items():
                parts[part].update(fields)
    parts["stem"]["channels"] = parts["stem"].get("channels", 64) * wide
    first = (64 if block == "basic" else 256) * wide
    stages = tuple(
        Stage(blocks=number, channels=first * 2**i, stride=1 if i == 0 else 2, **parts["stage"])
        for i, number in enumerate(blocks)
    )
    size = (3, side, side)
    return ResNetSpec(
        stages=stages, name=name, input=size, stem=Stem(**parts["stem"]), **parts["net"]
    )


def rows(title: str, source: Callable[[str], str], table: Mapping[str, str]) -> Family:
    """Return the family of a table of rows; `source` returns the source of a name."""

    def make(name: str) -> Entry:
        return Entry(spec_of(name, table[name]), source(name))

    return Family(title, {name: partial(make, name) for name in table})
