"""Measure speed and memory as ratios, side by side in one run: `make bench`.

A cold command runs in its own process, alternating with the command to which it is compared; the
result is the median of the pairwise ratios, and the largest peak of memory. For calls within this
process, the shortest of several times counts, including garbage collection.
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

from spaces import spaces

from resnet_viz import ResNetSpec, Stage, draw, report

RUNS = 7
BIN = Path(sys.executable).parent


def process(command: list[str]) -> tuple[float, float]:
    """Return the wall time in seconds and the peak memory in MB of one process."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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


def once(call: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def best(long: Callable[[], object], short: Callable[[], object]) -> tuple[float, float]:
    """Return the shortest times of a long and a short call; the calls alternate.

    Longer times are due to other work on the machine; by alternating, both calls share it.
    """
    longs, shorts = [], []
    for _ in range(RUNS):
        longs.append(once(long))
        shorts += [once(short) for _ in range(5)]
    return min(longs), min(shorts)


def against(
    name: str,
    one: Callable[[], object],
    other: Callable[[], object],
    goal: str,
    repeat: int = 20,
    runs: int = RUNS,
) -> None:
    """Compare two alternating calls in this process."""
    one(), other()
    ratios = [timed(one, repeat) / timed(other, repeat) for _ in range(runs)]
    line(name, f"{statistics.median(ratios):.2f}", goal)


def line(name: str, value: str, goal: str) -> None:
    print(f"{name:<66}{value:>10}   {goal}", flush=True)


def deep(blocks: int) -> ResNetSpec:
    """Return a network with the given number of blocks."""
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
        "unrolled drawing of 10,000 blocks over 1,000",
        lambda: draw(deep(10_000), unroll=True).to_svg(),
        lambda: draw(deep(1_000), unroll=True).to_svg(),
        "at most 12",
        repeat=1,
        runs=3,
    )
    line("drawing ResNet-152 folded", f"{1000 * least(draw_152):.1f} ms", "at most 3 ms")
    figures()
    bytes_for_backward()
    spaces(line)
    peers()


def draw_152() -> str:
    return draw("resnet152").to_svg()


def least(call: Callable[[], object]) -> float:
    """Return the shortest time of many calls in seconds."""
    return min(once(call) for _ in range(50))


def figures() -> None:
    """Compare drawing every operator of a traced module with torchview and Graphviz."""
    import torch
    from torchview import draw_graph

    from resnet_viz import trace
    from resnet_viz.tracing.torchvision import import_beside

    with torch.device("meta"):
        module = import_beside("torchvision.models").resnet152().eval()
    shape = (1, 3, 224, 224)
    graph = trace(module, shape)

    def theirs() -> bytes:
        view = draw_graph(module, input_size=shape, device="meta", expand_nested=True, depth=9)
        svg: bytes = view.visual_graph.pipe("svg")
        return svg

    def ours() -> str:
        return draw(graph, unroll=True, depth="op").to_svg()

    long, short = best(theirs, ours)
    line("torchview and Graphviz over drawing a trace", f"{long / short:.0f}", "at least 30")
    long, short = best(theirs, lambda: draw(trace(module, shape), unroll=True).to_svg())
    line("the same, with the trace and as the book draws", f"{long / short:.0f}", "")
    share = len(ours().encode()) / len(theirs())
    line("bytes of our SVG over theirs", f"{share:.2f}", "at most 0.33")


