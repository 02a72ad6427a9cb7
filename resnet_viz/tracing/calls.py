"""Redirect calls of modules to a tracer while it traces, and restore torch afterwards.

`nn.Module.__call__` is replaced during that time, as in torch.fx, because a module's path is known
only there. Calls in other threads go to the original.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import nn

__all__ = ["Calling", "calls_led_to", "torch_as_it_was"]


class Calling(Protocol):
    """An object that handles the calls of modules.

    Attributes:
        forward: the original `nn.Module.__call__`.
    """

    forward: Any

    def call(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module."""


@contextmanager
def torch_as_it_was() -> Iterator[None]:
    """Keep a forward pass from changing torch's random state, gradient mode or default dtype."""
    state, grad, dtype = torch.get_rng_state(), torch.is_grad_enabled(), torch.get_default_dtype()
    try:
        yield
    finally:
        torch.set_rng_state(state)
        torch.set_grad_enabled(grad)
        if torch.get_default_dtype() is not dtype:
            torch.set_default_dtype(dtype)


_local = threading.local()
_lock = threading.Lock()
_active = 0
_call: Any = None


@contextmanager
def calls_led_to(tracer: Calling) -> Iterator[None]:
    """Redirect the calls of modules in this thread to the tracer; other threads are unaffected."""
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
