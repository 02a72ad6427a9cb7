"""Write a scene as a PowerPoint slide of native shapes, by python-pptx."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from resnet_viz.errors import RequestError
from resnet_viz.scene import Box, Circle, Line, Scene, Text

__all__ = ["check", "write"]

EMU = 12_700
"""English metric units (EMU), PowerPoint's unit of length, in a point."""

MAX_SIDE = 4_032.0
"""The largest side of a slide in points: 56 inches."""

MIN_SIDE = 72.0

MAX_SHAPES = 2_000
"""The most shapes on a slide; with more, PowerPoint and python-pptx become too slow."""


def check(scene: Scene) -> None:
    """Check that a scene has no more shapes than a slide can hold.

    Raises:
        RequestError: the scene has too many shapes.
    """
    shapes = sum(1 for _ in scene.walk())
    if shapes > MAX_SHAPES:
        raise RequestError(
            "{shapes:,} shapes (a slide holds at most {most:,}; folded, equal blocks are drawn "
            "once)",
            shapes=shapes,
            most=MAX_SHAPES,
        )


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of a PowerPoint file with one slide of its size.

    Raises:
        RequestError: python-pptx is not installed, or there are too many shapes.
    """
    check(scene)
    try:
        from pptx import Presentation
        from pptx.util import Pt
    except ImportError:
        raise RequestError(
            ".pptx files need python-pptx (pip install 'resnet-viz[office]')"
        ) from None
    scale = min(scene.scale, MAX_SIDE / scene.width, MAX_SIDE / scene.height)
    presentation = Presentation()
    presentation.slide_width = Pt(max(scene.width * scale, MIN_SIDE))
    presentation.slide_height = Pt(max(scene.height * scale, MIN_SIDE))
    blank = presentation.slide_layouts[6]
    slide = _Slide(presentation.slides.add_slide(blank).shapes, scene, scale)
    for item in scene.walk():
        slide.add(item)
    file = io.BytesIO()
    presentation.save(file)
    return _without_dates(file.getvalue())


def _without_dates(content: bytes) -> bytes:
    """Return a ZIP archive without file dates, so that the same scene gives the same bytes."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


class _Slide:
    """The shapes of a slide."""

    def __init__(self, shapes: Any, scene: Scene, scale: float) -> None:
        self.shapes, self.scene, self.scale = shapes, scene, scale

    def place(self, x: float, y: float) -> tuple[int, int]:
        left, top = self.scene.origin
        return self.length(x - left), self.length(y - top)

    def length(self, points: float) -> int:
        return round(points * self.scale * EMU)

    def add(self, item: Box | Circle | Line | Text) -> None:
        """Add the shape of a primitive."""
        if isinstance(item, Line):
            self.add_line(item)
        elif isinstance(item, Text):
            self.add_text(item)
        else:
            self.add_box(item)

    def add_box(self, box: Box | Circle) -> None:
        from pptx.enum.dml import MSO_LINE
        from pptx.enum.shapes import MSO_SHAPE

        left, top, right, bottom = box.bounds
        kind = MSO_SHAPE.OVAL if isinstance(box, Circle) else MSO_SHAPE.RECTANGLE
        size = (self.length(right - left), self.length(bottom - top))
        shape = self.shapes.add_shape(kind, *self.place(left, top), *size)
        shape.name = box.id or shape.name
        shape.shadow.inherit = False
        if box.fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = _rgb(box.fill)
        else:
            shape.fill.background()
        if isinstance(box, Box) and not box.outlined:
            shape.line.fill.background()
            return
        self.stroke(shape, getattr(box, "colour", ""))
        if isinstance(box, Box) and box.dashed:
            shape.line.dash_style = MSO_LINE.DASH
        if isinstance(box, Circle):
            x, y, arm = box.x, box.y, box.arm
            ends = ((x - arm, y), (x + arm, y)), ((x, y - arm), (x, y + arm))
            if box.sign != "+":
                arm *= 0.75
                ends = (
                    ((x - arm, y - arm), (x + arm, y + arm)),
                    ((x - arm, y + arm), (x + arm, y - arm)),
                )
            for points in ends:
                self.add_line(Line(points))

    def stroke(self, shape: Any, colour: str = "") -> None:
        shape.line.color.rgb = _rgb(colour or self.scene.line)
        shape.line.width = self.length(self.scene.stroke)

    def add_line(self, line: Line) -> None:
        from pptx.enum.dml import MSO_LINE

        points = [self.place(*point) for point in line.path()]
        builder = self.shapes.build_freeform(*points[0], scale=1.0)
        builder.add_line_segments(points[1:], close=bool(line.fill))
        shape = builder.convert_to_shape()
        shape.shadow.inherit = False
        if line.fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = _rgb(line.fill)
        else:
            shape.fill.background()
        self.stroke(shape, line.colour)
        if line.dash:
            shape.line.dash_style = MSO_LINE.DASH if line.dash == "dashed" else MSO_LINE.ROUND_DOT
        if line.head[0]:
            end = shape.line._get_or_add_ln()
            end.append(
                end.makeelement(f"{{{_DRAWING}}}tailEnd", {"type": "arrow", "w": "sm", "len": "sm"})
            )

    def add_text(self, text: Text) -> None:
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
        from pptx.util import Pt

        left, top, right, bottom = text.bounds
        x, y = (left + right) / 2, (top + bottom) / 2
        wide, high = text.width + 4, text.size * 1.3
        size = (self.length(wide), self.length(high))
        box = self.shapes.add_textbox(*self.place(x - wide / 2, y - high / 2), *size)
        box.rotation = 90 if text.turned else 0
        frame = box.text_frame
        frame.word_wrap = False
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.CENTER
        for run in text.runs:
            part = paragraph.add_run()
            part.text = run.text
            part.font.size = Pt(max(1, round(text.size * self.scale * (0.7 if run.low else 1), 1)))
            part.font.name = "Arial" if run.face == "sans" else "Times New Roman"
            part.font.italic, part.font.bold = (
                run.face.endswith("italic"),
                run.face.endswith("bold"),
            )
            part.font.color.rgb = _rgb(text.colour or self.scene.text)


_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor(*bytes.fromhex(colour[1:]))  # type: ignore[no-untyped-call]
