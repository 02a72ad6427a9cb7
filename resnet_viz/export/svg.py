"""Write a scene as SVG, with plain elements that every viewer and editor reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from resnet_viz.scene import SUBSCRIPT, Box, Circle, Item, Line, Point, Scene, Text

__all__ = ["to_svg", "write"]

SANS = "Helvetica, Arial, 'Liberation Sans', 'Noto Sans CJK SC', 'PingFang SC', sans-serif"
SERIF = "Times, 'Times New Roman', 'Liberation Serif', 'Noto Serif CJK SC', serif"

_FACES = {
    "sans": "",
    "serif": f' font-family="{SERIF}"',
    "serif-italic": f' font-family="{SERIF}" font-style="italic"',
    "serif-bold": f' font-family="{SERIF}" font-weight="bold"',
}

_DASHES = {"": "", "dashed": ' stroke-dasharray="4 4"', "dotted": ' stroke-dasharray="1 2.5"'}

_DROP = 0.2
"""The drop of a subscript, as a fraction of the font size."""

_BASELINE = 0.35
"""The distance from the middle of capitals to the baseline, as a fraction of the font size."""


def to_svg(scene: Scene) -> str:
    """Return a scene as one SVG document; the same scene gives the same text."""
    left, top = scene.origin
    box = f"{_n(left)} {_n(top)} {_n(scene.width)} {_n(scene.height)}"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(scene.width * scene.scale)}pt" '
        f'height="{_n(scene.height * scene.scale)}pt" viewBox="{box}" role="img" '
        f'font-family="{SANS}" text-anchor="middle">\n',
        f"<title>{escape(scene.title)}</title>\n",
        _dark(scene.dark),
        _ground(scene),
        f'<g fill="none" stroke="{scene.line}" stroke-width="{_n(scene.stroke)}" '
        f'stroke-linecap="round" stroke-linejoin="round">\n',
    ]
    _write_items(scene.items, scene, out)
    out.append("</g>\n</svg>\n")
    return "".join(out)


def _ground(scene: Scene) -> str:
    """Return the background rectangle; empty for a transparent scene."""
    if not scene.background:
        return ""
    place = f"M{_n(scene.origin[0])} {_n(scene.origin[1])}"
    size = f"h{_n(scene.width)}v{_n(scene.height)}h{_n(-scene.width)}z"
    return f'<path fill="{scene.background}" d="{place}{size}"/>\n'


def _dark(colours: tuple[tuple[str, str], ...]) -> str:
    """Return the style element with the colours for dark mode."""
    if not colours:
        return ""
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in colours
    )
    return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>\n"


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of an SVG file."""
    return to_svg(scene).encode()


def _write_items(items: tuple[Item, ...], scene: Scene, out: list[str]) -> None:
    """Append the SVG elements of items to `out`."""
    for item in items:
        if isinstance(item, Line):
            out.append(_line(item))
        elif isinstance(item, Text):
            out.append(_text(item, scene))
        elif isinstance(item, Box):
            out.append(_box(item))
        elif isinstance(item, Circle):
            out.append(_circle(item))
        else:
            out.append(f"<g{_id(item.id)}>{_description(item.title, item.desc)}\n")
            _write_items(item.items, scene, out)
            out.append("</g>\n")


def _box(box: Box) -> str:
    paint = f' fill="{box.fill}"' if box.fill else ""
    if box.dashed:
        paint += _DASHES["dashed"]
    if box.colour:
        paint += f' stroke="{box.colour}"'
    if not box.outlined:
        paint += ' stroke="none"'
    place = f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
    return f"<rect{_id(box.id)} {place}{paint}{_end('rect', box.title, box.desc)}"


def _circle(circle: Circle) -> str:
    x, y, arm = circle.x, circle.y, circle.arm
    colour = f' fill="{circle.fill}"' if circle.fill else ""
    stroke = _n(max(0.5, arm * 0.35))
    if circle.sign == "+":
        path = f"M{_n(x - arm)} {_n(y)}H{_n(x + arm)}M{_n(x)} {_n(y - arm)}V{_n(y + arm)}"
    else:
        arm *= 0.75
        ends = ((x - arm, y - arm), (x + arm, y + arm), (x - arm, y + arm), (x + arm, y - arm))
        path = "M{}L{}M{}L{}".format(*map(_p, ends))
    return (
        f'<circle{_id(circle.id)} cx="{_n(x)}" cy="{_n(y)}" r="{_n(circle.radius)}"{colour}'
        f'{_end("circle", circle.title, circle.desc)}<path stroke-width="{stroke}" d="{path}"/>\n'
    )


