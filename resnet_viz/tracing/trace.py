"""`trace`: an `nn.Module` to a graph, the module untouched."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from resnet_viz.errors import RequestError, ResNetVizError, show
from resnet_viz.graph import Graph, Value
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.tracer import Tracer, mapped

__all__ = ["trace"]


def trace(module: nn.Module, input: Any) -> Graph:
    """Return the graph of a module, every repeat written out; `fold` folds them.

    The module's `forward` runs on stand-ins that have a shape and no data: nothing is computed, no
    weight is read, none is needed, and the module and torch are afterwards what they were.

    Args:
        module: any module, on any device, the meta device too.
        input: what its `forward` takes: a shape with its batch dimension, an example tensor, or a
            tuple of either (several arguments) or a dict of either (arguments by name).

    Raises:
        RequestError: the input does not fit, or the forward pass raises or needs data; the message
            names the module.

    >>> from torch import nn
    >>> graph = trace(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), input=(1, 3, 32, 32))
    >>> [(node.path, node.output) for node in graph.nodes()]
    [('0', (1, 8, 30, 30)), ('1', (1, 8, 30, 30))]
    """
    if not isinstance(module, nn.Module):
        raise RequestError(f"module: {show(module)} (must be a torch.nn.Module)")
    with _no_collection():
        return _traced(module, input)


def _traced(module: nn.Module, input: Any) -> Graph:
    tracer = Tracer(module)
    args, kwargs = tracer.enter(_arguments(input, tracer.dtype))
    name = type(module).__name__
    try:
        with _calls(tracer), tracer:
            result = nn.Module.__call__(module, *args, **kwargs)
    except ResNetVizError:
        raise
    except RecursionError:
        raise RequestError(f"{_where(tracer)}: its forward calls itself without end") from None
    except Exception as error:
        line = (str(error).strip().splitlines() or [""])[0]
        raise RequestError(
            f"{_where(tracer)}: its forward raised {type(error).__name__}: {line}"
        ) from error
    finally:
        tracer.put_back()
    outputs: list[Proxy] = []
    _collect(result, outputs)
    if not outputs:
        raise RequestError(
            f"{name}: its forward returned {show(result)} (must return a tensor, or several)"
        )
    values = [Value(proxy.source, tuple(proxy.shape)) for proxy in outputs if proxy.source]
    return tracer.builder.graph(name, *dict.fromkeys(values), kind=name, idle=tracer.idle())


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the garbage collector: a trace makes no cycles, and a collection takes longer."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _where(tracer: Tracer) -> str:
    return tracer.stack[-1] if tracer.stack else type(tracer.root).__name__


def _arguments(input: Any, dtype: torch.dtype) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments that an input stands for, as tensors on the meta device or real ones."""

    def tensor(value: Any) -> Any:
        if _is_shape(value):
            return torch.empty(tuple(value), dtype=dtype, device="meta")
        return value

    if isinstance(input, dict):
        return (), {name: tensor(value) for name, value in input.items()}
    if _is_shape(input) or not isinstance(input, (tuple, list)):
        return (tensor(input),), {}
    return tuple(map(tensor, input)), {}


def _is_shape(value: Any) -> bool:
    if not isinstance(value, (tuple, list)) or not value:
        return False
    if not all(type(size) is int for size in value):
        return False
    if min(value) < 1:
        raise RequestError(f"input: {show(tuple(value))} (sizes must be 1 or more)")
    return True


def _collect(result: Any, outputs: list[Proxy]) -> None:
    """Gather the stand-ins in a nested result, also those in a plain object's attributes."""
    before = len(outputs)
    mapped(result, torch.Tensor, lambda value: outputs.append(value))
    outputs[before:] = [value for value in outputs[before:] if type(value) is Proxy]
    if len(outputs) == before and hasattr(result, "__dict__") and not isinstance(result, type):
        for value in vars(result).values():
            mapped(value, torch.Tensor, lambda value: outputs.append(value))


# The module and torch stay what they were


_local = threading.local()
_lock = threading.Lock()
_active = 0
_call: Any = None


@contextmanager
def _calls(tracer: Tracer) -> Iterator[None]:
    """Lead the calls of modules in this thread through the tracer; other threads notice nothing."""
    global _active, _call
    with _lock:
        if _active == 0:
            _call = nn.Module.__call__
            nn.Module.__call__ = _traced_call  # type: ignore[method-assign]
        _active += 1
        tracer.forward = _call
    outer, _local.tracer = getattr(_local, "tracer", None), tracer
    try:
        yield
    finally:
        _local.tracer = outer
        with _lock:
            _active -= 1
            if _active == 0:
                nn.Module.__call__ = _call  # type: ignore[method-assign]


def _traced_call(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
    tracer = getattr(_local, "tracer", None)
    if tracer is None:
        return _call(self, *args, **kwargs)
    return tracer.call(self, args, kwargs)
