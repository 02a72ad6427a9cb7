"""Convert the state of the page to its address and back."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from resnet_viz.answers.figure_options import OPTIONS
from resnet_viz.app.answers import machines
from resnet_viz.app.budget import MAX_BATCH, QUANTITIES, Budget, Setting, parse_amount
from resnet_viz.app.state import FIRST, MAX_OTHERS, SECTIONS, Config, Look, is_path
from resnet_viz.count.memory import DTYPES, OPTIMIZERS
from resnet_viz.errors import RequestError, choose, show
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.files import MAX_BYTES, decode, dumps
from resnet_viz.text import LANGUAGES
from resnet_viz.zoo import entries, find

__all__ = ["from_link", "read_link", "to_link"]

_T = TypeVar("_T")

MACHINE = Setting().device
MAX_LINK = 20_000  # the most characters of one value in an address


def to_link(config: Config) -> dict[str, str]:
    """Return the values of an address that opens the same page; default values are left out.

    >>> to_link(Config(find("resnet50"), Look(theme="paper")))
    {'net': 'resnet50', 'theme': 'paper'}
    """
    link = {} if config.spec == find(FIRST) else _write_network(config.spec, "net", "spec")
    for name, value in config.look._asdict().items():
        if value != Look._field_defaults[name]:
            link[name] = "1" if value is True else value
    for name in ("lang", "section", "opened"):
        if getattr(config, name) != Config._field_defaults[name]:
            link[name] = getattr(config, name)
    for name, value in config.setting._asdict().items():
        if value != Setting._field_defaults[name]:
            link[name] = f"{value}"
    for name, limit in config.budget.limits().items():
        link[name] = f"{limit}us" if name == "time" else f"{limit}"
    if config.pinned is not None:
        link |= _write_network(config.pinned, "with", "pin")
    for number, spec in enumerate(config.others, 2):
        link |= _write_network(spec, f"with{number}", f"pin{number}")
    return link


def from_link(link: Mapping[str, str]) -> Config:
    """Return the state that an address describes; unknown names in it are ignored.

    Raises:
        RequestError: a value in the address is not legal.

    >>> from_link({"net": "resnet50", "theme": "paper"}).look.theme
    'paper'
    """
    config, problems = read_link(link)
    if problems:
        raise problems[0]
    return config


def read_link(link: Mapping[str, str]) -> tuple[Config, list[RequestError]]:
    """Return the state that an address describes, and the errors of its illegal values.

    >>> config, problems = read_link({"net": "resnet50", "theme": "papre", "lang": "zh"})
    >>> config.spec.name, config.look.theme, config.lang, len(problems)
    ('resnet50', '', 'zh', 1)
    """
    problems: list[RequestError] = []

    def read(reader: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return reader()
        except RequestError as error:
            problems.append(error)
            return otherwise

    link = {name: value for name, value in link.items() if not _is_too_long(name, value, problems)}
    first = Config(find(FIRST))
    choices = {name: table for name, table in _LOOK.items() if link.get(name)}
    values: dict[str, Any] = {
        **{
            name: read(partial(_choice, name, table, link), getattr(first.look, name))
            for name, table in choices.items()
        },
        **{name: read(partial(_names, name, link), "") for name in _LISTS},
        **{name: read(partial(_flag, name, link), False) for name in _FLAGS},
    }
    limits = {
        name: read(partial(parse_amount, name, link[name]), 0)
        for name in QUANTITIES
        if name in link
    }
    config = Config(
        spec=read(lambda: _read_network(link, "net", "spec"), None) or first.spec,
        look=first.look._replace(**values),
        lang=read(partial(_choice, "lang", LANGUAGES, {"lang": "en", **link}), "en"),
        section=read(
            partial(_choice, "section", dict.fromkeys(SECTIONS), {"section": SECTIONS[0], **link}),
            SECTIONS[0],
        ),
        opened=read(lambda: _path(link), ""),
        pinned=read(lambda: _read_network(link, "with", "pin"), None),
        others=tuple(
            spec
            for number in range(2, 2 + MAX_OTHERS)
            if (spec := read(partial(_read_network, link, f"with{number}", f"pin{number}"), None))
        ),
        budget=Budget(**limits),
        setting=Setting(
            batch=read(lambda: _batch(link), Setting().batch),
            dtype=read(partial(_choice, "dtype", DTYPES, {"dtype": "float32", **link}), "float32"),
            optimizer=read(
                partial(_choice, "optimizer", OPTIMIZERS, {"optimizer": "momentum", **link}),
                "momentum",
            ),
            device=read(
                partial(_choice, "device", dict.fromkeys(machines()), {"device": MACHINE, **link}),
                MACHINE,
            ),
        ),
    )
    return config, problems


def _is_too_long(name: str, value: str, problems: list[RequestError]) -> bool:
    if len(value) <= MAX_LINK:
        return False
    message = "{name}: longer than {most:,} characters"
    problems.append(RequestError(message, name=show(name), most=MAX_LINK))
    return True


def _batch(link: Mapping[str, str]) -> int:
    text = link.get("batch", f"{Setting().batch}")
    if not re.fullmatch(r"[1-9]\d{0,4}", text) or int(text) > MAX_BATCH:
        message = "batch: {value} (must be an integer from 1 to {most})"
        raise RequestError(message, value=show(text), most=MAX_BATCH)
    return int(text)


def _path(link: Mapping[str, str]) -> str:
    opened = link.get("opened", "")
    if not is_path(opened):
        raise RequestError("opened: {opened} (must be the path of a scope)", opened=show(opened))
    return opened


_LISTS = ("annotate",)
_FLAGS = ("unroll",)
_LOOK: Mapping[str, Mapping[str, object]] = {
    name: OPTIONS[name].legal for name in Look._fields if name not in (*_LISTS, *_FLAGS)
}
"""The legal values of the parts of a look that are names."""


def _choice(name: str, table: Mapping[str, object], link: Mapping[str, str]) -> str:
    choose({"lang": "language"}.get(name, name), link[name], table)
    return link[name]


def _names(name: str, link: Mapping[str, str]) -> str:
    return ",".join(OPTIONS[name].check(name, link.get(name, "")))


def _flag(name: str, link: Mapping[str, str]) -> bool:
    return bool(choose(name, link.get(name, "0"), {"0": False, "1": True}))


def _write_network(spec: ResNetSpec, name: str, packed: str) -> dict[str, str]:
    """Return the value of an address for a network: its zoo name, or its packed spec."""
    entry = entries().get(spec.name)
    known = entry is not None and entry.spec == spec
    return {name: spec.name} if known else {packed: _pack(spec)}


def _read_network(link: Mapping[str, str], name: str, packed: str) -> ResNetSpec | None:
    """Return the network written by `_write_network`, if there is one."""
    if packed in link:
        return _unpack(packed, link[packed])
    return find(link[name]) if name in link else None


def _pack(spec: ResNetSpec) -> str:
    packed = zlib.compress(dumps(spec, "json").encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _unpack(name: str, text: str) -> ResNetSpec:
    """Read a packed spec, which may not unpack to more than a spec file may hold."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        data = zlib.decompressobj().decompress(packed, MAX_BYTES + 1)
    except (ValueError, zlib.error):
        raise RequestError(
            "{name}: {text} (is no network; the link is broken)", name=name, text=show(text)
        ) from None
    return decode(data, "json")
