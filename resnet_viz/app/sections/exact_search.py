"""Run exact searches on request: for members of the family, and for the best of a space."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.app.budget import Budget, Setting
from resnet_viz.app.exact import best_of_space, nearest_members
from resnet_viz.app.markdown import escaped
from resnet_viz.app.session import Session
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.text import translate_error
from resnet_viz.text.page import translate

__all__ = ["show"]

SEARCHES = {"exact_family": nearest_members, "exact_space": best_of_space}
"""The search functions, by the key of their label."""


def show(
    session: Session,
    budget: Budget,
    setting: Setting,
    propose: Callable[[ResNetSpec, str], None],
) -> None:
    """Offer a search, which takes a second or two, and propose its results."""
    lang, asked = session.config.lang, (session.config.spec, budget, setting)
    if st.button(
        translate(lang, "search_exactly"),
        help=translate(lang, "search_exactly_help"),
        icon=":material/manage_search:",
        key="search exactly",
    ):
        session.searched = asked
    if session.searched != asked:
        return
    for title, search in SEARCHES.items():
        st.markdown(f"**{translate(lang, title)}**")
        try:
            with st.spinner(translate(lang, "searching")):
                found = search(*asked)
        except RequestError as error:
            st.caption(escaped(translate_error(error, lang)))
            continue
        for spec in found:
            propose(spec, title)
