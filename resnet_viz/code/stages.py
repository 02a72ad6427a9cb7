"""Write the stages of a network: a table of their numbers and a loop, or each by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from resnet_viz.code.classes import ClassWriter, in_order
from resnet_viz.code.text import WIDTH, call, indented
from resnet_viz.code.unify import INPUT, Kind, Slot, Step
from resnet_viz.spec import ResNetSpec

__all__ = ["StageClasses", "StagesWriter"]

_LAYER = 'f"layer{number}"'


class StageClasses(NamedTuple):
    """A stage: the classes of its blocks, and the indices of the blocks among their instances."""

    blocks: int
    first: tuple[Kind, int]
    rest: tuple[Kind, int] | None
    pool: bool


class StagesWriter:
    """Writes the lines of a network's stages.

    Args:
        spec: the network.
        stages: its stages.
        writer: writes classes, and knows their names.
    """

    def __init__(
        self, spec: ResNetSpec, stages: Sequence[StageClasses], writer: ClassWriter
    ) -> None:
        self.spec = spec
        self.stages = stages
        self.writer = writer

    def table(self) -> list[str]:
        """Return the constant with the numbers of each stage, if a loop reads it."""
        if not self._loops():
            return []
        columns = self._columns()
        rows = [_tuple(column[i] for column in columns.values()) for i in range(len(self.stages))]
        return [
            f"# {', '.join(columns)} of each stage",
            *call("STAGES = (", rows, ",)" if len(rows) == 1 else ")"),
        ]

    def _loops(self) -> bool:
        """Return whether one loop can make all stages, because they use the same classes."""
        firsts = {id(stage.first[0]) for stage in self.stages}
        rests = {id(stage.rest[0]) for stage in self.stages if stage.rest}
        pools = {stage.pool for stage in self.stages}
        return len(self.stages) > 1 and len(firsts) == len(pools) == 1 and len(rests) <= 1

    def called(self) -> list[str]:
        """Return the lines that call the stages."""
        if self._loops():
            return [
                "for number in range(1, len(STAGES) + 1):",
                f"    x = {self.writer.dialect.member.format(name=_LAYER)}(x)",
            ]
        return [f"x = self.layer{i}(x)" for i in range(1, len(self.stages) + 1)]

    def made(self) -> list[str]:
        """Return the lines that make the stages."""
        lines = []
        if self.spec.drop_path:
            blocks = sum(stage.blocks for stage in self.stages)
            last = max(blocks - 1, 1)
            lines.append(f"rates = iter([DROP_PATH * i / {last} for i in range({blocks})])")
        return lines + (self._loop() if self._loops() else list(self._one_by_one()))

    def _one_by_one(self) -> Iterator[str]:
        for number, stage in enumerate(self.stages, start=1):
            blocks = [self._new_block(*stage.first)]
            if stage.rest:
                blocks.append(
                    f"*({self._new_block(*stage.rest)} for _ in range({stage.blocks - 1}))"
                )
            if stage.pool and self.writer.dialect.channels_last:
                blocks.append(self._pool())
            made = self.writer.dialect.sequential
            opening, closing = made.brackets
            yield from call(f"self.layer{number} = {made.name}{opening}", blocks, closing, outer=8)
            if stage.pool and not self.writer.dialect.channels_last:
                yield f'self.layer{number}.add_module("pool", {self._pool()})'

    # A loop over stages

    def _loop(self) -> list[str]:
        first, rest = self._arguments()
        carried = "incoming" in self._carried()
        lines = [f"incoming = {self.spec.stem.channels}"] if carried else []
        columns = _listed(self._columns())
        header = f"for number, ({columns}) in enumerate(STAGES, start=1):"
        if len(header) + 8 <= WIDTH:
            lines.append(header)
        else:
            lines += ["for number, stage in enumerate(STAGES, start=1):", f"    {columns} = stage"]
        lines.append(f"    {self.writer.dialect.stage}")
        kind, other = self.stages[0].first[0], self._rest_kind()
        carry = ["incoming = channels"] if carried else []
        if other is None or other is kind:
            words = [_either(said, rest.get(name, said)) for name, said in first.items()]
            counted = any(re.search(r"\bi\b", word) for word in words)
            lines.append(f"    for {'i' if counted else '_'} in range(blocks):")
            lines += indented([*self._append(kind, words, 16), *carry], 8)
        else:
            lines += indented([*self._append(kind, first.values(), 12), *carry])
            lines.append("    for _ in range(blocks - 1):")
            lines += indented(self._append(other, rest.values(), 16), 8)
        if self.stages[0].pool:
            lines.append(f"    {self.writer.dialect.stage_pool.format(pool=self._pool())}")
        return [*lines, f"    {self.writer.dialect.stage_done.format()}"]

    def _pool(self) -> str:
        """Return the pool at the end of a stage."""
        numbers = {"kernel": 2, "stride": 2, "padding": 0}
        slots = {name: Slot(repr(value), value) for name, value in numbers.items()}
        return str(self.writer.element(Step("pool", "max_pool2d", (INPUT,), slots), {}))

    def _new_block(self, kind: Kind, number: int) -> str:
        """Return the constructor call of a block, with its numbers."""
        values = _values(kind, number).values()
        said = [value if value == "next(rates)" else repr(value) for value in values]
        return f"{self.writer.class_of(kind)}({', '.join([*said, *self.writer.dialect.arguments])})"

    def _append(self, kind: Kind, arguments: Iterable[str], outer: int) -> list[str]:
        """Return the lines that append a block to a stage."""
        name, given = self.writer.class_of(kind), [*arguments, *self.writer.dialect.arguments]
        line = f"layer.append({name}({', '.join(given)}))"
        if len(line) + outer <= WIDTH:
            return [line]
        return [*call(f"block = {name}(", given, ")", outer=outer), "layer.append(block)"]

    def _rest_kind(self) -> Kind | None:
        return next((stage.rest[0] for stage in self.stages if stage.rest), None)

    def _carried(self) -> set[str]:
        """Return `incoming` if it always equals the previous block's output, which has a column."""
        first = self.stages[0].first[0].parameters
        rest = self._rest_kind()
        either = first.keys() | (rest.parameters.keys() if rest else set())
        return {"incoming"} if {"incoming", "channels"} <= either else set()

    def _tables(self) -> dict[str, tuple[list[Any], list[Any]]]:
        """Return the values of each parameter by stage, for first blocks and for further blocks."""
        firsts = [_values(*stage.first) for stage in self.stages]
        rests = [_values(*stage.rest) if stage.rest else None for stage in self.stages]
        kind = self._rest_kind()
        names = in_order(
            dict.fromkeys([*self.stages[0].first[0].parameters, *(kind.parameters if kind else ())])
        )
        return {
            name: (
                [values.get(name) for values in firsts],
                [None if values is None else values.get(name) for values in rests],
            )
            for name in names
        }

    def _arguments(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the arguments of first and further blocks, as expressions in the loop."""
        first, rest = {}, {}
        for name, (firsts, rests) in self._tables().items():
            said = self._words(name, firsts, rests)
            if any(value is not None for value in firsts):
                first[name] = said[0]
            if any(value is not None for value in rests):
                rest[name] = said[1]
        return first, rest

    def _words(self, name: str, firsts: list[Any], rests: list[Any]) -> tuple[str, str]:
        """Return the expressions of a parameter in the first block of a stage and in the others."""
        if name in self._carried() or name == "drop_path":
            said = name if name != "drop_path" else "next(rates)"
            return said, said
        pairs = list(zip(firsts, rests, strict=True))
        if all(rest in (None, one) for one, rest in pairs):
            return name, name
        if all(one is None for one in firsts):
            return name, name
        known = [rest for rest in rests if rest is not None]
        other = repr(known[0]) if len(set(known)) == 1 else name
        own = f"first_{name}" if other == name else name
        if len(set(firsts)) == 1 and other != name:
            return repr(firsts[0]), other
        return own, other

    def _columns(self) -> dict[str, list[Any]]:
        """Return the columns of the table of stages."""
        columns: dict[str, list[Any]] = {"blocks": [stage.blocks for stage in self.stages]}
        for name, (firsts, rests) in self._tables().items():
            for word, values in zip(self._words(name, firsts, rests), (firsts, rests), strict=True):
                if word.isidentifier() and word not in ("True", "False", "incoming"):
                    filled = [
                        value if value is not None else other
                        for value, other in zip(values, firsts, strict=True)
                    ]
                    columns.setdefault(word, filled)
                elif word == "incoming" and not self._carried():
                    columns.setdefault(word, values)
        return columns


def _values(kind: Kind, number: int) -> dict[str, Any]:
    return {name: kind.parameters[name][number] for name in in_order(kind.parameters)}


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed) + ("," if len(listed) == 1 else "")


def _either(first: str, other: str) -> str:
    """Return an expression that is `first` in a stage's first block and `other` after it."""
    if first == other:
        return first
    if (first, other) == ("True", "False"):
        return "i == 0"
    if (first, other) == ("False", "True"):
        return "i > 0"
    return f"{first} if i == 0 else {other}"


def _tuple(values: Any) -> str:
    said = [repr(value) for value in values]
    return f"({', '.join(said)}{',' if len(said) == 1 else ''})"
