r"""Write a scene as a LaTeX document with one TikZ picture, on a page of the picture's size.

A point of the scene is TeX's `bp`. Text is set in TeX's Helvetica and Times (PSNFSS, T1 encoding),
for pdfLaTeX. Characters that these lack, such as Chinese, use a font of the machine, which needs
XeLaTeX, LuaLaTeX or Tectonic; the first line of the document says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from resnet_viz.errors import RequestError
from resnet_viz.scene import SUBSCRIPT, Box, Circle, Line, Point, Run, Scene, Text

__all__ = ["check", "escape", "write"]

_BASELINE = 0.35  # from the middle of capitals to the baseline, as a fraction of the font size
_DROP = 0.2  # the drop of a subscript, as a fraction of the font size
_LONGEST = 16000.0  # points; TeX's longest length is 16383.99
_DASHES = {"dashed": (4.0, 4.0), "dotted": (1.0, 2.5)}
_ANCHORS = {"middle": "base", "start": "base west", "end": "base east"}
_FACES = {
    "sans": r"\sans",
    "serif": r"\serif",
    "serif-italic": r"\serif\itshape",
    "serif-bold": r"\serif\bfseries",
}

_COMMANDS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "%": r"\%",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    # followed by {}, so that two of them form no ligature: a dash, a quote, an inverted mark
    "-": "-{}",
    ",": ",{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "?": "{?}",
    "!": "{!}",
    "×": r"\texttimes{}",
    "÷": r"\textdiv{}",
    "−": r"\textminus{}",
    "·": r"\textperiodcentered{}",
    "…": r"\textellipsis{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "²": r"\texttwosuperior{}",
    "³": r"\textthreesuperior{}",
    "°": r"\textdegree{}",
    "±": r"\textpm{}",
    "ℱ": r"\ensuremath{\mathcal{F}}",
    "\n": " ",
    "\t": " ",
    "\r": " ",
}
"""The commands for TeX's special characters, and for those not at their place in T1 fonts."""

_PREAMBLE = r"""\documentclass{article}
\usepackage[paperwidth=%(width)sbp,paperheight=%(height)sbp,margin=0bp]{geometry}
\usepackage{textcomp}
\usepackage{tikz}
%(unicode)s\newcommand*\sans{\fontencoding{T1}\fontfamily{phv}\selectfont}
\newcommand*\serif{\fontencoding{T1}\fontfamily{ptm}\selectfont}
\newcommand*\size[1]{\fontsize{#1}{#1}\selectfont}
%(colours)s\pagestyle{empty}
\topskip=0pt
\begin{document}
\noindent
\begin{tikzpicture}[x=%(scale)sbp, y=-%(scale)sbp, inner sep=0pt, outer sep=0pt,
  line width=%(stroke)sbp, line cap=round, line join=round, draw=%(line)s, text=%(text)s]
\useasboundingbox (%(left)s,%(top)s) rectangle (%(right)s,%(bottom)s);
%(ground)s"""

_UNICODE = r"""\usepackage[no-math]{fontspec}
\IfFontExistsTF{Noto Sans CJK SC}{\newfontfamily\uni{Noto Sans CJK SC}}{%
\IfFontExistsTF{Source Han Sans SC}{\newfontfamily\uni{Source Han Sans SC}}{%
\IfFontExistsTF{PingFang SC}{\newfontfamily\uni{PingFang SC}}{%
\IfFontExistsTF{Microsoft YaHei}{\newfontfamily\uni{Microsoft YaHei}}{%
\newfontfamily\uni{FandolHei-Regular.otf}}}}}
"""


def check(scene: Scene) -> None:
    """Check that a scene is not too long for TeX.

    Raises:
        RequestError: the scene is longer than TeX's longest length.
    """
    width, height = scene.width * scene.scale, scene.height * scene.scale
    if max(width, height) > _LONGEST:
        raise RequestError(
            "a figure of {width:.0f} × {height:.0f} points is too large for TeX (must be at "
            "most {longest:.0f} points; draw an .svg, or do not unroll)",
            width=width,
            height=height,
            longest=_LONGEST,
        )


