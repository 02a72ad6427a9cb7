"""The spec as fields: stages, stem, head and the whole network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import streamlit as st

from resnet_viz.app.answers import checked
from resnet_viz.app.facts import told
from resnet_viz.app.fields import control, number
from resnet_viz.app.session import Session
from resnet_viz.app.text import escaped
from resnet_viz.app.words import field_name, say
from resnet_viz.errors import RequestError, SpecError
from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.spec.files import read
from resnet_viz.spec.model import MAX_STAGES
from resnet_viz.zoo import entries

__all__ = ["show"]

ROWS = ({"blocks": 1, "channels": 1}, {"stride": 3, "block": 5, "shortcut": 4})
"""The fields of a stage that are always seen, with their widths; others are behind a button."""


def show(session: Session) -> None:
    """Let the visitor change the network; what is wrong is said beside its field."""
    form = _Form(session)
    typed = form.values()
    whole = _filled(session.typed, typed)
    if _emptied(whole, typed) > 1:
        session.refill(whole)
        st.rerun()
    session.typed = typed
    try:
        spec = checked(_named(read(session.typed)))
    except RequestError as error:
        form.complain(error)
    else:
        session.edit(session.config._replace(spec=spec))


def _filled(before: Any, now: Any) -> Any:
    """Return what the fields hold, with the number that was there before in each that is empty.

    >>> _filled({"blocks": 2, "channels": 64}, {"blocks": 3, "channels": ""})
    {'blocks': 3, 'channels': 64}
    """
    if isinstance(now, dict):
        return {name: _filled(before[name], value) for name, value in now.items()}
    if isinstance(now, list) and len(before) == len(now):
        return [_filled(*pair) for pair in zip(before, now, strict=True)]
    return before if now == "" and not isinstance(before, str) else now


def _emptied(filled: Any, now: Any) -> int:
    """Return how many numbers are gone. Nobody empties two fields between two looks at the page.

    A browser that lost the connection in the middle of a run does: it was not told what the fields
    hold, and shows them empty.

    >>> _emptied({"blocks": 3, "input": [3, 224]}, {"blocks": 3, "input": ["", ""]})
    2
    """
    if isinstance(now, dict):
        return sum(_emptied(filled[name], value) for name, value in now.items())
    if isinstance(now, list) and len(filled) == len(now):
        return sum(_emptied(*pair) for pair in zip(filled, now, strict=True))
    return int(filled != now)


class _Form:
    """The fields of one spec, and a place for a complaint beside each part of it.

    Fields behind a button are made when it is open: each control takes its time in each run. What
    they held stays in `Session.typed`.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lang = session.config.lang
        self.slots: dict[str, Any] = {"": st.container()}

    def values(self) -> dict[str, Any]:
        """Show the fields and return what they hold, those too that are out of sight."""
        typed = self.session.typed
        self.slots["stages"] = st.container()
        stages = [self.stage(i, stage) for i, stage in enumerate(typed["stages"])]
        st.button(
            say(self.lang, "add"),
            on_click=_add,
            args=(self.session,),
            disabled=len(stages) >= MAX_STAGES,
            icon=":material/add:",
            key="add",
        )
        parts = {}
        for name, kind in (("stem", Stem), ("head", Head)):
            with st.expander(say(self.lang, name), key=f"open {name}", on_change="rerun") as opened:
                parts[name] = self.part(kind, typed[name], name) if opened.open else typed[name]
        whole = {}
        with st.expander(say(self.lang, "whole"), key="open whole", on_change="rerun") as opened:
            if opened.open:
                whole = {"input": self.input(typed["input"]), **self.part(ResNetSpec, typed, "")}
        return {**typed, **whole, **parts, "stages": stages}

    def stage(self, number: int, before: dict[str, Any]) -> dict[str, Any]:
        """Show the fields of one stage."""
        path = f"stages[{number}]"
        typed = dict(before)

        def show(name: str) -> None:
            title = field_name(self.lang, name)
            typed[name] = self.field(known[name], before[name], path, title)

        known = {field.name: field for field in fields(Stage)}
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                self.menu(number)
                key = f"open {path}"
                more = st.popover(
                    say(self.lang, "more"), type="tertiary", key=key, on_change="rerun"
                )
                if more.open:
                    with more:
                        for name in known:
                            if not any(name in row for row in ROWS):
                                show(name)
            self.slots[path] = st.container()
            for row in ROWS:
                for column, name in zip(st.columns(list(row.values())), row, strict=True):
                    with column:
                        show(name)
        return typed

    def menu(self, number: int) -> None:
        """Offer to move, copy and remove a stage."""
        last = len(self.session.typed["stages"]) - 1
        refused = {"up": number == 0, "down": number == last, "remove": last == 0}
        refused["copy"] = last + 1 >= MAX_STAGES
        key = self.session.key(f"menu[{number}]")
        st.menu_button(
            say(self.lang, "stage", number + 1),
            [name for name in MOVES if not refused[name]],
            format_func=lambda name: say(self.lang, name),
            help=say(self.lang, "change_stage"),
            type="tertiary",
            key=key,
            on_click=_move,
            args=(self.session, number, key),
        )

    def part(self, kind: type, before: dict[str, Any], path: str) -> dict[str, Any]:
        """Show the fields of a part of the spec, but for those that have a place of their own."""
        self.slots.setdefault(path or "whole", st.container())
        own = ("stages", "stem", "head", "input")
        return {
            field.name: self.field(
                field, before[field.name], path, field_name(self.lang, field.name)
            )
            for field in fields(kind)
            if field.name not in own
        }

    def input(self, before: tuple[Any, ...]) -> list[Any]:
        """Show the input's channels, height and width."""
        names = ("input_channels", "input_height", "input_width")
        self.slots["input"] = st.container()
        typed = []
        for i, (column, name) in enumerate(zip(st.columns(3), names, strict=True)):
            with column:
                key = self.session.key(f"input[{i}]")
                typed.append(number(say(self.lang, name), before[i], key))
        return typed

    def field(self, field: Any, value: Any, path: str, label: str) -> Any:
        """Show one field."""
        key = self.session.key(f"{path}.{field.name}" if path else field.name)
        return control(field, value, label, self.lang, key)

    def complain(self, error: RequestError) -> None:
        """Say what is wrong, beside the part that holds it."""
        at = error if isinstance(error, SpecError) else SpecError("input", str(error))
        top = re.match(r"stages\[\d+\]|\w*", at.path)
        slot = self.slots.get(top[0] if top else "", self.slots[""])
        where = _where(at.path, self.lang)
        with slot:
            st.error(say(self.lang, "wrong", where=where, fact=escaped(told(at.fact, self.lang))))


