"""Observe a module that runs on fake or real tensors, at three levels.

Calls of modules and of torch functions that the catalogue knows are recorded as such. Everything
else (inside scripted code, `vmap`, or a compiled kernel) is recorded as ATen operators. The rules
are those for stand-ins, so that the graph is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NoReturn

import torch
from torch import nn
from torch._C import DispatchKey
from torch._C._functorch import is_functorch_wrapped_tensor
from torch._ops import HigherOrderOperator
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakTensorKeyDictionary

from resnet_viz.errors import RequestError
from resnet_viz.tracing.aten import ATEN, SAME
from resnet_viz.tracing.cost import FREE, Cost, operator_cost
from resnet_viz.tracing.guard import EXPORTS, Guard
from resnet_viz.tracing.leaves import leaf_called
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.recorder import DataNeeded, Recorder
from resnet_viz.tracing.rules import RULES
from resnet_viz.tracing.snapshot import Snapshot
from resnet_viz.tracing.structure import mapped, tensors_in

__all__ = ["Observer"]


class Observer(Recorder, TorchFunctionMode):
    """Records a run; every tensor that it creates has a stand-in with the source node.

    Args:
        module: the module to trace.
        snapshot: the snapshot of the module.
        guard: the guard of memory that existed before.
    """

    def __init__(self, module: nn.Module, snapshot: Snapshot, guard: Guard) -> None:
        super().__init__(module, snapshot)
        self.guard = guard
        self.values: Any = WeakTensorKeyDictionary()
        self.operators = _Operators(self)
        self._costs: list[Cost] = []  # the costs of the running functions, innermost last

    def stand_in(self, tensor: torch.Tensor, source: str) -> Any:
        """Return the tensor itself, after recording it as an input."""
        entered = self.example(tensor)
        self.values[entered] = Proxy(self, _sizes(entered), entered.dtype, source)
        return entered

    def example(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return the tensor that replaces an example tensor in the run."""
        return tensor

    def lift(self, value: Any) -> Proxy | None:
        """Return the stand-in of a tensor."""
        if not isinstance(value, Proxy) and isinstance(value, torch.Tensor):
            proxy = self.values.get(value)
            if proxy is None:
                with torch._C.DisableTorchFunction():
                    param = self.params.get(id(value))
                    params = () if param is None else (param,)
                    is_made = param is None and id(value) not in self.buffers
                    return Proxy(self, _sizes(value), value.dtype, "", params, is_made)
            return proxy  # type: ignore[no-any-return]
        return super().lift(value)

    def lifted(self, value: Any) -> Any:
        """Return arguments with a stand-in for every tensor."""
        return mapped(value, torch.Tensor, self.lift)

    def operands(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Return the arguments with which an ATen operator runs; look-ups need integer indices."""
        if str(func) == "aten.embedding.default" and args[1].is_floating_point():
            return (args[0], args[1].long(), *args[2:]), kwargs
        return args, kwargs

    def execute(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run an ATen operator, after copying the memory to which it will write."""
        return self.guard.run(func, args, kwargs)

    def dispatch(self, function: Any, args: Any, kwargs: Any) -> NoReturn:
        """Abort a rule that computes with a stand-in; the run has the result without the rule.

        Raises:
            RequestError: always.
        """
        raise RequestError("{name}: of a stand-in", name=getattr(function, "__name__", "function"))

    def refuse_data(self, proxy: Proxy, what: str) -> NoReturn:
        """Abort a rule that needs data of a stand-in, as `dispatch` does."""
        raise RequestError("{name}: of a stand-in", name=what)

    def close(self) -> None:
        """End the display of progress, if any."""

    # Modules

    def call(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module; record a known leaf as one node."""
        called = None if self._costs else leaf_called(module, args, kwargs)
        if (
            called is None
            or not isinstance(called[1], torch.Tensor)
            or self._is_wrapped((called[1], module.__dict__["_parameters"]))
        ):
            return self.inside(module, args, kwargs)
        leaf, x = called
        path = self.paths.get(id(module), type(module).__name__) or type(module).__name__.lower()
        before, read = len(self.builder.children), self.lift(x)
        assert read is not None
        try:
            with self._inside_function():
                made = self._forward(module, args, kwargs, path)
        except Exception:
            leaf(self, self.local(path), module, read)  # the rule's error is clearer
            raise
        name = self.local(path)
        return self._answered(lambda: leaf(self, name, module, read), made, x, read, before, name)

    # Functions

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Run a torch function and record it."""
        kwargs = kwargs or {}
        if self._costs:
            return function(*args, **kwargs)
        name = getattr(function, "__name__", type(function).__name__)
        if name in EXPORTS:
            self.guard.protect(args[0])
        if name == "__reduce_ex__":  # from copy.copy, which would make a new tensor from the memory
            return _identity, (self.alias(args[0]),)
        tensors = list(tensors_in((args, kwargs)))
        if (
            not tensors
            or self._is_wrapped(tensors)
            or name in ("__set__", "requires_grad_")
            or isinstance(function, HigherOrderOperator)
        ):
            return function(*args, **kwargs)
        before = len(self.builder.children)
        reads = [read for read in map(self.lift, tensors) if read is not None]
        rule = None if any(map(_is_sparse, tensors)) else RULES.get(function)
        given = self.lifted((args, kwargs)) if rule is not None else None
        try:
            with self._inside_function() as costs:
                made = function(*args, **kwargs)
                cost = costs[-1]
        except Exception:
            if rule is not None and given is not None:
                rule(self, *given[0], **given[1])  # the rule's error is clearer
            raise
        op = name.strip("_") if name != "__get__" else function.__self__.__name__
        if isinstance(made, torch.Tensor):
            if rule is not None and given is not None:
                call = lambda: rule(self, *given[0], **given[1])  # noqa: E731
                first, read = tensors[0], reads[0]
                called = (function, args, kwargs)
                return self._answered(call, made, first, read, before, "", op, reads, cost, called)
            if not _writes(name) and any(made is tensor for tensor in tensors):
                made = self.alias(made)
        elif name == "__setitem__":
            self._record_generic(op, reads, [args[0]], cost, (function, args, kwargs))
            return made
        self._record_generic(op, reads, list(tensors_in(made)), cost, (function, args, kwargs))
        return made

    def _answered(
        self,
        call: Any,
        made: Any,
        first: torch.Tensor,
        read: Proxy,
        before: int,
        name: str,
        op: str = "",
        reads: Any = None,
        cost: Cost = FREE,
        called: Any = None,
    ) -> Any:
        """Record a call by its rule, if the rule's shapes match those that the call returned."""
        try:
            result = call()
        except DataNeeded:
            raise
        except RequestError:
            result = NotImplemented
        if type(result) is not Proxy or tuple(result.shape) != tuple(_sizes(made)):
            del self.builder.children[before:]
            op = op or name.rpartition(".")[2] or "module"
            self._record_generic(
                op, [read] if reads is None else reads, list(tensors_in(made)), cost, called
            )
            return made
        if made is first and result is not read:
            made = self.alias(made)
        result.dtype = made.dtype
        self.values[made] = result
        return made

    def _record_generic(
        self, op: str, reads: Any, made: list[torch.Tensor], cost: Cost, called: Any = None
    ) -> None:
        """Record a call as a node with the function's own name.

        If the function was `called` with arguments above autograd, learn what it saves.
        """
        if not made:
            return
        if not cost.macs and not any(read.source or read.params for read in reads):
            return
        terms: dict[str, int] = {"matmul_macs": _integer(cost.macs)} if cost.macs else {}
        if cost.unknown:
            terms["unknown_calls"] = 1
        outputs = tuple(tuple(_sizes(tensor)) for tensor in made)
        source, params = self.record(self.builder.path(op), op, reads, outputs, {}, terms)
        is_made = False
        if called is not None:
            function, args, kwargs = called
            is_made = self.learn(source, function, args, kwargs, reads)
        for tensor in made:
            proxy = Proxy(self, _sizes(tensor), tensor.dtype, source, params, is_made)
            self.values[tensor] = proxy

    def alias(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a second tensor with the same memory and the same source node."""
        with self._inside_function():
            made = tensor.view_as(tensor)
        self.values[made] = self.lift(tensor)
        return made

    @contextmanager
    def _inside_function(self) -> Iterator[list[Cost]]:
        """Sum the costs of operators instead of recording them."""
        self._costs.append(FREE)
        try:
            yield self._costs
        finally:
            self._costs.pop()

    @staticmethod
    def _is_wrapped(value: Any) -> bool:
        """Return whether a tensor is a wrapper of `vmap` or `grad` around another one."""
        return any(is_functorch_wrapped_tensor(tensor) for tensor in tensors_in(value))

    # Operators

    def operator(self, func: Any, args: Any, kwargs: Any, out: Any) -> None:
        """Record an ATen operator, or only add its cost if a function is being recorded."""
        if self._costs:
            self._costs[-1] += operator_cost(func, args, kwargs, out)
            return
        made = list(tensors_in(out))
        if not made:
            return
        name = getattr(getattr(func, "_schema", None), "name", str(func))
        reads = [self.lift(tensor) for tensor in tensors_in((args, kwargs))]
        if name in SAME:
            (read,) = reads[:1]
            assert read is not None
            self.values[made[0]] = Proxy(
                self, _sizes(made[0]), made[0].dtype, read.source, read.params
            )
            return
        row = ATEN.get(name)
        before = len(self.builder.children)
        if row is not None and any(read is not None and read.source for read in reads):
            try:
                result = row(self, self.lifted(_by_name(func, args, kwargs)))
            except RequestError:
                result = NotImplemented
            if type(result) is Proxy and tuple(result.shape) == tuple(_sizes(made[0])):
                for tensor in made:
                    self.values[tensor] = Proxy(
                        self, _sizes(tensor), tensor.dtype, result.source, result.params
                    )
                return
            del self.builder.children[before:]
        cost = operator_cost(func, args, kwargs, out)
        self._record_generic(name.rpartition("::")[2].strip("_"), reads, made, cost)


class _Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Passes every ATen operator to an observer."""

    supports_higher_order_operators = True

    def __init__(self, observer: Observer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.observer = observer

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if isinstance(func, HigherOrderOperator):
            return self._higher_order(func, args, kwargs)
        args, kwargs = self.observer.operands(func, args, kwargs)
        out = self.observer.execute(func, args, kwargs)
        self.observer.operator(func, args, kwargs, out)
        return out

    def _higher_order(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run a higher-order operator, in Python if possible, so that the observer sees inside."""
        control = CONTROL.get(str(func))
        if control is not None:
            with self, self.observer:
                return control(*args, **kwargs)
        out = func.py_kernels[DispatchKey.CompositeExplicitAutograd](*args, **kwargs)
        self.observer.operator(func, args, kwargs, out)
        return out


def _cond(pred: Any, true_fn: Any, false_fn: Any, operands: Any = ()) -> Any:
    """Run the branch that the data select."""
    return true_fn(*operands) if bool(pred) else false_fn(*operands)


def _while_loop(cond_fn: Any, body_fn: Any, carried: Any, additional: Any = ()) -> Any:
    """Run a loop for as long as its condition holds."""
    while bool(cond_fn(*carried, *additional)):
        carried = body_fn(*carried, *additional)
    return carried


CONTROL: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"cond": _cond, "while_loop": _while_loop}
)
"""The operators of control flow, implemented in Python."""


def _identity(value: Any) -> Any:
    return value


def _by_name(func: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    """Return an operator's arguments by their names in its schema."""
    given = {}
    for number, argument in enumerate(func._schema.arguments):
        if number < len(args):
            given[argument.name] = args[number]
        elif argument.name in kwargs:
            given[argument.name] = kwargs[argument.name]
        else:
            given[argument.name] = argument.default_value
    return given


def _writes(name: str) -> bool:
    """Return whether a function changes its first argument."""
    return (name.endswith("_") and not name.endswith("__")) or (
        name.startswith("__i") and name not in ("__invert__", "__int__", "__index__")
    )


def _is_sparse(tensor: torch.Tensor) -> bool:
    """Return whether a tensor is sparse."""
    return tensor.layout is not torch.strided


def _integer(size: Any) -> int:
    """Return a size as an integer.

    Raises:
        DataNeeded: the size depends on data.
    """
    if type(size) is int:
        return size
    known = size.node.maybe_as_int()
    if known is None:
        raise DataNeeded("a size depends on the data: {size}", size=str(size))
    return int(known)


def _sizes(tensor: torch.Tensor) -> tuple[int, ...]:
    """Return a tensor's sizes."""
    if tensor.is_nested:  # its tensors may differ in all sizes, so only their number is known
        return (int(tensor.size(0)),)
    with torch._C.DisableTorchFunction():
        return torch.Size(map(_integer, tensor.shape))