def write(scene: Scene) -> bytes:
    """Return a scene as the bytes of a LaTeX file.

    Raises:
        RequestError: the scene is longer than TeX's longest length.
    """
    check(scene)
    items = list(scene.walk())
    texts = [run.text for item in items if isinstance(item, Text) for run in item.runs]
    beyond = any(not _in_t1(character) for text in texts for character in text)
    engine = (
        "xelatex, lualatex or tectonic" if beyond else "pdflatex, xelatex, lualatex or tectonic"
    )
    colours = {colour: f"c{i}" for i, colour in enumerate(sorted(_colours(scene)))}
    left, top = scene.origin
    body = [
        f"% {' '.join(_plain(scene.title).split())}\n% Compile with {engine}.\n",
        _PREAMBLE
        % {
            "width": _n(scene.width * scene.scale),
            "height": _n(scene.height * scene.scale),
            "unicode": _UNICODE if beyond else "",
            "colours": "".join(
                f"\\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}\n"
                for colour, name in colours.items()
            ),
            "scale": _n(scene.scale),
            "stroke": _n(scene.stroke * scene.scale),
            "line": colours[scene.line],
            "text": colours[scene.text],
            "ground": _ground(scene, colours),
            "left": _n(left),
            "top": _n(top),
            "right": _n(left + scene.width),
            "bottom": _n(top + scene.height),
        },
    ]
    for item in items:
        if isinstance(item, Text):
            body.append(_text(item, colours, scene.scale))
        else:
            body += [f"{command};\n" for command in _shape(item, colours, scene.scale)]
    body.append("\\end{tikzpicture}%\n\\end{document}\n")
    return "".join(body).encode()


def _ground(scene: Scene, colours: dict[str, str]) -> str:
    """Return the command that paints the background; empty for a transparent scene."""
    if not scene.background:
        return ""
    (left, top), name = scene.origin, colours[scene.background]
    corner = _p((left + scene.width, top + scene.height))
    return f"\\fill[{name}] {_p((left, top))} rectangle {corner};\n"


def escape(text: str) -> str:
    r"""Return a text escaped for TeX; characters missing in T1 fonts are set in another font.

    >>> print(escape("50% of $x_1$"))
    50\% of \$x\_1\$
    >>> print(escape("3 × 3 卷积层"))
    3 \texttimes{} 3 {\uni 卷积层}
    """
    out, outside = [], False
    for character in _plain(text):
        inside = _in_t1(character)
        if inside == outside:
            out.append("}" if inside else r"{\uni ")
            outside = not inside
        out.append(_COMMANDS.get(character, character))
    return "".join(out) + ("}" if outside else "")


def _in_t1(character: str) -> bool:
    """Return whether a character is in pdfLaTeX's T1 fonts or is written by a command of ours."""
    letter = "À" <= character <= "ÿ"  # × and ÷, between these letters, have commands
    return " " <= character <= "~" or letter or character in _COMMANDS


def _plain(text: str) -> str:
    """Return a text without characters that TeX cannot read: controls and lone surrogates."""
    bad = {chr(code) for code in (*range(32), *range(127, 160))} - set("\t\n\r")
    return "".join("\ufffd" if c in bad or "\ud800" <= c <= "\udfff" else c for c in text)


def _colours(scene: Scene) -> set[str]:
    shapes = (Box, Circle, Line)
    fills = {item.fill for item in scene.walk() if isinstance(item, shapes) and item.fill}
    owners = (Box, Line, Text)
    own = {item.colour for item in scene.walk() if isinstance(item, owners) and item.colour}
    grounds = {scene.background} if scene.background else set()
    return fills | own | grounds | {scene.line, scene.text}


