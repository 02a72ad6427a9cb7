"""Write a spec as a file: imports, a table of stages, a class per kind of block, the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from resnet_viz.assembly import assemble
from resnet_viz.code.channels_last import fused
from resnet_viz.code.classes import ClassWriter, grouped, in_order
from resnet_viz.code.dialect import Dialect
from resnet_viz.code.text import WIDTH, call, docstring, indented
from resnet_viz.code.unify import INPUT, Instance, Kind, Slot, Step, unify
from resnet_viz.graph import Scope
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.kinds import ATTENTIONS, BLOCKS
from resnet_viz.spec.plan import BlockPlan, plan

__all__ = ["write"]

_NAMES = {
    "basic": "BasicBlock",
    "bottleneck": "Bottleneck",
    "senet": "Bottleneck",
    "conv": "ConvBlock",
    "se": "SqueezeExcitation",
    "eca": "ChannelAttention",
    "shortcut": "Shortcut",
}


_LAYER = 'f"layer{number}"'


class _Stage(NamedTuple):
    """A stage: the classes of its blocks, and the indices of the blocks among their instances."""

    blocks: int
    first: tuple[Kind, int]
    rest: tuple[Kind, int] | None
    pool: bool


def write(spec: ResNetSpec, title: Sequence[str], dialect: Dialect) -> str:
    """Return the source of the file for a framework; `title` is its docstring."""
    return _File(spec, dialect).text(title)


class _File:
    """Writes the file of one spec."""

    def __init__(self, spec: ResNetSpec, dialect: Dialect) -> None:
        self.spec = spec
        self.dialect = dialect
        self.writer = ClassWriter(dialect, self._name)
        scopes = [part for part in assemble(spec).root.children if isinstance(part, Scope)]
        (stem,), (head,) = (
            [one for one in scopes if one.kind == kind] for kind in ("stem", "head")
        )
        instances: list[Instance] = []
        stages = [one for one in scopes if one.kind == "stage"]
        for stage, planned in zip(stages, plan(spec), strict=True):
            blocks = [child for child in stage.children if isinstance(child, Scope)]
            before = instances[-1].facts["channels"] if instances else spec.stem.channels
            for block, blueprint in zip(blocks, (planned.first, planned.rest), strict=False):
                facts = _facts(blueprint, before)
                instances.append(Instance(block, facts))
                before = facts["channels"]
        self.kinds = unify(instances, dialect.unread)
        self.stages = [self._stage(*pair) for pair in zip(stages, spec.stages, strict=True)]
        self.stem, self.head = (
            grouped(unify([Instance(part, {})], dialect.unread)[0].steps) for part in (stem, head)
        )
        if dialect.channels_last:
            self.stem, self.head = fused(self.stem), fused(self.head)
            for kind in self.kinds:
                kind.steps = fused(kind.steps)
        self.classes: dict[str, list[str]] = {}
        self.names: dict[int, str] = {}
        self._set_rates()

    def _stage(self, scope: Scope, stage: Any) -> _Stage:
        places = {
            instance.scope.path: (kind, i)
            for kind in self.kinds
            for i, instance in enumerate(kind.instances)
        }
        blocks = [child.path for child in scope.children if isinstance(child, Scope)]
        rest = places[blocks[1]] if len(blocks) > 1 else None
        return _Stage(stage.blocks, places[blocks[0]], rest, stage.pool)

    def _set_rates(self) -> None:
        """Set the rates of dropout, which the operators of a graph do not have."""
        for kind in self.kinds:
            for step in kind.steps:
                if step.op == "dropout":
                    step.slots["rate"] = Slot("DROPOUT")
                if step.op == "drop_path":
                    step.slots["rate"] = Slot("drop_path")
                    kind.parameters["drop_path"] = ["next(rates)"] * len(kind.instances)
        for step in self.head:
            if step.op == "dropout":
                step.slots["rate"] = Slot(repr(self.spec.head.dropout))
            if step.name == "fc":
                step.slots["out_features"] = Slot("classes")

    def text(self, title: Sequence[str]) -> str:
        for kind in self.kinds:
            self._name(kind)
        network = self._network()
        classes = [line for lines in self.classes.values() for line in ("", "", *lines)]
        body = "\n".join([*classes, *network])
        helpers = [line for lines in self._helpers(body) for line in lines]
        ending = self._ending()
        body = "\n".join([*helpers, *classes, "", "", *network, *ending])
        constants = self._constants()
        return "\n".join([*docstring(title), "", *self._imports(body), *constants, body]) + "\n"

    def _imports(self, body: str) -> list[str]:
        """Return the imports that a file needs."""
        imports = self.dialect.imports.items()
        return [line for line, need in imports if re.search(need, body)]

    def _helpers(self, body: str) -> Iterator[list[str]]:
        """Yield the source of each layer that the file needs and the framework lacks."""
        sources = self.dialect.helpers()
        needed: set[str] = set()
        texts = [body]
        while texts:
            text = texts.pop()
            new = {
                name for name in sources.keys() - needed if re.search(rf"(?<!\.)\b{name}\b", text)
            }
            needed |= new
            texts += [sources[name] for name in new]
        for name, source in sources.items():
            if name in needed:
                is_block = source.startswith(("def ", "class "))
                yield [*([""] * (2 if is_block else 1)), *source.split("\n")]

    def _ending(self) -> list[str]:
        if not self.dialect.ending:
            return []
        channels, high, wide = self.spec.input
        ending = self.dialect.ending.replace("{input}", f"({high}, {wide}, {channels})")
        return ["", "", *ending.split("\n")]

    def _constants(self) -> list[str]:
        lines = []
        if self.spec.dropout:
            lines.append(f"DROPOUT = {self.spec.dropout!r}")
        if self.spec.drop_path:
            lines.append(f"DROP_PATH = {self.spec.drop_path!r}")
        if self._loops():
            columns = self._columns()
            lines.append(f"# {', '.join(columns)} of each stage")
            rows = [
                _tuple(column[i] for column in columns.values()) for i in range(len(self.stages))
            ]
            lines += call("STAGES = (", rows, ",)" if len(rows) == 1 else ")")
        return ["", *lines] if lines else []

    # Classes

    def _name(self, kind: Kind) -> str:
        """Return the name of a class, after writing it."""
        if id(kind) not in self.names:
            base = _NAMES.get(kind.base, kind.base.title().replace("_", ""))
            name, number = base, 1
            while name in self.classes:
                number += 1
                name = f"{base}{number}"
            self.names[id(kind)] = name
            self.classes[name] = []  # reserves the name
            types = {one: _type(values) for one, values in kind.parameters.items()}
            lines = self.writer.class_lines(kind, name, _description(kind), types)
            del self.classes[name]
            own = [line.replace(f"class {name}(", f"class {base}(") for line in lines]
            if number > 1 and self.classes.get(base) == own:  # the class is already written
                self.names[id(kind)] = base
            else:
                self.classes[name] = lines
        return self.names[id(kind)]

    # The network

    def _network(self) -> list[str]:
        writer, known = self.writer, set(self.writer.init_lines(self.stem))
        head = [
            line for line in writer.init_lines(self.head) if line not in known or line[0] == " "
        ]
        classes = f"classes: int = {self.spec.head.classes!r}"
        called = [
            *writer.forward_lines(self.stem, returns=False),
            *self._called_stages(),
            *writer.forward_lines(self.head, returns=True),
        ]
        return [
            f"class ResNet({self.dialect.network}):",
            f'    """{self._shapes()}"""',
            "",
            *writer.constructor(
                [classes, *self.dialect.parameters],
                [*writer.init_lines(self.stem), *self._made_stages(), *head],
            ),
            "",
            *writer.computation(called),
        ]

    def _shapes(self) -> str:
        channels, high, wide = self.spec.input
        sizes = (high, wide, channels) if self.dialect.channels_last else (channels, high, wide)
        return f"(N, {', '.join(map(str, sizes))}) to (N, classes)."

    def _loops(self) -> bool:
        """Return whether one loop can make all stages, because they use the same classes."""
        firsts = {id(stage.first[0]) for stage in self.stages}
        rests = {id(stage.rest[0]) for stage in self.stages if stage.rest}
        pools = {stage.pool for stage in self.stages}
        return len(self.stages) > 1 and len(firsts) == len(pools) == 1 and len(rests) <= 1

    def _called_stages(self) -> list[str]:
        if self._loops():
            return [
                "for number in range(1, len(STAGES) + 1):",
                f"    x = {self.dialect.member.format(name=_LAYER)}(x)",
            ]
        return [f"x = self.layer{i}(x)" for i in range(1, len(self.stages) + 1)]

    def _made_stages(self) -> list[str]:
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
            if stage.pool and self.dialect.channels_last:
                blocks.append(self._pool())
            made = self.dialect.sequential
            opening, closing = made.brackets
            yield from call(f"self.layer{number} = {made.name}{opening}", blocks, closing, outer=8)
            if stage.pool and not self.dialect.channels_last:
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
        lines.append(f"    {self.dialect.stage}")
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
            lines.append(f"    {self.dialect.stage_pool.format(pool=self._pool())}")
        return [*lines, f"    {self.dialect.stage_done.format()}"]

    def _pool(self) -> str:
        """Return the pool at the end of a stage."""
        numbers = {"kernel": 2, "stride": 2, "padding": 0}
        slots = {name: Slot(repr(value), value) for name, value in numbers.items()}
        return str(self.writer.element(Step("pool", "max_pool2d", (INPUT,), slots), {}))

    def _new_block(self, kind: Kind, number: int) -> str:
        """Return the constructor call of a block, with its numbers."""
        values = _values(kind, number).values()
        said = [value if value == "next(rates)" else repr(value) for value in values]
        return f"{self._name(kind)}({', '.join([*said, *self.dialect.arguments])})"

    def _append(self, kind: Kind, arguments: Iterable[str], outer: int) -> list[str]:
        """Return the lines that append a block to a stage."""
        name, given = self._name(kind), [*arguments, *self.dialect.arguments]
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


def _facts(block: BlockPlan, incoming: Any) -> dict[str, Any]:
    """Return the facts of a block, by parameter name."""
    facts = {
        "incoming": incoming,
        "channels": block.shortcut.join.channels,
        "stride": block.shortcut.join.stride,
    }
    if BLOCKS[block.kind].bottleneck:
        facts["width"] = block.convs[1].channels
    wide = [conv.dilation for conv in block.convs if conv.kernel == 3]
    return facts | {"dilation": wide[0], "rest_dilation": wide[-1]}


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


def _type(values: list[Any]) -> str:
    if all(type(value) is bool for value in values):
        return "bool"
    return "float" if "next(rates)" in values else "int"


def _description(kind: Kind) -> str:
    """Return a one-line docstring of a class; it names the source if the line is long enough."""
    table: Mapping[str, Any] = {**BLOCKS, **ATTENTIONS}
    if kind.base not in table:
        return "What runs beside a body that changes the shape."
    said = table[kind.base].description
    line = f"{said[0].upper()}{said[1:]}."
    return line if len(line) <= WIDTH - 10 else f"{line.partition(',')[0].partition(' (')[0]}."


def _tuple(values: Any) -> str:
    said = [repr(value) for value in values]
    return f"({', '.join(said)}{',' if len(said) == 1 else ''})"
