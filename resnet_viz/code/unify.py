"""Unify scopes of a graph into classes: scopes that run the same operators are one class.

A number that is equal in all scopes of a class is written as a literal. A number that differs
becomes a parameter, named after the fact of the network that it always equals (`channels`,
`stride`), or else after its own place. An operator that only some of the scopes have is optional.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from resnet_viz.graph import Node, Scope
from resnet_viz.graph.model import module_path

__all__ = ["INPUT", "Instance", "Kind", "Slot", "Step", "unify"]

INPUT = "x"
"""The name of a scope's input, inside the scope."""

Facts = Mapping[str, Any]


class Slot(NamedTuple):
    """A number of an operator: a literal, or an expression of the class's parameters."""

    text: str
    value: Any = None


class Instance(NamedTuple):
    """A scope with the facts of the network that apply to it."""

    scope: Scope
    facts: Facts


@dataclass
class Step:
    """A step of a class: an operator, or an instance of another class.

    Attributes:
        name: the attribute name of the module, or a unique name of the function.
        op: the operator; empty for a class.
        inputs: the steps that it reads; `INPUT` is the input of the class.
        slots: the operator's numbers.
        kind: the class; None for an operator.
        arguments: the arguments of that class, by parameter.
        condition: the condition under which it runs; empty if it always does.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    slots: dict[str, Slot] = field(default_factory=dict)
    kind: Kind | None = None
    arguments: dict[str, str] = field(default_factory=dict)
    condition: str = ""


@dataclass
class Kind:
    """A class: its steps, the scopes that are its instances, and its parameters.

    Attributes:
        base: the kind of scope, such as `bottleneck`.
        parameters: the values of each parameter, by instance.
        varying: the facts that differ among the instances, or among the scopes that contain them.
    """

    base: str
    steps: list[Step]
    instances: list[Instance]
    parameters: dict[str, list[Any]]
    varying: frozenset[str] = frozenset()


class _Call(NamedTuple):
    """A child of a scope, with its name, and the names of the siblings that it reads."""

    name: str
    op: str
    inputs: tuple[str, ...]
    child: Node | Scope


def unify(
    instances: Sequence[Instance],
    unread: frozenset[str] = frozenset(),
    varying: frozenset[str] = frozenset(),
) -> list[Kind]:
    """Return classes for scopes; each scope is an instance of one of them.

    Args:
        instances: the scopes.
        unread: the numbers of operators that constructors do not take.
        varying: the facts that differ in the class that contains these scopes.
    """
    groups: list[tuple[list[_Call], list[Instance]]] = []
    for instance in sorted(instances, key=lambda one: -len(one.scope.children)):
        calls = _calls(instance.scope)
        for whole, members in groups:
            if members[0].scope.kind == instance.scope.kind and _is_part(calls, whole):
                members.append(instance)
                break
        else:
            groups.append((calls, [instance]))
    return [_kind(whole, members, unread, varying) for whole, members in groups]


def _calls(scope: Scope) -> list[_Call]:
    prefix = f"{scope.path}." if scope.path else ""
    names: dict[str, str] = {}
    calls = []
    for child in scope.children:
        name = child.path.removeprefix(prefix)
        if isinstance(child, Node):
            inputs = tuple(names.get(path, INPUT) for path in child.inputs)
            output = child.path
        else:
            nodes = list(child.nodes())
            inside = {node.path for node in nodes}
            outer = {path for node in nodes for path in node.inputs if path not in inside}
            inputs = tuple(names.get(path, INPUT) for path in sorted(outer))
            output = nodes[-1].path
        calls.append(_Call(name, child.op if isinstance(child, Node) else "", inputs, child))
        names[output] = name
    return calls


def _is_part(calls: list[_Call], whole: list[_Call]) -> bool:
    """Return whether calls are those of `whole` without some that can be skipped."""
    kept = {call.name: call for call in calls}
    stands: dict[str, str] = {INPUT: INPUT}
    left = list(calls)
    for call in whole:
        inputs = tuple(stands[name] for name in call.inputs)
        mine = kept.get(call.name)
        if mine is None:
            if len(inputs) != 1:
                return False
            stands[call.name] = inputs[0]
            continue
        same = mine.op == call.op and mine.inputs == inputs and _is_alike(mine.child, call.child)
        if not same or not left or left.pop(0).name != call.name:
            return False
        stands[call.name] = call.name
    return not left


def _is_alike(one: Node | Scope, other: Node | Scope) -> bool:
    """Return whether the code of two children differs only in numbers."""
    if isinstance(one, Scope) and isinstance(other, Scope):
        first, second = _calls(one), _calls(other)
        return one.kind == other.kind and (_is_part(first, second) or _is_part(second, first))
    return _literals(one) == _literals(other)  # type: ignore[arg-type]


def _literals(node: Node) -> tuple[Any, ...]:
    """Return the attributes that determine an operator's code, apart from its numbers."""
    kernel = node.attrs.get("kernel") if node.op == "conv2d" else None
    return (kernel, *(bool(node.attrs.get(key)) for key in ("bias", "standardized", "activated")))


