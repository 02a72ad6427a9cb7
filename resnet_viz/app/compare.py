"""The network beside another: figures with what differs marked, and a table of differences."""

from __future__ import annotations

import streamlit as st

from resnet_viz.app.session import Session
from resnet_viz.app.words import say

__all__ = ["show"]


def show(session: Session) -> None:
    """Compare the network with one of the zoo or with an earlier version."""
    st.info(say(session.config.lang, "choose_one"))
