"""The zoo: networks by name, each with the paper or the code that it comes from."""

from __future__ import annotations

from resnet_viz.errors import choose
from resnet_viz.spec import ResNetSpec
from resnet_viz.zoo.entry import Entry

__all__ = ["Entry", "entries", "find", "names"]


def entries() -> dict[str, Entry]:
    """Return every entry of the zoo by name, families together.

    >>> entries()["resnet50"].source
    'torchvision.models.resnet50; He et al. 2015 with the stride in the 3x3 convolution'
    """
    from resnet_viz.zoo import cifar, d2l, imagenet, vgg

    tables = (d2l.ENTRIES, imagenet.ENTRIES, vgg.ENTRIES, cifar.ENTRIES)
    return {entry.spec.name: entry for table in tables for entry in table}


def names() -> list[str]:
    """Return the names of the zoo."""
    return list(entries())


def find(name: str) -> ResNetSpec:
    """Return the spec of that name.

    Raises:
        RequestError: there is none; the message offers the nearest name.

    >>> len(find("resnet50").stages)
    4
    """
    return choose("network", name, entries(), "'resnet-viz zoo' lists them").spec
