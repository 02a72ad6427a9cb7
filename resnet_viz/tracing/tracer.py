"""The tracer: modules to scopes, torch functions to nodes."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from operator import itemgetter
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule
from torch.nn.modules.module import _global_forward_hooks, _global_forward_pre_hooks
from torch.overrides import TorchFunctionMode

from resnet_viz.errors import RequestError
from resnet_viz.graph import Builder, Node, Param
from resnet_viz.graph.model import input_name, module_path
from resnet_viz.ops import OPERATORS, Outcome
from resnet_viz.ops.operator import spell
from resnet_viz.tracing.fallback import Answer, counted
from resnet_viz.tracing.leaves import LEAVES
from resnet_viz.tracing.proxy import Proxy
from resnet_viz.tracing.rules import PRODUCTS, RULES

__all__ = ["Tracer", "mapped"]

_VALUES = frozenset(
    {"item", "tolist", "numpy", "__bool__", "__int__", "__float__", "__index__", "__contains__"}
)
"""Functions that ask for data; parameters and buffers have some, stand-ins have none."""

_HOLDERS: dict[type, Any] = {kind: kind() for kind in (dict, list, set, OrderedDict)}
"""What a module keeps its parameters, buffers, submodules, hooks and caches in, and one of each."""

_SETUPS: dict[type, Callable[[Any], Any]] = {}
"""What reads a leaf's settings out of it, by its type."""

_RECIPES: dict[Any, tuple[Any, ...]] = {}
"""What a leaf's rule made of an input, by all that it depends on; kept from trace to trace."""

_MAX_RECIPES = 10_000

_IN_PLACE = frozenset(
    getattr(torch.Tensor, f"__i{name}__")
    for name in ("add", "sub", "mul", "truediv", "and", "or", "xor")
)


