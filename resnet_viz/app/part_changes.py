"""Describe the changes in a row of a comparison, with old and new values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from resnet_viz.answers.comparison import Part, Row
from resnet_viz.graph import Graph, Node, Scope
from resnet_viz.graph.align import ATTRIBUTES
from resnet_viz.ops.operator import spell
from resnet_viz.text.labels import label
from resnet_viz.text.page import WORDS, kind_name, translate

__all__ = ["part_changes"]


def part_changes(row: Row, before: Graph, after: Graph, lang: str) -> str:
    """Return the changes of a part between two networks; for a part of one network, its status.

    >>> from resnet_viz import compare
    >>> from resnet_viz.assembly import assemble
    >>> from resnet_viz.zoo import find
    >>> two = [find("resnet18"), find("resnet34")]
    >>> part_changes(compare(*two).rows[2], *map(assemble, two), "en")
    '1 → 2 blocks, parameters, MACs'
    """
    if row.before is None or row.after is None:
        return ""
    nodes = _inside(before, row.before), _inside(after, row.after)
    return ", ".join(
        text
        for word in row.changes
        for text in _change_words(word, row.before, row.after, *nodes, lang)
    )


def _inside(graph: Graph, part: Part) -> dict[str, Node]:
    """Return the operators of a part by relative path; empty for a copy inside a repeat."""
    parts = (one for one in graph.root.parts() if one.path == part.path)
    nodes = (one.nodes() if isinstance(one, Scope) else (one,) for one in parts)
    return {node.path.removeprefix(part.path): node for found in nodes for node in found}


def _change_words(
    word: str,
    old: Part,
    new: Part,
    before: Mapping[str, Node],
    after: Mapping[str, Node],
    lang: str,
) -> Iterator[str]:
    """Yield the words for a name in `Row.changes`, with values."""
    name = translate(lang, f"change:{word}") if f"change:{word}" in WORDS else word
    if word == "repeat":
        yield translate(lang, "repeats", old.repeat, new.repeat)
    elif word == "kind":
        yield " → ".join(kind_name(lang, part.kind, part.path) for part in (old, new))
    elif word == "output":
        yield f"{name} {spell(old.output)} → {spell(new.output)}"
    elif word == "operators":
        yield from _operators("−", before, after, lang)
        yield from _operators("+", after, before, lang)
    else:
        pairs = dict.fromkeys(_values(word, before, after))
        yield from (f"{name} {one} → {other}" for one, other in pairs)
        if not pairs:
            yield name


def _operators(
    sign: str, nodes: Mapping[str, Node], others: Mapping[str, Node], lang: str
) -> Iterator[str]:
    """Yield the operators that only one network has, one entry for each kind."""
    alone = (node for path, node in nodes.items() if path not in others)
    yield from dict.fromkeys(f"{sign} {label(node.op, node.attrs, lang)}" for node in alone)


def _values(
    word: str, before: Mapping[str, Node], after: Mapping[str, Node]
) -> Iterator[tuple[str, str]]:
    """Yield the old and new values of an attribute, for all operators in which they differ."""
    for path in before.keys() & after.keys():
        one, other = before[path].attrs, after[path].attrs
        for name in one.keys() & other.keys():
            if ATTRIBUTES.get(name, name.replace("_", " ")) == word and one[name] != other[name]:
                yield _text(one[name]), _text(other[name])


def _text(value: object) -> str:
    return spell(value) if isinstance(value, tuple) else f"{value}"
