"""Define a space of networks: a spec whose values may be sets."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import product
from math import prod
from typing import Any, NamedTuple

from resnet_viz.errors import RequestError, SpecError, show
from resnet_viz.spec import Head, ResNetSpec, Stage, Stem
from resnet_viz.spec.files import dump_data, load_data, read

__all__ = ["MAX_VALUES", "RULES", "Axis", "Space"]

MAX_VALUES = 4_096
"""The most values of one axis."""

MAX_SETTINGS = 4_096
"""The most combinations of network-wide values; the search runs once for each."""

MAX_TRIED = 16
"""Combinations that are tried before a space counts as one without legal networks."""

RULES = {"widths_do_not_fall": "no stage is narrower than the one before"}
"""The optional rules between stages, each with its meaning."""

_STATIC = ("stride", "dilation", "pool", "shortcut")
"""The fields of a stage on which later stages depend; the search runs once per combination."""


_SHAPE = tuple(field.name for field in fields(Stage) if field.name != "blocks")


class Axis(NamedTuple):
    """A value of a spec that is a set.

    Attributes:
        path: the place of the value, such as `stages[0].channels`.
        values: the set, in the order in which it is written.
    """

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Space:
    """A space of networks: a spec as plain data in which a value may be a set.

    Args:
        data: keys and values as in a spec file. A set is a list, or `{from, to, step}` including
            both ends. `input` remains a list of three, in which height and width may be sets; if
            these are equal, they are one axis, so that images stay square. `rules` is a list of
            names from `RULES`.

    Raises:
        SpecError: a set is empty or infinite, or a value in it is not legal in any network.

    >>> stage = {"blocks": [1, 2], "channels": {"from": 32, "to": 64, "step": 8}}
    >>> space = Space({"stages": [stage]})
    >>> space.size
    10
    """

    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not isinstance(self.data, Mapping):
            raise SpecError("space", "{data} (must be keys and values)", data=show(self.data))
        data = dict(self.data)
        rules = data.pop("rules", [])
        if not isinstance(rules, (list, tuple)) or any(rule not in RULES for rule in rules):
            raise SpecError(
                "rules", "{rules} (must be a list of {legal})", rules=show(rules), legal=[*RULES]
            )
        axes = tuple(_axes(data, ""))
        object.__setattr__(self, "_plain", data)
        object.__setattr__(self, "_axes", axes)
        object.__setattr__(self, "rules", tuple(rules))
        self._has_a_member()
        for axis in axes:
            for value in axis.values:
                _check(axis.path, value)
        settings = prod(len(axis.values) for axis in self.settings)
        if settings > MAX_SETTINGS:
            raise SpecError(
                "space",
                "{settings} combinations of what holds for all of a network (must be at most "
                "{most})",
                settings=settings,
                most=MAX_SETTINGS,
            )

    def _has_a_member(self) -> None:
        """Check that keys are known, and that some values are legal together.

        Raises:
            SpecError: what is wrong with the first values.
        """
        refused: SpecError | None = None
        for number in range(MAX_TRIED):
            chosen = {a.path: a.values[min(number, len(a.values) - 1)] for a in self.axes}
            try:
                self.at(chosen)
            except SpecError as error:
                refused = refused or error
                continue
            return
        if refused is not None:
            raise refused

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Space:
        """Read a space from a YAML, TOML or JSON file.

        Raises:
            RequestError: the file cannot be read or has no space; the message names the file.
        """
        data = load_data(path)
        try:
            return cls(data)
        except RequestError as error:
            raise RequestError("{path}: {error}", path=os.fspath(path), error=error) from None

    def dumps(self, format: str) -> str:
        """Return the space as text in `yaml`, `toml` or `json`."""
        return dump_data(dict(self.data), format)

    @classmethod
    def around(
        cls,
        network: str | os.PathLike[str] | ResNetSpec,
        *,
        width: tuple[float, float] = (1, 1),
        depth: tuple[float, float] = (1, 1),
        resolution: tuple[int, int] | None = None,
        step: int = 8,
    ) -> Space:
        """Return the space around a network, with scaled widths, depths and resolutions.

        Args:
            network: a zoo name, the path of a spec file, or a spec.
            width: the smallest and largest factor of each stage's channels, which are multiples of
                `step` (and of a bottleneck's expansion and groups).
            depth: the smallest and largest factor of each stage's number of blocks.
            resolution: the smallest and largest image side, in steps of 32.
            step: the number of which channels are multiples.

        Raises:
            RequestError: the network is unknown, or a range is empty.

        >>> Space.around("resnet18", width=(0.5, 2)).axes[0].values[:3]
        (32, 40, 48)
        """
        from resnet_viz.zoo import find_spec

        spec = find_spec(network)
        for name, ends in (("width", width), ("depth", depth)):
            _range(name, ends)
        from resnet_viz.spec.files import to_plain

        data = to_plain(spec)
        for written, stage in zip(data["stages"], spec.stages, strict=True):
            unit = _unit(stage, step)
            low, high = (max(round(stage.channels * share / unit), 1) * unit for share in width)
            written["channels"] = (
                sorted({*range(low, high + 1, unit), stage.channels}) if (low < high) else low
            )
            low, high = (max(round(stage.blocks * share), 1) for share in depth)
            written["blocks"] = list(range(low, high + 1)) if low < high else low
        if resolution is not None:
            _range("resolution", resolution)
            sides = sorted({*range(resolution[0], resolution[1] + 1, 32), resolution[1]})
            data["input"] = [spec.input[0], sides, sides]
        return cls(data)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The values that are sets, in the order in which they are written."""
        return self._axes  # type: ignore[attr-defined, no-any-return]

    @property
    def settings(self) -> tuple[Axis, ...]:
        """The axes of network-wide values, and those on which later stages depend."""
        return tuple(
            axis
            for axis in self.axes
            if not axis.path.startswith("stages[") or axis.path.split(".")[-1] in _STATIC
        )

    @property
    def size(self) -> int:
        """The number of combinations, including those that are not legal or break a rule."""
        return prod(len(axis.values) for axis in self.axes)

    @property
    def stages(self) -> int:
        """The number of stages of each network."""
        return len(self._plain["stages"])  # type: ignore[attr-defined]

    def blocks(self, number: int) -> tuple[int, ...]:
        """Return the possible numbers of blocks of a stage."""
        path = f"stages[{number}].blocks"
        axes = {axis.path: axis.values for axis in self.axes}
        return axes.get(path) or (self._stage(number, {})["blocks"],)

    def shapes(self, number: int, chosen: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the possible fields of a stage, without its blocks, that give a legal stage.

        Args:
            number: the index of the stage.
            chosen: the values of some axes, by path.
        """
        path = f"stages[{number}]."
        free = [
            axis
            for axis in self.axes
            if axis.path.startswith(path)
            and axis.path not in chosen
            and axis.path != f"{path}blocks"
        ]
        shapes = []
        for values in product(*(axis.values for axis in free)):
            ways = dict(zip([axis.path for axis in free], values, strict=True))
            try:
                stage = Stage(**{**self._stage(number, {**chosen, **ways}), "blocks": 1})
            except SpecError:
                continue
            shapes.append({name: getattr(stage, name) for name in _SHAPE})
        return shapes

    def _stage(self, number: int, chosen: Mapping[str, Any]) -> Any:
        plain = self._plain["stages"][number]  # type: ignore[attr-defined]
        return _filled(plain, f"stages[{number}]", chosen)

    def at(self, chosen: Mapping[str, Any]) -> ResNetSpec:
        """Return the network with the given value for the path of each axis.

        Raises:
            SpecError: the network with these values is not legal.
        """
        return read(_filled(self._plain, "", chosen))  # type: ignore[attr-defined]

    def keeps_rules(self, spec: ResNetSpec) -> bool:
        """Return whether a network satisfies the rules."""
        widths = [stage.channels for stage in spec.stages]
        return self.widths_may_fall or widths == sorted(widths)

    @property
    def widths_may_fall(self) -> bool:
        """Whether a stage may be narrower than the previous one."""
        return "widths_do_not_fall" not in self.rules  # type: ignore[attr-defined]

    def specs(self) -> Iterator[ResNetSpec]:
        """Yield every legal network of the space; practical only for small spaces."""
        for values in product(*(axis.values for axis in self.axes)):
            try:
                spec = self.at(dict(zip([axis.path for axis in self.axes], values, strict=True)))
            except SpecError:
                continue
            if self.keeps_rules(spec):
                yield spec

    @classmethod
    def of(cls, space: object) -> Space:
        """Return a space that is given itself, as its data, or as the path of its file.

        Raises:
            RequestError: the argument is none of these, or is not legal.

        >>> Space.of({"stages": [{"blocks": [1, 2], "channels": 8}]}).size
        2
        """
        if isinstance(space, Space):
            return space
        if isinstance(space, Mapping):
            return cls(space)
        if isinstance(space, (str, os.PathLike)):
            return cls.load(space)
        raise RequestError(
            "space: {space} (must be a Space, its data, or the path of its file)",
            space=show(space),
        )

    def suggest(self, trial: Any) -> ResNetSpec:
        """Return a network whose values an Optuna trial chooses, axis by axis.

        Raises:
            optuna.TrialPruned: the network with these values is not legal.
        """
        chosen = {
            axis.path: trial.suggest_categorical(axis.path, axis.values) for axis in self.axes
        }
        try:
            spec = self.at(chosen)
        except SpecError:
            spec = None
        if spec is None or not self.keeps_rules(spec):
            import optuna

            raise optuna.TrialPruned
        return spec


def _range(name: str, ends: object) -> None:
    if (
        not isinstance(ends, (tuple, list))
        or len(ends) != 2
        or not all(type(end) in (int, float) and 0 < end < 1e6 for end in ends)
        or ends[0] > ends[1]
    ):
        raise RequestError(
            "{name}: {ends} (must be two numbers above 0, the smaller one first)",
            name=name,
            ends=show(ends),
        )


def _unit(stage: Stage, step: int) -> int:
    """Return the number of which a stage's channels must be multiples to be legal."""
    from math import lcm

    unit = step
    if stage.block in ("bottleneck", "senet"):
        unit = lcm(unit, stage.expansion)
        if stage.group_width is not None:
            unit = lcm(unit, int(stage.group_width) * stage.expansion)
    return unit


_LISTS = ("input", "hidden", "stages")
"""The keys whose values are lists in a spec; the elements of these lists may be sets."""


def _axes(value: Any, path: str) -> Iterator[Axis]:
    """Yield the sets in plain data, each with its path."""
    key = path.rpartition(".")[2].partition("[")[0]
    if path == "input":
        yield from _input_axes(value)
    elif path and _is_set(value, key, path):
        yield Axis(path, _values(path, value))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _axes(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from _axes(inner, f"{path}[{i}]")


def _is_set(value: Any, key: str, path: str) -> bool:
    if isinstance(value, (range, set, frozenset)):
        return True
    if isinstance(value, Mapping):
        return bool({"from", "to", "step"} & {*value})
    return isinstance(value, (list, tuple)) and (key not in _LISTS or path.endswith("]"))


def _input_axes(value: Any) -> Iterator[Axis]:
    if not isinstance(value, (list, tuple)) or len(value) != 3:
        raise SpecError("input", "{value} (must be channels, height and width)", value=show(value))
    _, height, width = value
    if _is_set(height, "", "") and height == width:
        yield Axis("input", _values("input", height))
        return
    for i, size in enumerate(value):
        if _is_set(size, "", ""):
            yield Axis(f"input[{i}]", _values(f"input[{i}]", size))


def _values(path: str, value: Any) -> tuple[Any, ...]:
    """Return the values of a set without duplicates.

    Raises:
        SpecError: the set is empty, infinite or too large, or holds more than plain values.
    """
    if isinstance(value, Mapping):
        value = _steps(path, value)
    if not value:
        raise SpecError(path, "an empty set (must have at least one value)")
    if len(value) > MAX_VALUES:
        raise SpecError(
            path,
            "{count} values (must be at most {most})",
            count=len(value),
            most=MAX_VALUES,
        )
    for one in value:
        if one is not None and not isinstance(one, (int, float, str)):
            raise SpecError(path, "{value} in a set (must be a number or a name)", value=show(one))
    return tuple(dict.fromkeys(value))


def _steps(path: str, value: Mapping[str, Any]) -> range:
    if {*value} - {"from", "to", "step"} or "from" not in value:
        raise SpecError(
            path, "{value} (must be from, to and, if it is not 1, step)", value=show(dict(value))
        )
    if "to" not in value:
        raise SpecError(path, "has no 'to' (a space must be finite)")
    step = value.get("step", 1)
    for name, number in (("from", value["from"]), ("to", value["to"]), ("step", step)):
        if type(number) is not int or number < 1:
            raise SpecError(
                f"{path}.{name}",
                "{number} (must be an integer of 1 or more)",
                number=show(number),
            )
    if value["to"] < value["from"]:
        raise SpecError(
            path,
            "from {first} to {last} is empty (must not go down)",
            first=value["from"],
            last=value["to"],
        )
    if (value["to"] - value["from"]) // step >= MAX_VALUES:
        raise SpecError(
            path,
            "{count} values (must be at most {most})",
            count=(value["to"] - value["from"]) // step + 1,
            most=MAX_VALUES,
        )
    return range(value["from"], value["to"] + 1, step)


def _filled(value: Any, path: str, chosen: Mapping[str, Any]) -> Any:
    """Return plain data with each set replaced by its chosen value."""
    if path == "input" and path in chosen:
        return [value[0], chosen[path], chosen[path]]
    if path in chosen:
        return chosen[path]
    if isinstance(value, Mapping):
        return {
            name: _filled(inner, f"{path}.{name}" if path else str(name), chosen)
            for name, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_filled(inner, f"{path}[{i}]", chosen) for i, inner in enumerate(value)]
    if isinstance(value, (ResNetSpec, Stage, Stem, Head)):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value


def _check(path: str, value: Any) -> None:
    """Check the type of one value of an axis, to reject a wrong one early."""
    if type(value) not in (int, float, str, bool):
        raise SpecError(
            path, "{value} (must be a number, a name, true or false)", value=show(value)
        )
