"""Write the labels and descriptions of a net's boxes and clusters."""

from __future__ import annotations

from resnet_viz.ops import category_of
from resnet_viz.ops.operator import spell
from resnet_viz.text.labels import scope_title
from resnet_viz.themes import Theme
from resnet_viz.view import annotate
from resnet_viz.view.annotate import Facts, measured
from resnet_viz.view.box_words import clipped, operator_text, scope_text
from resnet_viz.view.net import Cluster, NetBox, printable

__all__ = ["caption", "category", "desc", "fill", "lines", "notes", "shapes", "title"]


def caption(part: NetBox | Cluster, language: str) -> str:
    """Return the short label of a box or cluster, on one line.

    For an operator, it has the name and sizes; for a scope, the name, the kind, and the number of
    repeats.

    >>> caption(NetBox("layer1.0", "scope", "bottleneck", repeat=3), "en")
    'layer1.0: Bottleneck block × 3'
    """
    if isinstance(part, NetBox) and part.kind == "operator":
        text = printable(operator_text(part.name, part.attrs, language))
        return clipped(f"{part.alias}: {text}" if part.alias else text)
    if isinstance(part, NetBox) and part.kind != "scope":
        return clipped(part.alias or part.id) if part.kind == "parameter" else ends(part)
    return clipped(printable(scope_text(part.id, part.name, language))) + _times(part)


def ends(box: NetBox) -> str:
    """Return the label of an input or output box: its alias, if any, and its shapes.

    >>> ends(NetBox("input", "input", outputs=((3, 224, 224),)))
    '3×224×224'
    """
    return clipped(" ".join(filter(None, (box.alias, shapes(box)))) or box.id)


def title(part: NetBox | Cluster, language: str) -> str:
    """Return the title of a box or cluster: its path and caption on one line."""
    if isinstance(part, NetBox) and part.kind == "operator":
        return f"{part.id}: {caption(part, language)}"
    kind = part.name or part.kind if isinstance(part, NetBox) else part.name
    return scope_title(part.id, kind, language) + _times(part)


def lines(part: NetBox | Cluster, facts: Facts, language: str) -> list[str]:
    """Return the caption of a box or cluster, followed by the requested facts.

    >>> box = NetBox("fc", "operator", "linear", outputs=((10,),), params=5130)
    >>> lines(box, {"params": {}}, "en")
    ['FC', '5,130 params']
    """
    found = [caption(part, language)]
    if isinstance(part, NetBox) and part.kind in ("operator", "scope"):
        found += notes(part, facts, language)
        if "shape" in facts and part.outputs:
            found.append(shapes(part))
    return found


def notes(box: NetBox, facts: Facts, language: str) -> list[str]:
    """Return the notes below a box's caption, as the number of copies times one copy's numbers.

    >>> box = NetBox("layer1.0", "scope", "bottleneck", params=70400, repeat=3)
    >>> notes(box, {"params": {}}, "en")
    ['3 × 70,400 params']
    """
    times = f"{box.repeat} × " if _times(box) else ""
    amounts = {"params": box.params, "macs": box.macs, **measured(facts, box.path)}
    return [times + note for note in annotate.notes(facts, amounts, language)]


def shapes(box: NetBox) -> str:
    """Return the output shapes of a box."""
    return clipped(", ".join(map(spell, box.outputs)))


def desc(box: NetBox) -> str:
    """Return a box's output shapes and parameters, on one line.

    >>> desc(NetBox("fc", "operator", "linear", outputs=((1000,),), params=513000))
    '1000; 513,000 parameters'
    """
    said = [", ".join(map(spell, box.outputs))] if box.outputs else []
    if type(box.params) is not int or box.params:
        said.append(f"{box.params:,} parameters" + (" each" if _times(box) else ""))
    return "; ".join(said)


def fill(box: NetBox, theme: Theme) -> str:
    """Return the colour of a box: its own, or that of its category."""
    return box.fill or theme.fills[category(box)]


def category(box: NetBox) -> str:
    """Return the category that selects a box's fill colour; `other` if it is no operator."""
    return category_of(box.name) if box.kind == "operator" else "other"


def _times(part: NetBox | Cluster) -> str:
    return f" × {part.repeat}" if type(part.repeat) is not int or part.repeat != 1 else ""
