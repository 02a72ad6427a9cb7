"""The zoo: networks by name, each with its source, a paper or code."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from resnet_viz.errors import Message, RequestError, match, show
from resnet_viz.spec import ResNetSpec
from resnet_viz.zoo.entry import Entry, Family

__all__ = ["Entry", "Family", "entries", "families", "find", "find_spec", "names"]

_FILES = (
    *("d2l", "imagenet", "bag_of_tricks", "attention", "antialiased", "resnetv2"),
    *("regnet", "cifar", "vgg"),
)
"""The files of the zoo, in the order of lists; each defines `FAMILIES`."""


def families() -> Iterator[Family]:
    """Yield the families of the zoo; each file is imported when it is reached."""
    for name in _FILES:
        yield from import_module(f"resnet_viz.zoo.{name}").FAMILIES


class _Zoo(Mapping[str, Entry]):
    """A mapping of names to entries; each spec is made on first use and cached."""

    def __init__(self) -> None:
        self._made: dict[str, Entry] = {}

    def __getitem__(self, name: str) -> Entry:
        if name not in self._made:
            for family in families():
                if name in family.makers:
                    self._made[name] = family.makers[name]()
                    break
            else:
                raise KeyError(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        for family in families():
            yield from family.makers

    def __len__(self) -> int:
        return sum(len(family.makers) for family in families())


@cache
def entries() -> Mapping[str, Entry]:
    """Return every entry of the zoo by name, in the order of families.

    >>> entries()["resnet50"].source
    'torchvision.models.resnet50; He et al. 2015 with the stride in the 3x3 convolution'
    """
    return _Zoo()


def names() -> list[str]:
    """Return the names of the zoo."""
    return list(entries())


def find(name: str) -> ResNetSpec:
    """Return the spec with the given name.

    Raises:
        RequestError: the name is unknown; the message offers the nearest name.

    >>> len(find("resnet50").stages)
    4
    """
    known = entries()
    whole = str(name).removesuffix("_pruned")
    if name == f"{whole}_pruned" and whole in known:
        raise RequestError(
            "unknown network: {name!r} (its widths were found one by one, which no stage "
            "says; must be the whole network, {whole!r}, or another of 'resnet-viz zoo')",
            name=name,
            whole=whole,
        )
    if name in known:  # no need to import the rest of the zoo
        return known[name].spec
    return known[match("network", name, known, Message("'resnet-viz zoo' lists them"))].spec


def find_spec(network: object) -> ResNetSpec:
    """Return the spec of a network given as zoo name, path of a spec file, or spec.

    Raises:
        RequestError: the network is unknown, or its file cannot be read.

    >>> find_spec("resnet18").name
    'resnet18'
    """
    if isinstance(network, ResNetSpec):
        return network
    if not isinstance(network, (str, os.PathLike)):
        raise RequestError(
            "network: {network} (must be a zoo name, the path of a spec file or a checkpoint, "
            "a spec, or a torch.nn.Module)",
            network=show(network),
        )
    if isinstance(network, str) and os.sep not in network:
        suffix = os.path.splitext(network)[1]
        if not suffix or network in entries():  # the name "RegNetX-1.6GF" has a dot
            return find(network)
    from resnet_viz.spec.files import load  # lazy: a zoo name needs no file reader

    return load(network)
