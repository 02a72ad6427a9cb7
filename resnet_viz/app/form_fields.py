"""A spec as the fields of a form: what each is, what it holds as text, and back to plain data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from types import MappingProxyType
from typing import Any

from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.spec.check import MAX_TEXT
from resnet_viz.spec.kinds import BLOCKS, POOLINGS, SHORTCUTS
from resnet_viz.spec.model import MAX_STAGES, TABLES
from resnet_viz.text import lookup
from resnet_viz.text.page import field_name, translate

__all__ = ["INPUT", "KINDS", "MAX_TEXT", "PARTS", "Typed"]
__all__ += ["check_form", "describe_fields", "field_id", "form_values", "parse_form"]

KINDS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {"block": BLOCKS, "shortcut": SHORTCUTS, "pooling": POOLINGS, **TABLES}
)
"""What the fields that name a kind may be, with a sentence for each."""

PARTS: Mapping[str, type] = MappingProxyType({"stem": Stem, "head": Head, "whole": ResNetSpec})
"""The parts of the form beside the stages; `whole` has what holds for all of the network."""

Typed = Mapping[str, Any]
"""What the fields hold: `stages` is a list, every other part a mapping of fields to texts, and to
true or false where nothing else can be chosen. A text may be anything that a visitor types."""

_APART = ("stages", "stem", "head", "input")  # of the whole spec; they have a place of their own

INPUT = {"input[0]": "input_channels", "input[1]": "input_height", "input[2]": "input_width"}
"""The fields of the input size, and what they are called."""

STEPS: Mapping[str, int] = MappingProxyType(
    {"channels": 8, "kernel": 2, "input[1]": 32, "input[2]": 32}
)
"""By how much an arrow key changes a number, where that is not one."""


def _needs() -> dict[str, dict[str, Any]]:
    """Return which part (its own if empty), field and values give each field a meaning."""
    inside = [name for name, block in BLOCKS.items() if block.bottleneck]
    found: dict[str, dict[str, Any]] = {
        "pooling": {"part": "", "field": "pool", "values": [True]},
        "activated": {"part": "whole", "field": "preactivation", "values": [True]},
        **{name: {"part": "", "field": "block", "values": inside} for name in OF_BOTTLENECKS},
    }
    for field, table in TABLES.items():
        reads = {kind: getattr(entry, "reads_fields", ()) for kind, entry in table.items()}
        for name in {name for names in reads.values() for name in names}:
            kinds = [kind for kind, names in reads.items() if name in names]
            found[name] = {"part": "whole", "field": field, "values": kinds}
    return found


OF_BOTTLENECKS = ("expansion", "groups", "base_width", "group_width", "bottleneck_width")

NEEDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(_needs())
"""Fields that mean something only where another field has one of some values; the form hides them
elsewhere, and puts them at their default."""


def _of(kind: type) -> list[Field[Any]]:
    return [field for field in fields(kind) if field.name not in _APART]


@cache
def describe_fields(lang: str) -> dict[str, list[dict[str, Any]]]:
    """Return what the fields of each part are: names, labels, sorts, and what may be chosen."""
    parts = {part: [_describe(field, lang) for field in _of(kind)] for part, kind in PARTS.items()}
    sizes = [
        {
            "name": name,
            "label": translate(lang, word),
            "sort": "integer",
            "step": STEPS.get(name, 1),
        }
        for name, word in INPUT.items()
    ]
    stage = [_describe(field, lang) for field in _of(Stage)]
    return {**parts, "whole": sizes + parts["whole"], "stages": stage}


def _describe(field: Field[Any], lang: str) -> dict[str, Any]:
    sort, name = _sort(field), field.name
    found: dict[str, Any] = {"name": name, "label": field_name(lang, name), "sort": sort}
    if field.default is not MISSING:
        found["default"] = _text(field, field.default)
    if sort == "choice":
        found["options"] = [[kind, lookup(str(it), lang)] for kind, it in KINDS[name].items()]
    if name in NEEDS:
        found["needs"] = NEEDS[name]
    if sort == "integer":
        found["step"] = STEPS.get(name, 1)
    if sort == "integers":
        found["help"] = translate(lang, f"{name}_help")
    return found


def _sort(field: Field[Any]) -> str:
    """Return what a field holds; its type says so, or its table."""
    if field.name in KINDS:
        return "choice"
    sorts = {"bool": "flag", "str": "text", "float": "number"}
    return sorts.get(str(field.type), "integers" if "tuple" in str(field.type) else "integer")


def form_values(spec: ResNetSpec) -> Typed:
    """Return what the fields of the form hold for a spec.

    >>> typed = form_values(ResNetSpec(stages=(Stage(2, 64),), head=Head(hidden=(4096, 4096))))
    >>> typed["stages"][0]["channels"], typed["head"]["hidden"], typed["whole"]["input[1]"]
    ('64', '4096, 4096', '224')
    """
    parts: dict[str, Any] = {
        "stem": _part_values(spec.stem),
        "head": _part_values(spec.head),
        "whole": {name: str(size) for name, size in zip(INPUT, spec.input, strict=True)},
    }
    parts["whole"] |= _part_values(spec)
    return {**parts, "stages": [_part_values(stage) for stage in spec.stages]}


def _part_values(part: Any) -> dict[str, str | bool]:
    return {field.name: _text(field, getattr(part, field.name)) for field in _of(type(part))}


def _text(field: Field[Any], value: Any) -> str | bool:
    """Return what a field holds for a value; one that need not be given is empty without it."""
    sort = _sort(field)
    if sort == "flag":
        return bool(value)
    if value is None:
        return ""
    return ", ".join(map(str, value)) if sort == "integers" else f"{value}"


def parse_form(typed: Typed) -> dict[str, Any]:
    """Return the plain data that the fields stand for, as a spec file holds it.

    What is no number, where one belongs, stays a text: the spec says what is wrong with it.
    """
    whole = dict(typed["whole"])
    sizes = [_integer(whole.pop(name)) for name in INPUT]
    return {
        **_parse_part(ResNetSpec, whole),
        "input": sizes,
        "stem": _parse_part(Stem, typed["stem"]),
        "head": _parse_part(Head, typed["head"]),
        "stages": [_parse_part(Stage, stage) for stage in typed["stages"]],
    }


def _parse_part(kind: type, part: Typed) -> dict[str, Any]:
    return {field.name: _parse(field, part[field.name]) for field in _of(kind)}


def _parse(field: Field[Any], held: str | bool) -> Any:
    if field.default is None and isinstance(held, str) and not held.strip():
        return None
    return _READ[_sort(field)](held)


def _integer(text: str) -> int | str:
    """Return the whole number that a text is, else the text.

    >>> _integer(" 64 "), _integer("６４"), _integer("1.5"), _integer("")
    (64, 64, '1.5', '')
    """
    text = _plain(text)
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else text


def _number(text: str) -> float | str:
    """Return the number that a text is, else the text.

    >>> _number("0.5"), _number("1e-1"), _number("0_1")
    (0.5, 0.1, '0_1')
    """
    text = _plain(text)
    is_number = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", text, re.IGNORECASE)
    return float(text) if is_number else text


def _plain(text: str) -> str:
    """Return a text with the wide digits of a Chinese keyboard as others have them."""
    return unicodedata.normalize("NFKC", text).strip()


def _integers(text: str) -> list[int | str]:
    """Return the numbers in a text, with what is none as it is.

    >>> _integers("4096, 12x")
    [4096, '12x']
    """
    return [_integer(word) for word in _plain(text).split(",") if word.strip()]


_READ: Mapping[str, Any] = MappingProxyType(
    {
        "integer": _integer,
        "integers": _integers,
        "number": _number,
        "text": str,
        "choice": str,
        "flag": bool,
    }
)
"""What the text in a field of each sort stands for."""


def check_form(sent: object) -> Typed | None:
    """Return what the fields hold by a browser's word, if it is the form that speaks.

    >>> check_form({"stages": "all"}) is None
    True
    """
    if not isinstance(sent, dict):
        return None
    stages = sent.get("stages")
    if not isinstance(stages, list) or not 0 < len(stages) <= MAX_STAGES:
        return None
    known = describe_fields("en")
    try:
        parts: Typed = {part: _check_part(known[part], sent.get(part)) for part in PARTS}
        return {**parts, "stages": [_check_part(known["stages"], stage) for stage in stages]}
    except ValueError:
        return None


def _check_part(known: list[dict[str, Any]], part: object) -> dict[str, str | bool]:
    """Return the fields of a part, and nothing else of it.

    Raises:
        ValueError: one is missing or not sound.
    """
    if not isinstance(part, dict):
        raise ValueError
    found: dict[str, Any] = {field["name"]: part.get(field["name"]) for field in known}
    if not all(_is_legal(field["sort"], found[field["name"]]) for field in known):
        raise ValueError
    return found


def _is_legal(sort: str, value: object) -> bool:
    if sort == "flag":
        return isinstance(value, bool)
    return isinstance(value, str) and len(value) <= MAX_TEXT


def field_id(path: str) -> str:
    """Return the field that holds a value of a spec, or the part that it is, by its path.

    >>> list(map(field_id, ["head.hidden[1]", "norm", "input[0]", "stages[2].blocks"]))
    ['head.hidden', 'whole.norm', 'whole.input[0]', 'stages[2].blocks']
    """
    if path.startswith("stages") or path in PARTS:
        return path
    if not path.startswith("input["):
        path = re.sub(r"\[\d+\]$", "", path)
    return path if "." in path else f"whole.{path}"
