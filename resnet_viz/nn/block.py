"""A scope of a graph to a module that runs its operators in order, under their own names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from torch import Tensor, nn

from resnet_viz.graph import Node, Scope
from resnet_viz.graph.model import module_path
from resnet_viz.nn.operators import function_of, is_module, module_of

__all__ = ["Block", "Step", "module_for"]


class Step(NamedTuple):
    """One call: of a module by its name, or of a function.

    Attributes:
        call: the names that lead to the module, or the function.
        reads: the numbers of the values that it takes; 0 is what the block takes, n what its n-th
            step puts out.
        last: those of them that nothing takes after it.
    """

    call: tuple[str, ...] | Callable[..., Any]
    reads: tuple[int, ...]
    last: tuple[int, ...] = ()


class Block(nn.Module):
    """A part of the network, as the graph has it: each step calls a module or a function.

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
            elif child.path.endswith(name):  # else a later call of a module that is there
                _put(self, call, module_of(child) if isinstance(child, Node) else module_for(child))
            steps.append(Step(call, tuple(numbers.get(path, 0) for path in _reads(child))))
            numbers[_output(child)] = len(steps)
        self.steps = tuple(_with_last(steps))

    def forward(self, x: Tensor) -> Tensor:
        """Return what the last step makes of `(N, C, H, W)`."""
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
    """Return the module of a scope: an `nn.Sequential` where numbered modules follow each other."""
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
    """Yield a scope's children; those of stem and head, which are no modules, in their place."""
    for child in scope.children:
        if isinstance(child, Scope) and child.kind in ("stem", "head"):
            yield from _opened(child)
        else:
            yield child


def _reads(child: Node | Scope) -> tuple[str, ...]:
    """Return the paths that a node reads, or the one that a scope reads outside itself."""
    if isinstance(child, Node):
        return child.inputs
    inside = {node.path for node in child.nodes()}
    (entry,) = {path for node in child.nodes() for path in node.inputs if path not in inside}
    return (entry,)


def _output(child: Node | Scope) -> str:
    return child.path if isinstance(child, Node) else list(child.nodes())[-1].path


def _put(block: nn.Module, names: tuple[str, ...], module: nn.Module) -> None:
    """Add a module under a dotted name, making the containers on the way."""
    for name in names[:-1]:
        if name not in block._modules:
            block.add_module(name, nn.Sequential())
        block = block._modules[name]  # type: ignore[assignment]
    block.add_module(names[-1], module)


def _with_last(steps: list[Step]) -> Iterator[Step]:
    """Yield steps that say which values are needed no more, so that memory is given back."""
    final: dict[int, int] = {}
    for i, step in enumerate(steps):
        final.update(dict.fromkeys(step.reads, i))
    for i, step in enumerate(steps):
        yield step._replace(last=tuple(n for n in set(step.reads) if final[n] == i))
