"""List the differences between two specs, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from itertools import zip_longest
from typing import Any, NamedTuple

from resnet_viz.ops.operator import spell
from resnet_viz.spec import ResNetSpec
from resnet_viz.text.page import field_name, translate

__all__ = ["Change", "spec_changes"]

MISSING = "–"


class Change(NamedTuple):
    """A field that differs between two networks: its part, its name, the old and the new value."""

    part: str
    field: str
    old: str
    new: str


def spec_changes(before: ResNetSpec, after: ResNetSpec, lang: str) -> Iterator[Change]:
    """Yield the differences, in the order of the form.

    >>> from resnet_viz.zoo import find
    >>> change = next(spec_changes(find("plain34"), find("resnet34"), "en"))
    >>> change.part, change.field, change.old, change.new
    ('Stage 1', 'Shortcut', 'none', 'B')
    """
    stages = zip_longest(before.stages, after.stages)
    for number, (old, new) in enumerate(stages, 1):
        part = translate(lang, "stage", number)
        if old is None or new is None:
            text = [
                MISSING if one is None else f"{one.blocks} × {one.channels}" for one in (old, new)
            ]
            yield Change(part, translate(lang, "whole_stage"), *text)
        else:
            yield from _changes(part, old, new, lang)
    for name in ("stem", "head"):
        part = translate(lang, name)
        yield from _changes(part, getattr(before, name), getattr(after, name), lang)
    yield from _changes(translate(lang, "whole"), before, after, lang)


def _changes(part: str, old: Any, new: Any, lang: str) -> Iterator[Change]:
    """Yield the differing fields of two parts, without those that are parts themselves."""
    for field in fields(new):
        values = getattr(old, field.name), getattr(new, field.name)
        if values[0] != values[1] and field.name not in ("name", "stages", "stem", "head"):
            yield Change(part, field_name(lang, field.name), *map(_text, values))


def _text(value: object) -> str:
    """Return a value as shown in the form.

    >>> _text((3, 224, 224)), _text(True), _text(64)
    ('3×224×224', '✓', '64')
    """
    if isinstance(value, tuple):
        return spell(value)
    if isinstance(value, bool):
        return "✓" if value else MISSING
    return f"{value}"
