"""The app: edit a residual network and see its figure and costs. Run `streamlit run app.py`."""

import streamlit as st

from resnet_viz.app import page
from resnet_viz.app.sections import (
    figure_panel,
    network_picker,
    own_graph,
    spec_form,
    tabs,
    totals,
    welcome,
)

with page.visit() as session:
    with st.sidebar:
        network_picker.show(session)  # a network of the zoo or a file, undo and redo
        spec_form.show(session)  # stages, stem, head
    welcome.show(session)  # what this is, and pages to begin with
    if session.traced is not None:
        own_graph.show(session, session.traced)  # figure and report of a visitor's own model
    else:
        totals.show(session)  # layers, parameters, MACs, activations
        figure_panel.show(session)  # the figure, how it is drawn, and what was opened in it
        tabs.show(session)  # shapes, costs, conventions, comparison, files and link
