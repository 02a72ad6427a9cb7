"""Take a snapshot of a module: the paths of its parts, and the state that `forward` may change."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from operator import itemgetter
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule
from torch.overrides import TorchFunctionMode

from resnet_viz.errors import RequestError
from resnet_viz.graph import Param
from resnet_viz.tracing.leaves import LEAVES, leaf_of

__all__ = ["Snapshot"]

_CONTAINERS = frozenset({dict, OrderedDict, defaultdict, Counter, list, set, deque})
"""The containers of a module's parameters, buffers, submodules, hooks and caches."""

_LONG = 60
"""The length of a path in characters from which its levels are counted."""

_ATOMS = frozenset({bool, int, float, str, tuple, type(None), torch.dtype, torch.device})
_FOREIGN = frozenset({"builtins", "torch", "functools", "typing", "abc", "enum", "logging"})
"""Packages whose objects have no state of a module."""

_EMPTY: dict[type, Any] = {kind: kind() for kind in _CONTAINERS}

_HOOKS = tuple(
    name for name, value in nn.Module().__dict__.items() if "hooks" in name and value is not None
)
_hooks_of = itemgetter(*_HOOKS)


class Snapshot:
    """The state of a module before a trace.

    Attributes:
        paths: the path of every module, by the module's id; for a shared module, its first path.
        params: every parameter, by the tensor's id.
        buffers: the shape of every buffer, by the tensor's id.
        dtype: the dtype of the first parameter.
        device: the device of the first parameter.
        depth: the nesting depth of modules, if it may exceed Python's recursion limit.
        is_lazy: whether a parameter has no shape before the first input.

    Raises:
        RequestError: a module is compiled or not initialized, so that its parts are not accessible.
    """

    def __init__(self, root: nn.Module) -> None:
        self.dtype, self.device = torch.float32, torch.device("cpu")
        self.is_lazy = False
        self.depth = 0
        self.paths: dict[int, str] = {}
        self.params: dict[int, Param] = {}
        self.buffers: dict[int, tuple[int, ...]] = {}
        self._held: list[Any] = []
        self._content: list[Any] = []  # copies of the containers' content
        self._hooks: list[dict[int, Any]] = []  # the hooks of leaves
        self._seen: set[int] = set()
        self._scripted: list[torch.Tensor] = []
        self._survey(root)
        self._hold_hooks()

    def _survey(self, root: nn.Module) -> None:
        paths, params, held, content = self.paths, self.params, self._held, self._content
        waiting = [("", root)]
        while waiting:
            path, module = waiting.pop()
            if id(module) in paths:
                continue
            paths[id(module)] = path
            if len(path) > _LONG:
                self.depth = max(self.depth, path.count("."))
            kind, attributes = type(module), module.__dict__
            is_leaf = kind in LEAVES or leaf_of(kind) is not None
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
                except RuntimeError:  # no shape before the first input
                    self.is_lazy = True
                    continue
                if not params and weight.is_floating_point():
                    self.dtype, self.device = weight.dtype, weight.device
                fields = (prefix + name, shape, weight.requires_grad)
                params[id(weight)] = tuple.__new__(Param, fields)  # without Param's own frame
            for buffer in buffers.values():
                if buffer is not None and not self.is_lazy:
                    self.buffers[id(buffer)] = buffer.shape
            held += (attributes, weights, buffers)
            content += (attributes.copy(), weights.copy(), buffers.copy())
            if is_leaf:
                self._hooks += _hooks_of(attributes)
                continue
            children = attributes["_modules"]
            for value in attributes.values():
                if type(value) in _CONTAINERS:
                    if not value or value is children:
                        held.append(value)
                        content.append(value.copy() if value else _EMPTY[type(value)])
                    elif value is not weights and value is not buffers:
                        self._hold(value)
                elif type(value) not in _ATOMS and _is_plain(value):
                    self._hold(value.__dict__)
            for name in reversed(children):
                child = children[name]
                if child is not None:
                    waiting.append((prefix + name, child))

    def _survey_scripted(self, prefix: str, module: Any) -> None:
        """Record the parameters and buffers of a scripted module, which are not Python objects."""
        if not hasattr(module, "named_parameters"):
            raise RequestError(
                "{path}: is not set up (its __init__ must call nn.Module's)",
                path=prefix or "module",
            )
        for name, weight in module.named_parameters():
            self._scripted.append(weight)  # keeps the wrapper, and thus its id, alive
            if not self.params and weight.is_floating_point():
                self.dtype, self.device = weight.dtype, weight.device
            param = Param(prefix + name, tuple(weight.shape), weight.requires_grad)
            self.params.setdefault(id(weight), param)
        for buffer in module.buffers():
            self._scripted.append(buffer)
            self.buffers[id(buffer)] = buffer.shape

    def _hold(self, container: Any) -> None:
        """Save the content of a container, and of the containers and plain objects in it."""
        waiting = [container]
        while waiting:
            container = waiting.pop()
            if id(container) in self._seen:
                continue
            self._seen.add(id(container))
            self._held.append(container)
            self._content.append(container.copy())
            for value in container.values() if isinstance(container, dict) else container:
                if type(value) in _CONTAINERS:
                    waiting.append(value)
                elif _is_plain(value):
                    waiting.append(value.__dict__)

    def _hold_hooks(self) -> None:
        """Save the hooks of leaves, which mostly have none."""
        if any(self._hooks):
            self._held += self._hooks
            self._content += [hooks.copy() for hooks in self._hooks]
            self._hooks.clear()

    def restore(self) -> None:
        """Restore every attribute, parameter, buffer, hook and submodule."""
        with _Distinct():
            if not _equal(self._held, self._content):
                for container, content in zip(self._held, self._content, strict=True):
                    if not _equal(container, content):
                        _refill(container, content)
        if any(self._hooks):
            for hooks in self._hooks:
                hooks.clear()
        self._held.clear()
        self._content.clear()


class _Distinct(TorchFunctionMode):
    """Compares tensors by identity: another tensor with the same numbers is not equal."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return False


def _equal(container: Any, before: Any) -> bool:
    """Return whether a container has its former content, mostly the identical objects."""
    try:
        return bool(container == before)
    except Exception:  # the comparison of tensors has no truth value
        return False


def _is_plain(value: Any) -> bool:
    """Return whether a value is an object of a user's class, with attributes."""
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
