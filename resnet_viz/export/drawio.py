"""Write a scene as a draw.io file: boxes with their texts, and edges attached to the boxes."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_viz.export.svg import escape
from resnet_viz.scene import Box, Circle, Line, Point, Scene, Text

__all__ = ["to_drawio", "write"]


def to_drawio(scene: Scene) -> str:
    """Return a scene as the XML of a draw.io file that users can edit further.

    A box's texts and edges are attached to it, so that they move together.
    """
    boxes = [item for item in scene.walk() if isinstance(item, (Box, Circle))]
    texts = [item for item in scene.walk() if isinstance(item, Text)]
    lines = [item for item in scene.walk() if isinstance(item, Line)]
    inside = _texts_inside(boxes, texts)
    loose = [text for text in texts if not any(text in own for own in inside.values())]
    known = {box.id: box for box in boxes if box.id}
    cells = [
        *(_box(i, box, inside.get(i, []), scene) for i, box in enumerate(boxes)),
        *(_edge(i, line, known, scene) for i, line in enumerate(lines)),
        *(_text(i, text, scene) for i, text in enumerate(loose)),
    ]
    background = f' background="{scene.background}"' if scene.background else ""
    return (
        f'<mxfile host="resnet-viz"><diagram name="{escape(scene.title)}">'
        f'<mxGraphModel grid="0" page="0"{background}><root><mxCell id="0"/>'
        f'<mxCell id="1" parent="0"/>\n{"".join(cells)}</root></mxGraphModel></diagram></mxfile>\n'
    )


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of a draw.io file."""
    return to_drawio(scene).encode()


def _texts_inside(boxes: list[Box | Circle], texts: list[Text]) -> dict[int, list[Text]]:
    """Return the texts inside each box that represents a part of the network, by box number."""
    inside: dict[int, list[Text]] = {}
    for text in texts:
        left, top, right, bottom = text.bounds
        for i, box in enumerate(boxes):
            x0, y0, x1, y1 = box.bounds
            if box.id and x0 <= left and right <= x1 and y0 <= top and bottom <= y1:
                inside.setdefault(i, []).append(text)
    return inside


def _box(number: int, box: Box | Circle, texts: list[Text], scene: Scene) -> str:
    left, top, right, bottom = box.bounds
    words = "<br>".join(escape("".join(run.text for run in text.runs)) for text in texts)
    style = ["html=1", f"fillColor={box.fill or 'none'}", f"strokeWidth={scene.stroke:g}"]
    if isinstance(box, Circle):
        style.insert(0, "ellipse")
        words = box.sign
    else:
        style += ["dashed=1"] if box.dashed else []
        style.append(f"strokeColor={(box.colour or scene.line) if box.outlined else 'none'}")
    if texts:
        style += (
            [f"fontSize={texts[0].size:g}", "horizontal=0"]
            if texts[0].turned
            else [f"fontSize={texts[0].size:g}"]
        )
    style.append(f"fontColor={scene.text}")
    return (
        f'<mxCell id="{_id(number, box)}" value="{escape(words)}" style="{";".join(style)}" '
        f'vertex="1" parent="1">{_geometry(left, top, right - left, bottom - top)}</mxCell>\n'
    )


def _id(number: int, box: Box | Circle) -> str:
    return escape(f"part/{box.id}") if box.id else f"box{number}"


def _geometry(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<mxGeometry x="{x:.3f}" y="{y:.3f}" width="{width:.3f}" height="{height:.3f}" '
        'as="geometry"/>'
    )


def _edge(number: int, line: Line, boxes: dict[str, Box | Circle], scene: Scene) -> str:
    style = ["html=1", "rounded=1", f"strokeColor={line.colour or scene.line}"]
    style += [f"strokeWidth={scene.stroke:g}", "endSize=4"]
    style.append("endArrow=open" if line.head[0] else "endArrow=none")
    style += ["curved=1"] if line.smooth else []
    style += {"": [], "dashed": ["dashed=1"], "dotted": ["dashed=1", "dashPattern=1 2"]}[line.dash]
    first, *middle, last = line.points
    ends = ""
    for name, side, point in (("source", "exit", first), ("target", "entry", last)):
        box = boxes.get(getattr(line, name))
        if box is not None:
            ends += f' {name}="{escape(f"part/{box.id}")}"'
            style += _port(side, point, box)
    points = "".join(_point(point) for point in middle)
    return (
        f'<mxCell id="edge{number}" style="{";".join(style)}" edge="1" parent="1"{ends}>'
        f'<mxGeometry relative="1" as="geometry">{_point(first, "sourcePoint")}'
        f'{_point(last, "targetPoint")}<Array as="points">{points}</Array></mxGeometry></mxCell>\n'
    )


def _port(side: str, point: Point, box: Box | Circle) -> Iterator[str]:
    """Yield the position where an edge meets a box, as fractions of the box's width and height."""
    left, top, right, bottom = box.bounds
    for axis, part in (
        ("X", (point[0] - left) / (right - left)),
        ("Y", (point[1] - top) / (bottom - top)),
    ):
        yield f"{side}{axis}={min(max(part, 0.0), 1.0):.4g}"
    yield f"{side}Perimeter=0"


def _point(point: Point, name: str = "") -> str:
    end = f' as="{name}"' if name else ""
    return f'<mxPoint x="{point[0]:.3f}" y="{point[1]:.3f}"{end}/>'


def _text(number: int, text: Text, scene: Scene) -> str:
    left, top, right, bottom = text.bounds
    words = escape("".join(run.text for run in text.runs))
    style = ["text", "html=1", f"fontSize={text.size:g}", f"fontColor={text.colour or scene.text}"]
    style += ["align=center", "verticalAlign=middle", "spacing=0"]
    style += ["horizontal=0"] if text.turned else []
    return (
        f'<mxCell id="text{number}" value="{escape(words)}" style="{";".join(style)}" '
        f'vertex="1" parent="1">{_geometry(left, top, right - left, bottom - top)}</mxCell>\n'
    )