def bytes_for_backward() -> None:
    """Compare counting the memory of a training step with torchinfo and torch's MemTracker."""
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.distributed._tools.mem_tracker import MemTracker
    from torchinfo import summary

    from resnet_viz import build, memory
    from resnet_viz.zoo import find

    shape = (8, 3, 224, 224)
    with torch.device("meta"):
        module = build(find("resnet152")).train()

    def tracked() -> None:
        with FakeTensorMode():
            fake, x = build(find("resnet152")).train(), torch.zeros(shape)
            tracker = MemTracker()
            tracker.track_external(fake, x)
            with tracker:
                fake(x).sum().backward()

    ours = least(lambda: memory("resnet152", batch=8))
    line("memory of ResNet-152, batch 8", f"{1000 * ours:.1f} ms", "at most 10 ms")
    theirs = once(lambda: summary(module, shape, verbose=0, device="meta"))
    line("torchinfo over memory, resnet152", f"{theirs / ours:.0f}", "")
    line("MemTracker over memory, resnet152", f"{once(tracked) / ours:.0f}", "")


def peers() -> None:
    """Compare tracing with other counters, on the same module in the same run."""
    import logging

    import torch
    from fvcore.nn import FlopCountAnalysis
    from torch.utils.flop_counter import FlopCounterMode
    from torchinfo import summary

    from resnet_viz import trace
    from resnet_viz.tracing.torchvision import import_beside

    logging.getLogger("fvcore").setLevel(logging.ERROR)
    models = import_beside("torchvision.models")
    shape = (1, 3, 224, 224)
    goals = {"torchinfo": "at least 40", "fvcore": "at least 80", "FlopCounterMode": "at least 40"}
    for name in ("resnet152", "resnet18", "vit_b_16", "convnext_base"):
        module = getattr(models, name)().eval()
        with torch.device("meta"):
            bare = getattr(models, name)().eval()

        def flops(bare: torch.nn.Module = bare) -> None:
            with FlopCounterMode(display=False), torch.no_grad():
                bare(torch.empty(shape, device="meta"))

        def fvcore(module: torch.nn.Module = module) -> None:
            analysis = FlopCountAnalysis(module, torch.zeros(shape))
            analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
            with torch.no_grad():
                analysis.total()

        calls = {
            "torchinfo": lambda module=module: summary(module, shape, verbose=0, device="cpu"),
            "fvcore": fvcore,
            "FlopCounterMode": flops,
        }
        ours: Callable[[], object] = lambda module=module: trace(module, shape)  # noqa: E731
        for call in (*calls.values(), ours):
            call()
        for peer, call in calls.items():
            theirs, mine = best(call, ours)
            goal = goals[peer] if name == "resnet152" else ""
            line(f"{peer} over trace, {name}", f"{theirs / mine:.0f}", goal)
            if name == "resnet152":
                theirs, spec = best(call, lambda: report("resnet152"))
                line(f"{peer} over report(spec), {name}", f"{theirs / spec:.0f}", "")
        line(f"trace, {name}", f"{1000 * mine:.1f} ms", "")
    with torch.device("meta"):
        shallow, deep_one = (
            torch.nn.Sequential(*[torch.nn.Conv2d(8, 8, 3, padding=1) for _ in range(n)])
            for n in (200, 2000)
        )
    against(
        "trace of 2,000 layers over 200",
        lambda: trace(deep_one, (1, 8, 8, 8)),
        lambda: trace(shallow, (1, 8, 8, 8)),
        "linear: about 10",
        repeat=3,
    )
    processes()


def processes() -> None:
    """Print the peak memory of a process that counts ResNet-152 with each tool."""
    make = (
        "from resnet_viz.tracing.torchvision import import_beside\n"
        "import torch\n"
        "net = import_beside('torchvision.models').resnet152().eval()\n"
    )
    for name, code in {
        "the module alone": "",
        "trace": "import resnet_viz; resnet_viz.trace(net, (1, 3, 224, 224))",
        "torchinfo": "import torchinfo; torchinfo.summary(net, (1, 3, 224, 224), verbose=0)",
        "fvcore": "import fvcore.nn as f; "
        "f.FlopCountAnalysis(net, torch.zeros(1, 3, 224, 224)).total()",
    }.items():
        command = [sys.executable, "-W", "ignore", "-c", make + code]
        line(f"peak memory of a process, {name}", f"{process(command)[1]:.0f} MB", "")


if __name__ == "__main__":
    main()
