"""Run a module's `forward` by one of three means, from the fastest to the most general.

`stand-ins` answers every torch function by its rule and runs nothing. `fake` runs torch's own code
on fake tensors, which have a shape and a device but no data. `run` runs it on real tensors.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import nn

from resnet_viz.graph.depth import room_for
from resnet_viz.progress import progress
from resnet_viz.tracing.calls import calls_led_to, torch_as_it_was
from resnet_viz.tracing.guard import Guard
from resnet_viz.tracing.lazy import lazy_copy, real_copy
from resnet_viz.tracing.observer import Observer
from resnet_viz.tracing.recorder import DataNeeded, Recorder
from resnet_viz.tracing.snapshot import Snapshot
from resnet_viz.tracing.structure import mapped, tensors_in
from resnet_viz.tracing.tracer import Tracer
from resnet_viz.tracing.vision import with_native_operators

__all__ = ["Pass", "forward_on"]

PATIENCE = 1.0
"""The seconds after which a run shows its progress."""


class Pass(NamedTuple):
    """One forward pass: its recorder, and its result."""

    recorder: Recorder
    result: Any


class _Fake(Observer):
    """Observes fake tensors."""

    def __init__(self, module: nn.Module, snapshot: Snapshot, guard: Guard) -> None:
        from torch._subclasses.fake_tensor import FakeTensorMode  # lazy: as slow as torch
        from torch.fx.experimental.symbolic_shapes import ShapeEnv

        super().__init__(module, snapshot, guard)
        self.mode = FakeTensorMode(
            allow_non_fake_inputs=True, shape_env=ShapeEnv(), static_shapes=True
        )
        self.from_lazy = False  # whether there are parameters with a shape but no memory
        self._from_meta: dict[int, torch.Tensor] = {}

    def example(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a fake tensor with the properties of an example."""
        if tensor.device.type != "meta":
            return self.mode.from_tensor(tensor, static_shapes=True)
        return self._off_meta(tensor)

    def operands(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Return arguments moved off the meta device, because fake tensors need one device.

        Raises:
            DataNeeded: an argument is sparse; the number of its stored elements is data.
        """
        if any(tensor.layout is not torch.strided for tensor in tensors_in((args, kwargs))):
            raise DataNeeded("a sparse tensor: how much it stores is data")
        if self.device.type == "meta" or self.from_lazy:
            args, kwargs = mapped((args, kwargs), torch.Tensor, self._off_meta)
            if "device" in kwargs and kwargs["device"] is not None:
                kwargs = {**kwargs, "device": torch.device("cpu")}
        return super().operands(func, args, kwargs)

    def execute(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run an ATen operator; fake tensors have no memory to protect, except single numbers."""
        self.guard.foresee(func, args, kwargs)
        return func(*args, **kwargs)

    def _off_meta(self, tensor: torch.Tensor) -> torch.Tensor:
        if tensor.device.type != "meta":
            return tensor
        moved = self._from_meta.get(id(tensor))
        if moved is None:
            with self.mode:
                moved = torch.empty_strided(
                    tensor.shape, tensor.stride(), dtype=tensor.dtype, device="cpu"
                )
            param = self.lift(tensor)
            self.values[moved] = param
            self._from_meta[id(tensor)] = moved
        return moved


class _Run(Observer):
    """Observes real tensors; shows its progress if it takes longer than a second."""

    is_real = True

    def __init__(self, module: nn.Module, snapshot: Snapshot, guard: Guard) -> None:
        super().__init__(module, snapshot, guard)
        self._began, self._shown = time.monotonic(), ExitStack()
        self._advance: Callable[[], None] | None = None

    def call(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module, one step of the run."""
        if self._advance is not None:
            self._advance()
        elif time.monotonic() - self._began > PATIENCE:
            bar = progress("Running the module", len(self.paths))
            self._advance = self._shown.enter_context(bar)
        return super().call(module, args, kwargs)

    def close(self) -> None:
        """Remove the progress bar."""
        self._shown.close()

    def example(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return an example tensor, or random numbers if only its shape is given."""
        if tensor.device.type != "meta":
            return tensor.detach().requires_grad_(tensor.requires_grad)
        drawn = torch.rand(tensor.shape, device="cpu")
        return drawn.to(tensor.dtype)


@contextmanager
def _collector_held() -> Iterator[None]:
    """Pause Python's garbage collector, which many small new values would trigger again and again.

    Only the main thread pauses it, so that no other thread can leave it disabled.
    """
    if not gc.isenabled() or threading.current_thread() is not threading.main_thread():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_collector_held()
def _stand_ins(module: nn.Module, enter: Callable[[Recorder], Any]) -> Pass:
    snapshot, guard = Snapshot(module), Guard(module)
    if snapshot.is_lazy:
        module = lazy_copy(module, meta=True)
        snapshot = Snapshot(module)
    tracer = Tracer(module, snapshot, guard)
    try:
        args, kwargs = enter(tracer)
        with ExitStack() as stack:
            for context in _surroundings(tracer, snapshot):
                stack.enter_context(context)
            stack.enter_context(tracer)
            result = module(*args, **kwargs)
        return Pass(tracer, result)
    except BaseException as error:
        error.failed = tracer.failed  # type: ignore[attr-defined]
        raise
    finally:
        snapshot.restore()
        guard.restore()
        tracer.weights.clear()  # they refer to the tracer: this breaks a reference cycle


def _observed(kind: type[Observer], module: nn.Module, enter: Callable[[Recorder], Any]) -> Pass:
    """Run a module under an observer, without gradients unless that fails."""
    try:
        return _observed_once(kind, module, enter, grad=False)
    except RuntimeError as error:
        if "require grad" not in str(error):
            raise
        return _observed_once(kind, module, enter, grad=True)


def _observed_once(
    kind: type[Observer], module: nn.Module, enter: Callable[[Recorder], Any], *, grad: bool
) -> Pass:
    snapshot = Snapshot(module)
    is_lazy = snapshot.is_lazy
    if is_lazy:
        module = lazy_copy(module, meta=kind is _Fake)
        snapshot = Snapshot(module)
    elif kind is _Run and snapshot.device.type == "meta":
        module = real_copy(module)
        snapshot = Snapshot(module)
    guard = Guard(module)
    with room_for(snapshot.depth):
        guard.hold()
    observer = kind(module, snapshot, guard)
    if isinstance(observer, _Fake):
        observer.from_lazy = is_lazy
    try:
        args, kwargs = enter(observer)
        with ExitStack() as stack:
            for context in _surroundings(observer, snapshot):
                stack.enter_context(context)
            stack.enter_context(_quietly())
            stack.enter_context(torch.set_grad_enabled(grad))
            if isinstance(observer, _Fake):
                stack.enter_context(observer.mode)
            stack.enter_context(observer.operators)
            stack.enter_context(observer)
            result = module(*args, **kwargs)
        return Pass(observer, result)
    except BaseException as error:
        error.failed = observer.failed  # type: ignore[attr-defined]
        raise
    finally:
        observer.close()
        snapshot.restore()
        guard.restore()


def _surroundings(
    recorder: Recorder, snapshot: Snapshot
) -> tuple[AbstractContextManager[None], ...]:
    """Return the context managers for every forward pass."""
    return (
        _eagerly(),
        with_native_operators(),
        room_for(snapshot.depth),
        calls_led_to(recorder),
    )


@contextmanager
def _eagerly() -> Iterator[None]:
    """Run compiled modules and functions eagerly."""
    if "torch._dynamo" not in sys.modules:  # nothing is compiled, and its import is slow
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield


@contextmanager
def _quietly() -> Iterator[None]:
    """Silence the log of fake tensors, whose failures are not errors: the next means is tried."""
    logger = logging.getLogger("torch._subclasses.fake_tensor")
    disabled, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = disabled


_RUNGS: Mapping[str, Callable[[nn.Module, Callable[[Recorder], Any]], Pass]] = MappingProxyType(
    {
        "stand-ins": _stand_ins,
        "fake": lambda module, enter: _observed(_Fake, module, enter),
        "run": lambda module, enter: _observed(_Run, module, enter),
    }
)
"""The function that runs a forward pass by each of `graph.model.MEANS`."""


def forward_on(means: str, module: nn.Module, enter: Callable[[Recorder], Any]) -> Pass:
    """Run one forward pass by the given means, and restore the module and torch afterwards.

    Args:
        means: one of `graph.model.MEANS`.
        module: the module.
        enter: the function that makes the arguments of `forward`, given the recorder.
    """
    with torch_as_it_was():
        return _RUNGS[means](module, enter)
