"""Define the options of a figure: one field each, read by `draw`, the command line and the app.

`draw` takes these options by name, `resnet-viz draw` has an argument for each of them with the same
help, the app has a control, and the address of its page has a value. A new option is one new field
here.
"""

from __future__ import annotations

import inspect
import os
import textwrap
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, TypeVar

from resnet_viz.answers.metrics import METRICS
from resnet_viz.answers.option import (
    Option,
    check_color,
    check_depth,
    check_facts,
    check_nothing,
    check_page,
    check_paths,
    check_points,
    check_text,
    check_theme,
    listed,
    none_or,
    one_of,
    option,
)
from resnet_viz.errors import Message, RequestError, check_flag, unknown
from resnet_viz.graph.model import MEANS
from resnet_viz.layout import DIRECTIONS
from resnet_viz.layout.arrange import LAYOUTS
from resnet_viz.layout.page import PAGES, Page, find_page
from resnet_viz.text import LANGUAGES
from resnet_viz.themes import THEMES, Theme, find_theme
from resnet_viz.view import DEPTHS, FIGURES
from resnet_viz.view.annotate import FACTS
from resnet_viz.view.catalogue import Kind
from resnet_viz.view.detail import BOOK, Detail, levels_of

__all__ = ["LAYOUTS", "OPTIONS", "FigureOptions", "Option", "documented", "figure_options"]

FIGURE_DEPTHS = {**DEPTHS, BOOK: None}
"""The depths of a figure: those of a report, and the book's, which draws blocks in miniature."""


LENGTHS = {"log": "the logarithm of their channels", "linear": "their channels"}
"""The scales of the lengths of volumes, with the quantity to which they are proportional."""


