"""What a user names a network by, to its spec: a zoo name, a spec file, or a spec."""

from __future__ import annotations

import os
from typing import TypeAlias

from resnet_viz.errors import RequestError, show
from resnet_viz.spec import ResNetSpec
from resnet_viz.zoo import find

__all__ = ["Network", "find_spec", "parse_input"]

Network: TypeAlias = "str | os.PathLike[str] | ResNetSpec"
"""A zoo name, the path of a spec file, or a spec."""


def find_spec(network: Network) -> ResNetSpec:
    """Return the spec that is meant.

    Raises:
        RequestError: there is no such network, or its file cannot be read.

    >>> find_spec("resnet18").name
    'resnet18'
    """
    if isinstance(network, ResNetSpec):
        return network
    if not isinstance(network, (str, os.PathLike)):
        raise RequestError(
            f"network: {show(network)} (must be a zoo name, the path of a spec file, or a spec)"
        )
    if isinstance(network, str) and not os.path.splitext(network)[1] and os.sep not in network:
        return find(network)
    from resnet_viz.spec.files import load  # here, because a zoo name needs no file reader

    return load(network)


def parse_input(text: str) -> tuple[int, ...]:
    """Return an input shape from its sizes with an `x` between them.

    Raises:
        RequestError: it is written otherwise.

    >>> parse_input("3x224x224")
    (3, 224, 224)
    """
    parts = text.replace("×", "x").split("x")
    if not 1 <= len(parts) <= 8 or not all(
        part.isascii() and part.isdigit() and len(part) < 20 for part in parts
    ):
        raise RequestError(f"input: {show(text)} (must be sizes with x between them: 3x224x224)")
    return tuple(map(int, parts))
