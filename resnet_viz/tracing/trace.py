"""`trace`: an `nn.Module` to a graph, the module untouched."""

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
from resnet_viz.tracing.arguments import bind
from resnet_viz.tracing.recorder import DataNeeded, Recorder
from resnet_viz.tracing.rungs import forward_on
from resnet_viz.tracing.snapshot import Snapshot
from resnet_viz.tracing.structure import tensors_in

__all__ = ["trace"]


def trace(module: nn.Module, input: Any = None, *, means: str | None = None) -> Graph:
    """Return the graph of a module, every repeat written out; `fold` folds them.

    Three means are tried in order, until one reaches the end of the module's `forward`: stand-ins
    that have a shape and no data, with which nothing is computed; fake tensors, which show what
    runs below torch's functions; and a run on real tensors, which takes one path through the data.
    The module and torch are afterwards what they were.

    Args:
        module: any module, on any device, the meta device too.
        input: what its `forward` takes: a shape with its batch dimension, an example, or a
            tuple of either (several arguments) or a dict of either (arguments by name). Without
            one, a module that takes arguments has its parameters counted, and nothing else.
        means: `stand-ins`, `fake` or `run`, to try no other.

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
            return _by(name, module, input)
        except ResNetVizError as error:
            refusals.append(error)
        if len(refusals) > 1 and refusals[0].__cause__ is None and not _is_open(refusals[0]):
            break  # a rule of the catalogue and torch's own code refuse it: data change nothing
    first, last = refusals[0], refusals[-1]
    raise last if _is_open(first) else first


class _ForwardRaised(RequestError):  # noqa: N818 - it says what happened
    """A `forward` raised something of its own."""


def _is_open(error: ResNetVizError) -> bool:
    """Return whether an error is of the means of tracing only, so that another may do."""
    return isinstance(error, (DataNeeded, _ForwardRaised))


def _takes_arguments(module: nn.Module) -> bool:
    """Return whether a module's `forward` cannot be called without arguments."""
    try:
        inspect.signature(module.forward).bind()
    except (TypeError, ValueError):
        return True
    return False


def _parameters_alone(module: nn.Module) -> Graph:
    """Return the graph of a module without an input: no operator is known, only parameters."""
    snapshot = Snapshot(module)
    name = type(module).__name__
    terms = {"unknown_calls": 1}
    params = tuple(snapshot.params.values())
    node = Node(path=name, op=name, inputs=(), outputs=((),), params=params, terms=terms)
    return Graph(name, (), Scope("", name, (node,)), (name,), means="parameters")


def _by(means: str, module: nn.Module, input: Any) -> Graph:
    """Return a module's graph by one of the means.

    Raises:
        RequestError: `forward` does not come to its end by them.
    """
    name = type(module).__name__

    def enter(recorder: Recorder) -> Any:
        return recorder.enter(bind(module, input, recorder.dtype))

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
    return replace(graph, means=means)


@contextmanager
def _in_one_line(name: str) -> Iterator[None]:
    """Turn whatever a forward pass raises into one line that names the module."""
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
