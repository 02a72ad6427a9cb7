"""Write the source of a class: the modules in its constructor, and the calls in its `forward`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from resnet_viz.code.text import call, indented
from resnet_viz.code.torch import ACTIVATIONS, FUNCTIONS, MODULES, Made
from resnet_viz.code.unify import INPUT, Kind, Slot, Step
from resnet_viz.graph.model import module_path

__all__ = ["class_lines", "forward_lines", "grouped", "in_order", "init_lines"]

_FIRST = ("incoming", "width", "channels", "stride", "dilation")
_FRESH = ("out", "y", "z", "gate")
_LINE = 72  # the most characters of an expression with nested calls

ClassOf = Callable[[Kind], str]


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


def class_lines(
    kind: Kind, name: str, description: str, class_of: ClassOf, types: Mapping[str, str]
) -> list[str]:
    """Return the source of a class."""
    names = in_order(kind.parameters)
    typed = [f"{one}: {types.get(one, 'int')}" for one in names]
    made = init_lines(kind.steps, class_of)
    kept = [f"self.{one} = {one}" for one in names if _is_kept(one, kind.steps)]
    return [
        f"class {name}(nn.Module):",
        f'    """{description}"""',
        "",
        *call("def __init__(", ["self", *typed], ") -> None:", 4),
        "        super().__init__()",
        *indented([*kept, *made], 8),
        "",
        "    def forward(self, x: Tensor) -> Tensor:",
        *indented(forward_lines(kind.steps, returns=True), 8),
    ]


def _is_kept(name: str, steps: Sequence[Step]) -> bool:
    """Return whether a forward pass reads a parameter: a function's number or condition."""
    return any(
        re.search(rf"\b{name}\b", f"{slot.text}")
        for step in steps
        if step.kind is None and _is_function(step)
        for slot in (*step.slots.values(), Slot(step.condition))
    )


def _is_function(step: Step) -> bool:
    return step.op in FUNCTIONS or bool(step.slots.get("functional"))


# Modules


def init_lines(steps: Sequence[Step], class_of: ClassOf) -> list[str]:
    """Return the assignments of a constructor."""
    lines: list[str] = []
    done: set[str] = set()
    for step in steps:
        name = module_path(step.name)
        if _is_function(step) or name in done:
            continue
        done.add(name)
        made = _constructor(step, class_of, {})
        if name.isdigit():  # not a Python identifier
            if step.condition:
                lines.append(f"if {step.condition}:")
            lines += [f'{"    " if step.condition else ""}self.add_module("{name}", {made})']
        elif not step.condition:
            lines += call(f"self.{name} = {made.name}(", made.arguments, ")", outer=8)
        else:
            lines += [f"self.{name}: nn.Module | None = None", f"if {step.condition}:"]
            lines += call(f"self.{name} = {made.name}(", made.arguments, ")", 4, 8)
    return lines


def _constructor(step: Step, class_of: ClassOf, outer: Mapping[str, str]) -> Made:
    """Return the constructor call of a step's module; `outer` has the caller's arguments."""
    if step.kind is None:
        slots = {
            name: slot._replace(text=_substituted(slot.text, outer))
            for name, slot in step.slots.items()
        }
        return MODULES[step.op](slots)
    arguments = {name: _substituted(text, outer) for name, text in step.arguments.items()}
    if _is_chain(step.kind):
        modules: list[str] = []
        for inner in step.kind.steps:
            modules += ["nn.Identity()"] * (int(inner.name) - len(modules))
            made = str(_constructor(inner, class_of, arguments))
            if inner.condition:
                made += f" if {_substituted(inner.condition, arguments)} else nn.Identity()"
            modules.append(made)
        return Made("nn.Sequential", tuple(modules))
    return Made(class_of(step.kind), tuple(arguments[name] for name in in_order(arguments)))


def _is_chain(kind: Kind) -> bool:
    """Return whether a class is a sequence of numbered modules."""
    before = INPUT
    for step in kind.steps:
        if not step.name.isdigit() or _is_function(step) or step.kind or step.inputs != (before,):
            return False
        before = step.name
    return True


def _substituted(text: str, words: Mapping[str, str]) -> str:
    """Return an expression with its parameters substituted."""

    def other(match: re.Match[str]) -> str:
        said = words.get(match[0], match[0])
        return f"({said})" if " " in said and match[0] != text else said

    return re.sub(r"[A-Za-z_]\w*", other, text) if words else text


# Calls


def forward_lines(steps: Sequence[Step], *, returns: bool) -> list[str]:
    """Return the lines of a forward pass, which starts from `x` and returns or reassigns it."""
    statements = _nested(list(_statements(steps)))
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
            if last and returns:
                lines.append(f"return {expression}")
                return lines
            lines.append(f"{target} = {expression}")
    return [*lines, f"return {statements[-1].variable}"] if returns else lines


def _statements(steps: Sequence[Step]) -> Iterator[_Statement]:
    last = {name: i for i, step in enumerate(steps) for name in step.inputs}
    variables = {INPUT: INPUT}
    for i, step in enumerate(steps):
        reads = [variables[name] for name in step.inputs]
        live = {variables[name] for name, end in last.items() if end > i and name in variables}
        free = (name for name in (reads[0], *_FRESH) if name not in live)
        variable = next(free)
        variables[step.name] = variable
        condition, name = "", module_path(step.name)
        if _is_function(step):
            slots = {
                key: slot._replace(text=_of_self(slot.text)) for key, slot in step.slots.items()
            }
            if step.op in FUNCTIONS:
                expression = FUNCTIONS[step.op](slots, *reads)
            else:
                expression = f"F.{step.op}({reads[0]})"
            condition = _of_self(step.condition)
        else:
            digit = name.isdigit()
            module = f'self.get_submodule("{name}")' if digit else f"self.{name}"
            expression = f"{module}({reads[0]})"
            if step.condition:
                condition = f'"{name}" in self._modules' if digit else f"{module} is not None"
        yield _Statement(
            value=step.name,
            variable=variable,
            expression=expression,
            reads=step.inputs,
            op=step.op,
            condition=condition,
            other=reads[0],
        )


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
            and not (
                before.op in ("add", "mul", "pad")
                and not one.expression.startswith(("self.", "F."))
            )
        ):
            head, middle, tail = one.expression.partition(before.variable)
            expression = f"{head}{before.expression}{tail}"
            single = one.expression.count(before.variable) == 1 and middle
            if single and len(expression) <= _LINE and before.variable not in head:
                made[-1] = one._replace(expression=expression, reads=before.reads + one.reads[1:])
                continue
        made.append(one)
    return made
