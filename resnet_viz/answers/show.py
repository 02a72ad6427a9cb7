"""Show a network in a notebook as an interactive figure with collapse, zoom and search."""

from __future__ import annotations

from typing import Any

from resnet_viz.answers.draw import draw
from resnet_viz.answers.drawing import Drawing
from resnet_viz.sources import Network

__all__ = ["show"]

_SCRIPT = """
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.setAttribute("title", model.get("title"));
  frame.style.cssText = "width: 100%; border: 0; height: " + model.get("height") + "px";
  frame.srcdoc = model.get("page");
  el.append(frame);
}
export default { render };
"""

MIN_HEIGHT, MAX_HEIGHT = 320, 720
"""The height of a figure in a notebook, in pixels; a taller figure scrolls."""


def show(network: Network, input: Any = None, **options: Any) -> Any:
    """Return an interactive figure of a network for Jupyter, VS Code, Colab and marimo.

    It shows the HTML file of the drawing in a sandboxed frame, which runs the file's own script and
    cannot reach the notebook. If anywidget is not installed, it returns the `Drawing`.

    Args:
        network: as for `draw`.
        input: as for `draw`.
        **options: as for `draw`.

    Raises:
        RequestError: as for `draw`.

    >>> show("d2l-resnet18").scene.title  # doctest: +SKIP
    'd2l-resnet18'
    """
    drawing = draw(network, input=input, **options)
    try:
        return _widget(drawing)
    except ImportError:
        return drawing


def _widget(drawing: Drawing) -> Any:
    import anywidget
    import traitlets

    class Figure(anywidget.AnyWidget):
        """A figure in a sandboxed frame."""

        _esm = _SCRIPT
        page = traitlets.Unicode().tag(sync=True)
        title = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)

    height = min(max(round(drawing.scene.height * 4 / 3) + 90, MIN_HEIGHT), MAX_HEIGHT)
    page = drawing.to_bytes(".html").decode()
    return Figure(page=page, title=drawing.scene.title, height=height)
