"""Speed and memory as ratios, measured side by side in one run: `make bench`.

Each command runs as a process of its own, in turn with the one it is compared with; what is printed
is the median of the ratios, pair by pair, and the largest peak of memory.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from resnet_viz import ResNetSpec, Stage, draw, report

RUNS = 7
BIN = Path(sys.executable).parent


def process(command: list[str]) -> tuple[float, float]:
    """Return wall seconds and peak MB of one process, as the operating system accounts it."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return seconds, usage.ru_maxrss * 1024 / 1e6


def cold(name: str, command: list[str]) -> None:
    """Compare a cold command with a cold `import torch`."""
    torch = [sys.executable, "-c", "import torch"]
    process(command), process(torch)
    pairs = [(process(command), process(torch)) for _ in range(RUNS)]
    ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
    peak = max(ours[1] for ours, _ in pairs)
    line(f"cold {name}: time over import torch", f"{ratio:.1%}", "at most 8%")
    line(f"cold {name}: peak memory", f"{peak:.0f} MB", "at most 50 MB")


def timed(call: Callable[[], object], repeat: int) -> float:
    """Return seconds per call."""
    gc.collect()
    begin = time.perf_counter()
    for _ in range(repeat):
        call()
    return (time.perf_counter() - begin) / repeat


def against(
    name: str,
    one: Callable[[], object],
    other: Callable[[], object],
    goal: str,
    repeat: int = 20,
    runs: int = RUNS,
) -> None:
    """Compare two calls in this process, in turn."""
    one(), other()
    ratios = [timed(one, repeat) / timed(other, repeat) for _ in range(runs)]
    line(name, f"{statistics.median(ratios):.2f}", goal)


def line(name: str, value: str, goal: str) -> None:
    print(f"{name:<66}{value:>10}   {goal}", flush=True)


def deep(blocks: int) -> ResNetSpec:
    """Return a network of so many blocks."""
    return ResNetSpec(stages=(Stage(blocks // 2, 64), Stage(blocks // 2, 128, 2)))


def main() -> None:
    tool = str(BIN / "resnet-viz")
    line("what", "measured", "goal")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "f.svg")
        cold("draw resnet50 -o f.svg", [tool, "draw", "resnet50", "-o", path])
    cold("report resnet152", [tool, "report", "resnet152"])
    against(
        "counting CIFAR ResNet-1202 over ResNet-20",
        lambda: report("cifar-resnet1202"),
        lambda: report("cifar-resnet20"),
        "at most 1.2",
    )
    against(
        "drawing CIFAR ResNet-1202 folded over ResNet-20",
        lambda: draw("cifar-resnet1202").to_svg(),
        lambda: draw("cifar-resnet20").to_svg(),
        "at most 1.2",
    )
    against(
        "drawing 10,000 blocks unrolled over 1,000",
        lambda: draw(deep(10_000), unroll=True).to_svg(),
        lambda: draw(deep(1_000), unroll=True).to_svg(),
        "at most 12",
        repeat=1,
        runs=3,
    )


if __name__ == "__main__":
    main()
