"""Compare other tools with ours in one run: `make peers` prints the table of the README.

Each tool gets torchvision's ResNet-50 at 1×3×224×224 in this process, alternating with the others;
its time is the median of the ratios to ours. Then each counts modules that are often counted wrong;
a count is right if it equals the multiply-adds derived beside the module.
"""

from __future__ import annotations

import contextlib
import io
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional

import resnet_viz
from resnet_viz.tracing.torchvision import import_beside

RUNS = 5
SHAPE = (1, 3, 224, 224)


class Reused(nn.Module):
    """Calls one linear layer's weight by function: 2 × 16 × 8 multiply-adds."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Linear(8, 16)

    def forward(self, x):
        return self.a(x) + functional.linear(x, self.a.weight)


class Product(nn.Module):
    """Multiplies by a bare parameter: 4 × 8 × 16 multiply-adds."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(8, 16))

    def forward(self, x):
        return x @ self.weight


MODULES: tuple[tuple[nn.Module, tuple[int, ...], int], ...] = (
    (nn.Linear(32, 64), (2, 10, 32), 2 * 10 * 32 * 64),
    (Reused(), (1, 8), 2 * 16 * 8),
    (Product(), (4, 8), 4 * 8 * 16),
    (nn.ConvTranspose2d(4, 8, 3, 2, bias=False), (1, 4, 8, 8), 4 * 8 * 8 * 8 * 9),
    (
        nn.TransformerEncoderLayer(64, 4, 128),  # projections, the feed-forward layers, attention
        (10, 1, 64),
        10 * (4 * 64 * 64 + 2 * 64 * 128) + 2 * 4 * 10 * 10 * 16,
    ),
)
"""Modules, their input shapes, and their multiply-adds."""


def ours(net: nn.Module, shape: tuple[int, ...]) -> int:
    return int(resnet_viz.report(net, shape).totals["macs"])


def torchinfo(net: nn.Module, shape: tuple[int, ...]) -> int:
    from torchinfo import summary

    return int(summary(net, shape, verbose=0).total_mult_adds)


def fvcore(net: nn.Module, shape: tuple[int, ...]) -> int:
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(net.eval(), torch.zeros(shape))
    return int(analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def thop(net: nn.Module, shape: tuple[int, ...]) -> int:
    from copy import deepcopy

    from thop import profile

    return int(profile(deepcopy(net), (torch.zeros(shape),), verbose=False)[0])


def flop_counter(net: nn.Module, shape: tuple[int, ...]) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net.eval()(torch.zeros(shape))
    return int(counter.get_total_flops()) // 2


COUNTERS: dict[str, Callable[[nn.Module, tuple[int, ...]], int]] = {
    "resnet-viz": ours,
    "torchinfo": torchinfo,
    "fvcore": fvcore,
    "thop": thop,
    "torch's FlopCounterMode": flop_counter,
}


def drawn() -> dict[str, Callable[[nn.Module], Any]]:
    """Return the functions that draw a module, by name of the tool."""
    from torchview import draw_graph

    def view(net: nn.Module) -> Any:
        return draw_graph(
            net, input_size=SHAPE, device="meta", expand_nested=True
        ).visual_graph.pipe("svg")

    return {
        "resnet-viz": lambda net: resnet_viz.draw(net, input=SHAPE).to_svg(),
        "torchview": view,
    }


def ratios(calls: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the ratio of each call's time to ours, from alternating calls."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(RUNS):
        for name, call in calls.items():
            begin = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - begin)
    first = next(iter(seconds.values()))
    return {
        name: statistics.median(a / b for a, b in zip(times, first, strict=True))
        for name, times in seconds.items()
    }


def right(count: Callable[[nn.Module, tuple[int, ...]], int]) -> int:
    """Return the number of `MODULES` that a tool counts right."""
    found = 0
    for net, shape, macs in MODULES:
        with contextlib.suppress(Exception):
            found += count(net, shape) == macs
    return found


def main() -> None:
    warnings.simplefilter("ignore")
    make = import_beside("torchvision.models").resnet50
    net, other = make().eval(), make().eval()  # torchview moves its module to another device
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        counting = ratios({name: lambda c=c: c(net, SHAPE) for name, c in COUNTERS.items()})
        drawing = ratios({name: lambda d=d: d(other) for name, d in drawn().items()})
        exact = {name: right(count) for name, count in COUNTERS.items()}
    print("| tool | counts ResNet-50, time | right of 5 modules | draws it, time |")
    print("|---|---:|---:|---:|")
    for name in dict.fromkeys([*counting, *drawing]):
        cells = [
            f"{counting[name]:.1f} ×" if name in counting else "",
            f"{exact[name]}" if name in exact else "",
            f"{drawing[name]:.1f} ×" if name in drawing else "",
        ]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
