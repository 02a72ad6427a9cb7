"""The site: `make site` builds it from these pages and from the package's docstrings."""

import importlib.metadata
from pathlib import Path

import resnet_viz

project = "resnet-viz"
author = "the resnet-viz maintainers"
release = importlib.metadata.version("resnet-viz")
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "standalone"]
suppress_warnings = ["myst.strikethrough"]

myst_heading_anchors = 3
default_role = "code"  # docstrings set code between single backticks
autodoc_member_order = "alphabetical"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_class_signature = "separated"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = "resnet-viz"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5fa5", "color-brand-content": "#0b5fa5"},
    "dark_css_variables": {"color-brand-primary": "#66bfff", "color-brand-content": "#66bfff"},
}

INTERACTIVE = {"d2l-resnet18": {}, "resnet50": {"depth": "block"}}
"""The figures of `interactive.md`, as the commands there write them."""


def setup(app):
    """Draw the interactive figures when the pages are written."""
    app.connect("build-finished", _draw_figures)


def _draw_figures(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_figures"
    folder.mkdir(exist_ok=True)
    for name, options in INTERACTIVE.items():
        resnet_viz.draw(name, direction="right", **options).save(folder / f"{name}.html")
