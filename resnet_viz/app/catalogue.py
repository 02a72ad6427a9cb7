"""List the networks of the zoo with their costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from resnet_viz.app.answers import report_of
from resnet_viz.spec import ResNetSpec
from resnet_viz.text.numbers import short
from resnet_viz.text.page import translate
from resnet_viz.zoo import entries, families

__all__ = ["Listed", "is_known", "listed", "options", "title"]

HEADING = "── "
"""The beginning of an option that is the heading of a family."""


class Listed(NamedTuple):
    """A network of the zoo: its name, its input and its totals."""

    name: str
    input: tuple[int, ...]
    totals: Mapping[str, int]


@cache
def listed() -> tuple[Listed, ...]:
    """Return every network of the zoo, counted once for all visitors."""
    count = report_of.__wrapped__  # uncached: the whole list is cached instead
    return tuple(
        Listed(name, entry.spec.input, count(entry.spec, "network").totals)
        for name, entry in entries().items()
    )


@cache
def options() -> Mapping[str, str]:
    """Return the options of the list of networks, each with the name of the network that it opens.

    Each family begins with its heading, which opens the family's first network.

    >>> list(options().items())[:2]
    [('── Dive into Deep Learning', 'd2l-resnet18'), ('d2l-resnet18', 'd2l-resnet18')]
    """
    opened: dict[str, str] = {}
    for family in families():
        opened.setdefault(HEADING + family.title, next(iter(family.makers)))
        opened |= {name: name for name in family.makers}
    return opened


@cache
def title(name: str, lang: str) -> str:
    """Return the title of an option; a network's contains the common spellings of its name.

    >>> title("resnet50", "en"), title("── ResNeXt", "en")
    ('ResNet-50 · resnet50 · 50 layers · 25.6 M · 4.09 G', '── ResNeXt')
    """
    if name.startswith(HEADING):
        return name
    totals = next(network.totals for network in listed() if network.name == name)
    layers = translate(lang, "layers_of", totals["layers"])
    costs = f"{layers} · {short(totals['params'])} · {short(totals['macs'])}"
    return f"{_spelled(name)} · {name} · {costs}"


def _spelled(name: str) -> str:
    """Return a zoo name in the spelling of papers.

    >>> _spelled("seresnext50_32x4d"), _spelled("wide_resnet50_2"), _spelled("vgg16")
    ('SE-ResNeXt-50 32x4d', 'Wide ResNet-50 2', 'VGG-16')
    """
    for pattern, spelled in _SPELLINGS:
        name = re.sub(pattern, spelled, name)
    return name.replace("_", " ")


_SPELLINGS = (
    (r"wide_", "Wide "),
    (r"resnext", "ResNeXt-"),
    (r"resnet(v2|rs)?_?", lambda found: f"ResNet{(found[1] or '').replace('rs', '-RS')}-"),
    (r"^(?:cifar-)", "CIFAR "),
    (r"vgg", "VGG-"),
    (r"regnet_?([xy])_?(?=\d)", lambda found: f"RegNet{found[1].upper()}-"),
    (r"(?<=\d)[mg]f\b", lambda found: found[0].upper()),
    (r"plain", "Plain-"),
    (r"\b(se|eca)(?=ResNe)", lambda found: f"{found[1].upper()}-"),
    (r"-+", "-"),
)


def is_known(spec: ResNetSpec) -> bool:
    """Return whether a network is in the zoo unchanged."""
    entry = entries().get(spec.name)
    return entry is not None and entry.spec == spec
