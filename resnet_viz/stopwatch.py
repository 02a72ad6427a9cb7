"""Measure the time of a module and of its parts by running it on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.benchmark import Timer

from resnet_viz.errors import RequestError, ResNetVizError
from resnet_viz.nn import build
from resnet_viz.spec import ResNetSpec

__all__ = ["best_device", "part_seconds", "ready", "seconds_of"]

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

RUNS = 5
"""The number of runs in which parts are measured; the median counts."""


def best_device() -> str:
    """Return the fastest device here: `cuda` or `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def ready(
    source: ResNetSpec | nn.Module, shape: tuple[int, ...], needed: int, threads: int | None
) -> Iterator[tuple[nn.Module, Tensor]]:
    """Yield a module and its input for inference; restore threads, flags and memory afterwards.

    Args:
        source: a spec, which is built, or a module, which is restored.
        shape: the shape of the input, `(N, C, H, W)`.
        needed: the bytes that a run needs.
        threads: the number of threads for torch; unchanged if None.

    Raises:
        ResNetVizError: there is not enough memory.
    """
    place, before = best_device(), torch.get_num_threads()
    room = _room(place)
    if room is not None and needed > room:
        raise _out_of_memory(needed)
    module = build(source) if isinstance(source, ResNetSpec) else source
    training = {part: part.training for part in module.modules()}
    original_device = next((p.device for p in module.parameters()), torch.device("cpu"))
    if original_device.type == "meta":
        raise RequestError("network: has no weights (a module on the meta device cannot run)")
    try:
        if threads is not None:
            torch.set_num_threads(threads)
        with torch.inference_mode():
            module.eval()
            module.to(place)
            yield module, torch.zeros(shape, device=place)
    except (MemoryError, torch.OutOfMemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise _out_of_memory(needed) from None
    finally:
        torch.set_num_threads(before)
        for part, flag in training.items():
            part.training = flag
        module.to(original_device)
        if place == "cuda":
            torch.cuda.empty_cache()


def _room(place: str) -> int | None:
    """Return the free memory in bytes; None if it is unknown."""
    if place == "cuda":
        return torch.cuda.mem_get_info()[0]
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None


def _out_of_memory(needed: int) -> ResNetVizError:
    return ResNetVizError(
        "out of memory: {needed} bytes are needed (take a smaller batch)", needed=f"{needed:,}"
    )


def seconds_of(module: nn.Module, x: Tensor, least: float = 1.0) -> float:
    """Return the median seconds of a forward pass, measured for at least `least` seconds."""
    timer = Timer(
        "module(x)", globals={"module": module, "x": x}, num_threads=torch.get_num_threads()
    )
    return float(timer.blocked_autorange(min_run_time=least).median)


def part_seconds(
    module: nn.Module, x: Tensor, paths: Mapping[str, nn.Module], advance: Callable[[], None]
) -> dict[str, float]:
    """Return the median time in seconds of each given module within a forward pass."""
    spans: dict[str, list[float]] = {path: [] for path in paths}
    begun: dict[str, float] = {}
    hooks: list[Any] = []

    def now() -> float:
        if x.is_cuda:
            torch.cuda.synchronize()
        return time.perf_counter()

    def begin(path: str) -> Callable[..., None]:
        return lambda *_: begun.__setitem__(path, now())

    def end(path: str) -> Callable[..., None]:
        return lambda *_: spans[path].append(now() - begun[path])

    try:
        for path, part in paths.items():
            hooks.append(part.register_forward_pre_hook(begin(path)))
            hooks.append(part.register_forward_hook(end(path)))
        for _ in range(RUNS):
            module(x)
            advance()
    finally:
        for hook in hooks:
            hook.remove()
    each = {path: len(times) // RUNS for path, times in spans.items()}  # calls per pass
    return {path: median(times) * each[path] for path, times in spans.items() if times}
