"""Draw a scene on matplotlib axes; one data unit is one point of the scene."""

from __future__ import annotations

from typing import Any

from resnet_viz.scene import Box, Circle, Line, Scene, Text

__all__ = ["plot"]

_NARROW = 0.88
"""The factor that makes DejaVu, matplotlib's default font, as wide as Helvetica."""

_DASHES = {"": "solid", "dashed": (0, (4, 4)), "dotted": (0, (1, 2.5))}


def plot(scene: Scene, ax: Any) -> Any:
    """Draw a scene on axes with equal aspect, and return the axes."""
    from matplotlib.patches import Circle as Disc
    from matplotlib.patches import Polygon, Rectangle

    left, top = scene.origin
    ax.set_xlim(left, left + scene.width)
    ax.set_ylim(top + scene.height, top)
    ax.set_aspect("equal")
    ax.axis("off")
    unit = _points_of_a_unit(ax, scene)
    stroke: dict[str, Any] = {"linewidth": scene.stroke * unit}
    for z, item in enumerate(scene.walk(), start=1):
        if isinstance(item, Text):
            _write(item, scene, ax, unit, z)
        elif isinstance(item, Line):
            xs, ys = zip(*item.path(), strict=True)
            colour = item.colour or scene.line
            if item.fill:
                area = list(zip(xs, ys, strict=True))
                ax.add_patch(
                    Polygon(area, facecolor=item.fill, edgecolor=colour, zorder=z, **stroke)
                )
            else:
                dash: Any = _DASHES[item.dash]
                ax.plot(xs, ys, color=colour, linestyle=dash, zorder=z, **stroke)
            if item.barbs:
                one, other = item.barbs
                tip = item.points[-1]
                ax.plot(*zip(one, tip, other, strict=True), color=colour, zorder=z, **stroke)
        else:
            look = {
                "facecolor": item.fill or "none",
                "edgecolor": scene.line,
                "zorder": z,
                **stroke,
            }
            if isinstance(item, Circle):
                ax.add_patch(Disc((item.x, item.y), item.radius, **look))
                mark: dict[str, Any] = {"marker": "+" if item.sign == "+" else "x", "zorder": z}
                ax.plot(item.x, item.y, markersize=2 * item.arm * unit, color=scene.line, **mark)
            elif isinstance(item, Box):
                look["edgecolor"] = (item.colour or scene.line) if item.outlined else "none"
                look["linestyle"] = _DASHES["dashed" if item.dashed else ""]
                ax.add_patch(Rectangle((item.x, item.y), item.width, item.height, **look))
    return ax


def _points_of_a_unit(ax: Any, scene: Scene) -> float:
    """Return the size of a scene's point on the axes, in points of paper."""
    box = ax.get_window_extent()
    pixels = min(box.width / scene.width, box.height / scene.height)
    return float(pixels * 72 / ax.figure.dpi)


def _write(text: Text, scene: Scene, ax: Any, unit: float, z: int) -> None:
    left, top, right, bottom = text.bounds
    ax.text(
        (left + right) / 2,
        (top + bottom) / 2,
        "".join(run.text for run in text.runs).replace("$", r"\$"),
        size=text.size * unit * _NARROW,
        color=text.colour or scene.text,
        rotation=270 if text.turned else 0,
        ha="center",
        va="center",
        family="sans-serif" if text.runs[0].face == "sans" else "serif",
        zorder=z,
    )