def _where(path: str, lang: str) -> str:
    """Return the place of a value in the page's words.

    >>> _where("stages[1].blocks", "en"), _where("input[0]", "en"), _where("head.hidden[1]", "en")
    ('Stage 2: Blocks', 'Input channels', 'Head: Hidden layers')
    """
    inputs = {"input[0]": "input_channels", "input[1]": "input_height", "input[2]": "input_width"}
    if path in inputs:
        return say(lang, inputs[path])
    stage = re.fullmatch(r"stages\[(\d+)\]\.?(.*)", path)
    if stage:
        name = field_name(lang, stage[2]) if stage[2] else ""
        return say(lang, "of_stage", int(stage[1]) + 1, name) if name else path
    part, _, name = re.sub(r"\[\d+\]$", "", path).rpartition(".")
    own = field_name(lang, name)
    return say(lang, "of_part", say(lang, part), own) if part in ("stem", "head") else own


def _add(session: Session) -> None:
    """Add a stage as networks go on: half the size, twice the channels."""
    stages = session.typed["stages"]
    last = stages[-1]
    channels = last["channels"]
    wider = channels * 2 if isinstance(channels, int) else channels
    _restage(session, [*stages, {**last, "stride": 2, "channels": wider}])


def _move(session: Session, number: int, key: str) -> None:
    move = MOVES.get(st.session_state[key] or "")
    if move is not None:
        stages = list(session.typed["stages"])
        move(stages, number)
        _restage(session, stages)


def _restage(session: Session, stages: list[dict[str, Any]]) -> None:
    session.refill({**session.typed, "stages": stages})


def _swap(stages: list[Any], number: int) -> None:
    stages[number - 1 : number + 1] = reversed(stages[number - 1 : number + 1])


MOVES: dict[str, Callable[[list[Any], int], None]] = {
    "up": _swap,
    "down": lambda stages, number: _swap(stages, number + 1),
    "copy": lambda stages, number: stages.insert(number, stages[number]),
    "remove": lambda stages, number: stages.__delitem__(number),
}
"""What can be done with a stage in the list."""

_EDITED = "-edited"


def _named(spec: ResNetSpec) -> ResNetSpec:
    """Return a network under a name that is not another's: an edited ResNet-50 is none.

    >>> from resnet_viz.zoo import find
    >>> _named(replace(find("resnet50"), bias=True)).name
    'resnet50-edited'
    """
    name = spec.name.removesuffix(_EDITED)
    entry = entries().get(name)
    if entry is None:
        return spec
    original = replace(spec, name=name)
    return original if original == entry.spec else replace(spec, name=name + _EDITED)
