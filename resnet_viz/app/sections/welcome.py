"""Show a line on the page's purpose, and links for a start."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app.address import from_link
from resnet_viz.app.presets import PRESETS
from resnet_viz.app.sections.spec_form import receive_edit
from resnet_viz.app.session import Session
from resnet_viz.text.page import translate

__all__ = ["show"]


def show(session: Session) -> None:
    """Show the purpose of the page, and offer links for a start."""
    lang = session.config.lang
    st.caption(translate(lang, "tagline"))
    with st.container(key="presets", horizontal=True, gap="small"):
        for name in PRESETS:
            st.button(
                translate(lang, f"preset:{name}"),
                help=translate(lang, f"preset_help:{name}"),
                on_click=_open,
                args=(session, name),
                key=f"preset {name}",
            )


def _open(session: Session, name: str) -> None:
    receive_edit(session)
    now, config = session.config, from_link(PRESETS[name])
    look = now.look._replace(figure=config.look.figure)
    session.fill(config._replace(lang=now.lang, look=look))
