"""Chart a space: samples, the Pareto front or the distribution of a cost, with known networks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_viz.answers.picture import Picture
from resnet_viz.answers.report import report
from resnet_viz.answers.search import needs_numpy, pareto
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.layout.chart import Axis, Panel, Series, lay_out_charts
from resnet_viz.scene import Scene
from resnet_viz.spaces.space import Space
from resnet_viz.text import LANGUAGES
from resnet_viz.text.labels import phrase
from resnet_viz.themes import find_theme
from resnet_viz.zoo import find
from resnet_viz.zoo.accuracy import published

if TYPE_CHECKING:
    import altair

__all__ = ["KINDS", "LANDMARKS", "Landmark", "SpaceChart", "chart"]

KINDS: Mapping[str, str] = {
    "scatter": "networks drawn at random",
    "front": "the same, and the networks with the best trade-off of both costs",
    "edf": "the share of networks that cost at most so much",
}
"""The kinds of charts, with their descriptions."""

TOTALS = ("params", "macs", "activations", "layers")
"""The costs that an axis can show."""

LANDMARKS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnext50_32x4d")
"""The networks that are marked by default."""


class Landmark(NamedTuple):
    """A known network in a chart.

    Attributes:
        name: the name in the zoo.
        params: the number of parameters.
        macs: the MACs for an image of side `size`.
        activations: the number of activations for an image of side `size`.
        layers: the number of layers.
        size: the image size for which the accuracy is published; by default the network's own.
        weights: timm's name of the weights; empty if no accuracy is published.
        top1: the published top-1 accuracy on ImageNet in percent.
    """

    name: str
    params: int
    macs: int
    activations: int
    layers: int
    size: int
    weights: str = ""
    top1: float | None = None

    @property
    def label(self) -> str:
        """The name, and the accuracy if one is published."""
        return self.name if self.top1 is None else f"{self.name} {self.top1:.1f} %"


class _Contents(NamedTuple):
    """The data of a chart.

    Attributes:
        kind: the kind of chart, a name in `KINDS`.
        x: the cost on the horizontal axis.
        y: the cost on the vertical axis; `share` for an EDF.
        points: the points, `(x, y)`: sampled networks, or the steps of an EDF.
        front: the points of the Pareto front, if it is shown.
        landmarks: the known networks.
    """

    kind: str
    x: str
    y: str
    points: tuple[tuple[float, float], ...]
    front: tuple[tuple[float, float], ...]
    landmarks: tuple[Landmark, ...]

    def places(self) -> list[tuple[float, float]]:
        """Return the point of each landmark."""
        return [(getattr(mark, self.x), self._height(mark)) for mark in self.landmarks]

    def _height(self, mark: Landmark) -> float:
        if self.kind != "edf":
            return float(getattr(mark, self.y))
        cost = getattr(mark, self.x)
        return max((share for value, share in self.points if value <= cost), default=0.0)


@dataclass(frozen=True)
class SpaceChart(Picture):
    """A chart of a space, as a picture and as an Altair chart.

    Attributes:
        contents: the points, the front and the landmarks.
        lang: the language of titles and labels.
    """

    contents: _Contents
    lang: str

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """The points, `(x, y)`: sampled networks, or the steps of an EDF."""
        return self.contents.points

    @property
    def front(self) -> tuple[tuple[float, float], ...]:
        """The points of the Pareto front, if it is shown."""
        return self.contents.front

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        """The known networks."""
        return self.contents.landmarks

    def altair(self) -> altair.LayerChart | altair.FacetChart:
        """Return the chart as an Altair chart with tooltips.

        Raises:
            RequestError: altair is not installed.
        """
        try:
            import altair as alt
        except ImportError:
            raise RequestError("altair is not installed (pip install altair)") from None

        made = self.contents

        def axis(channel: Any, name: str) -> Any:
            scale = alt.Scale() if name == "share" else alt.Scale(type="log")
            return channel(f"{name}:Q", title=_title(name, self.lang), scale=scale)

        def data(points: Sequence[tuple[float, float]]) -> Any:
            return alt.InlineData(values=[{made.x: x, made.y: y} for x, y in points])

        ends = {"x": axis(alt.X, made.x), "y": axis(alt.Y, made.y)}
        points = alt.Chart(data(made.points))
        if made.kind == "edf":
            layers = [points.mark_line(interpolate="step-after").encode(**ends)]
        else:
            layers = [points.mark_circle(size=9, opacity=0.4, color="#888888").encode(**ends)]
        if made.front:
            line = alt.Chart(data(made.front)).mark_line(point=True, color="#0072b2")
            layers.append(line.encode(**ends))
        if made.landmarks:
            rows = [
                {**mark._asdict(), "label": mark.label, made.x: x, made.y: y}
                for mark, (x, y) in zip(made.landmarks, made.places(), strict=True)
            ]
            known = alt.Chart(alt.InlineData(values=rows)).encode(
                **ends,
                tooltip=[
                    alt.Tooltip(f"{name}:{kind}")
                    for name, kind in (("name", "N"), ("params", "Q"), ("macs", "Q"))
                ]
                + [alt.Tooltip("weights:N"), alt.Tooltip("size:Q"), alt.Tooltip("top1:Q")],
            )
            layers.append(known.mark_circle(size=60, color="#d55e00"))
            layers.append(known.mark_text(align="left", dx=7).encode(text="label:N"))
        return alt.layer(*layers)


def chart(
    space: Space | Mapping[str, Any] | str | os.PathLike[str],
    kind: str = "scatter",
    *,
    x: str = "macs",
    y: str = "params",
    n: int = 1_000,
    seed: int = 0,
    landmarks: Sequence[str] = LANDMARKS,
    theme: str = "paper",
    lang: str = "en",
) -> SpaceChart:
    """Chart networks of a space, beside known networks and their published accuracy.

    Args:
        space: a space, its data, or the path of its file.
        kind: `scatter` shows randomly sampled networks; `front` adds a line of the networks with
            the largest `y` for each `x`; `edf` shows the share of networks whose `x` is at most a
            given cost (Radosavovic et al. 2020, arXiv 2003.13678, equation 1, with a cost instead
            of the error).
        x: `params`, `macs`, `activations` or `layers`.
        y: one of the same; an EDF has no `y`.
        n: the number of sampled networks.
        seed: the random seed.
        landmarks: zoo names of the marked networks; each is labelled with the highest ImageNet
            accuracy that timm publishes for it.
        theme: the theme of the picture.
        lang: the language of titles and labels, as for `draw`.

    Raises:
        RequestError: an argument is not legal.

    >>> space = Space.around("resnet18", width=(0.5, 1), depth=(0.5, 1))
    >>> made = chart(space, "edf", n=100, landmarks=["resnet18"])
    >>> made.landmarks[0].label
    'resnet18 73.3 %'
    """
    choose("kind", kind, KINDS)
    for name in (x, y):
        choose("axis", name, dict.fromkeys(TOTALS))
    if kind != "edf" and x == y:
        raise RequestError("axes: {x} (must be two different totals)", x=x)
    palette = find_theme(theme)
    choose("language", lang, LANGUAGES)
    if not isinstance(landmarks, (tuple, list)) or not all(isinstance(n, str) for n in landmarks):
        raise RequestError("landmarks: {names} (must be a list of names)", names=show(landmarks))
    marks = tuple(map(landmark, landmarks))
    space = Space.of(space)
    needs_numpy()
    from resnet_viz.spaces.sample import sample

    drawn = sample(space, n, seed)
    if kind == "edf":
        values, shares = drawn.edf(x)
        points = tuple(zip(map(int, values), map(float, shares), strict=True))
    else:
        points = tuple(zip(drawn.totals[x].tolist(), drawn.totals[y].tolist(), strict=True))
    best = pareto(space, (y, x)).rows if kind == "front" else ()
    contents = _Contents(
        kind=kind,
        x=x,
        y="share" if kind == "edf" else y,
        points=points,
        front=tuple(sorted((getattr(row, x), getattr(row, y)) for row in best)),
        landmarks=marks,
    )
    return SpaceChart(_scene(contents, palette, lang), contents, lang)


def landmark(name: str) -> Landmark:
    """Return a known network with its costs and its highest published accuracy.

    Raises:
        RequestError: the zoo has no such network.
    """
    spec = find(name)
    known = next(iter(published().get(spec.name, ())), None)
    size = known.size if known else int(spec.input[-1])
    totals = report(spec, (spec.input[0], size, size), depth="network").totals
    return Landmark(
        name=name,
        **{total: totals[total] for total in TOTALS},
        size=size,
        weights=known.weights if known else "",
        top1=known.top1 if known else None,
    )


def _scene(made: _Contents, theme: Any, lang: str) -> Scene:
    series = [
        Series("", made.points, colour=GREY, dots=made.kind != "edf", faint=made.kind != "edf")
    ]
    if made.front:
        label = phrase("chart_front", lang)
        series.append(Series(label, made.front, colour=0, label_at="middle"))
    series += [
        Series(mark.label, (place,), colour=1, dots=True, radius=2.0, label_at="aside")
        for mark, place in zip(made.landmarks, made.places(), strict=True)
    ]
    known = any(mark.top1 is not None for mark in made.landmarks)
    return lay_out_charts(
        [Panel("", tuple(series))],
        Axis(_title(made.x, lang), log=True),
        Axis(_title(made.y, lang), log=made.kind != "edf"),
        theme,
        caption=phrase("chart_caption", lang) if known else "",
    )


GREY = 5
"""The colour of sampled networks, as an index into `layout.chart.COLOURS`."""


def _title(name: str, lang: str) -> str:
    return phrase(f"chart_{name}", lang)
