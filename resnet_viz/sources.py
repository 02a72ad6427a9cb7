"""Find the graph of a network that is given as zoo name, spec file, spec, module and so on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from resnet_viz import zoo
from resnet_viz.assembly import assemble
from resnet_viz.errors import Message, RequestError, first_line, nearest, show, show_path
from resnet_viz.graph import Graph, fold, steps
from resnet_viz.spec import ResNetSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Network",
    "find_module",
    "find_spec",
    "is_callable_name",
    "is_graph_file",
    "is_module",
    "parse_input",
    "read_graph",
    "to_graph",
    "torch_corner",
]

Network: TypeAlias = "str | os.PathLike[str] | ResNetSpec | Graph | nn.Module"
"""A zoo name, the path of a file of a spec, a checkpoint or a graph, `package.module:callable`, a
spec, a graph, or a module."""


def to_graph(
    network: Network,
    input: Any = None,
    *,
    folded: bool = True,
    means: str | None = None,
    alone: bool = False,
) -> Graph:
    """Return the graph of a network.

    Args:
        network: the network; see `Network`.
        input: for a spec, `(C, H, W)` or `(N, C, H, W)` (default: its own); for a module, as for
            `resnet_viz.trace`. Both may be a text such as "3x224x224".
        folded: whether to fold the repeats of a module or graph; a spec's are always folded.
        means: how a module is traced: `stand-ins`, `fake` or `run`; by default tried in this order.
        alone: whether to return the parameters alone for a module object without an input; a
            module that is named must have one.

    Raises:
        RequestError: the network is unknown, or the input does not fit it.
    """
    if isinstance(input, str):
        input = parse_input(input)
    if isinstance(network, Graph):
        if input is not None:
            raise RequestError("input: given with a graph (which has its own; must be left out)")
        return fold(network) if folded else network
    if isinstance(network, (str, os.PathLike)) and os.path.splitext(network)[1]:
        from resnet_viz.exported import is_exported, read_exported  # lazy: only files need it

        if is_exported(network):
            graph = read_exported(network, input)
            return fold(graph) if folded else graph
    module = network if is_module(network) else None
    name = ""
    if module is None and is_callable_name(network):
        module, name = find_module(network), network.rpartition(":")[2]
    if module is None and is_graph_file(network):
        return to_graph(read_graph(network), input, folded=folded)
    if module is None:
        return assemble(find_spec(network), input)
    if input is None and not (alone and not name):
        raise RequestError("input: missing (a module needs its whole shape, as 1x3x224x224)")
    from dataclasses import replace

    trace = torch_corner("tracing").trace
    graph = trace(module, input, means=means)
    if folded:
        graph = fold(graph)
    return replace(graph, name=name) if name else graph


def is_graph_file(network: object) -> TypeGuard[str | os.PathLike[str]]:
    """Return whether `network` is the path of a graph's `.json` file, and not of a spec's."""
    if not isinstance(network, (str, os.PathLike)) or not os.fspath(network).endswith(".json"):
        return False
    from resnet_viz.export.graph_json import is_graph  # lazy: only files need it

    try:
        with open(network, "rb") as file:
            return is_graph(file.read(100))
    except (OSError, ValueError):
        return False


def read_graph(path: str | os.PathLike[str]) -> Graph:
    """Read a graph from its `.json` file.

    Raises:
        RequestError: the file cannot be read or has no graph; the message begins with the path.
    """
    from resnet_viz.export.graph_json import MAX_BYTES, from_json

    try:
        with open(path, "rb") as file:
            return from_json(file.read(MAX_BYTES + 1))
    except (OSError, RequestError) as error:
        name = show_path(os.fspath(path))
        raise RequestError("{path}: {error}", path=name, error=error) from None


def is_callable_name(network: object) -> TypeGuard[str]:
    """Return whether `network` is a text `package.module:callable` and not a spec file's path.

    >>> is_callable_name("torchvision.models:resnet18"), is_callable_name("a:b.yaml")
    (True, False)
    """
    if not isinstance(network, str) or ":" not in network:
        return False
    from resnet_viz.spec.files import SUFFIXES  # lazy: a zoo name needs no file reader

    return os.path.splitext(network)[1].lower() not in SUFFIXES


def find_spec(network: object) -> ResNetSpec:
    """Return the spec of a network given as zoo name, path of a spec file or checkpoint, or spec.

    The spec of a module, or of `package.module:callable`, is the one with the same operators.

    Raises:
        RequestError: the network is unknown, its file cannot be read, or no spec describes the
            module.

    >>> find_spec("resnet18").name
    'resnet18'
    """
    if is_module(network):
        return _spec_of(network)
    if is_callable_name(network):
        return _spec_of(find_module(network))
    if isinstance(network, (str, os.PathLike)) and os.path.splitext(network)[1]:
        from resnet_viz.checkpoints import is_checkpoint, likeliest  # lazy: only files need it

        if is_checkpoint(network):
            return likeliest(network)
        from resnet_viz.exported import is_exported  # lazy as well

        if is_exported(network):
            raise RequestError(
                "network: {network} (holds a graph and no spec; must be a zoo name, a spec, or the "
                "path of a spec file or a checkpoint)",
                network=show(os.fspath(network)),
            )
    return zoo.find_spec(network)


def _spec_of(module: nn.Module) -> ResNetSpec:
    """Return the spec that fits a module's parameters and is assembled to its operators."""
    from resnet_viz.checkpoints import fit, read_shapes

    trace = torch_corner("tracing").trace
    found = fit(read_shapes(module.state_dict()))
    for spec in found.specs:
        shape = (1, *spec.input)
        if steps(trace(module, shape)) == steps(assemble(spec, shape)):
            return spec
    nearest = found.specs[0] if found.specs else found.nearest
    raise RequestError(
        "network: {name} (no spec describes this module; nearest: {nearest})",
        name=type(module).__name__,
        nearest=nearest.name if nearest else "none",
    )


