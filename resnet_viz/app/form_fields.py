"""Convert a spec to the fields of a form, with texts as values, and back to plain data."""

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
"""The legal values of the fields that name a kind, each with its description."""

PARTS: Mapping[str, type] = MappingProxyType({"stem": Stem, "head": Head, "whole": ResNetSpec})
"""The parts of the form besides the stages; `whole` has the network-wide fields."""

Typed = Mapping[str, Any]
"""The values of the fields: `stages` is a list, every other part a mapping of field names to texts,
or to booleans for check boxes. A text may be anything that a visitor types."""

_APART = ("stages", "stem", "head", "input")  # fields of the spec that are other parts of the form

INPUT = {"input[0]": "input_channels", "input[1]": "input_height", "input[2]": "input_width"}
"""The fields of the input size, each with its name."""

STEPS: Mapping[str, int] = MappingProxyType(
    {"channels": 8, "kernel": 2, "input[1]": 32, "input[2]": 32}
)
"""The step of a number for an arrow key, if it is not 1."""


def _needs() -> dict[str, dict[str, Any]]:
    """Return the part (by default its own), field and values on which each field depends."""
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
"""The fields that have an effect only if another field has one of some values; otherwise the form
hides them and resets them to their defaults."""


def _of(kind: type) -> list[Field[Any]]:
    return [field for field in fields(kind) if field.name not in _APART]


@cache
def describe_fields(lang: str) -> dict[str, list[dict[str, Any]]]:
    """Return the descriptions of each part's fields: names, labels, sorts, and legal values."""
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
    """Return the sort of a field's value, from its type or its table."""
    if field.name in KINDS:
        return "choice"
    sorts = {"bool": "flag", "str": "text", "float": "number"}
    return sorts.get(str(field.type), "integers" if "tuple" in str(field.type) else "integer")


def form_values(spec: ResNetSpec) -> Typed:
    """Return the values of the form's fields for a spec.

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
    """Return a field's text for a value; an optional field is empty for None."""
    sort = _sort(field)
    if sort == "flag":
        return bool(value)
    if value is None:
        return ""
    return ", ".join(map(str, value)) if sort == "integers" else f"{value}"


def parse_form(typed: Typed) -> dict[str, Any]:
    """Return the plain data of the fields, as in a spec file.

    A text that should be a number but is none stays a text; the spec then raises the error.
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
    """Return a text as an integer, or the text itself if it is none.

    >>> _integer(" 64 "), _integer("６４"), _integer("1.5"), _integer("")
    (64, 64, '1.5', '')
    """
    text = _plain(text)
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else text


def _number(text: str) -> float | str:
    """Return a text as a number, or the text itself if it is none.

    >>> _number("0.5"), _number("1e-1"), _number("0_1")
    (0.5, 0.1, '0_1')
    """
    text = _plain(text)
    is_number = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", text, re.IGNORECASE)
    return float(text) if is_number else text


def _plain(text: str) -> str:
    """Return a text with the full-width digits of a Chinese keyboard as ASCII digits."""
    return unicodedata.normalize("NFKC", text).strip()


def _integers(text: str) -> list[int | str]:
    """Return the comma-separated numbers in a text; other items stay texts.

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
"""The function that parses the text of a field, by sort."""


def check_form(sent: object) -> Typed | None:
    """Return the field values that a browser sent, or None if they do not have the form's fields.

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
    """Return the known fields of a part, without any others.

    Raises:
        ValueError: a field is missing or has a value of the wrong sort.
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
    """Return the id of the field or part for the path of a value in a spec.

    >>> list(map(field_id, ["head.hidden[1]", "norm", "input[0]", "stages[2].blocks"]))
    ['head.hidden', 'whole.norm', 'whole.input[0]', 'stages[2].blocks']
    """
    if path.startswith("stages") or path in PARTS:
        return path
    if not path.startswith("input["):
        path = re.sub(r"\[\d+\]$", "", path)
    return path if "." in path else f"whole.{path}"
