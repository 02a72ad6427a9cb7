"""Translate other libraries' parameter names to ours, by a table of dialects.

Our names are torchvision's (`layer2.0.downsample.0.weight`). A common prefix such as `module.` or
`state_dict.` is found from the name of the first convolution.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from resnet_viz.checkpoints.shapes import Shapes

__all__ = ["DIALECTS", "Dialect", "Translation", "translate"]

_Rule = tuple[str, str | Callable[[re.Match[str]], str]]


class Dialect(NamedTuple):
    """A way of naming the parameters of residual networks.

    Attributes:
        owner: the libraries that use these names, for sentences.
        anchors: the possible names of the first convolution's weight.
        rules: patterns in its names and their replacements in ours, applied in order.
        merged: the same for our names, if it has one name for several of ours.
    """

    owner: str
    anchors: tuple[str, ...]
    rules: tuple[_Rule, ...] = ()
    merged: tuple[_Rule, ...] = ()

    def to_ours(self, name: str) -> str:
        """Return our name for a parameter of this dialect."""
        return _renamed(name, self.rules)

    def merge(self, name: str) -> str:
        """Return our name for a parameter after writing it in this dialect and reading it back.

        >>> dict(DIALECTS)["resnetv2"].merge("layer1.0.downsample.1.weight")
        'layer1.0.downsample.0.weight'
        """
        return _renamed(name, self.merged)


def _renamed(name: str, rules: Iterable[_Rule]) -> str:
    for pattern, new in rules:
        name = re.sub(pattern, new, name)
    return name


def _next(template: str) -> Callable[[re.Match[str]], str]:
    """Return a replacement that counts stages from 1 instead of 0."""
    return lambda match: template.format(int(match[1]) + 1, *match.groups()[1:])


_OURS = ("conv1.weight", "conv1.0.weight")

DIALECTS: tuple[tuple[str, Dialect], ...] = (
    (
        "resnet",
        Dialect("torchvision's, timm's and ours", _OURS, ((r"\.se\.conv\.", ".eca.conv."),)),
    ),
    (
        "resnetv2",
        Dialect(
            "timm's of pre-activation networks",
            ("stem.conv.weight", "stem.conv1.weight"),
            (
                (r"^stem\.conv\.", "conv1."),
                (r"^stem\.conv(\d)\.", lambda match: f"conv1.{3 * int(match[1]) - 3}."),
                (r"^stem\.norm(\d)\.", lambda match: f"conv1.{3 * int(match[1]) - 2}."),
                (r"^stages\.(\d{1,4})\.blocks\.(\d+)\.", _next("layer{}.{}.")),
                (r"\.norm(\d)\.", r".bn\1."),
                (r"\.downsample\.conv\.", ".downsample.0."),
                (r"^head\.fc\.", "fc."),
            ),
            merged=((r"\.downsample\.\d\.", ".downsample.0."),),
        ),
    ),
    (
        "timm-regnet",
        Dialect(
            "timm's of RegNets",
            ("stem.conv.weight",),
            (
                (r"^stem\.conv\.", "conv1."),
                (r"^stem\.bn\.", "bn1."),
                (r"^s(\d{1,4})\.b(\d{1,6})\.", lambda m: f"layer{m[1]}.{int(m[2]) - 1}."),
                (r"\.conv(\d)\.conv\.", r".conv\1."),
                (r"\.conv(\d)\.bn\.", r".bn\1."),
                (r"\.downsample\.conv\.", ".downsample.0."),
                (r"\.downsample\.bn\.", ".downsample.1."),
                (r"\.se\.", ".se_inner."),
                (r"^head\.fc\.", "fc."),
            ),
        ),
    ),
    (
        "torchvision-regnet",
        Dialect(
            "torchvision's of RegNets",
            ("stem.0.weight",),
            (
                (r"^stem\.0\.", "conv1."),
                (r"^stem\.1\.", "bn1."),
                (r"^trunk_output\.block(\d{1,4})\.block\1-(\d{1,6})\.", r"layer\1.\2."),
                (r"\.f\.([abc])\.0\.", lambda m: f".conv{'abc'.index(m[1]) + 1}."),
                (r"\.f\.([abc])\.1\.", lambda m: f".bn{'abc'.index(m[1]) + 1}."),
                (r"\.f\.se\.", ".se_inner."),
                (r"\.proj\.", ".downsample."),
            ),
        ),
    ),
    (
        "d2l",
        Dialect(
            "the d2l chapter's",
            ("0.0.weight",),
            (
                (r"^0\.0\.", "conv1."),
                (r"^0\.1\.", "bn1."),
                (r"^b(\d{1,4})\.", lambda match: f"{int(match[1]) - 1}."),
                (r"\.conv3\.", ".downsample.0."),
                (r"^(\d+)\.(\d+)\.", r"layer\1.\2."),
                (r"^(\d+|last\.\d+)\.(weight|bias)$", r"fc.\2"),
            ),
        ),
    ),
    (
        "d2l-functions",
        Dialect(
            "those of the d2l package's resnet18",
            ("0.weight",),
            (
                (r"^0\.", "conv1."),
                (r"^1\.", "bn1."),
                (r"\.conv3\.", ".downsample.0."),
                (r"^resnet_block(\d+)\.", r"layer\1."),
                (r"^fc\.\d\.", "fc."),
            ),
        ),
    ),
    (
        "shortcut",
        Dialect(
            "those of networks for CIFAR that say shortcut and linear",
            _OURS,
            ((r"\.shortcut\.", ".downsample."), (r"^linear\.", "fc.")),
        ),
    ),
    (
        "transformers",
        Dialect(
            "those of the package transformers",
            ("embedder.embedder.convolution.weight",),
            (
                (r"^embedder\.embedder\.convolution\.", "conv1."),
                (r"^embedder\.embedder\.normalization\.", "bn1."),
                (r"^encoder\.stages\.(\d{1,4})\.layers\.(\d+)\.", _next("layer{}.{}.")),
                (r"\.shortcut\.convolution\.", ".downsample.0."),
                (r"\.shortcut\.normalization\.", ".downsample.1."),
                (r"\.layer\.(\d)\.convolution\.", _next(".conv{}.")),
                (r"\.layer\.(\d)\.normalization\.", _next(".bn{}.")),
                (r"^classifier\.1\.", "fc."),
            ),
        ),
    ),
)
"""The dialects by name; where two read as many names, the first is taken."""

_OUR_NAMES = re.compile(
    r"(conv1|bn1|norm|fc\d*|maxpool\.\d|conv1\.\d+"
    r"|layer\d{1,4}\.\d{1,6}\.(conv|bn)\d"
    r"|layer\d{1,4}\.\d{1,6}\.(downsample\.\d|se\.fc\d|se_inner\.fc\d|eca\.conv))\.\w+"
)

_MAX_PREFIXES = 16  # the most prefixes to try


class Translation(NamedTuple):
    """A file's tensors with our names.

    Attributes:
        dialect: the dialect of the file.
        keys: the file's name of each tensor, by our name.
        others: the file's names that do not belong to the network, such as those of an optimizer
            or of averaged weights.
        shapes: the shapes by our names.
    """

    dialect: Dialect
    keys: dict[str, str]
    others: tuple[str, ...]
    shapes: Shapes


def translate(shapes: Shapes) -> Translation:
    """Return a file's tensors with our names, in the dialect that reads the most names.

    >>> sorted(translate({"module.conv1.weight": (64, 3, 7, 7)}).shapes)
    ['conv1.weight']
    """
    best, most = Translation(DIALECTS[0][1], {name: name for name in shapes}, (), shapes), 0
    for dialect, prefix in _places(shapes):
        keys = {
            dialect.to_ours(name[len(prefix) :]): name for name in shapes if name.startswith(prefix)
        }
        known = sum(_OUR_NAMES.fullmatch(name) is not None for name in keys)
        if known > most:
            most = known
            found = {name: _of_ours(name, shapes[key]) for name, key in keys.items()}
            others = tuple(name for name in shapes if not name.startswith(prefix))
            best = Translation(dialect, keys, others, found)
    return best


def _places(shapes: Shapes) -> Iterator[tuple[Dialect, str]]:
    """Yield each dialect with a possible prefix of its names, averaged weights last."""
    for _, dialect in DIALECTS:
        prefixes: set[str] = set()
        for name in shapes:
            for anchor in dialect.anchors:
                if name == anchor or name.endswith(f".{anchor}"):
                    prefixes.add(name[: -len(anchor)])
        shortest: list[str] = []
        for prefix in sorted(prefixes, key=lambda prefix: ("ema" in prefix, len(prefix), prefix)):
            if len(shortest) < _MAX_PREFIXES and not prefix.startswith(tuple(shortest)):
                shortest.append(prefix)
                yield dialect, prefix


def _of_ours(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return our shape of a tensor; a last layer that is a 1×1 convolution becomes linear."""
    return shape[:2] if name == "fc.weight" and shape[2:] == (1, 1) else shape
