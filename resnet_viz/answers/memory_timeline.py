"""Draw live memory over one pass or training step of a network, operator by operator."""

from __future__ import annotations

from typing import Any

from resnet_viz.answers.batch import to_batch_graph
from resnet_viz.answers.memory import memory
from resnet_viz.answers.picture import Picture
from resnet_viz.count.memory import sizes, timeline
from resnet_viz.count.storage import Block, Call, step
from resnet_viz.graph import unroll
from resnet_viz.layout.bands import lay_out_bands
from resnet_viz.sources import Network
from resnet_viz.text.numbers import show_bytes
from resnet_viz.themes import Theme, find_theme

__all__ = ["memory_timeline"]

BANDS = ("weights and buffers", "optimizer", "input", "saved for backward", "gradients", "passing")
"""The purposes of live memory; "passing" are activations and their gradients."""


def memory_timeline(
    network: Network,
    input: Any = None,
    *,
    batch: int = 1,
    dtype: str = "float32",
    optimizer: str | None = "sgd",
    training: bool = True,
    theme: str | Theme = "d2l",
    means: str | None = None,
) -> Picture:
    """Draw the live memory of a network over its forward pass and, in training, backward pass.

    Args:
        network: as for `resnet_viz.memory`.
        input: as for `resnet_viz.memory`.
        batch: the number of images.
        dtype: the dtype of weights and activations.
        optimizer: the optimizer whose state is counted.
        training: whether there is a backward pass.
        theme: a theme, or its name or file.
        means: how modules are traced, as in `resnet_viz.report`.

    Raises:
        RequestError: as for `resnet_viz.memory`.

    >>> memory_timeline("resnet18", batch=8).to_svg()[:4]
    '<svg'
    """
    palette = find_theme(theme)
    graph = unroll(to_batch_graph(network, input, batch, means=means))
    report = memory(
        graph, batch=graph.input[0], dtype=dtype, optimizer=optimizer, training=training
    )
    totals = report.totals
    stays = (totals["weights"] + totals["buffers"], totals["optimizer"], totals["input"])
    made = step(graph, sizes(dtype), training=training)
    calls = _calls(made.root)
    saved = gradients = 0
    steps: list[tuple[float, ...]] = []
    by_path = {call.node.path: call for call in calls}
    moments = tuple(timeline(made, training=training))
    for moment in moments:
        call = by_path[moment.path]
        kept = call.saved - sum(
            value.storage.bytes
            for value in {id(value.storage): value for value in call.inputs}.values()
            if value.storage.given and value.storage.saver is call
        )
        if not moment.backward:
            saved += kept
        passing = max(moment.live - saved - gradients, 0)
        steps.append((*stays, min(saved, moment.live), gradients, passing))
        if moment.backward:
            saved -= kept
            gradients += call.gradients
    peak = max(range(len(steps)), key=lambda i: sum(steps[i]))
    marks = [(peak, f"{moments[peak].path}: {show_bytes(int(sum(steps[peak])))}")]
    forward = sum(not moment.backward for moment in moments)
    spans = [(0, forward, "forward"), (forward, len(moments), "backward")][: 1 + training]
    what = "a training step" if training else "inference"
    return Picture(
        lay_out_bands(
            BANDS,
            steps,
            lambda amount: show_bytes(round(amount)),
            marks,
            spans,
            palette,
            f"{graph.name}, {what}, batch {report.batch}, {dtype}",
        )
    )


def _calls(block: Block) -> list[Call]:
    """Return the calls of a step in which nothing repeats."""
    return [event for event in block.events if isinstance(event, Call)]
