"""What a user names a network by, to its graph: a zoo name, a spec file, a spec, a module."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

from resnet_viz.assembly import assemble
from resnet_viz.errors import RequestError, first_line, nearest, show
from resnet_viz.graph import Graph, fold
from resnet_viz.spec import ResNetSpec
from resnet_viz.zoo import find

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Network", "find_module", "find_spec", "parse_input", "to_graph"]

Network: TypeAlias = "str | os.PathLike[str] | ResNetSpec | Graph | nn.Module"
"""A zoo name, the path of a spec file or a checkpoint, `package.module:callable`, a spec, a graph,
or a module."""


def to_graph(network: Network, input: Any = None, *, folded: bool = True) -> Graph:
    """Return the graph of a network.

    Args:
        network: what is meant.
        input: of a spec `(C, H, W)` or `(N, C, H, W)`, its own if None; of a module what
            `resnet_viz.trace` takes; either as a text, too: "3x224x224".
        folded: whether the repeats of a module or of a graph are to be found; a spec says its own.

    Raises:
        RequestError: there is no such network, or the input does not fit it.
    """
    if isinstance(input, str):
        input = parse_input(input)
    if isinstance(network, Graph):
        if input is not None:
            raise RequestError("input: given with a graph (which has its own; must be left out)")
        return fold(network) if folded else network
    module = network if _is_module(network) else None
    name = ""
    if module is None and isinstance(network, str) and ":" in network:
        module, name = find_module(network), network.rpartition(":")[2]
    if module is None:
        return assemble(find_spec(network), input)
    if input is None:
        raise RequestError("input: missing (a module needs its whole shape, as 1x3x224x224)")
    from dataclasses import replace

    trace = _torch_corner("tracing").trace
    graph: Graph = trace(module, input)
    if folded:
        graph = fold(graph)
    return replace(graph, name=name) if name else graph


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
            "network: {network} (must be a zoo name, the path of a spec file or a checkpoint, "
            "a spec, or a torch.nn.Module)",
            network=show(network),
        )
    if isinstance(network, str) and not os.path.splitext(network)[1] and os.sep not in network:
        return find(network)
    from resnet_viz.checkpoints import is_checkpoint, likeliest  # here, because a zoo name
    from resnet_viz.spec.files import load  # needs no file reader

    if is_checkpoint(network):
        return likeliest(network)
    return load(network)


def find_module(source: str, *, real: bool = False) -> nn.Module:
    """Return the module that `package.module:callable` makes, with weights only if it must be real.

    Importing and calling it runs its code: name only what you trust. What it makes is put in eval
    mode.

    Raises:
        RequestError: it cannot be imported or called, or makes no module.
    """
    place, _, name = source.rpartition(":")
    if not all(part.isidentifier() for part in (*place.split("."), name)):
        raise RequestError(f"network: {show(source)} (must be as package.module:callable)")
    torch = _torch()
    package = _import(place)
    if not hasattr(package, name):
        near = nearest(name, dir(package))
        hint = f" (did you mean {near!r}?)" if near else ""
        raise RequestError(f"{place!r} has no {name!r}{hint}")
    make = getattr(package, name)
    if isinstance(make, torch.nn.Module):
        return make  # type: ignore[no-any-return]
    if not callable(make):
        raise RequestError(f"{source!r} is {show(make)} (must be a callable that makes a module)")
    try:
        try:
            with torch.device("cpu" if real else "meta"):
                made = make()
        except NotImplementedError:  # its constructor reads the values of its weights
            made = make()
    except (Exception, SystemExit) as error:
        raise RequestError(f"{source!r} raised {first_line(error)}") from error
    if not isinstance(made, torch.nn.Module):
        raise RequestError(f"{source!r} made {show(made)} (must make a torch.nn.Module)")
    made.eval()
    return made  # type: ignore[no-any-return]


def _import(place: str) -> Any:
    try:
        return _torch_corner("tracing.torchvision").import_beside(place)
    except (Exception, SystemExit) as error:
        raise RequestError(f"cannot import {place!r}: {first_line(error)}") from error


def _is_module(network: object) -> Any:
    """Tell whether this is a module; without torch there is none."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(network, torch.nn.Module)


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise RequestError(
            "torch is not installed (modules need it: pip install 'resnet-viz[torch]')"
        ) from None
    return torch


def _torch_corner(name: str) -> Any:
    """Return a module of the package that imports torch."""
    from importlib import import_module

    _torch()
    return import_module(f"resnet_viz.{name}")


def parse_input(text: str) -> Any:
    """Return an input shape from its sizes with an `x` between them; several, from several.

    Raises:
        RequestError: it is written otherwise.

    >>> parse_input("3x224x224")
    (3, 224, 224)
    >>> parse_input("1x10x64,1x10x64")
    ((1, 10, 64), (1, 10, 64))
    """
    shapes = []
    for part in text.split(","):
        sizes = part.replace("×", "x").split("x")
        if not 1 <= len(sizes) <= 8 or not all(
            size.isascii() and size.isdigit() and len(size) < 20 for size in sizes
        ):
            raise RequestError(
                f"input: {show(part)} (must be sizes with x between them: 3x224x224)"
            )
        shapes.append(tuple(map(int, sizes)))
    return shapes[0] if len(shapes) == 1 else tuple(shapes)
