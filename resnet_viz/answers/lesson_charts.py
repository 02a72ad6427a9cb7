"""Draw the lesson's charts: errors during training, and signals at initialization."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from resnet_viz.layout.chart import Axis, Panel, Series, lay_out_charts
from resnet_viz.scene import Scene
from resnet_viz.text.labels import phrase
from resnet_viz.themes import Theme

if TYPE_CHECKING:
    from resnet_viz.answers.lesson import Lesson, Run

__all__ = ["CHARTS"]

Numbers = Callable[["Run"], Sequence[float]]


def _chart(
    title: str, x: str, y: str, log: bool, of: Numbers, lesson: Lesson, theme: Theme, lang: str
) -> Scene:
    """Return one panel per kind of network, with a line per depth and a pale line per seed."""
    kinds = dict.fromkeys(run.kind for run in lesson.runs)
    panels = [
        Panel(phrase(f"lesson_{kind}", lang), tuple(_lines(lesson, kind, of))) for kind in kinds
    ]
    return lay_out_charts(
        panels,
        Axis(phrase(x, lang)),
        Axis(phrase(y, lang), log),
        theme,
        title=phrase(title, lang),
        caption=phrase("lesson_caption", lang, lesson.settings.seeds),
    )


def _lines(lesson: Lesson, kind: str, of: Numbers) -> Iterator[Series]:
    for colour, depth in enumerate(lesson.settings.depths):
        seeds = [tuple(enumerate(of(run), start=1)) for run in lesson.of(kind, depth)]
        if len(seeds) > 1:
            for points in seeds:
                yield Series("", points, colour, faint=True)
        means = tuple(
            (points[0][0], sum(y for _, y in points) / len(points))
            for points in zip(*seeds, strict=True)
        )
        yield Series(str(depth), means, colour)


CHARTS: Mapping[str, Callable[[Lesson, Theme, str], Scene]] = MappingProxyType(
    {
        "training": partial(
            _chart, "lesson_training", "lesson_epoch", "lesson_error", False,
            lambda run: run.training_errors,
        ),
        "test": partial(
            _chart, "lesson_test", "lesson_epoch", "lesson_error", False,
            lambda run: run.test_errors,
        ),
        "gradients": partial(
            _chart, "lesson_gradients", "lesson_layer", "lesson_norm", True,
            lambda run: tuple(run.gradients.values()),
        ),
        "outputs": partial(
            _chart, "lesson_outputs", "lesson_block", "lesson_rms", False,
            lambda run: tuple(run.outputs.values()),
        ),
    }
)  # fmt: skip
"""The charts of a lesson by name, each a function of lesson, theme and language."""
