"""The lesson "why residual?": train plain and residual networks on digits and compare them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from resnet_viz.answers.lesson_charts import CHARTS
from resnet_viz.answers.picture import Picture
from resnet_viz.answers.report import report
from resnet_viz.answers.tabular import Column, Table, Tabular
from resnet_viz.arithmetic import Size
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.files import write_whole
from resnet_viz.progress import progress
from resnet_viz.sources import torch_corner
from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.text import LANGUAGES
from resnet_viz.themes import Theme, find_theme

__all__ = ["KINDS", "Lesson", "Run", "Settings", "lesson", "lesson_spec", "measured_lesson"]

KINDS: Mapping[str, str] = {"plain": "none", "residual": "A"}
"""The shortcut of each kind of network: none, or option A (identity, with zeros for further
channels), so that both have the same parameters (He et al. 2015, section 4.2)."""

WIDTH = 8
"""Channels of the first stage; He et al. use 16 for images of 32 × 32."""

MAX_DEPTH, MAX_EPOCHS, MAX_SEEDS = 1202, 1000, 100


class Settings(NamedTuple):
    """The settings of the lesson: numbers of layers, and the arguments of `training.train`."""

    depths: tuple[int, ...] = (20, 56, 110)
    epochs: int = 20
    lr: float = 0.05
    seeds: int = 1


class Run(NamedTuple):
    """One training run of one network.

    Attributes:
        training_errors: the training error in per cent after each epoch.
        test_errors: the test error in per cent after each epoch.
        outputs: the root mean square of each block's output at initialization, by path.
        gradients: the norm of each layer's weight gradient at initialization, by path.
    """

    kind: str
    depth: int
    seed: int
    training_errors: tuple[float, ...]
    test_errors: tuple[float, ...]
    outputs: Mapping[str, float]
    gradients: Mapping[str, float]


CAVEAT = (
    "The deeper plain network is worse on the images it learned from, so this is no overfitting. "
    "It shows how hard it is to train in so many epochs, on a small set; not what longer training "
    "would reach, nor any accuracy to compare with other data."
)


class Ending(NamedTuple):
    """The errors of a network after the last epoch, in per cent, over all seeds."""

    mean: float
    least: float
    greatest: float

    def __str__(self) -> str:
        if self.least == self.greatest:
            return f"{self.mean:.1f}"
        return f"{self.mean:.1f} ({self.least:.1f} to {self.greatest:.1f})"


class LessonRow(NamedTuple):
    """A network of the lesson: its size, and its errors after the last epoch in per cent."""

    network: str
    layers: Size
    params: Size
    training_error: Ending
    test_error: Ending


@dataclass(frozen=True)
class Lesson(Tabular):
    """The measurements: JSON has every number, other formats a table of the last epoch.

    Attributes:
        settings: the training settings.
        runs: every training run.
        versions: the versions of the packages used, by name.
    """

    settings: Settings
    runs: tuple[Run, ...]
    versions: Mapping[str, str]

    OWN_FORMATS = MappingProxyType({"json": lambda made: made.to_json()})

    def of(self, kind: str, depth: int) -> tuple[Run, ...]:
        """Return the training runs of one network, one for each seed."""
        return tuple(run for run in self.runs if (run.kind, run.depth) == (kind, depth))

    def ending(self, kind: str, depth: int, errors: str = "training_errors") -> Ending:
        """Return a network's errors after the last epoch."""
        last = [getattr(run, errors)[-1] for run in self.of(kind, depth)]
        return Ending(sum(last) / len(last), min(last), max(last))

    def degradation(self, kind: str) -> float:
        """Return the deepest network's training error minus the shallowest's, in percentage points.

        Above 0, depth did harm, although the deeper network could have learned the shallower one's
        layers and the identity in the rest.
        """
        depths = self.settings.depths
        return self.ending(kind, max(depths)).mean - self.ending(kind, min(depths)).mean

    def to_table(self) -> Table:
        """Return a table of the networks, with parameters and errors after the last epoch."""
        return Table(
            title="",
            columns=(
                Column("network", "network"),
                Column("layers", "layers", right=True),
                Column("params", "params", right=True),
                *_error_columns("training_error", "training error, %"),
                *_error_columns("test_error", "test error, %"),
            ),
            rows=[self._row(kind, depth) for depth in self.settings.depths for kind in KINDS],
            sentences=self.sentences(),
            comment=self.sentences()[0],
        )

    def _row(self, kind: str, depth: int) -> LessonRow:
        totals = report(lesson_spec(kind, depth)).totals
        return LessonRow(
            network=kind,
            layers=totals["layers"],
            params=totals["params"],
            training_error=self.ending(kind, depth),
            test_error=self.ending(kind, depth, "test_errors"),
        )

    def sentences(self) -> tuple[str, ...]:
        """Return sentences on the training, the result, and what the result does not show."""
        depths, epochs, lr, seeds = self.settings
        low, high = min(depths), max(depths)
        trained = (
            f"{epochs} epoch{'s' if epochs > 1 else ''} of 1,437 digits of 8 × 8, rate {lr:g}, "
            f"{seeds} seed{'s' if seeds > 1 else ''}: mean (least to greatest)."
        )
        if low == high:
            return (trained, "One depth shows no degradation: give two or more.")
        points = {kind: self.degradation(kind) for kind in KINDS}
        seen = (
            f"From {low} to {high} layers the training error changes by {points['plain']:+.1f} "
            f"points without shortcuts and by {points['residual']:+.1f} with them."
        )
        if points["plain"] <= max(points["residual"], 0):
            return (trained, seen, "The degradation does not show at these settings.")
        return (trained, seen, CAVEAT)

    def draw(
        self, chart: str, *, theme: str | os.PathLike[str] | Theme = "d2l", lang: str = "en"
    ) -> Picture:
        """Return a chart: `training`, `test`, `gradients` or `outputs`.

        Raises:
            RequestError: a name is unknown.

        >>> "plain" in measured_lesson().draw("training").to_svg()
        True
        """
        make = choose("chart", chart, CHARTS)
        choose("language", lang, LANGUAGES)
        return Picture(make(self, find_theme(theme), lang))

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Save every chart as SVG, and the numbers as `lesson.json` and `lesson.csv`, in a folder.

        Raises:
            RequestError: the folder or a file cannot be written.
        """
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise RequestError(
                "{folder}: cannot be made ({reason})",
                folder=os.fspath(folder),
                reason=(error.strerror or "").lower(),
            ) from None
        for chart in CHARTS:
            self.draw(chart).save(os.path.join(folder, f"{chart}.svg"))
        for format in ("json", "csv"):
            write_whole(os.path.join(folder, f"lesson.{format}"), self.to(format).encode())

    def to_json(self) -> str:
        """Return all measurements as JSON, the format that `measured_lesson` reads."""
        depths, epochs, lr, seeds = self.settings
        layers = ",".join(map(str, depths))
        data = {
            "command": f"resnet-viz lesson --depths {layers} --epochs {epochs} --lr {lr:g} "
            f"--seeds {seeds}",
            "settings": self.settings._asdict(),
            "versions": dict(self.versions),
            "runs": [run._asdict() for run in self.runs],
        }
        return json.dumps(data, indent=1) + "\n"


def _error_columns(name: str, heading: str) -> tuple[Column, ...]:
    """Return the columns of an error: one for readers, and three for programs."""
    ends = ("mean", "least", "greatest")
    data = (Column(f"{name}_{end}", "", attrgetter(f"{name}.{end}")) for end in ends)
    return (Column("", heading, attrgetter(name), show=str, right=True), *data)


def lesson(
    depths: Sequence[int] = Settings().depths,
    *,
    epochs: int = Settings().epochs,
    lr: float = Settings().lr,
    seeds: int = Settings().seeds,
) -> Lesson:
    """Train plain and residual networks of several depths on scikit-learn's digits.

    Both kinds have the same layers and parameters; the residual ones add each block's input to its
    output. With the default settings, one seed takes about a minute and a half on one core.

    Args:
        depths: the numbers of layers, each 6n + 2 (He et al. 2015, section 4.2).
        epochs: the number of passes over the images.
        lr: the learning rate after the warm-up.
        seeds: the number of runs of each network, each with its own initial weights and its own
            split of the images.

    Raises:
        RequestError: a number is not legal, or torch or scikit-learn is not installed.
    """
    settings = _checked(depths, epochs=epochs, lr=lr, seeds=seeds)
    train = torch_corner("training.train").train
    measure = torch_corner("training.signals").measure_signals
    runs = []
    networks = [(kind, depth) for depth in settings.depths for kind in KINDS]
    with progress("Training", len(networks) * seeds * epochs) as advance:
        for kind, depth in networks:
            spec = lesson_spec(kind, depth)
            for seed in range(seeds):
                curve = train(spec, epochs=epochs, lr=lr, seed=seed, advance=advance)
                signals = measure(spec, seed)
                runs.append(
                    Run(
                        kind=kind,
                        depth=depth,
                        seed=seed,
                        training_errors=curve.training_errors,
                        test_errors=curve.test_errors,
                        outputs=signals.outputs,
                        gradients=signals.gradients,
                    )
                )
    return Lesson(settings, tuple(runs), _versions())


def lesson_spec(kind: str, depth: int) -> ResNetSpec:
    """Return a network of the lesson: He et al.'s for CIFAR, half as wide, for 1×8×8 images.

    >>> from resnet_viz import report
    >>> [report(lesson_spec(kind, 20)).totals["params"] for kind in ("plain", "residual")]
    [67906, 67906]
    """
    stages = tuple(
        Stage((depth - 2) // 6, WIDTH * 2**i, stride=min(i + 1, 2), shortcut=KINDS[kind])
        for i in range(3)
    )
    return ResNetSpec(
        stages=stages,
        name=f"{kind}-{depth}",
        input=(1, 8, 8),
        stem=Stem(WIDTH, kernel=3, stride=1, pool=False),
        head=Head(10),
    )


def _checked(depths: Sequence[int], *, epochs: int, lr: float, seeds: int) -> Settings:
    """Check the settings and return them.

    Raises:
        RequestError: a value is not legal.
    """
    numbers = tuple(depths) if isinstance(depths, (tuple, list)) else ()
    for depth in numbers:
        if type(depth) is not int or not 8 <= depth <= MAX_DEPTH or depth % 6 != 2:
            raise RequestError(
                "depths: {depth} (must be 6n + 2, from 8 to {most}: 20, 56, 110)",
                depth=show(depth),
                most=MAX_DEPTH,
            )
    if not numbers or len(set(numbers)) < len(numbers):
        raise RequestError("depths: {depths} (must be different numbers)", depths=show(depths))
    settings = Settings(numbers, epochs, lr, seeds)
    for name, value, most in (
        ("epochs", settings.epochs, MAX_EPOCHS),
        ("seeds", settings.seeds, MAX_SEEDS),
    ):
        if type(value) is not int or not 1 <= value <= most:
            raise RequestError(
                "{name}: {value} (must be an integer from 1 to {most})",
                name=name,
                value=show(value),
                most=most,
            )
    if type(settings.lr) not in (int, float) or not 0 < settings.lr <= 10:
        raise RequestError(
            "lr: {value} (must be more than 0 and at most 10)", value=show(settings.lr)
        )
    return settings


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "scikit-learn")}


def measured_lesson() -> Lesson:
    """Return the lesson as measured for the docs, with five seeds at the default settings.

    This needs neither torch nor scikit-learn. `make lesson` repeats the measurement.

    >>> measured_lesson().degradation("plain") > 50 > measured_lesson().degradation("residual")
    True
    """
    text = files("resnet_viz.answers").joinpath("lesson.json").read_text("utf-8")
    data = json.loads(text)
    settings = Settings(**{**data["settings"], "depths": tuple(data["settings"]["depths"])})
    runs = tuple(
        Run(
            **{
                **run,
                "training_errors": tuple(run["training_errors"]),
                "test_errors": tuple(run["test_errors"]),
            }
        )
        for run in data["runs"]
    )
    return Lesson(settings, runs, data["versions"])
