"""Record calls of operators on stand-ins as nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import torch
from torch import nn
from torch.utils._python_dispatch import _disable_current_modes

from resnet_viz.errors import RequestError
from resnet_viz.graph import Builder, Node, Param
from resnet_viz.graph.model import input_name, module_path
from resnet_viz.ops import OPERATORS, Memory, Outcome
from resnet_viz.ops.operator import spell
from resnet_viz.tracing.exact_type import asks_for_exact_type
from resnet_viz.tracing.lazy import is_waiting, settle
from resnet_viz.tracing.memo import SAVINGS
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.saving import Saving, saving_of
from resnet_viz.tracing.snapshot import Snapshot
from resnet_viz.tracing.structure import key_of, mapped, tensors_in

__all__ = ["DataNeeded", "Recorder"]


class DataNeeded(RequestError):  # noqa: N818 - it says what is lacking
    """A `forward` needs data, but there is none."""


class Recorder:
    """Records nodes in the scopes of a module.

    Attributes:
        root: the module to trace.
        params: the parameters, by the tensors' ids.
        buffers: the shape of each buffer, by the tensors' ids.
        dtype: the dtype of the first parameter.
        device: the device of the first parameter.
        prefix: the module path of the current scope, with a dot at its end.
        failed: the path of the innermost module whose `forward` raised.
        forward: the original `nn.Module.__call__`.
        memory: see `Graph`.
        is_real: whether `forward` gets real tensors.
    """

    is_real = False

    def __init__(self, module: nn.Module, snapshot: Snapshot) -> None:
        super().__init__()
        self.root = module
        self.paths, self.params, self.buffers = snapshot.paths, snapshot.params, snapshot.buffers
        self.dtype, self.device = snapshot.dtype, snapshot.device
        self.builder = Builder()
        self.prefix = ""
        self.failed = ""
        self.forward: Callable[..., Any] = nn.Module.__call__
        self.weights: dict[int, Proxy] = {}
        self.outcomes: dict[Any, Outcome] = {}
        self.memory: dict[str, Memory] = {}

    def dispatch(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Answer a torch function."""
        raise NotImplementedError

    def enter(self, values: Any) -> Any:
        """Return example inputs with every tensor in them replaced by a stand-in."""
        shapes: list[tuple[int, ...]] = []

        def enter(tensor: torch.Tensor) -> Any:
            shapes.append(tuple(tensor.shape))
            return self.stand_in(tensor, input_name(len(shapes) - 1))

        entered = mapped(values, torch.Tensor, enter)
        self.builder = Builder(*shapes)
        return entered

    def stand_in(self, tensor: torch.Tensor, source: str) -> Any:
        """Return the stand-in that `forward` gets for an example tensor."""
        return Proxy(self, tensor.shape, tensor.dtype, source)

    def lift(self, value: Any) -> Proxy | None:
        """Return the stand-in for a tensor: itself, or a new one for a parameter or buffer."""
        if type(value) is Proxy:
            return value
        if not isinstance(value, torch.Tensor):
            return None
        weight = self.weights.get(id(value))
        if weight is None:
            param = self.params.get(id(value))
            params = () if param is None else (param,)
            with torch._C.DisableTorchFunction():
                if value.layout is not torch.strided:
                    raise DataNeeded("a sparse tensor: how much it stores is data")
                is_made = not params and id(value) not in self.buffers
                weight = Proxy(self, value.shape, value.dtype, "", params, is_made)
            if params:
                self.weights[id(value)] = weight
        return weight

    def node(
        self,
        op: str,
        inputs: Iterable[Any],
        attrs: dict[str, Any],
        *,
        name: str = "",
        params: Iterable[Any] = (),
        dtype: torch.dtype | None = None,
        in_place: Any = None,
        memory: Memory | None = None,
    ) -> Proxy:
        """Record one call of an operator of the catalogue and return its output.

        Args:
            op: the operator's name in the catalogue.
            inputs: the inputs of its rule: stand-ins or tensors.
            attrs: the operator's attributes.
            name: the name in the current scope; by default the operator's name.
            params: further tensors that it reads, such as weights and biases.
            dtype: the dtype of the output; by default that of the first input.
            in_place: a stand-in that becomes the output.
            memory: the node's memory behaviour, where it is not that of the operator.

        Raises:
            RequestError: the operator cannot take these inputs; the message begins with the path.
        """
        reads = [proxy for proxy in map(self.lift, inputs) if proxy is not None]
        dtype = dtype or reads[0].dtype
        path = self.builder.path(name or op)
        key = None if attrs else (op, *[proxy.shape for proxy in reads])
        outcome = self.outcomes.get(key)
        if outcome is None:
            try:
                shapes = [tuple(proxy.shape) for proxy in reads]
                outcome = OPERATORS[op].rule(*shapes, **attrs)
            except RequestError as error:
                raise RequestError("{path}: {error}", path=module_path(path), error=error) from None
            if key is not None:
                self.outcomes[key] = outcome
        if params:
            reads += [proxy for proxy in map(self.lift, params) if proxy is not None]
        output = self.record(path, op, reads, outcome.outputs, attrs, outcome.terms)
        if output[0] and (in_place is not None or memory is not None):
            memory = OPERATORS[op].memory if memory is None else memory
            self.memory[output[0]] = memory._replace(in_place=in_place is not None)
        is_made = not output[0] and (OPERATORS[op].memory.view == "" or reads[0].is_made)
        return self.replaced(in_place, Proxy(self, outcome.outputs[0], dtype, *output, is_made))

    def replaced(self, old: Any, new: Proxy) -> Proxy:
        """Return the new stand-in, or the old one updated if the function works in place."""
        if type(old) is not Proxy:
            return new
        old.shape, old.source, old.params = new.shape, new.source, new.params
        old.is_made = new.is_made
        return old

    def record(
        self,
        path: str,
        op: str,
        reads: Sequence[Proxy],
        outputs: tuple[tuple[int, ...], ...],
        attrs: dict[str, Any],
        terms: Any,
    ) -> tuple[str, tuple[Param, ...]]:
        """Record a node; return its path, and the parameters that are not part of a node yet.

        A value computed only from parameters, without a matrix product, is no node: its parameters
        are added to the node that reads it.
        """
        sources = tuple([proxy.source for proxy in reads if proxy.source])
        params: tuple[Param, ...] = ()
        for proxy in reads:
            if proxy.params:
                params += tuple([param for param in proxy.params if param not in params])
        if not sources and not any(name.endswith("_macs") for name in terms):
            return "", params
        path = self.builder.unique(path)
        self.builder.record(
            Node(
                path=path,
                op=op,
                inputs=sources,
                outputs=outputs,
                attrs=attrs,
                params=params,
                terms=terms,
            )
        )
        return path, ()

    def learn(
        self, source: str, function: Any, args: Any, kwargs: Any, reads: Sequence[Proxy]
    ) -> bool:
        """Learn what an operator outside the catalogue saves for its backward pass, if it can run.

        Args:
            source: the path of its node; empty if it has none.
            function: the torch function.
            args: its arguments, which are not read: only the shapes of tensors are.
            kwargs: its keyword arguments.
            reads: the stand-ins of the tensors in its arguments, in their order.

        Returns:
            Whether its output is a new tensor without a node (see `Proxy.is_made`).
        """
        saving = _saving(function, args, kwargs)
        if saving is None:
            return False
        if source:
            self.memory[source] = saving.memory(reads)
            return False
        return saving.view_of < 0 or reads[saving.view_of].is_made

    def inside(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module's own `forward` in a scope with its path."""
        if is_waiting(module):
            self.settle(module, args)
            return self.call(module, args, kwargs)
        kind = type(module)
        path = self.paths.get(id(module), kind.__name__)
        if not self.is_real and asks_for_exact_type(kind):  # type: ignore[arg-type]
            raise DataNeeded(
                "{path}: its code asks for a tensor's exact type, which only a real tensor has",
                path=path or kind.__name__,
            )
        if not path:
            return self._forward(module, args, kwargs, kind.__name__)
        name = self.local(path)
        outer, self.prefix = self.prefix, f"{path}."
        inside = None if name == path[len(outer) :] else f"{path}."
        try:
            with self.builder.scope(name, kind.__name__, prefix=inside):
                return self._forward(module, args, kwargs, path)
        finally:
            self.prefix = outer

    def _forward(self, module: nn.Module, args: Any, kwargs: Any, path: str) -> Any:
        try:
            return self.forward(module, *args, **kwargs)
        except BaseException:
            self.failed = self.failed or path
            raise

    def call(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module."""
        raise NotImplementedError

    def settle(self, module: nn.Module, args: Any) -> None:
        """Materialize a lazy module's parameters, and register them."""
        with torch._C.DisableTorchFunction(), _disable_current_modes():
            shapes = [
                value if proxy is None else torch.empty(proxy.shape, device="meta")
                for value, proxy in ((value, self.lift(value)) for value in args)
            ]
            settle(module, tuple(shapes))
        path = self.paths.get(id(module), "")
        for name, weight in module._parameters.items():
            if weight is not None:
                full = f"{path}.{name}" if path else name
                self.params[id(weight)] = Param(full, tuple(weight.shape), weight.requires_grad)

    def local(self, path: str) -> str:
        """Return a module's path relative to the current scope."""
        return path[len(self.prefix) :] if path.startswith(self.prefix) else path

    def refuse_data(self, proxy: Proxy, what: str) -> NoReturn:
        """Raise an error for an operation that needs data.

        Raises:
            RequestError: always.
        """
        raise DataNeeded(
            "{path}: its forward asks a tensor of shape {shape} for {what}; "
            "a trace has no data, so what depends on it cannot be traced",
            path=module_path(self.prefix.removesuffix(".")) or type(self.root).__name__,
            shape=spell(tuple(proxy.shape)),
            what=what,
        )

    def idle(self) -> tuple[Param, ...]:
        """Return the parameters that no node reads."""
        used: set[int] = set()
        for node in self.builder.nodes():
            if node.params:
                used.update(map(id, node.params))
        return tuple([param for param in self.params.values() if id(param) not in used])


def _saving(function: Any, args: Any, kwargs: Any) -> Saving | None:
    """Return the tensors that a function saves for its backward pass, cached."""
    try:
        tensors = [id(tensor) for tensor in tensors_in((args, kwargs))]
        same = tuple(map(tensors.index, tensors))  # a tensor given twice has one storage
        key = (function, key_of(args), key_of(kwargs), same)
        if key in SAVINGS:
            return SAVINGS[key]
    except (RuntimeError, TypeError):  # a tensor without strides, or an argument without a hash
        return saving_of(function, args, kwargs)
    return SAVINGS.keep(key, saving_of(function, args, kwargs))
