"""Trace a `forward` on stand-ins: modules become scopes, torch functions become nodes."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import _global_forward_hooks, _global_forward_pre_hooks
from torch.overrides import TorchFunctionMode

from resnet_viz.errors import RequestError
from resnet_viz.graph import Node
from resnet_viz.graph.model import module_path
from resnet_viz.ops.operator import spell
from resnet_viz.tracing.cost import FREE, Answer, counted
from resnet_viz.tracing.guard import EXPORTS, Guard
from resnet_viz.tracing.leaves import leaf_called
from resnet_viz.tracing.memo import MEMO, Recipe
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.recorder import Recorder
from resnet_viz.tracing.rules import PRODUCTS, RULES
from resnet_viz.tracing.snapshot import Snapshot
from resnet_viz.tracing.structure import key_of, mapped, tensors_in

__all__ = ["Tracer"]

_VALUES = frozenset(
    {"item", "tolist", "numpy", "__bool__", "__int__", "__float__", "__index__", "__contains__"}
)
"""Functions that need data, which parameters and buffers have and stand-ins have not."""

_IN_PLACE = frozenset(
    getattr(torch.Tensor, f"__i{name}__")
    for name in ("add", "sub", "mul", "truediv", "and", "or", "xor")
)


class Tracer(Recorder, TorchFunctionMode):
    """Answers every torch function while a module's `forward` runs on stand-ins.

    A function of stand-ins becomes a node. A function of parameters and buffers alone is answered
    by shape, so that no weight is read or changed. Any other function runs normally: positions,
    masks and the like do not depend on data.
    """

    def __init__(self, module: nn.Module, snapshot: Snapshot, guard: Guard) -> None:
        super().__init__(module, snapshot)
        self.guard = guard
        self.overwritten: dict[int, Any] = {}  # real tensors overwritten by a stand-in
        self.place = self.device.type
        self.hooked = bool(_global_forward_hooks or _global_forward_pre_hooks)
        self.answers: dict[Any, Answer] = {}

    # Modules

    def call(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module: a known leaf by its rule, any other by its own forward, in a scope.

        The result of a leaf's rule is cached and reused for leaves with equal settings.
        """
        called = leaf_called(module, args, kwargs)
        if called is None or type(called[1]) is not Proxy or self.hooked:
            return self.inside(module, args, kwargs)
        leaf, x = called
        kind = type(module)
        path = self.paths.get(id(module), kind.__name__) or kind.__name__.lower()
        key: Any = None
        if x.source:
            attributes, params = module.__dict__, []
            try:
                weights, settings = attributes["_parameters"], leaf.settings(attributes)
                known = self.params
                shapes: list[Any] = []
                for weight in weights.values():
                    if weight is None:
                        shapes.append(None)
                    else:
                        param = known[id(weight)]
                        params.append(param)
                        shapes.append(param[1])
                if attributes["_buffers"]:
                    shapes += map(self.buffers.get, map(id, attributes["_buffers"].values()))
                key = (kind, self.place, x.shape, x.dtype, settings, len(weights), *shapes)
                recipe = MEMO.get(key)
            except (KeyError, TypeError):  # an unknown weight, or an unhashable setting
                key = recipe = None
            if recipe is not None:
                builder = self.builder
                if builder.prefix != self.prefix or not path.startswith(self.prefix):
                    path = builder.path(self.local(path))
                path = builder.unique(path)
                op, outputs, attrs, terms, in_place, made, memory = recipe
                fields = (path, op, (x.source,), outputs, attrs, tuple(params), terms)
                node = tuple.__new__(Node, fields)  # without Node's own frame
                builder.children.append(node)
                if memory is not None:
                    self.memory[path] = memory
                if in_place:
                    x.source = path
                    return x
                return Proxy(self, made, x.dtype, path)
        before, dtype = len(self.builder.children), x.dtype
        result = leaf(self, self.local(path), module, x)
        if result is NotImplemented:
            return self.inside(module, args, kwargs)
        recorded = self.builder.children[before:]
        if key is not None and len(recorded) == 1 and result.dtype is dtype:
            (first,) = recorded
            assert isinstance(first, Node)
            MEMO.keep(
                key,
                Recipe(
                    op=first.op,
                    outputs=first.outputs,
                    attrs=first.attrs,
                    terms=first.terms,
                    in_place=result is x,
                    made=torch.Size(first.output),
                    memory=self.memory.get(first.path),
                ),
            )
        return result

    # Functions

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Answer a torch function called with any arguments."""
        return self.dispatch(function, args, kwargs or {})

    def dispatch(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Answer a torch function."""
        first = args[0] if args else None
        known = 2 if type(first) is Proxy else self._known([*args, *kwargs.values()])
        if known == 0:
            if function in PRODUCTS:
                return self._tables(function, args, kwargs)
            if any(isinstance(value, torch.Tensor) for value in args) or "out" in kwargs:
                return self._run(function, args, kwargs)  # may be a view of a buffer
            return function(*args, **kwargs)
        if known == 1:
            answer = self._constant(function, args, kwargs)
            if answer is not NotImplemented:
                return answer
        rule = RULES.get(function)
        if rule is not None:
            result = rule(self, *args, **kwargs)
            if result is not NotImplemented:
                return result
        return self._fall_back(function, args, kwargs)

    def _known(self, values: Any) -> int:
        """Return 2 if a stand-in is among the values, 1 if a parameter or buffer is, else 0."""
        known = 0
        for value in values:
            if type(value) is Proxy:
                return 2
            if isinstance(value, torch.Tensor):
                if id(value) in self.overwritten:
                    return 2
                if id(value) in self.params or id(value) in self.buffers:
                    known = 1
            elif isinstance(value, (tuple, list)):
                known = max(known, self._known(value))
                if known == 2:
                    return 2
        return known

    def _constant(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Answer a function of parameters and buffers alone, if the result needs no stand-in.

        Buffers have data, so they are read; writes to them are undone by the guard.
        """
        name = getattr(function, "__name__", "")
        if name in ("__set__", "requires_grad_"):
            return args[0]
        if name in _VALUES or name in EXPORTS or name in ("__repr__", "__format__", "__hash__"):
            return self._run(function, args, kwargs)
        if name == "__get__":
            value = self._run(function, args, kwargs)
            if not isinstance(value, torch.Tensor):
                return value
        if any(id(value) in self.params for value in tensors_in((args, kwargs))):
            return NotImplemented
        return self._tables(function, args, kwargs)

    def _tables(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Compute a function of constant tensors; if it has multiply-adds, record a node."""
        with self.guard:
            answer = counted(function, args, kwargs)
        if answer.cost.macs:
            op = getattr(function, "__name__", "product").strip("_")
            outputs = tuple([tuple(made.shape) for made in tensors_in(answer.result)])
            path = self.builder.unique(self.builder.path(op))
            terms = {"matmul_macs": answer.cost.macs}
            self.builder.record(
                Node(path=path, op=op, inputs=(), outputs=outputs, attrs={}, params=(), terms=terms)
            )
        return answer.result

    @staticmethod
    def _writes(function: Any, name: str) -> bool:
        """Return whether a function changes its first argument."""
        trailing = name.endswith("_") and not name.endswith("__")
        return trailing or function in _IN_PLACE or name == "__setitem__"

    def _run(self, function: Any, args: Any, kwargs: Any) -> Any:
        if getattr(function, "__name__", "") in EXPORTS:
            self.guard.protect(args[0])
        with torch._C.DisableTorchFunction(), self.guard:
            return function(*args, **kwargs)

    def _fall_back(self, function: Any, args: Any, kwargs: Any) -> Any:
        name = getattr(function, "__name__", type(function).__name__)
        op = name.strip("_") if name != "__get__" else function.__self__.__name__
        reads: list[Proxy] = []
        metas: dict[int, torch.Tensor] = {}

        def to_meta(value: Any) -> Any:
            proxy = self.lift(value)
            assert proxy is not None
            reads.append(proxy)
            if id(proxy) not in metas:
                metas[id(proxy)] = torch.empty(proxy.shape, dtype=proxy.dtype, device="meta")
            return metas[id(proxy)]

        try:
            with torch._C.DisableTorchFunction():
                meta_args, meta_kwargs = mapped((args, dict(kwargs)), torch.Tensor, to_meta)
            if "device" in meta_kwargs:
                meta_kwargs["device"] = torch.device("meta")
            answer = self._answer(function, meta_args, meta_kwargs)
        except RecursionError:
            raise
        except Exception as error:
            path, given = self.builder.path(op), ", ".join(spell(tuple(r.shape)) for r in reads)
            line = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise RequestError(f"{module_path(path)}: {line} (given {given})") from error
        made = list(tensors_in(answer.result))
        if not made:
            return answer.result
        terms: dict[str, int] = {"matmul_macs": answer.cost.macs} if answer.cost.macs else {}
        if answer.cost.unknown:
            terms["unknown_calls"] = 1
        outputs = tuple(tuple(tensor.shape) for tensor in made)
        source, params = self.record(self.builder.path(op), op, reads, outputs, {}, terms)
        is_made = self.learn(source, function, meta_args, meta_kwargs, reads)
        result = mapped(
            answer.result,
            torch.Tensor,
            lambda tensor: Proxy(self, tensor.shape, tensor.dtype, source, params, is_made),
        )
        if self._writes(function, name):
            if type(args[0]) is Proxy:
                return self.replaced(args[0], result)
            if isinstance(args[0], torch.Tensor):
                self.overwritten[id(args[0])] = args[0]
                self.weights[id(args[0])] = result
        return result

    def _answer(self, function: Any, args: Any, kwargs: Any) -> Answer:
        """Return the result of a function on meta tensors, cached."""
        key = (function, key_of(args), key_of(kwargs))
        try:
            if key in self.answers:
                return self.answers[key]
        except TypeError:
            return counted(function, args, kwargs)
        if getattr(function, "__name__", "") == "__setitem__":
            counted(function, args, kwargs)
            answer = Answer(args[0], FREE)
        else:
            answer = counted(function, args, kwargs)
        self.answers[key] = answer
        return answer
