"""Show short captions on the current page, each with its source, a table or equation."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from resnet_viz.app.answers import drawing_of
from resnet_viz.app.markdown import linked
from resnet_viz.app.session import Session
from resnet_viz.app.state import Config
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import lookup
from resnet_viz.text.notes import NOTES as TEXTS
from resnet_viz.text.page import translate

__all__ = ["NOTES", "Note", "fitting", "show"]

MAX_NOTES = 3


class Note(NamedTuple):
    """A caption.

    Attributes:
        fits: the function that returns whether the caption applies to a page.
        name: the key of its text in `text.notes.NOTES`.
        source: the source.
    """

    fits: Callable[[Config], bool]
    name: str
    source: str


def _any(**values: object) -> Callable[[Config], bool]:
    """Return a test whether any stage has one of the given values."""
    return lambda config: any(
        getattr(stage, name) == value
        for stage in config.spec.stages
        for name, value in values.items()
    )


def _figure(*names: str) -> Callable[[Config], bool]:
    return lambda config: config.look.figure in names


def _adds(spec: ResNetSpec) -> bool:
    return any(stage.shortcut != "none" for stage in spec.stages)


def _projects(spec: ResNetSpec) -> bool:
    """Return whether every shortcut that changes the shape has a convolution (not option A)."""
    return _adds(spec) and all(stage.shortcut != "A" for stage in spec.stages)


def _strides_in_1x1(spec: ResNetSpec) -> bool:
    return spec.stride_in == "1x1" and any(
        stage.block == "bottleneck" and stage.stride == 2 for stage in spec.stages
    )


def _shows_shortcuts(config: Config) -> bool:
    """Return whether the figure opens blocks, so that their shortcuts are visible."""
    if config.look.figure not in ("network", "blocks"):
        return False
    try:
        ids = drawing_of(config.spec, config.look, config.lang).scene.ids()
    except RequestError:
        return False
    return any(id.count(".") > 1 for id in ids)  # layer2.0.conv1 is inside a block


HE = "He et al. 2015, arXiv 1512.03385"
D2L = "Dive into Deep Learning, 8.6"

NOTES: tuple[Note, ...] = (
    Note(
        _figure("residual", "shortcut"),
        "residual",
        f"{HE}, equation 1 and Figure 2",
    ),
    Note(
        _figure("anynet"),
        "anynet",
        "Radosavovic et al. 2020, arXiv 2003.13678, Figure 3",
    ),
    Note(
        _any(block="bottleneck"),
        "bottleneck",
        f"{HE}, section 4.1 and Figure 5",
    ),
    Note(
        lambda config: any(stage.groups > 1 for stage in config.spec.stages),
        "groups",
        "Xie et al. 2017, arXiv 1611.05431, Figure 3 and equation 4",
    ),
    Note(
        lambda config: config.spec.attention == "se",
        "se",
        "Hu et al. 2018, arXiv 1709.01507, Figure 3 and equations 2 to 4",
    ),
    Note(
        lambda config: config.spec.attention == "eca",
        "eca",
        "Wang et al. 2020, arXiv 1910.03151, Figure 2 and equation 12",
    ),
    Note(
        lambda config: any(stage.shortcut == "D" for stage in config.spec.stages),
        "shortcut_d",
        "He et al. 2019, arXiv 1812.01187, Figure 2",
    ),
    Note(
        lambda config: len(config.spec.stem.hidden) == 2,
        "deep_stem",
        "He et al. 2019, arXiv 1812.01187, Figure 2",
    ),
    Note(
        lambda config: config.spec.downsampler != "stride",
        "antialias",
        "Zhang 2019, arXiv 1904.11486, section 3",
    ),
    Note(
        lambda config: not _adds(config.spec),
        "plain",
        f"{HE}, Figure 1 and Table 2",
    ),
    Note(
        lambda config: config.spec.preactivation,
        "preactivation",
        "He et al. 2016, arXiv 1603.05027, Figure 1 and section 3",
    ),
    Note(
        _any(shortcut="A"),
        "option_a",
        f"{HE}, section 3.3",
    ),
    Note(
        lambda config: any(stage.base_width != 64 for stage in config.spec.stages),
        "base_width",
        "Xie et al. 2017, arXiv 1611.05431, Table 1; torchvision.models.wide_resnet50_2",
    ),
    Note(
        lambda config: _strides_in_1x1(config.spec),
        "stride_1x1",
        f"{HE}, Table 1; torchvision.models.resnet, Bottleneck",
    ),
    Note(
        lambda config: _projects(config.spec) and _shows_shortcuts(config),
        "shortcut",
        f"{D2L}; {HE}, equation 2",
    ),
    Note(
        lambda config: not config.look.unroll and config.look.figure == "network",
        "bracket",
        f"{HE}, Table 1",
    ),
    Note(
        lambda config: True,
        "layers",
        f"{HE}, section 3.3 and Table 1",
    ),
)
"""The captions, from specific to general; the first ones that fit are shown."""


def fitting(config: Config) -> list[Note]:
    """Return the captions that apply to the page."""
    return [note for note in NOTES if note.fits(config)][:MAX_NOTES]


def show(session: Session) -> None:
    """Show the captions that apply to the page."""
    config = session.shown
    st.caption(translate(config.lang, "hint"))
    columns = st.columns(MAX_NOTES, gap="medium")
    for column, note in zip(columns, fitting(config), strict=False):
        with column:
            st.markdown(lookup(TEXTS[note.name], config.lang, "page"))
            st.caption(linked(note.source))
