"""Torch functions to operators of the catalogue: each with the arguments that torch gives it.

A rule returns `NotImplemented` for what it does not cover; the function then runs on meta tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from resnet_viz.errors import RequestError, show
from resnet_viz.ops.activation import NAMES as ACTIVATIONS
from resnet_viz.ops.operator import spell
from resnet_viz.tracing.proxy import Proxy

if TYPE_CHECKING:
    from resnet_viz.tracing.tracer import Tracer

__all__ = [
    "PRODUCTS",
    "RULES",
    "activation",
    "adaptive",
    "batch_norm",
    "conv",
    "conv_transpose",
    "linear",
]
__all__ += ["fits", "flatten", "has_rank", "keep", "normalize", "pool"]

Rule = Callable[..., Any]


def tuple_of(value: Any, rank: int) -> tuple[int, ...]:
    """Return one number for each of so many dimensions."""
    if isinstance(value, (tuple, list)):
        return tuple(value) * rank if len(value) == 1 else tuple(value)
    return (value,) * rank


def _lifted(tracer: Tracer, *tensors: Any) -> tuple[Proxy, ...]:
    """Return stand-ins for arguments that must be tensors.

    Raises:
        RequestError: one is none.
    """
    lifted = tuple(map(tracer.lift, tensors))
    for given, proxy in zip(tensors, lifted, strict=True):
        if proxy is None:
            raise RequestError(f"{tracer.builder.path('')}: {show(given)} (must be a tensor)")
    return lifted  # type: ignore[return-value]


def conv(rank: int) -> Rule:
    """Return the rule of a convolution in so many dimensions."""

    def rule(
        tracer: Tracer,
        x: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        *,
        name: str = "",
        standardized: bool = False,
    ) -> Any:
        x, filters = _lifted(tracer, x, weight)
        kernel, dilations = tuple(filters.shape[2:]), tuple_of(dilation, rank)
        fits(tracer, name or f"conv{rank}d", x, -rank - 1, filters.shape[1] * groups, "channels")
        has_rank(tracer, name or f"conv{rank}d", x, rank + 1, rank + 2)
        if padding == "same":
            span = [d * (k - 1) for k, d in zip(kernel, dilations, strict=True)]
            padding = [total // 2 for total in span]
            if any(total % 2 for total in span):  # more on the right, as torch does it
                amounts = [(total // 2, total - total // 2) for total in reversed(span)]
                flat = tuple(amount for pair in amounts for amount in pair)
                x, padding = tracer.node("pad", [x], {"amounts": flat}), 0
        attrs = {
            "out_channels": filters.shape[0],
            "kernel": kernel,
            "stride": tuple_of(stride, rank),
            "padding": tuple_of(0 if padding == "valid" else padding, rank),
            "dilation": dilations,
            "groups": groups,
            "bias": bias is not None,
        }
        if standardized:
            attrs["standardized"] = True
        return tracer.node(f"conv{rank}d", [x], attrs, name=name, params=[filters, bias])

    return rule


def conv_transpose(rank: int) -> Rule:
    """Return the rule of a transposed convolution in so many dimensions."""

    def rule(
        tracer: Tracer,
        x: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
        *,
        name: str = "",
    ) -> Any:
        x, filters = _lifted(tracer, x, weight)
        op = f"conv_transpose{rank}d"
        fits(tracer, name or op, x, -rank - 1, filters.shape[0], "channels")
        attrs = {
            "out_channels": filters.shape[1] * groups,
            "kernel": tuple(filters.shape[2:]),
            "stride": tuple_of(stride, rank),
            "padding": tuple_of(padding, rank),
            "dilation": tuple_of(dilation, rank),
            "groups": groups,
            "bias": bias is not None,
            "output_padding": tuple_of(output_padding, rank),
        }
        return tracer.node(op, [x], attrs, name=name, params=[filters, bias])

    return rule


def linear(tracer: Tracer, x: Any, weight: Any, bias: Any = None, *, name: str = "") -> Any:
    """`torch.nn.functional.linear`."""
    x, matrix = _lifted(tracer, x, weight)
    if len(matrix.shape) != 2:
        return NotImplemented
    fits(tracer, name or "linear", x, -1, matrix.shape[1], "features")
    attrs = {"out_features": matrix.shape[0], "bias": bias is not None}
    return tracer.node("linear", [x], attrs, name=name, params=[matrix, bias])


def batch_norm(
    tracer: Tracer,
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    *rest: Any,
    name: str = "",
    in_place: Any = None,
    **more: Any,
) -> Any:
    """`torch.nn.functional.batch_norm`."""
    (x,), scale = _lifted(tracer, x), tracer.lift(weight)
    features = 0 if scale is None else scale.shape[0]
    if features:
        axis = 1 if len(x.shape) > 1 else 0
        fits(tracer, name or "batch_norm", x, axis - len(x.shape), features, "channels")
    attrs = {"features": features}
    return tracer.node("batch_norm", [x], attrs, name=name, params=[scale, bias])


def normalize(op: str) -> Rule:
    """Return the rule of a norm that scales by a weight and offsets by a bias."""

    def rule(
        tracer: Tracer,
        x: Any,
        how: Any,
        weight: Any = None,
        bias: Any = None,
        *rest: Any,
        name: str = "",
        **more: Any,
    ) -> Any:
        scale, offset = tracer.lift(weight), tracer.lift(bias)
        (x,) = _lifted(tracer, x)
        if isinstance(how, (tuple, list)) and tuple(x.shape[-len(how) :]) != tuple(how):
            path = tracer.builder.path(name or op)
            given = f"{spell(tuple(x.shape))} (normalizes {spell(tuple(how))})"
            raise RequestError(f"{path}: input {given}")
        if type(how) is int and (len(x.shape) < 2 or x.shape[1] % how):
            path = tracer.builder.path(name or op)
            raise RequestError(f"{path}: input {spell(tuple(x.shape))} (has {how} groups)")
        if op == "group_norm" and scale is not None:
            fits(tracer, name or op, x, 1 - len(x.shape), scale.shape[0], "channels")
        attrs = {"groups": how} if op == "group_norm" else {}
        for key, value in (("weight", scale), ("bias", offset)):
            if value is not None:
                attrs[key] = tuple(value.shape)
        return tracer.node(op, [x], attrs, name=name, params=[scale, offset])

    return rule


def activation(op: str) -> Rule:
    """Return the rule of an activation; further arguments do not change its shape or cost."""

    def rule(
        tracer: Tracer, x: Any, *rest: Any, name: str = "", inplace: bool = False, **more: Any
    ) -> Any:
        weights = [value for value in rest if isinstance(value, torch.Tensor)]
        attrs = {} if name else {"functional": True}
        return tracer.node(
            op, [x], attrs, name=name, params=weights, in_place=x if inplace else None
        )

    return rule


def keep(op: str) -> Rule:
    """Return the rule of an operator that leaves a tensor as it is."""

    def rule(tracer: Tracer, x: Any, *rest: Any, name: str = "", **more: Any) -> Any:
        return tracer.node(op, [x], {}, name=name)

    return rule


def pool(kind: str, rank: int) -> Rule:
    """Return the rule of `max` or `avg` pooling in so many dimensions."""

    def rule(
        tracer: Tracer,
        x: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        *rest: Any,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
        name: str = "",
        **more: Any,
    ) -> Any:
        if return_indices or (len(rest) > 2 and kind == "max"):
            return NotImplemented
        (x,) = _lifted(tracer, x)
        has_rank(tracer, name or f"{kind}_pool{rank}d", x, rank + 1, rank + 2)
        if kind == "max":
            if rest:
                dilation = rest[0]
            if len(rest) > 1:
                ceil_mode = rest[1]
        elif rest:
            ceil_mode = rest[0]
        kernel = tuple_of(kernel_size, rank)
        attrs: dict[str, Any] = {
            "kernel": kernel,
            "stride": kernel if stride is None or stride == [] else tuple_of(stride, rank),
            "padding": tuple_of(padding, rank),
            "dilation": tuple_of(dilation, rank),
        }
        if ceil_mode:
            attrs["ceil_mode"] = True
        return tracer.node(f"{kind}_pool{rank}d", [x], attrs, name=name)

    return rule


def adaptive(kind: str, rank: int) -> Rule:
    """Return the rule of adaptive pooling in so many dimensions."""

    def rule(
        tracer: Tracer, x: Any, output_size: Any, *rest: Any, name: str = "", **more: Any
    ) -> Any:
        if rest or more.get("return_indices"):
            return NotImplemented
        (x,) = _lifted(tracer, x)
        has_rank(tracer, name or f"adaptive_{kind}_pool{rank}d", x, rank + 1, rank + 2)
        given = x.shape[-rank:]
        wishes: tuple[Any, ...] = tuple_of(output_size, rank)
        size = tuple(had if wish is None else wish for had, wish in zip(given, wishes, strict=True))
        return tracer.node(f"adaptive_{kind}_pool{rank}d", [x], {"size": size}, name=name)

    return rule


def flatten(
    tracer: Tracer, x: Any, start_dim: int = 0, end_dim: int = -1, *, name: str = ""
) -> Any:
    """`torch.flatten` to the last dimension."""
    rank = len(_lifted(tracer, x)[0].shape)
    if end_dim not in (-1, rank - 1) or not -rank <= start_dim < rank:
        return NotImplemented
    start = start_dim - rank if start_dim >= 0 else start_dim
    return tracer.node("flatten", [x], {"start": start}, name=name)


def fits(tracer: Tracer, name: str, x: Proxy, axis: int, size: int, what: str) -> None:
    """Check that a tensor has the channels or features that a weight was made for.

    Raises:
        RequestError: it has others.
    """
    if len(x.shape) < -axis or x.shape[axis] != size:
        path = tracer.builder.path(name)
        given = f"has {x.shape[axis]}" if len(x.shape) >= -axis else f"has rank {len(x.shape)}"
        raise RequestError(
            f"{path}: input {spell(tuple(x.shape))} {given} {what} (its weight takes {size})"
        )


def has_rank(tracer: Tracer, name: str, x: Proxy, *ranks: int) -> None:
    """Check that a tensor has as many dimensions as an operator takes.

    Raises:
        RequestError: it has more or fewer.
    """
    if len(x.shape) not in ranks:
        legal = " or ".join(map(str, ranks))
        raise RequestError(
            f"{tracer.builder.path(name)}: input {spell(tuple(x.shape))} has "
            f"{len(x.shape)} dimensions (must have {legal})"
        )


def _merge(op: str, in_place: bool = False) -> Rule:
    def rule(tracer: Tracer, a: Any, b: Any, **more: Any) -> Any:
        if more.get("rounding_mode") or more.get("out") is not None:
            return NotImplemented
        left, right = tracer.lift(a), tracer.lift(b)
        if left is None or right is None:  # a number on one side: no second tensor to draw
            tensor = right if left is None else left
            if tensor is None or not tensor.source:
                return NotImplemented
            floats = isinstance(a if left is None else b, float) or op == "div"
            dtype = tracer.dtype if floats and not tensor.dtype.is_floating_point else None
            return tracer.node(op, [tensor], {}, dtype=dtype, in_place=a if in_place else None)
        dtype = left.dtype
        if right.dtype is not dtype:
            dtype = torch.promote_types(dtype, right.dtype)
        if op == "div" and not dtype.is_floating_point:
            dtype = tracer.dtype
        return tracer.node(op, [left, right], {}, dtype=dtype, in_place=a if in_place else None)

    return rule


def _reversed(op: str) -> Rule:
    forward = _merge(op)

    def rule(tracer: Tracer, a: Any, b: Any, **more: Any) -> Any:
        return forward(tracer, b, a, **more)

    return rule


def _matmul(tracer: Tracer, a: Any, b: Any, **more: Any) -> Any:
    left, right = tracer.lift(a), tracer.lift(b)
    if left is None or right is None or more:
        return NotImplemented
    return tracer.node("matmul", [left, right], {})


def _product_of(rank: int) -> Rule:
    def rule(tracer: Tracer, a: Any, b: Any, **more: Any) -> Any:
        lifted = _lifted(tracer, a, b)
        if any(len(x.shape) != rank for x in lifted):
            return NotImplemented
        return _matmul(tracer, *lifted, **more)

    return rule


def _to(tracer: Tracer, x: Any, *args: Any, **more: Any) -> Any:
    """A tensor on another device or of another dtype: the same stand-in, with that dtype."""
    (lifted,) = _lifted(tracer, x)
    dtype = lifted.dtype
    for value in (*args, *more.values()):
        if isinstance(value, torch.dtype):
            dtype = value
        elif isinstance(value, torch.Tensor):
            dtype = value.dtype
    return Proxy(tracer, lifted.shape, dtype, lifted.source, lifted.params)


def _embedding(tracer: Tracer, indices: Any, weight: Any, *rest: Any, **more: Any) -> Any:
    """Rows of a table; of the indices only their shape matters."""
    where, table = _lifted(tracer, indices, weight)
    attrs = {"features": table.shape[-1]}
    return tracer.node("embedding", [where], attrs, params=[table], dtype=table.dtype)


def _rmatmul(tracer: Tracer, a: Any, b: Any) -> Any:
    return _matmul(tracer, b, a)


def _attend(tracer: Tracer, query: Any, key: Any, value: Any, *rest: Any, **more: Any) -> Any:
    mask = [part for part in (*rest, *more.values()) if isinstance(part, torch.Tensor)]
    return tracer.node("scaled_dot_product_attention", [query, key, value], {}, params=mask)


def _cat(tracer: Tracer, tensors: Any, dim: int = 0, **more: Any) -> Any:
    dim = more.pop("axis", dim)
    parts = [tracer.lift(part) for part in tensors]
    if more or any(part is None or len(part.shape) == 0 for part in parts):
        return NotImplemented
    shapes = {len(part.shape) for part in parts if part is not None}
    if len(shapes) > 1 or any(part is not None and part.shape == (0,) for part in parts):
        return NotImplemented
    (rank,) = shapes
    if not -rank <= dim < rank:
        return NotImplemented
    return tracer.node("cat", parts, {"axis": dim if dim < 0 else dim - rank})


def _reshape(tracer: Tracer, x: Any, *shape: Any, **more: Any) -> Any:
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    if more or not all(type(size) is int for size in shape):
        return NotImplemented
    (lifted,) = _lifted(tracer, x)
    if -1 in shape:
        known = 1
        for size in shape:
            known *= 1 if size == -1 else size
        if known == 0 or shape.count(-1) > 1 or lifted.numel() % known:
            return NotImplemented
        shape = tuple(lifted.numel() // known if size == -1 else size for size in shape)
    return tracer.node("reshape", [lifted], {"shape": shape})


def _unflatten(tracer: Tracer, x: Any, dim: Any, sizes: Any, **more: Any) -> Any:
    """The last dimension into several; any other runs on meta tensors."""
    (lifted,) = _lifted(tracer, x)
    if dim not in (-1, len(lifted.shape) - 1) or not all(
        type(size) is int and size > 0 for size in sizes
    ):
        return NotImplemented
    return tracer.node("unflatten", [lifted], {"sizes": tuple(sizes)})


def _permute(tracer: Tracer, x: Any, *dims: Any, **more: Any) -> Any:
    if len(dims) == 1 and isinstance(dims[0], (tuple, list)):
        dims = tuple(dims[0])
    (lifted,) = _lifted(tracer, x)
    rank = len(lifted.shape)
    if more or sorted(d % rank for d in dims) != list(range(rank)):
        return NotImplemented
    if not all(-rank <= d < rank for d in dims):
        return NotImplemented
    return tracer.node("permute", [lifted], {"order": tuple(d % rank - rank for d in dims)})


def _transpose(tracer: Tracer, x: Any, *dims: Any, **more: Any) -> Any:
    if len(dims) != 2 or more:
        return NotImplemented
    (lifted,) = _lifted(tracer, x)
    rank = len(lifted.shape)
    if not all(-rank <= d < rank for d in dims):
        return NotImplemented
    order = list(range(-rank, 0))
    one, other = (d % rank for d in dims)
    order[one], order[other] = order[other], order[one]
    return tracer.node("permute", [lifted], {"order": tuple(order)})


def _getitem(tracer: Tracer, x: Any, index: Any) -> Any:
    """Recognise every n-th element of the last dimensions; other indexing runs on meta tensors."""
    parts = index if isinstance(index, tuple) else (index,)
    (lifted,) = _lifted(tracer, x)
    if parts and parts[0] is Ellipsis:
        parts = parts[1:]
    elif len(parts) != len(lifted.shape):
        return NotImplemented
    steps = []
    for part in parts:
        if not isinstance(part, slice) or part.start not in (None, 0) or part.stop is not None:
            return NotImplemented
        steps.append(1 if part.step is None else part.step)
    while steps and steps[0] == 1:
        steps.pop(0)
    if not steps:
        return NotImplemented
    return tracer.node("subsample", [lifted], {"steps": tuple(steps)})


def _pad(tracer: Tracer, x: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    (x,) = _lifted(tracer, x)
    if not all(type(amount) is int for amount in pad) or len(pad) % 2:
        return NotImplemented
    if len(pad) > 2 * len(x.shape):
        return NotImplemented
    return tracer.node("pad", [x], {"amounts": tuple(pad)})


T = torch.Tensor

RULES: Mapping[Any, Rule] = {
    torch.conv1d: conv(1),
    torch.conv2d: conv(2),
    torch.conv3d: conv(3),
    torch.conv_transpose1d: conv_transpose(1),
    torch.conv_transpose2d: conv_transpose(2),
    torch.conv_transpose3d: conv_transpose(3),
    F.linear: linear,
    F.batch_norm: batch_norm,
    F.layer_norm: normalize("layer_norm"),
    F.group_norm: normalize("group_norm"),
    F.adaptive_avg_pool1d: adaptive("avg", 1),
    F.adaptive_avg_pool2d: adaptive("avg", 2),
    F.adaptive_avg_pool3d: adaptive("avg", 3),
    F.adaptive_max_pool1d: adaptive("max", 1),
    F.adaptive_max_pool2d: adaptive("max", 2),
    F.adaptive_max_pool3d: adaptive("max", 3),
    F.avg_pool1d: pool("avg", 1),
    F.avg_pool2d: pool("avg", 2),
    F.avg_pool3d: pool("avg", 3),
    F.max_pool1d: pool("max", 1),
    F.max_pool2d: pool("max", 2),
    F.max_pool3d: pool("max", 3),
    **{
        function: activation(name)
        for name in ACTIVATIONS
        for function in {
            getattr(F, name, None),
            getattr(torch, name, None),
            getattr(T, name, None),
        }
        - {None}
    },
    F.dropout: keep("dropout"),
    torch.flatten: flatten,
    T.flatten: flatten,
    T.contiguous: keep("contiguous"),
    torch.add: _merge("add"),
    T.add: _merge("add"),
    T.__add__: _merge("add"),
    T.__radd__: _reversed("add"),
    T.__iadd__: _merge("add", in_place=True),
    T.add_: _merge("add", in_place=True),
    torch.sub: _merge("sub"),
    T.__sub__: _merge("sub"),
    torch.mul: _merge("mul"),
    T.mul: _merge("mul"),
    T.__mul__: _merge("mul"),
    T.__rmul__: _reversed("mul"),
    T.__imul__: _merge("mul", in_place=True),
    T.mul_: _merge("mul", in_place=True),
    T.__truediv__: _merge("div"),
    torch.matmul: _matmul,
    T.matmul: _matmul,
    T.__matmul__: _matmul,
    T.__rmatmul__: _rmatmul,
    torch.bmm: _product_of(3),
    T.bmm: _product_of(3),
    torch.mm: _product_of(2),
    T.mm: _product_of(2),
    T.to: _to,
    T.cpu: _to,
    T.cuda: _to,
    F.embedding: _embedding,
    F.scaled_dot_product_attention: _attend,
    torch.cat: _cat,
    torch.reshape: _reshape,
    T.reshape: _reshape,
    T.view: _reshape,
    T.unflatten: _unflatten,
    torch.permute: _permute,
    T.permute: _permute,
    torch.transpose: _transpose,
    T.transpose: _transpose,
    T.__getitem__: _getitem,
    F.pad: _pad,
}
"""The rule of each torch function; one that is missing here runs on meta tensors."""

PRODUCTS = frozenset(
    {
        *(torch.matmul, T.matmul, T.__matmul__, T.__rmatmul__, torch.bmm, T.bmm, torch.mm, T.mm),
        *(torch.einsum, torch.addmm, torch.baddbmm, F.linear, F.scaled_dot_product_attention),
        *(torch.conv1d, torch.conv2d, torch.conv3d),
    }
)
"""Functions that multiply and add: counted even if they see neither input nor parameters."""
