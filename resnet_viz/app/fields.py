"""A field of a spec as a control of the page; which one, its type says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field
from types import MappingProxyType
from typing import Any

import streamlit as st

from resnet_viz.app.words import meaning, say
from resnet_viz.spec.kinds import BLOCKS, POOLINGS, SHORTCUTS
from resnet_viz.spec.model import TABLES

__all__ = ["KINDS", "control", "number"]

KINDS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {"block": BLOCKS, "shortcut": SHORTCUTS, "pooling": POOLINGS, **TABLES}
)
"""What the fields that name a kind may be, with a sentence for each."""


def control(field: Field[Any], value: Any, label: str, lang: str, key: str) -> Any:
    """Show a field of a spec, and return what it holds now, be it right or wrong."""
    if field.name in KINDS:
        return _kind(field.name, value, label, lang, key)
    if field.type == "bool":
        return st.checkbox(label, value, key=key)
    if field.type == "str":
        return st.text_input(label, value, max_chars=200, key=key)
    if str(field.type).startswith("tuple"):
        text = ", ".join(map(str, value))
        return _numbers(st.text_input(label, text, help=say(lang, f"{field.name}_help"), key=key))
    if field.type == "float":
        return _share(label, value, key)
    return number(label, value, key)


def number(label: str, value: Any, key: str) -> int | str:
    """Show a field for a whole number, and return what it holds; empty if that is none.

    A field with a default would fall back to it when what is typed cannot be read as a number, and
    nobody would be told. So this one has none; it begins with the value all the same.
    """
    if key not in st.session_state:
        st.session_state[key] = value if isinstance(value, int) else None
    typed = st.number_input(label, value=None, step=1, key=key)
    return "" if typed is None else typed


def _share(label: str, value: Any, key: str) -> float | str:
    """Show a field for a number that need not be whole, as `number` does."""
    if key not in st.session_state:
        st.session_state[key] = float(value) if isinstance(value, (int, float)) else None
    typed = st.number_input(label, value=None, step=0.05, format="%g", key=key)
    return "" if typed is None else typed


def _kind(field: str, value: str, label: str, lang: str, key: str) -> str | None:
    kinds = KINDS[field]
    legal = list(kinds)
    index = legal.index(value) if value in kinds else None
    lines = [
        f"- **{name}**: {meaning(lang, field, name, english)}" for name, english in kinds.items()
    ]
    return st.selectbox(label, legal, index=index, help="\n".join(lines), key=key)


def _numbers(text: str) -> list[int | str]:
    """Return the numbers in a text, with what is none as it is.

    >>> _numbers("4096, 12x")
    [4096, '12x']
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    return [int(word) if word.isdecimal() and len(word) < 20 else word for word in words]
