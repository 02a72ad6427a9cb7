"""Trace an `nn.Module` to a graph, and leave the module unchanged."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from torch import nn

from resnet_viz.errors import RequestError, ResNetVizError, choose, first_line, show
from resnet_viz.graph import Graph, Node, Scope, Value
from resnet_viz.graph.model import MEANS
from resnet_viz.tracing.arguments import bind, input_names
from resnet_viz.tracing.recorder import DataNeeded, Recorder
from resnet_viz.tracing.rungs import forward_on
from resnet_viz.tracing.snapshot import Snapshot
from resnet_viz.tracing.structure import tensors_in

__all__ = ["trace"]


def trace(module: nn.Module, input: Any = None, *, means: str | None = None) -> Graph:
    """Return the graph of a module with every repeat written out; use `fold` to fold them.

    Three means are tried in order until one completes the module's `forward`: stand-ins, which have
    a shape but no data, so that nothing is computed; fake tensors, which reach the operators below
    torch's functions; and real tensors, which follow one path of data-dependent control flow. The
    module and torch are restored afterwards.

    Args:
        module: any module, on any device, including the meta device.
        input: the input of `forward`: a shape with its batch dimension, an example, a tuple of
            these (several arguments) or a dict of these (keyword arguments). Without an input, the
            graph of a module that takes arguments has only its parameters.
        means: `stand-ins`, `fake` or `run`, to try only these.

    Raises:
        RequestError: the input does not fit, or the forward pass raises; the message names the
            module.

    >>> from torch import nn
    >>> graph = trace(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), input=(1, 3, 32, 32))
    >>> [(node.path, node.output) for node in graph.nodes()]
    [('0', (1, 8, 30, 30)), ('1', (1, 8, 30, 30))]
    >>> graph.means
    'stand-ins'
    """
    if not isinstance(module, nn.Module):
        raise RequestError("module: {value} (must be a torch.nn.Module)", value=show(module))
    if means is not None:
        choose("means", means, MEANS)
    if input is None:
        if _takes_arguments(module):
            return _parameters_alone(module)
        input = ()
    refusals: list[ResNetVizError] = []
    for name in MEANS if means is None else (means,):
        try:
            return _traced_by(name, module, input)
        except ResNetVizError as error:
            refusals.append(error)
        if len(refusals) > 1 and refusals[0].__cause__ is None and not _is_open(refusals[0]):
            break  # both the catalogue's rule and torch reject the shapes, so data cannot help
    first, last = refusals[0], refusals[-1]
    raise last if _is_open(first) else first


class _ForwardRaised(RequestError):  # noqa: N818 - it says what happened
    """A `forward` raised an error of its own."""


def _is_open(error: ResNetVizError) -> bool:
    """Return whether an error may be due to the means, so that another may succeed."""
    return isinstance(error, (DataNeeded, _ForwardRaised))


def _takes_arguments(module: nn.Module) -> bool:
    """Return whether a module's `forward` cannot be called without arguments."""
    try:
        inspect.signature(module.forward).bind()
    except (TypeError, ValueError):
        return True
    return False


def _parameters_alone(module: nn.Module) -> Graph:
    """Return the graph of a module without an input, which has only parameters."""
    snapshot = Snapshot(module)
    name = type(module).__name__
    terms = {"unknown_calls": 1}
    params = tuple(snapshot.params.values())
    node = Node(path=name, op=name, inputs=(), outputs=((),), params=params, terms=terms)
    return Graph(name, (), Scope("", name, (node,)), (name,), means="parameters")


def _traced_by(means: str, module: nn.Module, input: Any) -> Graph:
    """Return a module's graph by the given means.

    Raises:
        RequestError: `forward` does not complete.
    """
    name = type(module).__name__

    names: tuple[str, ...] = ()

    def enter(recorder: Recorder) -> Any:
        nonlocal names
        arguments = bind(module, input, recorder.dtype)
        names = input_names(module, arguments)
        return recorder.enter(arguments)

    with _in_one_line(name):
        done = forward_on(means, module, enter)
    recorder = done.recorder
    values = []
    for tensor in tensors_in(done.result):
        proxy = recorder.lift(tensor)
        if proxy is not None and proxy.source:
            values.append(Value(proxy.source, tuple(proxy.shape)))
    if not values:
        raise RequestError(
            "{name}: its forward returned {result} "
            "(must return a tensor that depends on the input, or several)",
            name=name,
            result=show(done.result),
        )
    leaving = {value.source: value for value in values}
    graph = recorder.builder.graph(name, *leaving.values(), kind=name, idle=recorder.idle())
    names = names if len(names) == len(graph.inputs) else ()
    return replace(graph, means=means, input_names=names, memory=recorder.memory)


@contextmanager
def _in_one_line(name: str) -> Iterator[None]:
    """Turn any exception of a forward pass into a one-line error that names the module."""
    try:
        yield
    except ResNetVizError:
        raise
    except RecursionError as error:
        where = getattr(error, "failed", "") or name
        raise RequestError(
            "{path}: its forward calls itself without end, or is nested deeper than Python goes",
            path=where if len(where) <= 60 else f"…{where[-60:]}",
        ) from None
    except (Exception, SystemExit) as error:
        failed = getattr(error, "failed", "")
        what = "its forward raised {error}" if failed else "{error}"
        raise _ForwardRaised(
            f"{{path}}: {what}", path=failed or "input", error=first_line(error)
        ) from error