def _text(text: Text, scene: Scene) -> str:
    size, down = text.size, text.size * _BASELINE
    if text.turned:
        place = f'transform="translate({_n(text.x - down)} {_n(text.y)}) rotate(90)"'
    else:
        place = f'x="{_n(text.x)}" y="{_n(text.y + down)}"'
    if len(text.runs) == 1:
        face, inside = _FACES[text.runs[0].face], _common(text.runs[0].text)
    else:
        inside = "".join(_spans(text))
        face = ' xml:space="preserve"'  # without it, spaces at the ends of runs are dropped
    at = "" if text.anchor == "middle" else f' text-anchor="{text.anchor}"'
    return (
        f'<text {place}{face}{at} font-size="{_n(size)}" '
        f'fill="{text.colour or scene.text}" stroke="none">{inside}</text>\n'
    )


def _spans(text: Text) -> Iterator[str]:
    """Yield the runs of a text; the run after a subscript returns to the baseline."""
    low = False
    for run in text.runs:
        drop = text.size * _DROP * (run.low - low)
        shift = f' dy="{_n(drop)}"' if drop else ""
        size = f' font-size="{_n(text.size * SUBSCRIPT)}"' if run.low else ""
        yield f"<tspan{_FACES[run.face]}{size}{shift}>{escape(run.text)}</tspan>"
        low = run.low


def _line(line: Line) -> str:
    """Return a line and its open arrowhead, which is never dashed."""
    body = _smooth(line.points) if line.smooth else _corners(line.points, line.radius)
    head = _head(line.points[-1], *line.barbs)
    look = f' stroke="{line.colour}"' if line.colour else ""
    if line.width:
        look += f' stroke-width="{_n(line.width)}"'
    if line.fill:
        look += f' fill="{line.fill}"'
    if not line.dash:
        return f'<path{look} d="{body}{head}"/>\n'
    dashed = f'<path{look}{_DASHES[line.dash]} d="{body}"/>\n'
    return f'{dashed}<path{look} d="{head}"/>\n' if head else dashed


def _head(tip: Point, *barbs: Point) -> str:
    """Return the path data of an arrowhead; empty without barbs."""
    if not barbs:
        return ""
    (x0, y0), (x1, y1), (x2, y2) = barbs[0], tip, barbs[1]
    return f"M{_n(x0)} {_n(y0)}L{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"


def _smooth(points: tuple[Point, ...]) -> str:
    """Return the path data of curves."""
    first, *others = map(_p, points)
    curves = (" ".join(others[i : i + 3]) for i in range(0, len(others), 3))
    return f"M{first}C{'C'.join(curves)}"


def _corners(points: tuple[Point, ...], radius: float) -> str:
    """Return the path data of straight lines with round corners."""
    (x, y), *others = points
    path = f"M{_n(x)} {_n(y)}"
    if len(points) == 2:
        return path + _straight(points[0], points[1])
    for before, point, after in zip(points, others, points[2:], strict=False):
        if not radius:
            path += _straight(before, point)
            continue
        least = min(radius, _span(before, point) / 2, _span(point, after) / 2)
        start, end = _toward(point, before, least), _toward(point, after, least)
        path += f"{_straight(before, start)}Q{_p(point)} {_p(end)}"
    return path + _straight(points[-2], points[-1])


def _straight(start: Point, end: Point) -> str:
    x, y = _n(end[0]), _n(end[1])
    if _n(start[0]) == x:
        return f"V{y}"
    return f"H{x}" if _n(start[1]) == y else f"L{x} {y}"


def _span(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _toward(start: Point, end: Point, distance: float) -> Point:
    part = distance / (_span(start, end) or 1)
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _p(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


@lru_cache(maxsize=10_000)
def _n(number: float) -> str:
    """Return a number with at most three decimals, as short as possible."""
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _id(id: str) -> str:
    return f' id="{escape(id)}"' if id else ""


def _end(tag: str, title: str, desc: str) -> str:
    """Return the end of an element, whose only content is its title and description."""
    return f">{_description(title, desc)}</{tag}>\n" if title else "/>\n"


def _description(title: str, desc: str) -> str:
    said = f"<title>{escape(title)}</title>" if title else ""
    return f"{said}<desc>{_common(desc)}</desc>" if desc else said


@lru_cache(maxsize=1000)
def _common(text: str) -> str:
    """Return a text escaped; cached, because a figure has many equal labels and costs."""
    return escape(text)


_SPECIAL = re.compile("[&<>\"'\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    | {chr(code): "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}
    | {"\x7f": "\ufffd", "\ufffe": "\ufffd", "\uffff": "\ufffd"}
    | {chr(code): "\ufffd" for code in range(0xD800, 0xE000)}
    | {chr(code): "\ufffd" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
)


def escape(text: str) -> str:
    """Return a text escaped for XML.

    Characters that XML cannot hold, and those that change the text direction, become U+FFFD.

    >>> escape("a < b & 'c'")
    'a &lt; b &amp; &#39;c&#39;'
    """
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text
