"""What figures call things, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from resnet_viz.spec.kinds import SCOPES

__all__ = ["KINDS", "LANGUAGES", "SIGNS", "label", "name_of", "phrase", "times"]

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh": "中文"})

SIGNS: Mapping[str, str] = MappingProxyType({"add": "+", "mul": "×"})
"""What is written in the circle of an operator that joins two values."""

_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "conv1d": "1-D Conv, {kernel}",
            "conv2d": "{kernel} Conv",
            "conv3d": "{kernel} Conv",
            "groups": "{label}, {groups} groups",
            "dilation": "{label}, dilation {dilation}",
            "batch_norm": "Batch norm",
            "relu": "ReLU",
            "max_pool2d": "{kernel} MaxPool",
            "adaptive_avg_pool2d": "AvePool to {size}",
            "global_avg_pool": "Global AvePool",
            "linear": "FC",
            "flatten": "Flatten",
            "subsample": "Subsample by {step}",
            "pad": "Zero channels",
            "conv_transpose1d": "{kernel} Transposed conv",
            "conv_transpose2d": "{kernel} Transposed conv",
            "conv_transpose3d": "{kernel} Transposed conv",
            "layer_norm": "Layer norm",
            "group_norm": "Group norm",
            "relu6": "ReLU6",
            "leaky_relu": "Leaky ReLU",
            "elu": "ELU",
            "selu": "SELU",
            "gelu": "GELU",
            "silu": "SiLU",
            "mish": "Mish",
            "sigmoid": "Sigmoid",
            "tanh": "Tanh",
            "hardswish": "Hard swish",
            "hardsigmoid": "Hard sigmoid",
            "hardtanh": "Hard tanh",
            "softplus": "Softplus",
            "softmax": "Softmax",
            "max_pool1d": "{kernel} MaxPool",
            "max_pool3d": "{kernel} MaxPool",
            "avg_pool1d": "{kernel} AvePool",
            "avg_pool2d": "{kernel} AvePool",
            "avg_pool3d": "{kernel} AvePool",
            "adaptive_avg_pool1d": "AvePool to {size}",
            "adaptive_avg_pool3d": "AvePool to {size}",
            "adaptive_max_pool1d": "MaxPool to {size}",
            "adaptive_max_pool2d": "MaxPool to {size}",
            "adaptive_max_pool3d": "MaxPool to {size}",
            "matmul": "Matrix product",
            "scaled_dot_product_attention": "Attention",
            "multi_head_attention_forward": "Multi-head attention",
            "getitem": "Select",
            "chunk": "Chunk",
            "lstm": "LSTM",
            "gru": "GRU",
            "mean": "Mean",
            "add": "Add",
            "sub": "Subtract",
            "mul": "Multiply",
            "div": "Divide",
            "cat": "Concat",
            "dropout": "Dropout",
            "drop_path": "Drop path",
            "std_conv2d": "{kernel} Std conv",
            "filter_response_norm": "Filter response norm",
            "evo_norm": "EvoNorm-S0",
            "blur_pool2d": "{kernel} BlurPool",
            "pad2d": "Zero padding",
            "unflatten": "Unflatten",
            "identity": "Identity",
            "embedding": "Embedding",
            "contiguous": "Contiguous",
            "reshape": "Reshape",
            "permute": "Permute",
            "stem": "Stem",
            "body": "Body",
            "head": "Head",
            "stage": "Stage {number}",
            "shortcut": "Shortcut",
            "cost": "{output}; {params:,} parameters; {macs:,} MACs",
            "params": "{0:,} params",
            "macs": "{0} MACs",
            "weight_layer": "Weight layer",
            "activation_function": "Activation function",
            "identity_word": "identity",
            "short_conv": "{0}, {1}",
            "paper_conv": "{0} conv, {1}",
            "paper_fc": "fc {0}",
            "paper_average": "avg pool",
            "paper_pool": "pool, /{0}",
            "groups_word": "{0} groups",
            "groups_line": "({0} groups)",
            "groups_stride": "groups, {0}",
            "stride_word": "stride {0}",
            "wide": "{0}-d",
            "output_size": "output size: {0}",
            "channels": "{0} channels",
            "channels_in": "{0} input channels",
            "channels_out": "{0} output channels",
            "channels_inner": "{0} intermediate channels",
            "channels_each": "{0} channels per group",
            "groups_title": "Groups drawn",
            "short_title": "Simplified diagram",
            "body_title": "Body",
            "stage_title": "Stage i",
            "block_word": "Block",
            "block_title": "Block",
            "block_down_title": "Block with downsampling",
        },
        "zh": {
            "conv1d": "一维卷积层, {kernel}",
            "conv2d": "{kernel} 卷积层",
            "conv3d": "{kernel} 卷积层",
            "groups": "{label}，{groups} 组",
            "dilation": "{label}，扩张 {dilation}",
            "batch_norm": "批量规范化层",
            "relu": "ReLU",
            "max_pool2d": "{kernel} 最大汇聚层",
            "adaptive_avg_pool2d": "平均汇聚至 {size}",
            "global_avg_pool": "全局平均汇聚层",
            "linear": "全连接层",
            "flatten": "展平",
            "subsample": "每 {step} 像素取样",
            "pad": "补零通道",
            "conv_transpose1d": "{kernel} 转置卷积层",
            "conv_transpose2d": "{kernel} 转置卷积层",
            "conv_transpose3d": "{kernel} 转置卷积层",
            "layer_norm": "层规范化",
            "group_norm": "组规范化",
            "relu6": "ReLU6",
            "leaky_relu": "Leaky ReLU",
            "elu": "ELU",
            "selu": "SELU",
            "gelu": "GELU",
            "silu": "SiLU",
            "mish": "Mish",
            "sigmoid": "Sigmoid",
            "tanh": "Tanh",
            "hardswish": "Hard swish",
            "hardsigmoid": "Hard sigmoid",
            "hardtanh": "Hard tanh",
            "softplus": "Softplus",
            "softmax": "Softmax",
            "max_pool1d": "{kernel} 最大汇聚层",
            "max_pool3d": "{kernel} 最大汇聚层",
            "avg_pool1d": "{kernel} 平均汇聚层",
            "avg_pool2d": "{kernel} 平均汇聚层",
            "avg_pool3d": "{kernel} 平均汇聚层",
            "adaptive_avg_pool1d": "平均汇聚至 {size}",
            "adaptive_avg_pool3d": "平均汇聚至 {size}",
            "adaptive_max_pool1d": "最大汇聚至 {size}",
            "adaptive_max_pool2d": "最大汇聚至 {size}",
            "adaptive_max_pool3d": "最大汇聚至 {size}",
            "matmul": "矩阵乘法",
            "scaled_dot_product_attention": "注意力",
            "multi_head_attention_forward": "多头注意力",
            "getitem": "选取",
            "chunk": "分块",
            "lstm": "LSTM",
            "gru": "GRU",
            "mean": "均值",
            "add": "相加",
            "sub": "相减",
            "mul": "相乘",
            "div": "相除",
            "cat": "连结",
            "dropout": "暂退法",
            "drop_path": "随机深度",
            "std_conv2d": "{kernel} 标准化卷积层",
            "filter_response_norm": "滤波响应规范化层",
            "evo_norm": "EvoNorm-S0",
            "blur_pool2d": "{kernel} 模糊汇聚层",
            "pad2d": "补零",
            "unflatten": "拆分",
            "identity": "恒等",
            "embedding": "嵌入层",
            "contiguous": "连续化",
            "reshape": "变形",
            "permute": "换序",
            "stem": "主干",
            "body": "主体",
            "head": "头部",
            "stage": "阶段 {number}",
            "shortcut": "捷径",
            "cost": "{output}；{params:,} 个参数；{macs:,} 次乘加",
            "params": "{0:,} 个参数",
            "macs": "{0} 次乘加",
            "weight_layer": "权重层",
            "activation_function": "激活函数",
            "identity_word": "恒等",
            "short_conv": "{0}, {1}",
            "paper_conv": "{0} 卷积, {1}",
            "paper_fc": "全连接 {0}",
            "paper_average": "平均汇聚",
            "paper_pool": "汇聚, /{0}",
            "groups_word": "{0} 组",
            "groups_line": "（{0} 组）",
            "groups_stride": "组，{0}",
            "stride_word": "步幅 {0}",
            "wide": "{0} 维",
            "output_size": "输出尺寸：{0}",
            "channels": "{0} 个通道",
            "channels_in": "{0} 个输入通道",
            "channels_out": "{0} 个输出通道",
            "channels_inner": "{0} 个中间通道",
            "channels_each": "每组 {0} 个通道",
            "groups_title": "画出各组",
            "short_title": "简图",
            "body_title": "主体",
            "stage_title": "阶段 i",
            "block_word": "块",
            "block_title": "块",
            "block_down_title": "下采样块",
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
    if attrs.get("standardized"):
        op = f"std_{op}"
    elif op == "pad" and len(attrs.get("amounts", ())) <= 4:
        op = "pad2d"
    return _label(op, language, *map(attrs.get, _SAID))


_SAID = ("kernel", "size", "steps", "groups", "dilation")
"""The attributes that a label says."""


@lru_cache(maxsize=4096)
def _label(
    op: str,
    language: str,
    kernel: tuple[int, ...] | None,
    size: tuple[int, ...] | None,
    steps: tuple[int, ...] | None,
    groups: int | None,
    dilation: tuple[int, ...] | None,
) -> str:
    table = _LABELS[language]
    if op == "adaptive_avg_pool2d" and size == (1, 1):
        op = "global_avg_pool"
    pattern = table.get(op)
    if pattern is None:  # a function that the catalogue lacks: its own name, as words
        pattern = op.replace("_", " ").capitalize().replace("{", "{{").replace("}", "}}")
    step = max(steps or (1,))
    text = pattern.format(kernel=times(kernel or ()), size=times(size or ()), step=step)
    if groups is not None and groups > 1:
        text = table["groups"].format(label=text, groups=groups)
    if max(dilation or (1,)) > 1:
        text = table["dilation"].format(label=text, dilation=max(dilation or (1,)))
    return text


_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        language: {
            **{kind: _LABELS[language][kind] for kind in ("stem", "body", "head", "stage")},
            "shortcut": _LABELS[language]["shortcut"],
            **{kind: entry.label[i] for table in SCOPES for kind, entry in table.items()},
        }
        for i, language in enumerate(LANGUAGES)
    }
)
"""What each kind of scope is called, by language; a module's class is called as it is."""

KINDS = frozenset(_NAMES["en"])
"""The kinds of scope that have a name of their own."""


def name_of(kind: str, path: str, language: str) -> str:
    """Return the name of a scope: of its kind, or its own and its class.

    >>> name_of("stage", "layer2", "en"), name_of("DenseBlock", "features.denseblock1", "en")
    ('Stage 2', 'denseblock1: DenseBlock')
    """
    own = path.rpartition(".")[2]
    if kind in KINDS:
        number = own[len(own.rstrip("0123456789")) :]
        return _NAMES[language][kind].format(number=number).rstrip()
    return kind if not own or own.isdigit() else f"{own}: {kind}"


def phrase(name: str, language: str, *values: object, **named: object) -> str:
    """Return a phrase of the language with its values.

    >>> phrase("params", "en", 25557032)
    '25,557,032 params'
    """
    return _LABELS[language][name].format(*values, **named)


def times(sizes: tuple[int, ...]) -> str:
    """Return sizes as figures spell them.

    >>> times((3, 3))
    '3 × 3'
    """
    return " × ".join(map(str, sizes))
