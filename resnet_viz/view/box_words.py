"""Write the labels of boxes: operators with their sizes, scopes with their names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from resnet_viz.graph import Node, Scope
from resnet_viz.text.labels import SCOPES, label, name_of

__all__ = [
    "MAX_LETTERS",
    "clipped",
    "operator_text",
    "operator_words",
    "own_name",
    "scope_text",
    "scope_words",
]

MAX_LETTERS = 56
"""The most characters of a line in a box."""

_CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
"""Container classes, whose names say nothing about their content."""


def operator_words(node: Node, language: str) -> str:
    """Return an operator's label with its channels or features and its stride.

    >>> conv = {"kernel": (3, 3), "out_channels": 128, "stride": (2, 2), "groups": 1}
    >>> operator_words(Node("conv1", "conv2d", ("input",), ((128, 56, 56),), conv), "en")
    '3 × 3 Conv, 128, /2'
    """
    return operator_text(node.op, node.attrs, language)


def operator_text(op: str, attrs: Mapping[str, Any], language: str) -> str:
    """Return the label of an operator from its name and attributes; see `operator_words`."""
    text = label(op, attrs, language)
    stride = attrs.get("stride")
    size = attrs.get("out_channels", attrs.get("out_features"))
    return _with_sizes(text, size, max(stride) if isinstance(stride, tuple) and stride else 1)


@lru_cache(maxsize=4096)
def _with_sizes(text: str, size: object, stride: int) -> str:
    return text + (f", {size}" if size is not None else "") + (f", /{stride}" if stride > 1 else "")


def scope_words(scope: Scope, language: str) -> str:
    """Return the label of a scope: the name of its attribute, and its class or kind.

    A number is preceded by its parent's name, and the class of a container is left out.

    >>> scope_words(Scope("encoder.layers.0", "EncoderBlock", ()), "en")
    'layers.0: EncoderBlock'
    >>> scope_words(Scope("features", "Sequential", ()), "en")
    'features'
    """
    content = ""
    if scope.kind in _CONTAINERS and own_name(scope.path).replace(".", "").isdigit():
        content = _content(scope)
    text = scope_text(scope.path, scope.kind, language)
    return f"{text}: {content}" if content else text


def scope_text(path: str, kind: str, language: str) -> str:
    """Return the label of a scope from its path and kind; see `scope_words`."""
    name = own_name(path)
    if kind in SCOPES:
        words = name_of(kind, path, language)
        return words if not name or kind in ("stem", "head", "stage") else f"{name}: {words}"
    if kind in _CONTAINERS and name:
        return name
    return f"{name}: {kind}" if name and name != kind else kind


def own_name(path: str) -> str:
    """Return the end of a path, from its last name that is not a number.

    >>> own_name("model.layer1.0"), own_name("conv1"), own_name("0")
    ('layer1.0', 'conv1', '0')
    """
    names = path.split(".")
    start = len(names) - 1
    while start and names[start].partition(":")[0].isdigit():
        start -= 1
    return ".".join(names[start:])


def _content(scope: Scope) -> str:
    """Return the classes or operators in a container without a name, each once."""
    kinds = dict.fromkeys(
        child.kind if isinstance(child, Scope) else label(child.op, child.attrs, "en")
        for child in scope.children
    )
    return ", ".join(kinds) if len(kinds) <= 3 else ""


def clipped(text: str) -> str:
    """Return a text, cut off with an ellipsis if it is too long for a box."""
    return text if len(text) <= MAX_LETTERS else f"{text[: MAX_LETTERS - 1]}…"
