"""Compare a model's traced counts with those of torch's own counter, which runs it on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import draw, trace
from resnet_viz.count import tally

UNSEEN = {
    torch.ops.aten._grouped_mm: lambda a, b, *_, **__: 2 * a[0] * a[1] * b[-1],
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: lambda q, k, v, *_, **__: (
        2 * prod(q[:-1]) * k[-2] * (q[-1] + v[-1])
    ),
    torch.ops.aten.mkldnn_rnn_layer: lambda x, w, r, *_, **__: (
        2 * x[0] * x[1] * (prod(w) + prod(r))
    ),
    torch.ops.aten.mv: lambda a, b, **_: 2 * prod(a),
    torch.ops.aten.dot: lambda a, b, **_: 2 * prod(a),
}
"""Products that the counter leaves out on the CPU, with what they cost.

In a grouped product each row of the first matrix meets one of the others; attention, where a model
has it in spite of all, is scores and values.
"""


class NotRun(Exception):  # noqa: N818 - it says what happened
    """Torch cannot make or run a model; the message has the reason."""


class Case(NamedTuple):
    """A model in eval mode, with the arguments of its `forward` by name or by position."""

    model: nn.Module
    inputs: Mapping[str, Any] | tuple[Any, ...]

    def run(self) -> Any:
        """Run the model."""
        with torch.no_grad():
            if isinstance(self.inputs, tuple):
                return self.model(*self.inputs)
            return self.model(**self.inputs)


def one_line(error: Exception) -> str:
    """Return the first line of an error message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def compare(case: Case, *, drawn: bool = True) -> dict[str, Any]:
    """Return the counts of a case, the means of the trace, and the differences from torch's."""
    graph = trace(case.model, case.inputs)
    total = tally(graph)
    if drawn:
        assert draw(graph).to_svg().startswith("<svg")
    if any(map(is_lazy, case.model.parameters())):
        case.run()
    case.model.requires_grad_(False)  # the counter's own hooks want gradients of what has any
    with FlopCounterMode(display=False, custom_mapping=UNSEEN) as counter:
        case.run()
    expected = {
        "params": sum(parameter.numel() for parameter in case.model.parameters()),
        "macs": counter.get_total_flops() // 2,
    }
    counted = {"params": total.params, "macs": total.macs}
    why = [
        f"{what}: {counted[what]:,}, torch has {expected[what]:,}"
        for what in expected
        if counted[what] != expected[what]
    ]
    status = "different" if why else "equal"
    return {"status": status, "why": "; ".join(why), "means": graph.means, **counted}
