"""Write the source of a class: the modules in its constructor, and the calls in its `forward`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from resnet_viz.code.dialect import Dialect, Made
from resnet_viz.code.text import call, indented
from resnet_viz.code.unify import INPUT, Kind, Slot, Step
from resnet_viz.graph.model import module_path
from resnet_viz.ops.activation import NAMES as ACTIVATIONS

__all__ = ["ClassWriter", "grouped", "in_order"]

_FIRST = ("incoming", "width", "channels", "stride", "dilation")
_FRESH = ("out", "y", "z", "gate")
_LINE = 72  # the most characters of an expression with nested calls


class _Statement(NamedTuple):
    """An assignment in a forward pass, possibly with a condition.

    Attributes:
        value: the step that computes the value.
        reads: the steps whose values the expression reads.
        other: the variable used instead if the condition does not hold.
    """

    value: str
    variable: str
    expression: str
    reads: tuple[str, ...]
    op: str
    condition: str = ""
    other: str = ""


def in_order(parameters: Iterable[str]) -> list[str]:
    """Return parameters in the order of a signature: channels first, then by name.

    >>> in_order(["stride", "channels", "incoming"])
    ['incoming', 'channels', 'stride']
    """
    names = list(parameters)
    return [name for name in _FIRST if name in names] + [n for n in names if n not in _FIRST]


def grouped(steps: Sequence[Step]) -> list[Step]:
    """Return steps, with those of one container (`conv1.0`, `conv1.1`) grouped as one chain."""
    made: list[Step] = []
    stands: dict[str, str] = {}
    for step in steps:
        head, dot, rest = step.name.partition(".")
        step = replace(step, inputs=tuple(stands.get(name, name) for name in step.inputs))
        if not dot or not rest.isdigit():
            made.append(step)
            continue
        stands[step.name] = head
        if made and made[-1].name == head and made[-1].kind is not None:
            inner = made[-1].kind.steps
            inner.append(replace(step, name=rest, inputs=(inner[-1].name,)))
        else:
            chain = Kind("chain", [replace(step, name=rest, inputs=(INPUT,))], [], {})
            made.append(Step(head, "", step.inputs, kind=chain))
    return made


class ClassWriter:
    """Writes classes for a framework.

    Args:
        dialect: the dialect of the framework.
        class_of: the function that returns the class name of a kind.
    """

    def __init__(self, dialect: Dialect, class_of: Callable[[Kind], str]) -> None:
        self.dialect = dialect
        self.class_of = class_of

    def class_lines(
        self, kind: Kind, name: str, description: str, types: Mapping[str, str]
    ) -> list[str]:
        """Return the source of a class."""
        names = in_order(kind.parameters)
        typed = [f"{one}: {types.get(one, 'int')}" for one in names]
        kept = [f"self.{one} = {one}" for one in names if self._is_kept(one, kind.steps)]
        more = self.dialect.parameters if self._has_modules(kind) else ()
        made = [*kept, *self.init_lines(kind.steps)]
        return [
            f"class {name}({self.dialect.base}):",
            f'    """{description}"""',
            "",
            *([*self.constructor([*typed, *more], made), ""] if typed or made else []),
            *self.computation(self.forward_lines(kind.steps, returns=True)),
        ]

    def constructor(self, parameters: Sequence[str], lines: Sequence[str]) -> list[str]:
        """Return the constructor of a class."""
        return [
            *call("def __init__(", ["self", *parameters], ") -> None:", 4),
            *indented([*self.dialect.start, *lines], 8),
        ]

    def computation(self, lines: Sequence[str]) -> list[str]:
        """Return the method of the forward pass."""
        words = self.dialect
        return [
            f"    def {words.method}(self, x: {words.array}) -> {words.array}:",
            *indented(lines, 8),
        ]

    def _is_kept(self, name: str, steps: Sequence[Step]) -> bool:
        """Return whether a forward pass reads a parameter: a function's number or condition."""
        return any(
            re.search(rf"\b{name}\b", f"{slot.text}")
            for step in steps
            if step.kind is None and self._is_function(step)
            for slot in (*step.slots.values(), Slot(step.condition))
        )

    def _is_function(self, step: Step) -> bool:
        return step.kind is None and self.dialect.is_function(step.op, step.slots)

    def _has_modules(self, kind: Kind) -> bool:
        """Return whether a class has modules."""
        return not all(
            self._is_function(step) if step.kind is None else not self._has_modules(step.kind)
            for step in kind.steps
        )

    # Modules

    def init_lines(self, steps: Sequence[Step]) -> list[str]:
        """Return the assignments of a constructor."""
        lines: list[str] = []
        done: set[str] = set()
        for step in steps:
            name = module_path(step.name)
            if self._is_function(step) or name in done:
                continue
            done.add(name)
            made = self._constructor(step, {})
            if name.isdigit():  # not a Python identifier
                line = self.dialect.numbered.format(name=f'"{name}"', module=made)
                lines += [f"if {step.condition}:", f"    {line}"] if step.condition else [line]
                continue
            optional = self.dialect.optional or made.name
            if step.condition:
                lines += [f"self.{name}: {optional} | None = {self.dialect.absent}"]
                lines += [f"if {step.condition}:"]
            indent = 4 if step.condition else 0
            opening, closing = made.brackets
            lines += call(f"self.{name} = {made.name}{opening}", made.arguments, closing, indent, 8)
        return lines

    def _constructor(self, step: Step, outer: Mapping[str, str]) -> Made:
        """Return the constructor call of a step's module; `outer` has the caller's arguments."""
        if step.kind is None:
            return self.dialect.modules[step.op](_slots_in(step, outer))
        arguments = {name: _substituted(text, outer) for name, text in step.arguments.items()}
        if not _is_chain(step.kind):
            more = self.dialect.arguments if self._has_modules(step.kind) else ()
            said = (arguments[name] for name in in_order(arguments))
            return Made(self.class_of(step.kind), (*said, *more))
        modules: list[str | Made] = []
        for inner in step.kind.steps:
            modules += [self.dialect.identity] * (int(inner.name) - len(modules))
            module = self.element(inner, arguments)
            if inner.condition:
                one = f"({module})" if str(module).startswith("lambda") else module
                condition = _substituted(inner.condition, arguments)
                module = f"{one} if {condition} else {self.dialect.identity}"
            modules.append(module)
        return self.dialect.sequential._replace(arguments=tuple(modules))

    def element(self, step: Step, outer: Mapping[str, str]) -> str | Made:
        """Return the element of a step in a chain: its module or its function."""
        if not self._is_function(step):
            return self._constructor(step, outer)
        expression = self.dialect.expression(step.op, _slots_in(step, outer), INPUT)
        name, _, rest = expression.partition("(")
        return name if rest == f"{INPUT})" else f"lambda {INPUT}: {expression}"

    # Calls

    def forward_lines(self, steps: Sequence[Step], *, returns: bool) -> list[str]:
        """Return the lines of a forward pass, which starts from `x` and returns or reassigns it."""
        statements = _nested(list(self._statements(steps)))
        lines: list[str] = []
        for i, one in enumerate(statements):
            last = i == len(statements) - 1
            target = one.variable if returns or not last else INPUT
            if one.condition and target == one.other:
                lines += [f"if {one.condition}:", f"    {target} = {one.expression}"]
            else:
                expression = one.expression
                if one.condition:
                    expression = f"{one.expression} if {one.condition} else {one.other}"
                if last and returns and not self.dialect.untyped.search(expression):
                    return [*lines, f"return {expression}"]
                if last and returns:
                    return [*lines, f"{INPUT} = {expression}", f"return {INPUT}"]
                lines.append(f"{target} = {expression}")
        return [*lines, f"return {statements[-1].variable}"] if returns else lines

    def _statements(self, steps: Sequence[Step]) -> Iterator[_Statement]:
        last = {name: i for i, step in enumerate(steps) for name in step.inputs}
        variables = {INPUT: INPUT}
        for i, step in enumerate(steps):
            reads = [variables[name] for name in step.inputs]
            live = {variables[name] for name, end in last.items() if end > i and name in variables}
            variable = next(name for name in (reads[0], *_FRESH) if name not in live)
            variables[step.name] = variable
            condition, name = "", module_path(step.name)
            if self._is_function(step):
                slots = {
                    key: slot._replace(text=_of_self(slot.text)) for key, slot in step.slots.items()
                }
                expression = self.dialect.expression(step.op, slots, *reads)
                condition = _of_self(step.condition)
            else:
                digit = name.isdigit()
                module = self.dialect.member.format(name=f'"{name}"') if digit else f"self.{name}"
                expression = f"{module}({reads[0]})"
                if step.condition:
                    condition = f"{module} is not None"
                    if digit:
                        condition = self.dialect.is_there.format(name=f'"{name}"')
            yield _Statement(
                value=step.name,
                variable=variable,
                expression=expression,
                reads=step.inputs,
                op=step.op,
                condition=condition,
                other=reads[0],
            )