def _text(text: Text, colours: dict[str, str], scale: float) -> str:
    down = text.size * _BASELINE
    x, y = (text.x - down, text.y) if text.turned else (text.x, text.y + down)
    options = [f"anchor={_ANCHORS[text.anchor]}"]
    options += ["rotate=-90"] if text.turned else []
    options += [f"text={colours[text.colour]}"] if text.colour else []
    size = _n(text.size * scale)
    words = "".join(_run(run, text.size * scale) for run in text.runs)
    return f"\\node[{', '.join(options)}] at {_p((x, y))} {{\\size{{{size}bp}}{words}}};\n"


def _run(run: Run, size: float) -> str:
    if run.low:
        lower = f"\\raisebox{{-{_n(size * _DROP)}bp}}"
        small = f"\\size{{{_n(size * SUBSCRIPT)}bp}}"
        return f"{lower}{{{small}{_FACES[run.face]}{{}}{escape(run.text)}}}"
    return f"{{{_FACES[run.face]}{{}}{escape(run.text)}}}"


def _shape(item: Box | Circle | Line, colours: dict[str, str], scale: float) -> Iterator[str]:
    """Yield the TikZ commands of a primitive."""
    if isinstance(item, Line):
        yield from _line(item, colours, scale)
        return
    options = [f"fill={colours[item.fill]}"] if item.fill else []
    if isinstance(item, Box):
        options += [_dash("dashed", scale)] if item.dashed else []
        options += [f"draw={colours[item.colour]}"] if item.colour else []
        command = "\\draw" if item.outlined else "\\path"
        corner = (item.x + item.width, item.y + item.height)
        yield f"{command}{_with(options)} {_p((item.x, item.y))} rectangle {_p(corner)}"
        return
    yield f"\\draw{_with(options)} {_p((item.x, item.y))} circle[radius={_n(item.radius)}]"
    x, y, arm = item.x, item.y, item.arm
    width = f"[line width={_n(max(0.5, arm * 0.35) * scale)}bp]"
    if item.sign == "+":
        ends = ((x - arm, y), (x + arm, y), (x, y - arm), (x, y + arm))
    else:
        arm *= 0.75
        ends = ((x - arm, y - arm), (x + arm, y + arm), (x - arm, y + arm), (x + arm, y - arm))
    yield "\\draw{} {} -- {} {} -- {}".format(width, *map(_p, ends))


def _line(line: Line, colours: dict[str, str], scale: float) -> Iterator[str]:
    look = [f"draw={colours[line.colour]}"] if line.colour else []
    look += [f"line width={_n(line.width * scale)}bp"] if line.width else []
    options = [*look, *([_dash(line.dash, scale)] if line.dash else [])]
    options += [f"fill={colours[line.fill]}"] if line.fill else []
    first, *others = line.points
    if line.smooth:
        curves = [others[i : i + 3] for i in range(0, len(others), 3)]
        way = "".join(f" .. controls {_p(a)} and {_p(b)} .. {_p(c)}" for a, b, c in curves)
    else:
        spans = [_span(a, b) for a, b in zip(line.points, others, strict=False)]
        radius = min([line.radius, *(span / 2 for span in spans if span)])
        if radius and len(others) > 1:
            options.append(f"rounded corners={_n(radius * scale)}bp")
        way = "".join(f" -- {_p(point)}" for point in others)
    yield f"\\draw{_with(options)} {_p(first)}{way}"
    if line.barbs:
        one, other = line.barbs
        yield f"\\draw{_with(look)} {_p(one)} -- {_p(line.points[-1])} -- {_p(other)}"


def _dash(dash: str, scale: float) -> str:
    on, off = _DASHES[dash]
    return f"dash pattern=on {_n(on * scale)}bp off {_n(off * scale)}bp"


def _span(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _with(options: list[str]) -> str:
    return f"[{', '.join(options)}]" if options else ""


def _p(point: Point) -> str:
    return f"({_n(point[0])},{_n(point[1])})"


def _n(number: float) -> str:
    """Return a number with at most three decimals, never in exponents, which TeX cannot read."""
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
