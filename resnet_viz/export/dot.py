"""Write a net in DOT, Graphviz's language, as clusters, boxes and edges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resnet_viz.errors import choose
from resnet_viz.ops.operator import spell
from resnet_viz.text import LANGUAGES
from resnet_viz.themes import Theme, find_theme
from resnet_viz.view import captions
from resnet_viz.view.annotate import NO_FACTS, Facts
from resnet_viz.view.net import Cluster, Net, NetBox

__all__ = ["body", "to_dot", "write"]

_RANKDIR = {"up": "BT", "down": "TB", "right": "LR", "left": "RL"}


def to_dot(
    net: Net,
    *,
    theme: str | Theme = "d2l",
    direction: str = "up",
    lang: str = "en",
    annotate: Facts = NO_FACTS,
) -> str:
    """Return a net as DOT source; the same net gives the same text.

    Raises:
        RequestError: there is no such theme, direction or language.
    """
    lines = body(net, theme=theme, direction=direction, lang=lang, annotate=annotate)
    return "".join((f"digraph {quoted(net.name)} {{\n", *lines, "}\n"))


def write(net: Net, **look: Any) -> bytes:
    """Return a net as the bytes of a DOT file; see `to_dot`."""
    return to_dot(net, **look).encode()


def body(
    net: Net, *, theme: str | Theme, direction: str, lang: str, annotate: Facts = NO_FACTS
) -> Iterator[str]:
    """Yield the lines between the braces of the graph.

    Raises:
        RequestError: there is no such theme, direction or language.
    """
    look = find_theme(theme)
    rankdir = choose("direction", direction, _RANKDIR)
    choose("language", lang, LANGUAGES)
    yield f'\tgraph [bgcolor="{look.background}", rankdir={rankdir}, nodesep=0.25, ranksep=0.3]\n'
    yield (
        f'\tnode [shape=box, style=filled, color="{look.line}", fontcolor="{look.text}", '
        f"fontname=Helvetica, fontsize=9, height=0.25, penwidth={look.stroke:g}]\n"
    )
    yield f'\tedge [color="{look.line}", arrowhead=vee, arrowsize=0.5, penwidth={look.stroke:g}]\n'
    yield from _parts(net.children, look, lang, annotate, "\t")
    for edge in net.edges:
        shape = "" if edge.shape is None else f" [tooltip={text(spell(edge.shape))}]"
        yield f"\t{quoted(edge.source)} -> {quoted(edge.target)}{shape}\n"


def _parts(
    parts: tuple[NetBox | Cluster, ...],
    look: Theme,
    lang: str,
    facts: Facts,
    indent: str,
) -> Iterator[str]:
    for part in parts:
        tooltip = f"tooltip={text(captions.title(part, lang))}"
        caption = text(*captions.lines(part, facts, lang))
        if isinstance(part, Cluster):
            yield f"{indent}subgraph {quoted(f'cluster_{part.id}')} {{\n"
            yield (
                f'{indent}\tgraph [label={caption}, {tooltip}, style=dashed, color="{look.line}", '
                f'fontcolor="{look.text}", fontname=Helvetica, fontsize=7, labeljust=l]\n'
            )
            yield from _parts(part.children, look, lang, facts, f"{indent}\t")
            yield f"{indent}}}\n"
        elif part.sign:
            fill = captions.fill(part, look)
            yield (
                f'{indent}{quoted(part.id)} [label="{part.sign}", {tooltip}, shape=circle, '
                f'width=0.2, fixedsize=true, fillcolor="{fill}"]\n'
            )
        elif part.kind in ("input", "output", "parameter"):
            yield (
                f"{indent}{quoted(part.id)} [label={caption}, {tooltip}, shape=plaintext, "
                "style=solid]\n"
            )
        else:
            fill = captions.fill(part, look)
            yield (f'{indent}{quoted(part.id)} [label={caption}, {tooltip}, fillcolor="{fill}"]\n')


def quoted(id: str) -> str:
    r"""Return an id in quotes, escaped.

    A space is put before a leading `%`, because names that Graphviz generates begin with `%`.

    >>> print(quoted('a "b" <c>'))
    "a \"b\" <c>"
    """
    return _string(f" {id}" if id.lstrip(" ").startswith("%") else id)


def text(*lines: str) -> str:
    r"""Return the lines of a label in quotes, with Graphviz's escapes and HTML neutralized.

    >>> print(text("<b> & c"))
    "<b> &amp; c"
    """
    label = r"\n".join(_escaped(line.replace("&", "&amp;")) for line in lines)
    return f'"{label}"'


def _string(value: str) -> str:
    return f'"{_escaped(value)}"'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