def _is_chain(kind: Kind) -> bool:
    """Return whether a class is a sequence of numbered modules."""
    before = INPUT
    for step in kind.steps:
        if not step.name.isdigit() or step.kind or step.inputs != (before,):
            return False
        before = step.name
    return True


def _slots_in(step: Step, words: Mapping[str, str]) -> dict[str, Slot]:
    """Return the numbers of a step with the parameters in them substituted."""
    return {
        name: slot._replace(text=_substituted(slot.text, words))
        for name, slot in step.slots.items()
    }


def _substituted(text: str, words: Mapping[str, str]) -> str:
    """Return an expression with its parameters substituted."""

    def other(match: re.Match[str]) -> str:
        said = words.get(match[0], match[0])
        return f"({said})" if " " in said and match[0] != text else said

    return re.sub(r"[A-Za-z_]\w*", other, text) if words else text


def _of_self(text: str) -> str:
    return re.sub(r"\b(?!or\b|and\b)[a-z_]\w*", r"self.\g<0>", text)


def _nested(statements: list[_Statement]) -> list[_Statement]:
    """Return statements with calls nested in calls, up to each activation."""
    made: list[_Statement] = []
    uses: dict[str, int] = {}
    for one in statements:
        for name in one.reads:
            uses[name] = uses.get(name, 0) + 1
    for one in statements:
        before = made[-1] if made else None
        if (
            before is not None
            and one.reads[0] == before.value
            and uses[before.value] == 1
            and not one.condition
            and not before.condition
            and (before.op not in ACTIVATIONS or one.op.startswith("max_pool"))
        ):
            around = re.split(rf"\b{before.variable}\b", one.expression)
            expression = before.expression.join(around)
            bare = before.op in ("add", "mul", "pad") and not around[0].endswith("(")
            if len(around) == 2 and not bare and len(expression) <= _LINE:
                made[-1] = one._replace(expression=expression, reads=before.reads + one.reads[1:])
                continue
        made.append(one)
    return made