def _kind(
    whole: list[_Call], members: list[Instance], unread: frozenset[str], varying: frozenset[str]
) -> Kind:
    own = [{call.name: call for call in _calls(member.scope)} for member in members]
    varying |= {
        name
        for name, value in members[0].facts.items()
        if any(member.facts[name] != value for member in members)
    }
    kind = Kind(members[0].scope.kind, [], list(members), {}, varying)
    for call in whole:
        present = [call.name in calls for calls in own]
        having = [i for i, is_there in enumerate(present) if is_there]
        step = Step(call.name, call.op, call.inputs)
        if not all(present):
            step.condition = _condition(kind, call.name, present)
        children = [own[i][call.name].child for i in having]
        facts = {name: [members[i].facts[name] for i in having] for name in members[0].facts}
        if isinstance(call.child, Node):
            columns = [_numbers(child) for child in children if isinstance(child, Node)]
            for slot in [name for name in columns[0] if name not in unread]:
                values = [column[slot] for column in columns]
                step.slots[slot] = _slot(kind, step, slot, values, facts, having)
        else:
            scopes = [child for child in children if isinstance(child, Scope)]
            pairs = zip(having, scopes, strict=True)
            inner = [Instance(scope, members[i].facts) for i, scope in pairs]
            (step.kind,) = unify(inner, unread, varying)
            order = [one.scope.path for one in step.kind.instances]
            for name, column in step.kind.parameters.items():
                values = [column[order.index(child.path)] for child in children]
                step.arguments[name] = _slot(kind, step, name, values, facts, having).text
        kind.steps.append(step)
    return kind


def _numbers(node: Node) -> dict[str, Any]:
    """Return the numbers of an operator's constructor; equal sizes of both axes are one number."""
    numbers: dict[str, Any] = {}
    for name, value in node.attrs.items():
        same = isinstance(value, tuple) and len(value) == 2 and value[0] == value[1]
        numbers[name] = value[0] if same and name not in ("size", "sizes") else value
    if node.op in ("conv1d", "conv2d"):
        numbers = {"in_channels": node.params[0].shape[1] * node.attrs["groups"], **numbers}
    if node.op == "linear":
        numbers = {"in_features": node.params[0].shape[1], **numbers}
    if node.op == "group_norm":
        numbers = {"features": node.params[0].shape[0], "groups": node.attrs["groups"]}
    return numbers


