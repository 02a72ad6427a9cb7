"""Show the controls of the figure's options."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from resnet_viz.answers.figure_options import OPTIONS
from resnet_viz.app.session import Session
from resnet_viz.app.state import Look
from resnet_viz.spec import ResNetSpec, Stage
from resnet_viz.text.page import translate
from resnet_viz.view import FIGURES

__all__ = ["show"]


def show(session: Session) -> None:
    """Let the visitor choose figure, direction, depth, theme and numbers."""
    look, lang = session.config.look, session.config.lang

    def choice(name: str, legal: Iterable[str], width: int) -> str:
        options, now = list(legal), getattr(look, name)
        return st.selectbox(
            translate(lang, name),
            options,
            index=options.index(now),
            format_func=lambda option: translate(lang, f"{name}:{option}"),
            disabled=not OPTIONS[name].fits(look.figure),
            key=session.key(f"{name}:{lang}"),  # the labels differ by language
            width=width,
        )

    def names_of(name: str) -> tuple[str, ...]:
        return tuple(OPTIONS[name].legal)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        figure = choice("figure", offered_figures(session.config.spec, look.figure), 135)
        look = look._replace(figure=figure)
        direction = choice("direction", names_of("direction"), 90)
        depth = choice("depth", ("", *names_of("depth")), 125)
        theme = choice("theme", ("", *names_of("theme")), 122)
        facts = st.multiselect(
            translate(lang, "annotate"),
            names_of("annotate"),
            [fact for fact in look.annotate.split(",") if fact],
            format_func=lambda fact: translate(lang, f"fact:{fact}"),
            disabled=not OPTIONS["annotate"].fits(figure),
            key=session.key(f"annotate:{lang}"),
            placeholder=translate(lang, "none"),
            width=115,
        )
        with st.popover(translate(lang, "more")):
            layout = choice("layout", names_of("layout"), 180)
            color = choice("color", ("", *names_of("color")), 180)
            page = choice("page", ("", *names_of("page")), 180)
            unroll = st.checkbox(
                translate(lang, "unroll"),
                look.unroll,
                help=translate(lang, "unroll_help"),
                disabled=not OPTIONS["unroll"].fits(figure),
                key=session.key("unroll"),
            )
    chosen = Look(
        figure=figure,
        direction=direction,
        depth=depth,
        theme=theme,
        annotate=",".join(fact for fact in names_of("annotate") if fact in facts),
        layout=layout,
        unroll=unroll,
        color=color,
        page=page,
    )
    session.edit(session.config._replace(look=chosen))


def offered_figures(spec: ResNetSpec, now: str) -> list[str]:
    """Return the figures that are possible for a network, and the current one.

    >>> from resnet_viz.zoo import find
    >>> offered_figures(find("plain18"), "network")
    ['network', 'blocks', 'anynet', 'layers', 'volumes', 'stem']
    """
    widths = (spec.stem.channels, *(stage.channels for stage in spec.stages))
    adds = any(map(_keeps_input, spec.stages, widths))
    has = {
        "groups": any(stage.groups > 1 for stage in spec.stages),
        **dict.fromkeys(("residual", "shortcut", "bodies"), adds),
    }
    return [name for name in FIGURES if has.get(name, True) or name == now]


def _keeps_input(stage: Stage, width: int) -> bool:
    """Return whether a stage has an identity shortcut; `width` is the stage's input channels."""
    is_kept = stage.blocks > 1 or (stage.stride == 1 and stage.channels == width)
    return is_kept and stage.shortcut not in ("none", "C")
