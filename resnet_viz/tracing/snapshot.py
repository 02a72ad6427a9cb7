"""A snapshot of a module: the paths of its parts, and everything that a `forward` may change."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from operator import is_, itemgetter
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule

from resnet_viz.errors import RequestError
from resnet_viz.graph import Param
from resnet_viz.tracing.leaves import leaf_of

__all__ = ["Snapshot"]

_CONTAINERS = frozenset({dict, OrderedDict, defaultdict, Counter, list, set, deque})
"""What a module keeps its parameters, buffers, submodules, hooks and caches in."""

_LONG = 60
"""Characters of a path that may be one of many levels."""

_ATOMS = frozenset({bool, int, float, str, tuple, type(None), torch.dtype, torch.device})
_FOREIGN = frozenset({"builtins", "torch", "functools", "typing", "abc", "enum", "logging"})
"""Packages whose objects hold nothing of a module's."""

_EMPTY: dict[type, Any] = {kind: kind() for kind in _CONTAINERS}

_HOOKS = tuple(
    name for name, value in nn.Module().__dict__.items() if "hooks" in name and value is not None
)
_hooks_of = itemgetter(*_HOOKS)


class Snapshot:
    """What a module is before a trace.

    Attributes:
        paths: of every module, by its id, as PyTorch names it; first come, first named.
        params: every parameter, by the tensor's id.
        buffers: the shape of every buffer, by the tensor's id.
        dtype: of the first parameter.
        device: of the first parameter.
        depth: how deep modules are nested, if deeper than Python may like.
        is_lazy: whether a parameter waits for an input to have a shape.

    Raises:
        RequestError: a module is compiled or unfinished, and cannot be looked into.
    """

    def __init__(self, root: nn.Module) -> None:
        self.dtype, self.device = torch.float32, torch.device("cpu")
        self.is_lazy = False
        self.depth = 0
        self.paths: dict[int, str] = {}
        self.params: dict[int, Param] = {}
        self.buffers: dict[int, tuple[int, ...]] = {}
        self._held: list[tuple[Any, Any]] = []
        self._tensors: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._seen: set[int] = set()
        self._scripted: list[torch.Tensor] = []
        self._unhooked: list[dict[str, Any]] = []
        self._survey(root)

    def _survey(self, root: nn.Module) -> None:
        (
            paths,
            params,
        ) = self.paths, self.params
        hold, tensors = self._held.append, self._tensors.append
        waiting = [("", root)]
        while waiting:
            path, module = waiting.pop()
            if id(module) in paths:
                continue
            paths[id(module)] = path
            if len(path) > _LONG:
                self.depth = max(self.depth, path.count("."))
            kind, attributes = type(module), module.__dict__
            is_leaf = leaf_of(kind) is not None
            prefix = f"{path}." if path else ""
            if not is_leaf and (
                "_parameters" not in attributes or isinstance(module, ScriptModule)
            ):
                self._survey_scripted(prefix, module)
                continue
            weights, buffers = attributes["_parameters"], attributes["_buffers"]
            for name, weight in weights.items():
                if weight is None or id(weight) in params:
                    continue
                try:
                    shape = tuple(weight.shape)
                except RuntimeError:  # none before the first input
                    self.is_lazy = True
                    continue
                if not params and weight.is_floating_point():
                    self.dtype, self.device = weight.dtype, weight.device
                params[id(weight)] = Param(prefix + name, shape, weight.requires_grad)
            for buffer in buffers.values():
                if buffer is not None and not self.is_lazy:
                    self.buffers[id(buffer)] = buffer.shape
            hold((attributes, attributes.copy()))
            if weights:
                tensors((weights, weights.copy()))
            if buffers:
                tensors((buffers, buffers.copy()))
            if is_leaf:
                if any(_hooks_of(attributes)):
                    self._held += [(hooks, hooks.copy()) for hooks in _hooks_of(attributes)]
                else:
                    self._unhooked.append(attributes)
                continue
            children = attributes["_modules"]
            for value in attributes.values():
                if type(value) in _CONTAINERS:
                    if not value:
                        hold((value, _EMPTY[type(value)]))
                    elif value is children or value is weights or value is buffers:
                        hold((value, value.copy()))  # of modules and tensors, known elsewhere
                    else:
                        self._hold(value)
                elif type(value) not in _ATOMS and _is_plain(value):
                    self._hold(value.__dict__)
            for name in reversed(children):
                child = children[name]
                if child is not None:
                    waiting.append((prefix + name, child))

    def _survey_scripted(self, prefix: str, module: Any) -> None:
        """Note the parameters and buffers of a module that is held outside Python."""
        if not hasattr(module, "named_parameters"):
            raise RequestError(
                "{path}: is not set up (its __init__ must call nn.Module's)",
                path=prefix or "module",
            )
        for name, weight in module.named_parameters():
            self._scripted.append(weight)  # as long as it is held, it is the same object
            if not self.params and weight.is_floating_point():
                self.dtype, self.device = weight.dtype, weight.device
            param = Param(prefix + name, tuple(weight.shape), weight.requires_grad)
            self.params.setdefault(id(weight), param)
        for buffer in module.buffers():
            self._scripted.append(buffer)
            self.buffers[id(buffer)] = buffer.shape

    def _hold(self, container: Any) -> None:
        """Keep a container's content, and that of the containers and plain objects in it."""
        waiting = [container]
        while waiting:
            container = waiting.pop()
            if id(container) in self._seen:
                continue
            self._seen.add(id(container))
            self._held.append((container, container.copy()))
            for value in container.values() if isinstance(container, dict) else container:
                if type(value) in _CONTAINERS:
                    waiting.append(value)
                elif _is_plain(value):
                    waiting.append(value.__dict__)

    def restore(self) -> None:
        """Put back every attribute, parameter, buffer, hook and submodule as it was."""
        for container, before in self._held:
            try:
                if container == before:  # mostly of the very same values, which is quick to see
                    continue
            except Exception:  # tensors that differ have no truth value
                pass
            _refill(container, before)
        for tensors, held in self._tensors:  # compared by identity: an equal one is another
            if len(tensors) != len(held) or not all(map(is_, tensors.values(), held.values())):
                _refill(tensors, held)
        for attributes in self._unhooked:
            if any(_hooks_of(attributes)):
                for hooks in _hooks_of(attributes):
                    hooks.clear()
        self._held.clear()
        self._tensors.clear()


def _is_plain(value: Any) -> bool:
    """Return whether a value is an object of a class of somebody's own, with attributes."""
    kind = type(value)
    return (
        kind not in _ATOMS
        and kind.__module__.partition(".")[0] not in _FOREIGN
        and type(getattr(value, "__dict__", None)) is dict
        and not isinstance(value, (type, nn.Module, torch.Tensor, ModuleType))
    )


def _refill(container: Any, content: Any) -> None:
    container.clear()
    fill = container.extend if isinstance(container, (list, deque)) else container.update
    fill(content)