def find_module(source: str, *, real: bool = False) -> nn.Module:
    """Return the module that `package.module:callable` makes, in eval mode.

    Importing and calling it runs its code: name only code that you trust. The weights have values
    only if `real`, or if the constructor reads them.

    Raises:
        RequestError: it cannot be imported or called, or does not return a module.
    """
    place, _, name = source.rpartition(":")
    if not all(part.isidentifier() for part in (*place.split("."), name)):
        raise RequestError(
            "network: {source} (must be as package.module:callable)", source=show(source)
        )
    torch = _torch()
    package = _import(place)
    if not hasattr(package, name):
        near = nearest(name, dir(package))
        hint = Message(" (did you mean {near!r}?)", near=near) if near else ""
        raise RequestError("{place!r} has no {name!r}{hint}", place=place, name=name, hint=hint)
    make = getattr(package, name)
    if isinstance(make, torch.nn.Module):
        return make  # type: ignore[no-any-return]
    if not callable(make):
        raise RequestError(
            "{source!r} is {make} (must be a callable that makes a module)",
            source=source,
            make=show(make),
        )
    try:
        try:
            with torch.device("cpu" if real else "meta"):
                made = make()
        except NotImplementedError:  # the constructor reads the values of weights
            made = make()
    except (Exception, SystemExit) as error:
        raise RequestError(
            "{source!r} raised {reason}", source=source, reason=first_line(error)
        ) from error
    if not isinstance(made, torch.nn.Module):
        raise RequestError(
            "{source!r} made {made} (must make a torch.nn.Module)", source=source, made=show(made)
        )
    made.eval()
    return made  # type: ignore[no-any-return]


def _import(place: str) -> Any:
    try:
        return torch_corner("tracing.torchvision").import_beside(place)
    except (Exception, SystemExit) as error:
        raise RequestError(
            "cannot import {place!r}: {reason}", place=place, reason=first_line(error)
        ) from error


def is_module(network: object) -> TypeGuard[nn.Module]:
    """Return whether `network` is a module; always False while torch is not imported."""
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


def torch_corner(name: str) -> Any:
    """Return a module of the package that imports torch."""
    from importlib import import_module

    _torch()
    return import_module(f"resnet_viz.{name}")


def parse_input(text: str) -> Any:
    """Parse an input shape such as `3x224x224`, or several separated by commas.

    Raises:
        RequestError: the text has another form.

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
                "input: {part} (must be sizes with x between them: 3x224x224)", part=show(part)
            )
        shapes.append(tuple(map(int, sizes)))
    return shapes[0] if len(shapes) == 1 else tuple(shapes)
