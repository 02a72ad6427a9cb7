"""The app: vary the stages of a residual network and watch it. Run `streamlit run app.py`."""

import streamlit as st

from resnet_viz.app import below, look, page, start, totals, vary, watch

with page.visit() as session:
    with st.sidebar:
        start.show(session)  # a network of the zoo or a spec file, undo and redo
        vary.show(session)  # stages, stem, head
    totals.show(session)  # layers, parameters, MACs, activations
    look.show(session)  # figure, direction, depth, theme, numbers
    watch.show(session)  # the figure, and what was opened in it
    below.show(session)  # shapes, costs, conventions, comparison, files and link
