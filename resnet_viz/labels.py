"""What figures call things, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["LANGUAGES", "label", "times"]

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh": "中文"})

_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "conv1d": "{kernel} Conv",
            "conv2d": "{kernel} Conv",
            "conv3d": "{kernel} Conv",
            "groups": "{label}, {groups} groups",
            "batch_norm": "Batch norm",
            "relu": "ReLU",
            "max_pool2d": "{kernel} MaxPool",
            "adaptive_avg_pool2d": "AvePool to {size}",
            "global_avg_pool": "Global AvePool",
            "linear": "FC",
            "flatten": "Flatten",
            "subsample": "Subsample by {step}",
            "pad": "Zero channels",
        },
        "zh": {
            "conv1d": "{kernel} 卷积层",
            "conv2d": "{kernel} 卷积层",
            "conv3d": "{kernel} 卷积层",
            "groups": "{label}，{groups} 组",
            "batch_norm": "批量规范化层",
            "relu": "ReLU",
            "max_pool2d": "{kernel} 最大汇聚层",
            "adaptive_avg_pool2d": "平均汇聚至 {size}",
            "global_avg_pool": "全局平均汇聚层",
            "linear": "全连接层",
            "flatten": "展平",
            "subsample": "每 {step} 像素取样",
            "pad": "补零通道",
        },
    }
)
"""Each operator's label by language; the words are those of the book's two editions."""


def label(op: str, attrs: Mapping[str, Any], language: str) -> str:
    """Return the label of an operator with its attributes.

    >>> label("max_pool2d", {"kernel": (3, 3)}, "en")
    '3 × 3 MaxPool'
    >>> label("max_pool2d", {"kernel": (3, 3)}, "zh")
    '3 × 3 最大汇聚层'
    """
    table = _LABELS[language]
    if op == "adaptive_avg_pool2d" and tuple(attrs.get("size", ())) == (1, 1):
        op = "global_avg_pool"
    pattern = table.get(op, op)
    text = pattern.format(
        kernel=times(attrs.get("kernel", ())),
        size=times(attrs.get("size", ())),
        step=max(attrs.get("steps", (1,))),
    )
    if attrs.get("groups", 1) > 1:
        text = table["groups"].format(label=text, groups=attrs["groups"])
    return text


def times(sizes: tuple[int, ...]) -> str:
    """Return sizes as figures spell them.

    >>> times((3, 3))
    '3 × 3'
    """
    return " × ".join(map(str, sizes))