class Tracer(TorchFunctionMode):
    """Answers every torch function while a module's `forward` runs on stand-ins.

    A function that sees stand-ins becomes a node. One that sees only parameters and buffers is
    answered by its shape, so that no weight is read or changed. Any other runs as it is: positions,
    masks and the like are made of numbers, not of data.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.dtype, self.device = torch.float32, torch.device("cpu")
        self.paths: dict[int, str] = {}
        self.params: dict[int, Param] = {}
        self.buffers: set[int] = set()
        self.weights: dict[int, Proxy] = {}
        self.held: list[tuple[Any, Any]] = []
        self.outcomes: dict[Any, Outcome] = {}
        self.failed = ""
        self.hooked = bool(_global_forward_hooks or _global_forward_pre_hooks)
        self.answers: dict[Any, Answer] = {}
        self.root = module
        self.builder = Builder()
        self.prefix = ""  # the module path of the present scope, with a dot at its end
        self.forward: Callable[..., Any] = nn.Module.__call__

    def survey(self) -> None:
        """Note the paths of all modules and parameters, as PyTorch names them, first come first.

        And what every module holds that a `forward` may change.

        Raises:
            RequestError: a module is compiled or unfinished, and cannot be looked into.
        """
        paths, params, keep = self.paths, self.params, self.held.append
        waiting = [("", self.root)]
        while waiting:
            path, module = waiting.pop()
            if id(module) in paths:
                continue
            paths[id(module)] = path
            kind, held = type(module), module.__dict__
            is_leaf = kind in LEAVES
            if not is_leaf and ("_parameters" not in held or isinstance(module, ScriptModule)):
                raise RequestError(
                    f"{path or kind.__name__}: a {kind.__name__} cannot be looked into by a trace"
                )
            prefix = f"{path}." if path else ""
            weights, buffers = held["_parameters"], held["_buffers"]
            for name, weight in weights.items():
                if weight is None or id(weight) in params:
                    continue
                try:
                    shape = tuple(weight.shape)
                except RuntimeError:
                    raise RequestError(
                        f"{prefix}{name}: has no shape yet (run the lazy module once before)"
                    ) from None
                if not params and weight.is_floating_point():
                    self.dtype, self.device = weight.dtype, weight.device
                params[id(weight)] = Param(prefix + name, shape, weight.requires_grad)
            keep((held, held.copy()))
            if buffers:
                self.buffers.update(map(id, buffers.values()))
            if is_leaf:
                if weights:
                    keep((weights, weights.copy()))
                if buffers:
                    keep((buffers, buffers.copy()))
                continue
            for value in held.values():
                if type(value) in _HOLDERS:
                    keep((value, value.copy() if value else _HOLDERS[type(value)]))
            children = held["_modules"]
            for name in reversed(children):
                child = children[name]
                if child is not None:
                    waiting.append((prefix + name, child))

    def put_back(self) -> None:
        """Put back every attribute, parameter, buffer and submodule that a forward replaced."""
        for held, before in self.held:
            try:
                if held == before:  # the very same values, mostly: a comparison by identity
                    continue
            except Exception:  # tensors that differ have no truth value
                pass
            held.clear()
            if isinstance(held, list):
                held.extend(before)
            else:
                held.update(before)
        self.held.clear()
        self.weights.clear()  # they know their tracer: a cycle for the garbage collector

    # Inputs

    def enter(self, values: Any) -> Any:
        """Return example inputs with every tensor in them replaced by a stand-in."""
        shapes: list[tuple[int, ...]] = []

        def stand_in(tensor: torch.Tensor) -> Proxy:
            shapes.append(tuple(tensor.shape))
            return Proxy(self, tensor.shape, tensor.dtype, input_name(len(shapes) - 1))

        entered = mapped(values, torch.Tensor, stand_in)
        self.builder = Builder(*shapes)
        return entered

    # Modules

    def call(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module: a known leaf by its rule, any other by its own forward, in a scope.

        What a rule said of one leaf is said again of another that is set up alike.
        """
        kind = type(module)
        leaf = LEAVES.get(kind)
        held = module.__dict__
        if (
            leaf is None
            or not args
            or type(args[0]) is not Proxy
            or held["_forward_hooks"]
            or held["_forward_pre_hooks"]
            or "forward" in held
            or self.hooked
        ):
            return self._inside(module, args, kwargs)
        path = self.paths.get(id(module), kind.__name__) or kind.__name__.lower()
        x, key = args[0], None
        if x.source and len(args) == 1 and not kwargs:
            setup = _SETUPS.get(kind)
            if setup is None:
                names = ("training", *getattr(kind, "__constants__", ()))
                setup = _SETUPS[kind] = itemgetter(*names)
            known, shape = self.params, x.shape
            params: tuple[Param, ...] = ()
            try:
                weights = held["_parameters"]
                if weights:
                    params = tuple([known[id(p)] for p in weights.values() if p is not None])
                    key = (kind, shape, x.dtype, setup(held), *[param[1] for param in params])
                else:
                    key = (kind, shape, x.dtype, setup(held))
                recipe = _RECIPES.get(key)
            except (KeyError, TypeError):  # a weight of another making, a setting that is a list
                key = recipe = None
            if recipe is not None:
                builder = self.builder
                if builder.prefix != self.prefix or not path.startswith(self.prefix):
                    path = builder.path(self._local(path))
                path = builder.unique(path)
                op, outputs, attrs, terms, made = recipe
                builder.children.append(Node(path, op, (x.source,), outputs, attrs, params, terms))
                if held.get("inplace"):
                    x.source = path
                    return x
                return Proxy(self, made, x.dtype, path)
        before, dtype = len(self.builder.children), x.dtype
        name = self._local(path)
        try:
            result = leaf(self, name, module, *args, **kwargs)
        except TypeError as error:  # arguments that its forward does not take
            raise RequestError(f"{self.builder.path(name)}: {error}") from error
        if result is NotImplemented:
            return self._inside(module, args, kwargs)
        recorded = self.builder.children[before:]
        if key is not None and len(recorded) == 1 and result.dtype is dtype:
            (first,) = recorded
            assert isinstance(first, Node)
            made = torch.Size(first.output)
            if len(_RECIPES) >= _MAX_RECIPES:
                _RECIPES.clear()
            _RECIPES[key] = (first.op, first.outputs, first.attrs, first.terms, made)
        return result

    def _inside(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """Call a module's own forward, in a scope of its path."""
        path = self.paths.get(id(module), type(module).__name__)
        if not path:
            return self._forward(module, args, kwargs, type(module).__name__)
        name = self._local(path)
        outer, self.prefix = self.prefix, f"{path}."
        inside = None if name == path[len(outer) :] else f"{path}."
        try:
            with self.builder.scope(name, type(module).__name__, prefix=inside):
                return self._forward(module, args, kwargs, path)
        finally:
            self.prefix = outer

    def _forward(self, module: nn.Module, args: Any, kwargs: Any, path: str) -> Any:
        try:
            return self.forward(module, *args, **kwargs)
        except BaseException:
            self.failed = self.failed or path
            raise

    def _local(self, path: str) -> str:
        """Return a module's path from the present scope."""
        return path[len(self.prefix) :] if path.startswith(self.prefix) else path

    # Functions

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Answer a torch function that was called on anything at all."""
        return self.dispatch(function, args, kwargs or {})

    def dispatch(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Answer a torch function."""
        first = args[0] if args else None
        known = 2 if type(first) is Proxy else self._known([*args, *kwargs.values()])
        if known == 0:
            if function in PRODUCTS:
                return self._tables(function, args, kwargs)
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
                if id(value) in self.params or id(value) in self.buffers:
                    known = 1
            elif isinstance(value, (tuple, list)):
                known = max(known, self._known(value))
                if known == 2:
                    return 2
        return known

    def _constant(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Answer what is asked of parameters and buffers alone, if a stand-in is not needed.

        Buffers are data that is there, and so are read; nothing is written.
        """
        name = getattr(function, "__name__", "")
        if name in ("__set__", "requires_grad_"):
            return args[0]
        if name in _VALUES or name in ("__repr__", "__format__", "__hash__"):
            return self._run(function, args, kwargs)
        if name == "__get__":
            value = self._run(function, args, kwargs)
            if not isinstance(value, torch.Tensor):
                return value
        if self._writes(function, name) or kwargs.get("out") is not None:
            return NotImplemented
        if any(id(value) in self.params for value in _flat((args, kwargs))):
            return NotImplemented
        return self._tables(function, args, kwargs)

    def _tables(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Compute what is made of tables, not of the input; their product is work, too."""
        answer = counted(function, args, kwargs)
        if answer.macs:
            op = getattr(function, "__name__", "product").strip("_")
            outputs: list[tuple[int, ...]] = []
            mapped(answer.result, torch.Tensor, lambda made: outputs.append(tuple(made.shape)))
            path = self.builder.unique(self.builder.path(op))
            terms = {"matmul_macs": answer.macs}
            self.builder.record(Node(path, op, (), tuple(outputs), {}, (), terms))
        return answer.result

    @staticmethod
    def _writes(function: Any, name: str) -> bool:
        """Tell whether a function changes its first argument."""
        trailing = name.endswith("_") and not name.endswith("__")
        return trailing or function in _IN_PLACE or name == "__setitem__"

    @staticmethod
    def _run(function: Any, args: Any, kwargs: Any) -> Any:
        with torch._C.DisableTorchFunction():
            return function(*args, **kwargs)

    def lift(self, value: Any) -> Proxy | None:
        """Return a stand-in for a tensor: itself, or one that remembers which parameter it is."""
        if type(value) is Proxy:
            return value
        if not isinstance(value, torch.Tensor):
            return None
        weight = self.weights.get(id(value))
        if weight is None:
            param = self.params.get(id(value))
            params = () if param is None else (param,)
            with torch._C.DisableTorchFunction():
                weight = Proxy(self, value.shape, value.dtype, "", params)
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
    ) -> Proxy:
        """Record one call of an operator of the catalogue and return what it puts out.

        Args:
            op: its name in the catalogue.
            inputs: what its rule takes: stand-ins or tensors.
            attrs: its attributes.
            name: the name in the present scope; the operator's own if empty.
            params: further tensors that it reads: weights, biases.
            dtype: of the output, where it is not that of the first input.
            in_place: a stand-in that becomes the output.

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
                raise RequestError(f"{module_path(path)}: {error}") from None
            if key is not None:
                self.outcomes[key] = outcome
        if params:
            reads += [proxy for proxy in map(self.lift, params) if proxy is not None]
        output = self._record(path, op, reads, outcome.outputs, attrs, outcome.terms)
        return self._replaced(in_place, Proxy(self, outcome.outputs[0], dtype, *output))

    def _replaced(self, old: Any, new: Proxy) -> Proxy:
        """Return the new stand-in, or the old one made like it if the function works in place."""
        if type(old) is not Proxy:
            return new
        old.shape, old.source, old.params = new.shape, new.source, new.params
        return old

    def _record(
        self,
        path: str,
        op: str,
        reads: Sequence[Proxy],
        outputs: tuple[tuple[int, ...], ...],
        attrs: dict[str, Any],
        terms: Any,
    ) -> tuple[str, tuple[Param, ...]]:
        """Record a node; return its path, and no parameters that would still be waiting for one.

        What is made of parameters only, without a multiplication of matrices, is no node: its
        parameters wait for the one that reads it.
        """
        sources = tuple([proxy.source for proxy in reads if proxy.source])
        params: tuple[Param, ...] = ()
        for proxy in reads:
            if proxy.params:
                params += tuple([param for param in proxy.params if param not in params])
        if not sources and not any(name.endswith("_macs") for name in terms):
            return "", params
        path = self.builder.unique(path)
        self.builder.record(Node(path, op, sources, outputs, attrs, params, terms))
        return path, ()

    def _fall_back(self, function: Any, args: Any, kwargs: Any) -> Any:
        name = getattr(function, "__name__", type(function).__name__)
        op = name.strip("_") if name != "__get__" else function.__self__.__name__
        reads: list[Proxy] = []

        def to_meta(value: Any) -> Any:
            proxy = self.lift(value)
            assert proxy is not None
            reads.append(proxy)
            return torch.empty(proxy.shape, dtype=proxy.dtype, device="meta")

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
        made: list[torch.Tensor] = []
        mapped(answer.result, torch.Tensor, made.append)
        if not made:
            return answer.result
        terms: dict[str, int] = {"matmul_macs": answer.macs} if answer.macs else {}
        if answer.unknown:
            terms["unknown_calls"] = 1
        outputs = tuple(tuple(tensor.shape) for tensor in made)
        source, params = self._record(self.builder.path(op), op, reads, outputs, {}, terms)
        result = mapped(
            answer.result,
            torch.Tensor,
            lambda tensor: Proxy(self, tensor.shape, tensor.dtype, source, params),
        )
        if self._writes(function, name) and type(args[0]) is Proxy:
            return self._replaced(args[0], result)
        return result

    def _answer(self, function: Any, args: Any, kwargs: Any) -> Answer:
        """Return what a function makes of meta tensors, from memory if it was asked before."""
        key = (function, _key(args), _key(kwargs))
        try:
            if key in self.answers:
                return self.answers[key]
        except TypeError:
            return counted(function, args, kwargs)
        if getattr(function, "__name__", "") == "__setitem__":
            counted(function, args, kwargs)
            answer = Answer(args[0], 0, False)
        else:
            answer = counted(function, args, kwargs)
        self.answers[key] = answer
        return answer

    def ask(self, proxy: Proxy, what: str) -> Any:
        """Refuse a question that only data could answer.

        Raises:
            RequestError: always.
        """
        where = module_path(self.prefix.removesuffix(".")) or type(self.root).__name__
        raise RequestError(
            f"{where}: its forward asks a tensor of shape {spell(tuple(proxy.shape))} for {what}; "
            "a trace has no data, so what depends on it cannot be traced"
        )

    def idle(self) -> tuple[Param, ...]:
        """Return the parameters that no node reads."""
        used = {id(param) for node in self.builder.nodes() for param in node.params}
        return tuple([param for param in self.params.values() if id(param) not in used])


def mapped(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """Return a nested value with every part of a kind changed.

    Tuples, lists, dicts, slices and dataclasses are looked into.
    """
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, torch.Size):
        return value
    if isinstance(value, (tuple, list)):
        parts = [mapped(part, kind, change) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, dict):
        changed = {key: mapped(part, kind, change) for key, part in value.items()}
        copied = copy.copy(value)
        copied.update(changed)
        return copied
    if isinstance(value, slice):
        ends = (value.start, value.stop, value.step)
        return slice(*(mapped(part, kind, change) for part in ends))
    if is_dataclass(value) and not isinstance(value, type):
        twin = copy.copy(value)
        for field in fields(value):
            part = mapped(getattr(value, field.name), kind, change)
            object.__setattr__(twin, field.name, part)
        return twin
    return value


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from _flat(part)
    elif isinstance(value, dict):
        yield from _flat(tuple(value.values()))
    else:
        yield value


def _key(value: Any) -> Any:
    """Return what makes two arguments ask the same question."""
    if isinstance(value, torch.Tensor):
        return ("tensor", tuple(value.shape), value.dtype)
    if isinstance(value, (tuple, list)):
        return (type(value), *map(_key, value))
    if isinstance(value, dict):
        return tuple((name, _key(part)) for name, part in value.items())
    if isinstance(value, slice):
        return ("slice", _key(value.start), _key(value.stop), _key(value.step))
    return (type(value), value)