@dataclass(frozen=True, kw_only=True)
class FigureOptions:
    """The options of a figure, checked on construction.

    Attributes:
        palette: the theme itself, read from its file if `theme` names one.
        detail: the scopes that the figure opens, as requested.

    Raises:
        RequestError: a value is not legal, or the figure does not take an option.

    >>> FigureOptions(annotate="macs,shape").annotate
    ('shape', 'macs')
    >>> FigureOptions(figure="blocks", unroll=True)
    Traceback (most recent call last):
        ...
    resnet_viz.errors.RequestError: unroll: not for a figure of blocks (must be the network figure)
    """

    input: Any = option(
        None,
        "input size, as 3x224x224 or 8x3x224x224 (default: the network's own)",
        check_nothing,
        about="the input's shape, `(C, H, W)`, a spec's own if None; of a module its whole shape.",
        metavar="CxHxW",
    )
    means: str | None = option(
        None,
        f"how to trace a module: {listed(MEANS)} (default: in this order)",
        none_or(one_of(MEANS)),
        about=f"how a module is traced: {listed(f'`{name}`' for name in MEANS)}; in this order if "
        "None. See `resnet_viz.trace`.",
        legal=MEANS,
    )
    figure: str = option(
        "network",
        f"what to draw: {listed(FIGURES)}",
        one_of(FIGURES),
        about="what to show: "
        + "; ".join(f"`{name}`, {kind.shows}" for name, kind in FIGURES.items())
        + ".",
        legal=FIGURES,
    )
    direction: str = option(
        "up",
        f"where data flows: {listed(DIRECTIONS)}",
        one_of(DIRECTIONS),
        legal=DIRECTIONS,
    )
    lang: str = option(
        "en",
        f"language of the labels: {listed(LANGUAGES)}",
        one_of(LANGUAGES, "language"),
        legal=LANGUAGES,
    )
    theme: str | os.PathLike[str] | Theme = option(
        "d2l",
        f"{', '.join(THEMES)}, or a TOML file",
        check_theme,
        about=f"{', '.join(f'`{n}`' for n in THEMES)}, the path of a TOML file, or a theme.",
        legal=THEMES,
    )
    layout: str = option(
        "auto",
        "figure, dot (Graphviz, for any network), or auto",
        one_of(LAYOUTS),
        about="`figure` (chains, and branches side by side), `dot` (Graphviz, for any network), or "
        "`auto`: `figure`, in which scopes whose lines cross are one box; `dot` where the whole "
        "network's do, and where it is small enough to show such scopes.",
        legal=LAYOUTS,
        needs="whole",
        is_neutral=lambda value: value != "dot",
    )
    depth: str | int | None = option(
        None,
        f"what the boxes are: {listed(FIGURE_DEPTHS)}, or a number of levels (default: the "
        "deepest that can be read)",
        none_or(check_depth),
        about=f"what the boxes are: {listed(f'`{name}`' for name in FIGURE_DEPTHS)}, or a number "
        "of levels of scopes; `book` draws small boxes inside blocks. None is the deepest level "
        "whose text has eight points on the page, a letter page if none is given; the book's own "
        "network is as in the book.",
        legal=FIGURE_DEPTHS,
        needs="whole",
    )
    expand: str | Iterable[str] = option(
        (),
        "look into these scopes all the same: paths or classes, with commas between them",
        check_paths,
        metavar="SCOPES",
        needs="whole",
    )
    collapse: str | Iterable[str] = option(
        (),
        "draw these scopes as one box all the same: paths or classes, with commas between them",
        check_paths,
        metavar="SCOPES",
        needs="whole",
    )
    unroll: bool = option(
        False,
        "draw every block; fold none",
        check_flag,
        about="draw every block of the network, none folded.",
        needs="whole",
    )
    annotate: str | Iterable[str] = option(
        (),
        f"what to write beside lines and boxes: any of {','.join(FACTS)}",
        check_facts,
        about=f"what is written beside boxes and lines: any of {listed(f'`{n}`' for n in FACTS)}, "
        "as a sequence or with commas between them.",
        legal=FACTS,
        needs="plain",
        metavar="FACTS",
    )
    color: Any = option(
        "",
        f"paint boxes by {listed(METRICS)}, or by a CSV file of paths and numbers",
        check_color,
        about=f"what boxes are painted by: {listed(f'`{name}`' for name in METRICS)}, a mapping of "
        "paths to numbers, or the path of a CSV file that holds such.",
        legal=METRICS,
        metavar="METRIC",
    )
    lengths: str = option(
        "log",
        f"what lengths of feature maps are proportional to: {listed(LENGTHS)}",
        one_of(LENGTHS),
        about="what the lengths of feature maps are proportional to: "
        + "; ".join(f"`{name}`, {what}" for name, what in LENGTHS.items())
        + ".",
        legal=LENGTHS,
        needs="to_scale",
        is_neutral=lambda value: value == "log",
    )
    highlight: str | Iterable[str] = option(
        (),
        "mark scopes and operators: layer3.0, or several with commas between them",
        check_paths,
        about="the paths of scopes and operators to mark, as reports have them: one, several with "
        "commas between them, or a sequence of them. Of several, those that the figure does not "
        "show, because they are folded away or deeper than it looks, are passed over.",
        metavar="PATHS",
        drawn=True,
    )
    page: str | None = option(
        None,
        f"fit the figure to a page: {listed(PAGES)}, or points as 243x600",
        none_or(check_page),
        about=f"{listed(f'`{name}`' for name in PAGES)}, or a width and a height in points as "
        "`243x600`: what the figure is to fit, in several columns where one would be too small to "
        "read.",
        legal=PAGES,
        drawn=True,
    )
    width: float | None = option(
        None,
        "width of the figure in points",
        none_or(check_points),
        metavar="POINTS",
        drawn=True,
    )
    font_size: float | None = option(
        None,
        "font size of the labels in points",
        none_or(check_points),
        metavar="POINTS",
        drawn=True,
    )
    transparent: bool = option(False, "leave the background transparent", check_flag, drawn=True)
    dark_mode: bool = option(
        False,
        "let an .svg follow a reader's dark mode (prefers-color-scheme)",
        check_flag,
        drawn=True,
    )
    title: str = option("", "written above the figure", check_text, drawn=True)
    caption: str = option("", "written below the figure", check_text, drawn=True)

    palette: Theme = field(init=False, repr=False, compare=False)
    detail: Detail = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, row in OPTIONS.items():
            object.__setattr__(self, name, row.check(name, getattr(self, name)))
        for name, row in OPTIONS.items():
            if not (row.fits(self.figure) or row.is_neutral(getattr(self, name))):
                takers = row.figures
                legal: object = listed(takers)
                if len(takers) == 1:
                    legal = Message("the {figure} figure", figure=takers[0])
                raise RequestError(
                    "{name}: not for a figure of {figure} (must be {legal})",
                    name=name,
                    figure=self.figure,
                    legal=legal,
                )
        object.__setattr__(self, "palette", find_theme(self.theme))
        levels = None if self.depth is None else levels_of(self.depth)
        expand, collapse = frozenset(self.expand), frozenset(self.collapse)
        object.__setattr__(self, "detail", Detail(levels, expand, collapse, self.depth == BOOK))

    def at(self, detail: Detail) -> FigureOptions:
        """Return the options with other scopes to open."""
        other = copy(self)
        object.__setattr__(other, "detail", detail)
        return other

    @property
    def kind(self) -> Kind:
        """The kind of figure."""
        return FIGURES[self.figure]

    @property
    def horizontal(self) -> bool:
        """Whether data flows horizontally, to the right or to the left."""
        return DIRECTIONS[self.direction].horizontal

    @property
    def paper(self) -> Page | None:
        """The page that the figure must fit, if any."""
        return None if self.page is None else find_page(self.page)


OPTIONS: Mapping[str, Option] = MappingProxyType(
    {row.name: row.metadata["option"] for row in fields(FigureOptions) if row.metadata}
)
"""The row of each option, by name."""


def figure_options(**options: Any) -> FigureOptions:
    """Return the options of a figure.

    Raises:
        RequestError: an option is unknown, or `FigureOptions` rejects its value.

    >>> figure_options(dept="op")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    resnet_viz.errors.RequestError: unknown option: 'dept' (...; did you mean 'depth'?)
    """
    for name in options:
        if name not in OPTIONS:
            raise unknown("option", name, OPTIONS)
    return FigureOptions(**options)


_Function = TypeVar("_Function", bound=Callable[..., Any])


def documented(function: _Function) -> _Function:
    """Document the `**options` of a function: set its signature and complete its docstring.

    The options' descriptions replace `{options}` in the docstring.
    """
    signature = inspect.signature(function)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    by_name = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=row.default,
            annotation=FigureOptions.__annotations__[name],
        )
        for name, row in OPTIONS.items()
    ]
    function.__signature__ = signature.replace(parameters=[*own, *by_name])  # type: ignore[attr-defined]
    if function.__doc__:  # None under `python -OO`
        about = "\n".join(_paragraph(f"{name}: {row.about}") for name, row in OPTIONS.items())
        function.__doc__ = function.__doc__.replace("{options}", about.strip())
    return function


def _paragraph(text: str) -> str:
    indent = " " * 8
    return textwrap.fill(text, 100, initial_indent=indent, subsequent_indent=indent + " " * 4)
