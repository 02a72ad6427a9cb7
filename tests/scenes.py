"""Make the figures that the tests of formats write."""

from resnet_viz import draw
from resnet_viz.scene import Box, Circle, Group, Line, Run, Scene, Text

FIGURES = {
    "network": {"network": "d2l-resnet18"},
    "right": {"network": "resnet50", "direction": "right", "depth": "book"},
    "dark": {"network": "resnext50_32x4d", "figure": "blocks", "theme": "dark"},
    "chinese": {"network": "d2l-resnet18", "figure": "blocks", "lang": "zh"},
}
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "]]> <!-- & \"quoted\" 'text' -->",
    "\\end{tikzpicture} {$x_1^2$} 50% #1 & ~ \\input{/etc/passwd}",
    "-- --- << >> ,, ?` !` `` ''",
)


def scene_of(*labels: str) -> Scene:
    """Return a scene with one of each primitive, and boxes with the given labels."""
    boxes = tuple(
        Box(0, 20 * i, 300, 16, "#b2d9ff", id=f"box{i}", title=label, desc=label)
        for i, label in enumerate(labels)
    )
    texts = tuple(Text(150, 20 * i + 8, (Run(label),), 9) for i, label in enumerate(labels))
    foot = 20.0 * len(labels)
    more = (
        Circle(20, foot + 30, 6.75, "#66bfff", "×", 2.3),
        Circle(50, foot + 30, 6.75, "#66bfff", "+", 2.3),
        Line(((60, foot + 30), (90, foot + 30), (90, foot + 50)), 3, (4, 1.5)),
        Line(((100, foot), (100, foot + 50)), dash="dashed", head=(4, 1.5)),
        Line(((110, foot), (110, foot + 50)), dash="dotted"),
        Line(((120, foot), (140, foot), (140, foot + 50), (160, foot + 50)), smooth=True),
        Box(170, foot + 10, 30, 30, dashed=True),
        Box(210, foot + 10, 30, 30, "#ffd8a8", outlined=False),
        Text(
            260,
            foot + 30,
            (Run("f", "serif-italic"), Run("1", low=True), Run("( "), Run("x", "serif-bold")),
            9,
        ),
        Text(285, foot + 10, (Run("down"),), 9, turned=True, anchor="start", colour="#c92a2a"),
    )
    group = Group((*boxes, *texts), "all", title=labels[0])
    return Scene(
        310, foot + 62, (group, *more), labels[0], "#ffffff", "#000000", "#000000", 1, (-5, -5)
    )


SCENES = {name: draw(**options).scene for name, options in FIGURES.items()}
SCENES["everything"] = scene_of("one", "two")
PAPER = scene_of("half size")._replace(scale=0.5)
