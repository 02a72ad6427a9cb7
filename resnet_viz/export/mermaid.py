"""Write a net as a Mermaid flowchart, which many sites render inside Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resnet_viz.errors import RequestError, choose
from resnet_viz.text import LANGUAGES
from resnet_viz.themes import Theme, find_theme
from resnet_viz.view import captions
from resnet_viz.view.annotate import NO_FACTS, Facts
from resnet_viz.view.net import Cluster, Net, NetBox

__all__ = ["check", "to_mermaid", "write"]

MAX_EDGES = 500
MAX_CHARACTERS = 50_000
"""Mermaid's default limits, `maxEdges` and `maxTextSize` in its docs."""

_WAYS = {"up": "BT", "down": "TB", "right": "LR", "left": "RL"}
_PLAIN = frozenset(" ,:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def to_mermaid(
    net: Net,
    *,
    theme: str | Theme = "d2l",
    direction: str = "up",
    lang: str = "en",
    annotate: Facts = NO_FACTS,
) -> str:
    """Return a net as a Mermaid flowchart; the same net gives the same text.

    Raises:
        RequestError: the theme, direction or language is unknown, or the chart exceeds Mermaid's
            limits.
    """
    look = find_theme(theme)
    way = choose("direction", direction, _WAYS)
    choose("language", lang, LANGUAGES)
    if len(net.edges) > MAX_EDGES:
        raise RequestError(
            "{name}: {count} edges (Mermaid shows at most {most}; a smaller depth has fewer)",
            name=net.name,
            count=len(net.edges),
            most=MAX_EDGES,
        )
    numbers = {box.id: i for i, box in enumerate(net.boxes())}
    used = dict.fromkeys(map(captions.category, net.boxes()))
    lines = [f"flowchart {way}\n", *_parts(net.children, numbers, (lang, annotate), "  ", [0])]
    lines += (f"  n{numbers[edge.source]} --> n{numbers[edge.target]}\n" for edge in net.edges)
    outline = f"stroke:{look.line},color:{look.text}"
    lines += (f"  classDef {name} fill:{look.fills[name]},{outline}\n" for name in used)
    lines += (f"  style n{numbers[b.id]} fill:{b.fill}\n" for b in net.boxes() if b.fill)
    chart = "".join(lines)
    if len(chart) > MAX_CHARACTERS:
        raise RequestError(
            "{name}: {count} characters (Mermaid shows at most {most}; a smaller depth has fewer)",
            name=net.name,
            count=len(chart),
            most=MAX_CHARACTERS,
        )
    return chart


def check(net: Net, **look: Any) -> None:
    """Check that a net is within Mermaid's limits, by writing it; see `to_mermaid`."""
    to_mermaid(net, **look)


def write(net: Net, **look: Any) -> bytes:
    """Return a net as the bytes of a Mermaid file; see `to_mermaid`."""
    return to_mermaid(net, **look).encode()


def _parts(
    parts: tuple[NetBox | Cluster, ...],
    numbers: dict[str, int],
    words: tuple[str, Facts],
    indent: str,
    clusters: list[int],
) -> Iterator[str]:
    """Yield the lines of boxes and subgraphs.

    `words` is the language and the facts to write; `clusters` has the number of subgraphs so far.
    """
    lang, facts = words
    for part in parts:
        caption = text(*captions.lines(part, facts, lang))
        if isinstance(part, Cluster):
            yield f"{indent}subgraph s{clusters[0]}[{caption}]\n"
            clusters[0] += 1
            yield from _parts(part.children, numbers, words, f"{indent}  ", clusters)
            yield f"{indent}end\n"
        elif part.sign:
            yield f"{indent}n{numbers[part.id]}(({text(part.sign)})):::{captions.category(part)}\n"
        elif part.kind in ("input", "output", "parameter"):
            yield f"{indent}n{numbers[part.id]}([{caption}])\n"
        else:
            yield f"{indent}n{numbers[part.id]}[{caption}]:::{captions.category(part)}\n"


def text(*lines: str) -> str:
    """Return the lines of a label in quotes, with Mermaid's special characters as entities.

    >>> text("a <b> %% é")
    '"a #60;b#62; #37;#37; é"'
    """
    safe = ("".join(map(_safe, line)) for line in lines)
    return f'"{"<br>".join(safe)}"'


def _safe(character: str) -> str:
    return character if character in _PLAIN or ord(character) > 127 else f"#{ord(character)};"
