"""Measure searching and sampling spaces: growth with stages, widths and budgets, and the rate.

`make bench` prints these rows with the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from resnet_viz import ResNetSpec, Space, sample, search

Line = Callable[[str, str, str], None]


def anynetx(stages: int = 4, widths: int = 128) -> Space:
    """Return AnyNetX (Radosavovic et al. 2020, section 3.2), of other stages and widths."""
    step = 1024 // widths
    stage = {
        "blocks": {"from": 1, "to": 16},
        "channels": {"from": step, "to": 1024, "step": step},
        "block": "bottleneck",
        "expansion": [1, 2, 4],
        "group_width": [1, 2, 4, 8, 16, 32],
        "stride": 2,
    }
    return Space({"stem": "simple_stem_in", "stages": [stage] * stages})


def complexity(spec: ResNetSpec) -> tuple[int, int, int]:
    """Count parameters, MACs and activations of an AnyNetX as pycls does, layer by layer.

    Each method `complexity` of pycls' modules adds one layer's numbers to those so far.
    """
    side, width = 112, 32
    params, macs, acts = 3 * 32 * 9 + 64, 3 * 32 * 9 * side**2, 32 * side**2

    def conv(before: int, after: int, kernel: int, groups: int = 1) -> None:
        nonlocal params, macs, acts
        weights = kernel**2 * before * after // groups
        params, macs = params + weights + 2 * after, macs + weights * side**2
        acts += after * side**2

    for stage in spec.stages:
        for block in range(stage.blocks):
            inner = stage.width
            if block == 0:
                conv(width, inner, 1)
                side //= 2
                conv(width, stage.channels, 1)
            else:
                conv(width, inner, 1)
            conv(inner, inner, 3, stage.conv_groups)
            conv(inner, stage.channels, 1)
            width = stage.channels
    return params + 1000 * width + 1000, macs + 1000 * width, acts + 1000


def seconds(call: Callable[[], object]) -> float:
    """Return the processor time of one call, the shortest of three."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return min(times)


def spaces(line: Line) -> None:
    """Print the rows."""
    for stages in (2, 3, 4, 5):
        made = anynetx(stages)
        taken = seconds(lambda made=made: search(made, macs="1G", params="5M"))
        line(
            f"search, {made.size:.0e} networks of {stages} stages", f"{taken:.2f} s", "at most 10 s"
        )
    for widths in (16, 32, 64):
        made = anynetx(widths=widths)
        taken = seconds(lambda made=made: search(made, macs="1G", params="5M"))
        line(f"search, {widths} widths", f"{taken:.2f} s", "at most 10 s")
    budgets: dict[str, object] = {}
    for name, most in (("macs", "1G"), ("params", "5M"), ("latency", "5ms"), ("memory", "2GB")):
        budgets[name] = most
        taken = seconds(lambda: search(anynetx(), batch=32, **budgets))
        line(f"search under {', '.join(budgets)}", f"{taken:.2f} s", "at most 10 s")
    made = anynetx()
    count = 1_000_000
    drawn = sample(made, 2_000)
    specs = list(drawn)
    one_by_one = seconds(lambda: [complexity(spec) for spec in specs]) / len(specs)
    rate = count / (seconds(lambda: sample(made, count)) - seconds(lambda: sample(made, 1)))
    line("networks drawn and counted in a second", f"{rate:,.0f}", "at least 1,000,000")
    line("the same over layer by layer, as pycls counts", f"{rate * one_by_one:,.0f}", "")


if __name__ == "__main__":
    spaces(lambda what, value, goal: print(f"{what:<66}{value:>14}   {goal}", flush=True))
