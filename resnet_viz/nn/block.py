"""Make the module of a scope, which runs the scope's operators in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from torch import Tensor, nn

from resnet_viz.graph import Node, Scope
from resnet_viz.graph.model import module_path
from resnet_viz.nn.operators import function_of, is_module, module_of

__all__ = ["Block", "Step", "module_for"]


class Step(NamedTuple):
    """One call of a module or a function.

    Attributes:
        call: the names in the path to the module, or the function.
        reads: the indices of its inputs: 0 is the input of the block, n the output of step n.
        last: those inputs that no later step reads.
    """

    call: tuple[str, ...] | Callable[..., Any]
    reads: tuple[int, ...]
    last: tuple[int, ...] = ()


class Block(nn.Module):
    """A scope of the graph as a module: each step calls a module or a function.

    >>> from resnet_viz.nn import build
    >>> from resnet_viz.zoo import find
    >>> [".".join(step.call) for step in build(find("plain18")).layer1[0].steps]
    ['conv1', 'bn1', 'relu', 'conv2', 'bn2', 'relu']
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        prefix = f"{scope.path}." if scope.path else ""
        numbers: dict[str, int] = {}
        steps: list[Step] = []
        for child in _opened(scope):
            name = module_path(child.path).removeprefix(prefix)
            call: Any = tuple(name.split("."))
            if isinstance(child, Node) and not is_module(child):
                call = function_of(child)
            elif child.path.endswith(name):  # otherwise a later call of an existing module
                _add_module(
                    self, call, module_of(child) if isinstance(child, Node) else module_for(child)
                )
            steps.append(Step(call, tuple(numbers.get(path, 0) for path in _reads(child))))
            numbers[_output(child)] = len(steps)
        self.steps = tuple(_with_last(steps))

    def forward(self, x: Tensor) -> Tensor:
        """Return the output of the last step for an input `(N, C, H, W)`."""
        values: list[Any] = [x]
        for call, reads, last in self.steps:
            inputs = [values[number] for number in reads]
            for number in last:
                values[number] = None
            if isinstance(call, tuple):
                module: Any = self
                for name in call:
                    module = module._modules[name]
                call = module
            values.append(call(*inputs))
            del inputs
        return values[-1]  # type: ignore[no-any-return]


def module_for(scope: Scope) -> nn.Module:
    """Return a scope's module: an `nn.Sequential` if its modules are numbered and in series."""
    block = Block(scope)
    names = [step.call[0] for step in block.steps if isinstance(step.call, tuple)]
    chain = all(step.reads == (i,) for i, step in enumerate(block.steps))
    plain = len(names) == len(block.steps) == len(block._modules) == len(set(names))
    if not chain or not plain or not names[0].isdigit():
        return block
    sequential = nn.Sequential()
    for name, module in block.named_children():
        sequential.add_module(name, module)
    return sequential


def _opened(scope: Scope) -> Iterator[Node | Scope]:
    """Yield a scope's children, with stem and head, which are no modules, replaced by theirs."""
    for child in scope.children:
        if isinstance(child, Scope) and child.kind in ("stem", "head"):
            yield from _opened(child)
        else:
            yield child


def _reads(child: Node | Scope) -> tuple[str, ...]:
    """Return the paths that a node reads, or the one outside path that a scope reads."""
    if isinstance(child, Node):
        return child.inputs
    inside = {node.path for node in child.nodes()}
    (entry,) = {path for node in child.nodes() for path in node.inputs if path not in inside}
    return (entry,)


def _output(child: Node | Scope) -> str:
    return child.path if isinstance(child, Node) else list(child.nodes())[-1].path


def _add_module(block: nn.Module, names: tuple[str, ...], module: nn.Module) -> None:
    """Add a module under a dotted name, and create the containers that it needs."""
    for name in names[:-1]:
        if name not in block._modules:
            block.add_module(name, nn.Sequential())
        block = block._modules[name]  # type: ignore[assignment]
    block.add_module(names[-1], module)


def _with_last(steps: list[Step]) -> Iterator[Step]:
    """Yield steps with `last` set, so that values that are no longer needed are freed."""
    final: dict[int, int] = {}
    for i, step in enumerate(steps):
        final.update(dict.fromkeys(step.reads, i))
    for i, step in enumerate(steps):
        yield step._replace(last=tuple(n for n in set(step.reads) if final[n] == i))
