"""Offer downloads: the figure, the report, the spec, and a link to the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from resnet_viz.answers.drawing import Drawing
from resnet_viz.answers.report import Report
from resnet_viz.answers.to_code import FRAMEWORKS, to_code
from resnet_viz.app.address import to_link
from resnet_viz.app.answers import drawing_of, report_of
from resnet_viz.app.markdown import escaped
from resnet_viz.app.session import Session
from resnet_viz.app.snippet import snippet
from resnet_viz.app.state import Config, Paper
from resnet_viz.errors import RequestError
from resnet_viz.export import EXPORTERS
from resnet_viz.export.render_process import write_in_process
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.files import dumps
from resnet_viz.text import translate_error
from resnet_viz.text.page import translate

__all__ = ["figures", "reports", "show"]

REPORTS = {"csv": "csv", "md": "md", "latex": "tex", "json": "json", "html": "html"}
"""The file suffix of each format of a report."""

SPECS = ("yaml", "toml", "json")

TITLES = {"md": "Markdown", "latex": "LaTeX", "drawio": "draw.io", "pptx": "PowerPoint"}
"""The names of formats, if they are not the suffix in capitals."""

MAX_WIDTH, MAX_CAPTION = 2_000, 300

RENDERED = (".png", ".pdf")
"""The formats that are written in another process, because they would block other visitors."""


def show(session: Session) -> None:
    """Offer files in every format, and a link."""
    config = session.config
    lang, name = config.lang, config.spec.name
    paper = _paper(lang)
    try:
        drawn = drawing_of(config.spec, session.look, lang, paper=paper)
    except RequestError as error:
        st.caption(translate(lang, "not_drawn", escaped(translate_error(error, lang))))
    else:
        figures(drawn, name, lang)
    reports(report_of(config.spec, "block"), name, lang)
    st.markdown(f"**{translate(lang, 'code')}**")
    with st.container(horizontal=True):
        for framework, label in FRAMEWORKS.items():
            file = f"{name}.py" if framework == "torch" else f"{name}-{framework}.py"
            _offer(label, file, partial(_code, config.spec, framework, ".py"))
        notebook = partial(_code, config.spec, "torch", ".ipynb")
        _offer(translate(lang, "notebook"), f"{name}.ipynb", notebook)
    st.markdown(f"**{translate(lang, 'specs')}**")
    with st.container(horizontal=True):
        for format in SPECS:
            file = f"{name}.{format}"
            _offer(format.upper(), file, partial(_encoded, partial(dumps, config.spec), format))
    st.markdown(f"**{translate(lang, 'in_python')}**")
    st.code(snippet(config.spec, session.look, paper), language=None, wrap_lines=True)
    st.markdown(f"**{translate(lang, 'link')}**")
    st.caption(translate(lang, "link_help"))
    st.code(_address(config), language=None, wrap_lines=True)


def figures(drawn: Drawing, name: str, lang: str) -> None:
    """Offer a figure in every format that can hold it."""
    st.markdown(f"**{translate(lang, 'figures')}**")
    refused = {}
    with st.container(horizontal=True):
        for suffix in EXPORTERS:
            try:
                drawn.check(suffix)
            except RequestError as error:
                refused[_title(suffix[1:])] = error
                continue
            file = f"{name}-graph.json" if suffix == ".json" else f"{name}{suffix}"
            _offer(_title(suffix[1:]), file, _writer(drawn, suffix))
    for format, reason in refused.items():
        st.caption(translate(lang, "not_offered", format, escaped(translate_error(reason, lang))))


def reports(report: Report, name: str, lang: str) -> None:
    """Offer a report in every format."""
    st.markdown(f"**{translate(lang, 'reports')}**")
    with st.container(horizontal=True):
        for format, suffix in REPORTS.items():
            file = f"{name}-report.{suffix}"
            _offer(_title(format), file, partial(_encoded, report.to, format))


def _writer(drawn: Drawing, suffix: str) -> Callable[[], bytes]:
    """Return the function that writes a file of the figure."""
    if suffix in RENDERED:
        return partial(write_in_process, suffix, drawn.scene)
    return partial(drawn.to_bytes, suffix)


def _encoded(write: Callable[[str], str], format: str) -> bytes:
    return write(format).encode()


def _paper(lang: str) -> Paper:
    """Let the visitor choose the options for files of the figure."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        width = st.number_input(
            translate(lang, "width_points"),
            min_value=0,
            max_value=MAX_WIDTH,
            step=10,
            help=translate(lang, "width_help"),
            key="paper width",
            width=150,
        )
        caption = st.text_input(
            translate(lang, "caption"), max_chars=MAX_CAPTION, key="paper caption", width=320
        )
        transparent = st.checkbox(translate(lang, "transparent"), key="paper transparent")
    return Paper(width, (caption or "").strip(), transparent)


def _code(spec: ResNetSpec, framework: str, suffix: str) -> bytes:
    """Return a file with the network's code as bytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"network{suffix}")
        to_code(spec, framework).save(path)
        return path.read_bytes()


def _offer(label: str, file: str, make: Callable[[], Any]) -> None:
    """Offer a file that is made on request."""
    st.download_button(label, make, _safe(file), on_click="ignore", key=f"download:{file}")


def _title(format: str) -> str:
    return TITLES.get(format, format.upper())


def _safe(name: str) -> str:
    """Return a file name that is legal on any system."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)[-120:]


def _address(config: Config) -> str:
    page = urlsplit(st.context.url or "")
    return urlunsplit(page._replace(path=page.path or "/", query=urlencode(to_link(config))))
