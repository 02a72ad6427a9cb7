"""Record the calls in a file as nodes of a graph, with the catalogue's shapes and costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from math import prod
from typing import Any, NamedTuple

from resnet_viz.errors import RequestError, show
from resnet_viz.graph import Builder, Graph, Node, Value
from resnet_viz.graph.model import Param
from resnet_viz.ops import OPERATORS, Shape
from resnet_viz.ops.merge import broadcast

__all__ = ["MAX_NODES", "Place", "Recording", "Tensor"]

MAX_NODES = 200_000
"""The most calls in one file."""

_MAX_DEPTH = 64  # the most nested scopes


class Tensor(NamedTuple):
    """A value in a file's graph.

    Attributes:
        source: the node that computes it, or the input; empty if it depends on no input.
        shape: the sizes.
        params: the names of the parameters on which it depends, if it depends on no input.
        data: the elements, if they are integers that are known from the file.
    """

    source: str
    shape: Shape
    params: tuple[str, ...] = ()
    data: tuple[int, ...] | None = None


class Place(NamedTuple):
    """The place of a call: its scopes with their kinds, outermost first, and its name."""

    scopes: tuple[tuple[str, str], ...]
    name: str


class Recording:
    """Makes a graph of the calls of a file.

    Args:
        inputs: the shape of each input.
        params: the shape of each parameter, by name.
    """

    def __init__(self, inputs: Sequence[Shape], params: Mapping[str, Shape]) -> None:
        self.builder = Builder(*inputs)
        self.params = dict(params)
        self._used: set[str] = set()
        self._open: list[tuple[str, AbstractContextManager[None]]] = []

    def inputs(self) -> list[Tensor]:
        """Return the values of the inputs."""
        return [Tensor(value.source, value.shape) for value in self.builder.inputs]

    def graph(self, name: str, outputs: Iterable[Tensor]) -> Graph:
        """Return the graph of the recorded calls.

        Raises:
            RequestError: no output depends on an input.
        """
        self._enter(())
        leaving = {one.source: Value(one.source, one.shape) for one in outputs if one.source}
        if not leaving:
            raise RequestError("no output that depends on an input")
        idle = (name for name in self.params if name not in self._used)
        unread = tuple(Param(name, self.params[name]) for name in idle)
        return self.builder.graph(name, *leaving.values(), idle=unread)

    def forget(self, names: Iterable[str]) -> None:
        """Drop the given parameters that no node reads."""
        for name in set(names) - self._used:
            self.params.pop(name, None)

    def module_param(self, place: Place, name: str, shape: Shape) -> Tensor:
        """Return a parameter of the module at a place."""
        path = ".".join([*(scope for scope, _ in place.scopes), place.name, name])
        self.params[path] = shape
        return Tensor("", shape, (path,))

    def node(
        self,
        place: Place,
        op: str,
        inputs: Sequence[Tensor],
        attrs: Mapping[str, Any],
        params: Sequence[Tensor | None] = (),
    ) -> Tensor:
        """Record one call of an operator of the catalogue and return its output.

        Raises:
            RequestError: the operator cannot take these inputs; the message begins with the path.
        """
        flowing = [one for one in inputs if one.source]
        path = ".".join([*(name for name, _ in place.scopes), place.name])
        try:
            outcome = OPERATORS[op].rule(*(one.shape for one in inputs), **attrs)
        except RequestError as error:
            raise RequestError("{path}: {error}", path=show(path), error=error) from None
        if not flowing:
            return self.computed(inputs, outcome.outputs[0])
        for one, (name, shape) in zip(params, outcome.params, strict=False):
            if one is not None and one.shape != shape:
                raise RequestError(
                    "{path}: {name} of the shape {given} (must be {shape})",
                    path=show(path),
                    name=name,
                    given=show(one.shape),
                    shape=show(shape),
                )
        held = [one for one in (*inputs, *params) if one is not None and not one.source]
        return self._record(place, op, flowing, outcome.outputs[0], attrs, held, outcome.terms)

    def other(
        self, place: Place, op: str, inputs: Sequence[Tensor], shape: Shape, *, known: bool
    ) -> Tensor:
        """Record a call of an operator that the catalogue lacks; if `known`, it has no MACs."""
        if not any(one.source for one in inputs):
            return self.computed(inputs, shape)
        flowing = [one for one in inputs if one.source]
        held = [one for one in inputs if not one.source]
        return self._record(
            place, op, flowing, shape, {}, held, {} if known else {"unknown_calls": 1}
        )

    def computed(self, inputs: Iterable[Tensor], shape: Shape) -> Tensor:
        """Return a value that depends on parameters and constants only."""
        return Tensor("", shape, tuple(dict.fromkeys(n for one in inputs for n in one.params)))

    def _record(
        self,
        place: Place,
        op: str,
        inputs: Sequence[Tensor],
        shape: Shape,
        attrs: Mapping[str, Any],
        held: Sequence[Tensor],
        terms: Mapping[str, Any],
    ) -> Tensor:
        self._enter(place.scopes[:_MAX_DEPTH])
        names = dict.fromkeys(name for one in held for name in one.params)
        self._used.update(names)
        node = Node(
            path=self.builder.unique(self.builder.path(place.name)),
            op=op,
            inputs=tuple(one.source for one in inputs),
            outputs=(shape,),
            attrs=attrs,
            params=tuple(Param(name, self.params[name]) for name in names),
            terms=terms,
        )
        self.builder.record(node)
        return Tensor(node.path, shape)

    def _enter(self, scopes: Sequence[tuple[str, str]]) -> None:
        """Leave the scopes that do not contain a call, and enter those that do."""
        common = 0
        names = [name for name, _ in scopes]
        while names[common : common + 1] == [name for name, _ in self._open[common : common + 1]]:
            if common == len(names):
                break
            common += 1
        while len(self._open) > common:
            self._open.pop()[1].__exit__(None, None, None)
        for name, kind in scopes[common:]:
            scope = self.builder.scope(name, kind)
            scope.__enter__()
            self._open.append((name, scope))

    # Operators of both formats

    def convolution(
        self,
        place: Place,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        *,
        stride: Sequence[int],
        padding: Sequence[int],
        dilation: Sequence[int],
        groups: int,
        output_padding: Sequence[int] | None = None,
    ) -> Tensor:
        """Record a convolution, or a transposed one if `output_padding` is given."""
        kernel = weight.shape[2:]
        rank = len(kernel)
        stride, padding, dilation = (
            tuple(sizes) * (rank if len(sizes) == 1 else 1) for sizes in (stride, padding, dilation)
        )
        if rank not in (1, 2, 3) or {len(stride), len(padding), len(dilation)} != {rank}:
            raise RequestError("{name}: no convolution of 1 to 3 dimensions", name=show(place.name))
        sizes = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        op, channels = f"conv{rank}d", weight.shape[0]
        if output_padding is not None:
            more = tuple(output_padding) * (rank if len(output_padding) == 1 else 1)
            op, sizes["output_padding"] = f"conv_transpose{rank}d", more
            channels = weight.shape[1] * groups
        elif not weight.params and groups == channels == x.shape[-rank - 1] and rank == 2:
            return self.node(place, "blur_pool2d", [x], sizes)  # its filter is no parameter
        attrs = {"out_channels": channels, **sizes, "groups": groups, "bias": bias is not None}
        if len(weight.params) == 1 and self.params[weight.params[0]] != weight.shape:
            weight = weight._replace(shape=self.params[weight.params[0]])
        return self.node(place, op, [x], attrs, [weight, bias])

    def linear(self, place: Place, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Record a fully connected layer; its weight is (out, in)."""
        attrs = {"out_features": weight.shape[0], "bias": bias is not None}
        return self.node(place, "linear", [x], attrs, [weight, bias])

    def matmul(self, place: Place, a: Tensor, b: Tensor) -> Tensor:
        """Record a matrix product, or a linear layer if the second matrix is a parameter."""
        if a.source and not b.source and len(b.shape) == 2:
            attrs = {"out_features": b.shape[1], "bias": False}
            turned = b._replace(shape=b.shape[::-1])
            return self.node(place, "linear", [a], attrs, [turned])
        return self.node(place, "matmul", [a, b], {})

    def batch_norm(
        self, place: Place, x: Tensor, weight: Tensor | None, bias: Tensor | None
    ) -> Tensor:
        """Record a batch norm."""
        features = 0 if weight is None else weight.shape[0]
        return self.node(place, "batch_norm", [x], {"features": features}, [weight, bias])

    def scaled(
        self,
        place: Place,
        op: str,
        x: Tensor,
        weight: Tensor | None,
        bias: Tensor | None,
        **attrs: Any,
    ) -> Tensor:
        """Record a layer, group or instance norm."""
        sizes = {} if weight is None else {"weight": weight.shape}
        sizes |= {} if bias is None else {"bias": bias.shape}
        given = [one for one in (weight, bias) if one is not None]
        return self.node(place, op, [x], {**attrs, **sizes}, given)

    def merge(self, place: Place, op: str, a: Tensor, b: Tensor) -> Tensor:
        """Record a sum or product of two values, one of which may be a parameter or a number."""
        try:
            shape = broadcast(a.shape, b.shape)
        except RequestError as error:
            raise RequestError("{path}: {error}", path=show(place.name), error=error) from None
        if a.source and b.source:
            return self.node(place, op, [a, b], {})
        if not a.source and not b.source:
            return self.computed([a, b], shape)
        flowing, held = (a, b) if a.source else (b, a)
        whole = flowing._replace(shape=shape)
        return self.node(place, op, [whole], {}, [held])

    def reshape(self, place: Place, x: Tensor, shape: Sequence[int]) -> Tensor:
        """Record a reshape, or a flatten if it merges all dimensions after the first ones."""
        sizes = list(shape)
        if sizes.count(-1) == 1:
            known = -prod(sizes)
            sizes[sizes.index(-1)] = prod(x.shape) // known if known else 0
        wanted = tuple(sizes)
        if not x.source:
            return self.computed([x], wanted)
        kept = len(wanted) - 1
        if 0 < kept < len(x.shape) - 1 and wanted == (*x.shape[:kept], prod(x.shape[kept:])):
            return self.node(place, "flatten", [x], {"start": kept - len(x.shape)})
        return self.node(place, "reshape", [x], {"shape": wanted})
