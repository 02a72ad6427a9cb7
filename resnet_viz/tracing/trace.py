"""`trace`: an `nn.Module` to a graph, the module untouched."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from resnet_viz.errors import RequestError, ResNetVizError, first_line, show
from resnet_viz.graph import Graph, Value
from resnet_viz.tracing.calls import calls_led_to, torch_as_it_was
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.snapshot import Snapshot
from resnet_viz.tracing.structure import mapped
from resnet_viz.tracing.tracer import Tracer

__all__ = ["trace"]

MAX_ELEMENTS = 10**12
"""Of one input. Torch's own limit is 2**63 bytes."""


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
    snapshot = Snapshot(module)
    tracer = Tracer(module, snapshot)
    name = type(module).__name__
    try:
        args, kwargs = tracer.enter(_arguments(input, tracer.dtype))
        with calls_led_to(tracer), torch_as_it_was(), tracer:
            result = nn.Module.__call__(module, *args, **kwargs)
        outputs: list[Proxy] = []
        _collect(result, outputs)
    except ResNetVizError:
        raise
    except RecursionError:
        where = tracer.failed or name
        where = where if len(where) <= 60 else f"…{where[-60:]}"
        raise RequestError(
            f"{where}: its forward calls itself without end, or is nested deeper than Python goes"
        ) from None
    except (Exception, SystemExit) as error:
        what = f"its forward raised {first_line(error)}" if tracer.failed else first_line(error)
        raise RequestError(f"{tracer.failed or 'input'}: {what}") from error
    finally:
        snapshot.restore()
        tracer.weights.clear()  # they know their tracer: a cycle for the garbage collector
    values = [Value(proxy.source, tuple(proxy.shape)) for proxy in outputs if proxy.source]
    if not values:
        raise RequestError(
            f"{name}: its forward returned {show(result)} "
            "(must return a tensor that depends on the input, or several)"
        )
    leaving = {value.source: value for value in values}
    return tracer.builder.graph(name, *leaving.values(), kind=name, idle=tracer.idle())


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
    elements = 1
    for size in value:
        elements *= size
    if min(value) < 1 or elements > MAX_ELEMENTS:
        raise RequestError(
            f"input: {show(tuple(value))} "
            f"(sizes must be 1 or more, elements {MAX_ELEMENTS} at most)"
        )
    return True


def _collect(result: Any, outputs: list[Proxy]) -> None:
    """Gather the stand-ins in a nested result, also those in a plain object's attributes."""

    def keep(value: Any) -> Any:
        if type(value) is Proxy:
            outputs.append(value)
        return value

    before = len(outputs)
    mapped(result, torch.Tensor, keep)
    if len(outputs) == before and hasattr(result, "__dict__") and not isinstance(result, type):
        for value in vars(result).values():
            mapped(value, torch.Tensor, keep)
