"""What the library says is wrong, in Chinese too.

The library speaks English, wherever it is used; the page, which is in two languages, translates the
sentences that a visitor can meet. One that is not here stays in English.
"""

from __future__ import annotations

import re

__all__ = ["SENTENCES", "told"]

SENTENCES: tuple[tuple[str, str], ...] = (
    # Values of fields
    (r"(.*) \(must be an integer from (\d+) to (\d+)\)", "{}（须为 {} 至 {} 的整数）"),
    (r"(.*) \(must be a number from 0 and below 1\)", "{}（须为不小于 0 且小于 1 的数）"),
    (r"(.*) \(must be true or false\)", "{}（须为 true 或 false）"),
    (r"(.*) \(must be odd\)", "{}（须为奇数）"),
    (r"(.*) \(must not be blank\)", "{}（不得为空）"),
    (r"(.*) \(must have no control characters\)", "{}（不得含控制字符）"),
    (r"(\d+) characters \(must be at most (\d+)\)", "{} 个字符（最多 {} 个）"),
    (r"(\d+) elements \(must be (\d+) to (\d+)\)", "{} 个元素（须为 {} 至 {} 个）"),
    (r"(\d+) elements \(must be (\d+) .*\)", "{} 个元素（须为 {} 个）"),
    (r"missing \(every spec needs it\)", "缺失（每个配置都需要）"),
    (r"(.*) \(must be a list.*\)", "{}（须为列表）"),
    (
        r"unknown (\w+): (.*) \(must be one of (\[.*?\]).*\)",
        "未知的 {}：{}（须为 {} 之一）",
    ),
    (r"(.*) \(must be one of (\[.*\]); did you mean (.*)\?\)", "{}（须为 {} 之一；是否指 {}？）"),
    (r"(.*) \(must be one of (\[.*\])\)", "{}（须为 {} 之一）"),
    (r"unknown key (.*) \(.*must be one of (\[.*\])\)", "未知的键 {}（须为 {} 之一）"),
    (r"not (JSON|TOML|YAML) \((.*)\)", "不是 {}（{}）"),
    # What does not go together
    (r"(\d+) \(must divide channels, (\d+)\)", "{}（须整除通道数 {}）"),
    (
        r"(\d+) \(leaves no channels inside the bottleneck of (\d+) channels and expansion (\d+)\)",
        "{}（通道数为 {}、扩张倍数为 {} 时，瓶颈内部没有通道）",
    ),
    (
        r"(\d+) \(makes the bottleneck (\d+) channels wide; must leave at most (\d+)\)",
        "{}（瓶颈宽达 {} 个通道，最多 {} 个）",
    ),
    (
        r"(.*) \(a (.*) block has no bottleneck; must be (\d+)\)",
        "{}（{} 块没有瓶颈，须为 {}）",
    ),
    (r"(.*) \(there is no pool; must be 'max'\)", "{}（没有汇聚层，须为 'max'）"),
    (
        r"(.*) \((\w+) (\S+) has no use for it; must be (.*), or \w+ one of (\[.*\])\)",
        "{}（{} {} 用不到此项；须为 {}，或改选 {} 之一）",
    ),
    (
        r"False \(only where preactivation is true, so that the first block activates\)",
        "False（仅在预激活时可用，由第一个块来激活）",
    ),
    (
        r"(.*) \(cannot follow downsampler (.*); must be one of (\[.*\])\)",
        "{}（不能与下采样方式 {} 同用；须为 {} 之一）",
    ),
    (
        r"(\d+) \(shortcut A pads with zeros and cannot go down from (\d+) channels; must be at "
        r"least \d+, or shortcut B\)",
        "{}（捷径 A 以零填充，不能由 {} 个通道减少；须不少于此数，或改用捷径 B）",
    ),
    (
        r"(\d+) channels \(norm groups, (\d+), must divide them\)",
        "{} 个通道（规范化组数 {} 须整除之）",
    ),
    # The image on its way
    (r"the size reaches zero: (.*) becomes (.*)", "尺寸变为零：{} 变为 {}"),
    (
        r"(\S+) cannot be reflected at its edges \(must be larger than (\d+)\)",
        "{} 的边缘无法反射填充（须大于 {}）",
    ),
    # Figures and files
    (
        r"([\d,]+) operators \(must be at most ([\d,]+) on a page; .*\)",
        "{} 个算子（网页上最多 {} 个；折叠后相同的块只画一次）",
    ),
    (r"(.*): has no blocks with groups to draw", "{} 没有分组的块可画"),
    (r"(.*): has no block with an identity shortcut \(.*\)", "{} 没有恒等捷径的块"),
    (
        r"scale: \S+ makes more than ([\d,]+) pixels of (\d+) × (\d+) points \(.*\)",
        "超过 {} 个像素（图为 {} × {} 点）",
    ),
    (
        r"a figure of (\d+) × (\d+) points is too large for TeX \(must be at most (\d+) .*\)",
        "{} × {} 点的图对 TeX 过大（最多 {} 点；可下载 SVG，或折叠相同的块）",
    ),
    (
        r"(\d+) edges \(Mermaid shows at most (\d+); .*\)",
        "{} 条边（Mermaid 最多显示 {} 条；较浅的层级边数较少）",
    ),
    # Links and uploads
    (r"(.*) \(is no network; the link is broken\)", "{}（不是网络；链接已损坏）"),
    (r"unknown network: (.*) \(.*did you mean (.*)\?\)", "未知网络：{}（是否指 {}？）"),
    (r"unknown network: (.*) \(.*\)", "未知网络：{}"),
)
"""What the library says behind the name of a place, and how that is said in Chinese."""

_KNOWN = tuple(
    (re.compile(f"((?:.*: )?){pattern}", re.DOTALL), chinese) for pattern, chinese in SENTENCES
)


def told(fact: str, lang: str) -> str:
    """Return what is wrong in the language of the page, if it can be said there.

    >>> told("0 (must be an integer from 1 to 64)", "zh")
    '0（须为 1 至 64 的整数）'
    """
    if lang == "zh":
        for pattern, chinese in _KNOWN:
            found = pattern.fullmatch(fact)
            if found:
                where, *values = found.groups()
                return where + chinese.format(*values)
    return fact