_CHANNELS = ("channels", "width", "incoming")
_MATCHES: Mapping[str, tuple[str, ...]] = {
    "stride": ("stride",),
    "steps": ("stride",),
    "kernel": ("stride",),
    "padding": ("dilation", "rest_dilation"),
    "dilation": ("dilation", "rest_dilation"),
    **dict.fromkeys(("in_channels", "out_channels", "features"), _CHANNELS),
    **dict.fromkeys(_CHANNELS, _CHANNELS),
}
"""The facts that each number may equal; a number without an entry becomes its own parameter."""


def _slot(
    kind: Kind,
    step: Step,
    name: str,
    values: list[Any],
    facts: Mapping[str, list[Any]],
    having: list[int],
) -> Slot:
    """Return a number as text, adding the parameters that it needs to the class."""
    first = values[0]
    if all(value == first and type(value) is type(first) for value in values):
        legal = _MATCHES.get(name, ())
        said = next((one for one in legal if one in facts and facts[one] == values), "")
        if first == 1 or "pool" in step.op or said not in kind.varying:
            return Slot(repr(first), first)
        kind.parameters[said] = [instance.facts[said] for instance in kind.instances]
        return Slot(said)
    if all(isinstance(value, tuple) and len(value) == len(first) for value in values):
        parts = [
            _slot(kind, step, f"{name}", [value[i] for value in values], facts, having).text
            for i in range(len(first))
        ]
        return Slot(f"({', '.join(parts)}{',' if len(parts) == 1 else ''})")
    for text, fact, column in _expressions(name, facts):
        if column == values:
            for one in fact:
                kind.parameters[one] = [instance.facts[one] for instance in kind.instances]
            return Slot(text)
    own = f"{step.name.replace('.', '_')}_{name}"
    filled: list[Any] = [values[0]] * len(kind.instances)
    for i, value in zip(having, values, strict=True):
        filled[i] = value
    for known, other in kind.parameters.items():
        if other == filled and known not in facts:
            return Slot(known)
    for known, other in kind.parameters.items():
        if name == "padding" and [value // 2 for value in other if type(value) is int] == filled:
            return Slot(f"{known} // 2")
    kind.parameters[own] = filled
    return Slot(own)


def _expressions(
    name: str, facts: Mapping[str, list[Any]]
) -> Iterator[tuple[str, tuple[str, ...], list[Any]]]:
    """Yield the expressions of facts that a number may equal, with their values in each scope."""
    if name == "amounts":  # zero-padding of channels by an option A shortcut
        extra = [a - b for a, b in zip(facts["channels"], facts["incoming"], strict=True)]
        yield "channels - incoming", ("channels", "incoming"), extra
    legal = [fact for fact in _MATCHES.get(name, _CHANNELS) if fact in facts]
    for fact in legal:
        yield fact, (fact,), facts[fact]
    for fact in legal:
        for factor in (2, 4, 8, 16):
            if all(value % factor == 0 for value in facts[fact]):
                yield f"{fact} // {factor}", (fact,), [v // factor for v in facts[fact]]


def _condition(kind: Kind, name: str, present: list[bool]) -> str:
    """Return the condition under which a step runs, adding its parameters to the class."""
    for text, names in (
        ("stride != 1 or incoming != channels", ("stride", "incoming", "channels")),
        ("stride != 1", ("stride",)),
        ("incoming != channels", ("incoming", "channels")),
    ):
        facts = [instance.facts for instance in kind.instances]
        known = all(set(names) <= one.keys() for one in facts)
        if known and [_holds(text, one) for one in facts] == present:
            for one in names:
                kind.parameters[one] = [fact[one] for fact in facts]
            return text
    own = f"with_{module_path(name).replace('.', '_')}"
    kind.parameters[own] = list(present)
    return own


def _holds(text: str, facts: Facts) -> bool:
    """Return the truth value of `a != b or …`, where a and b are facts or numbers."""
    pairs = (part.split(" != ") for part in text.split(" or "))
    return any(_value(one, facts) != _value(other, facts) for one, other in pairs)


def _value(word: str, facts: Facts) -> Any:
    return int(word) if word.isdigit() else facts[word]
