"""Write a spec as a file: imports, a table of stages, a class per kind of block, the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from resnet_viz.assembly import assemble
from resnet_viz.code.channels_last import fused
from resnet_viz.code.classes import ClassWriter, grouped
from resnet_viz.code.dialect import Dialect
from resnet_viz.code.stages import StageClasses, StagesWriter
from resnet_viz.code.text import WIDTH, docstring
from resnet_viz.code.unify import Instance, Kind, Slot, unify
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
        found = [self._stage(*pair) for pair in zip(stages, spec.stages, strict=True)]
        self.stages = StagesWriter(spec, found, self.writer)
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

    def _stage(self, scope: Scope, stage: Any) -> StageClasses:
        places = {
            instance.scope.path: (kind, i)
            for kind in self.kinds
            for i, instance in enumerate(kind.instances)
        }
        blocks = [child.path for child in scope.children if isinstance(child, Scope)]
        rest = places[blocks[1]] if len(blocks) > 1 else None
        return StageClasses(stage.blocks, places[blocks[0]], rest, stage.pool)

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
        lines += self.stages.table()
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
            *self.stages.called(),
            *writer.forward_lines(self.head, returns=True),
        ]
        return [
            f"class ResNet({self.dialect.network}):",
            f'    """{self._shapes()}"""',
            "",
            *writer.constructor(
                [classes, *self.dialect.parameters],
                [*writer.init_lines(self.stem), *self.stages.made(), *head],
            ),
            "",
            *writer.computation(called),
        ]

    def _shapes(self) -> str:
        channels, high, wide = self.spec.input
        sizes = (high, wide, channels) if self.dialect.channels_last else (channels, high, wide)
        return f"(N, {', '.join(map(str, sizes))}) to (N, classes)."


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
