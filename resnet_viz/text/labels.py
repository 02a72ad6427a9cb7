"""Define the texts of figures: labels of operators and scopes, and phrases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from resnet_viz.spec import kinds
from resnet_viz.text.catalogue import lookup

__all__ = ["LABELS", "ROLES", "SCOPES", "SIGNS", "label", "name_of", "phrase", "times"]

SIGNS: Mapping[str, str] = MappingProxyType({"add": "+", "mul": "×"})
"""The sign in the circle of an operator that joins two values."""

ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "multi_head_attention_forward": ("Q", "K", "V"),
        "scaled_dot_product_attention": ("Q", "K", "V"),
    }
)
"""What the first inputs of an operator are for, where a figure must tell them apart."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
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
        "memory": "{0} saved",
        "color_params": "parameters",
        "color_macs": "multiply-adds",
        "color_memory": "saved for the backward pass, float32, batch {0}",
        "color_time": "time in inference, RTX 4090, batch {0}",
        "color_intensity": "FLOPs per byte moved, RTX 4090, batch {0}",
        "color_receptive-field": "receptive field, pixels",
        "receptive_field_title": "{0}: what one element of each stage sees of {1} × {1} pixels",
        "lesson_plain": "plain",
        "lesson_residual": "residual",
        "lesson_training": "Training error by depth",
        "lesson_test": "Test error by depth",
        "lesson_gradients": "Gradient of each layer's weight before training",
        "lesson_outputs": "What leaves each block before training",
        "lesson_epoch": "epoch",
        "lesson_error": "error, %",
        "lesson_layer": "layer, from the input",
        "lesson_norm": "Euclidean norm",
        "lesson_block": "block, from the input",
        "lesson_rms": "root mean square",
        "lesson_caption": "Numbers: layers. Bold: the mean of {0} seeds; pale: each of them. "
        "1,437 digits of 8 × 8.",
        "chart_params": "parameters",
        "chart_macs": "MACs",
        "chart_activations": "activations",
        "chart_layers": "layers",
        "chart_share": "share of networks",
        "chart_front": "front",
        "chart_caption": "Top-1 accuracy on ImageNet as published by timm, and costs at its image "
        "size.",
        "weight_layer": "Weight layer",
        "activation_function": "Activation function",
        "identity_word": "identity",
        "short_conv": "{0}, {1}",
        "paper_conv": "{0} conv, {1}",
        "paper_fc": "fc {0}",
        "paper_image": "image",
        "paper_average": "avg pool",
        "paper_pool": "pool, /{0}",
        "groups_word": "{0} groups",
        "shared": "{0} shared",
        "shared_params": "shared parameters",
        "of_conv": "convolution",
        "of_norm": "normalization",
        "of_activation": "activation",
        "of_pool": "pooling",
        "of_linear": "fully connected",
        "of_matmul": "matrix product",
        "of_merge": "joins branches",
        "of_shape": "changes shape only",
        "of_other": "other",
        "of_scope": "several operators",
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
    }
)
"""The labels of operators, scopes and notes, in the words of the book's editions."""


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
    return _label(op, language, *map(attrs.get, _LABELLED))


_LABELLED = ("kernel", "size", "steps", "groups", "dilation")
"""The attributes that labels contain."""


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
    if op == "adaptive_avg_pool2d" and size == (1, 1):
        op = "global_avg_pool"
    if op in LABELS:
        pattern = _pattern(op, language)
    else:  # an operator without a label: the words of its name
        pattern = op.replace("_", " ").capitalize().replace("{", "{{").replace("}", "}}")
    step = max(steps or (1,))
    text = pattern.format(kernel=times(kernel or ()), size=times(size or ()), step=step)
    if groups is not None and groups > 1:
        text = _pattern("groups", language).format(label=text, groups=groups)
    if max(dilation or (1,)) > 1:
        text = _pattern("dilation", language).format(label=text, dilation=max(dilation or (1,)))
    return text


def _pattern(name: str, language: str) -> str:
    """Return a translated text of the table, with placeholders for its values."""
    return lookup(LABELS[name], language, "figure")


SCOPES: Mapping[str, str] = MappingProxyType(
    {
        **{kind: LABELS[kind] for kind in ("stem", "body", "head", "stage", "shortcut")},
        **{
            kind: entry.label
            for table in kinds.SCOPES
            for kind, entry in table.items()
            if entry.label
        },
    }
)
"""The label of each kind of scope; a module's class is its own label."""


def name_of(kind: str, path: str, language: str) -> str:
    """Return the name of a scope: the label of its kind, or its name and class.

    >>> name_of("stage", "layer2", "en"), name_of("DenseBlock", "features.denseblock1", "en")
    ('Stage 2', 'denseblock1: DenseBlock')
    """
    own = path.rpartition(".")[2]
    if kind in SCOPES:
        number = own[len(own.rstrip("0123456789")) :]
        return lookup(SCOPES[kind], language, "figure").format(number=number).rstrip()
    return kind if not own or own.isdigit() else f"{own}: {kind}"


def scope_title(path: str, kind: str, language: str) -> str:
    """Return the title of a scope: its path, and the label of its kind or its class.

    >>> scope_title("layer2", "stage", "en"), scope_title("features.0", "Sequential", "en")
    ('layer2: Stage 2', 'features.0: Sequential')
    """
    words = name_of(kind, path, language) if kind in SCOPES else kind
    return f"{path}: {words}" if path else words


def phrase(name: str, language: str, *values: object, **named: object) -> str:
    """Return a translated phrase with its values.

    >>> phrase("params", "en", 25557032)
    '25,557,032 params'
    """
    return _pattern(name, language).format(*values, **named)


def times(sizes: tuple[int, ...]) -> str:
    """Return sizes in the notation of figures.

    >>> times((3, 3))
    '3 × 3'
    """
    return " × ".join(map(str, sizes))
