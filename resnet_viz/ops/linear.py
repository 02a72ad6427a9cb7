"""Fully connected layers, matrix products, attention and embeddings."""

from __future__ import annotations

from resnet_viz.arithmetic import Size, differ, product
from resnet_viz.errors import RequestError
from resnet_viz.ops.merge import broadcast
from resnet_viz.ops.operator import Attrs, Kept, Memory, Operator, Outcome, Shape, spell

__all__ = ["OPERATORS"]


def linear(x: Shape, *, out_features: Size, bias: bool) -> Outcome:
    """Map `(..., in)` to `(..., out_features)`; each output element takes `in` multiply-adds."""
    output = (*x[:-1], out_features)
    elements = product(output)
    terms = {"linear_macs": elements * x[-1], "linear_outputs": elements}
    weight = (out_features, x[-1])
    if bias:
        terms["linear_bias_adds"] = elements
        return Outcome((output,), (("weight", weight), ("bias", (out_features,))), terms)
    return Outcome((output,), (("weight", weight),), terms)


def matmul(a: Shape, b: Shape) -> Outcome:
    """Multiply `(..., m, k)` by `(..., k, n)`; each output element takes `k` multiply-adds.

    A vector is a row on the left and a column on the right, as in torch.matmul.
    """
    left = (1, *a) if len(a) == 1 else a
    right = (*b, 1) if len(b) == 1 else b
    if not a or not b or differ(left[-1], right[-2]):
        raise RequestError("{a} and {b} cannot be multiplied as matrices", a=spell(a), b=spell(b))
    batch = broadcast(left[:-2], right[:-2])
    rows = () if len(a) == 1 else (left[-2],)
    columns = () if len(b) == 1 else (right[-1],)
    output = (*batch, *rows, *columns)
    return Outcome((output,), terms={"matmul_macs": product(output) * left[-1]})


def attend(query: Shape, key: Shape, value: Shape) -> Outcome:
    """Apply attention to queries `(..., L, E)`, keys `(..., S, E)` and values `(..., S, V)`.

    The output is `(..., L, V)`. The scores take `L · S · E` multiply-adds, the output `L · V · S`
    (Vaswani et al. 2017, arXiv 1706.03762, equation 1). Keys and values may have fewer heads than
    queries.
    """
    if len(query) < 2 or differ(query[-1], key[-1]) or differ(key[-2], value[-2]):
        raise RequestError(
            "{query} cannot attend to {key} and {value}",
            query=spell(query),
            key=spell(key),
            value=spell(value),
        )
    output = (*query[:-1], value[-1])
    scores = product(query[:-1]) * key[-2]
    return Outcome((output,), terms={"matmul_macs": scores * (query[-1] + value[-1])})


def embed(x: Shape, *, features: Size) -> Outcome:
    """Look up `(...)` indices in a table, giving `(..., features)`; takes no multiply-adds."""
    return Outcome(((*x, features),))


def _attention(query: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the tensors that unfused attention saves: scaled queries, scaled keys, and weights.

    This assumes self-attention, with as many keys as queries. Fused kernels save less.
    """
    scores = product(query[:-1]) * query[-2]
    return (Kept(product(query)), Kept(product(query)), Kept(scores, inference=True))


def _indices(x: Shape, output: Shape, attrs: Attrs) -> tuple[Kept, ...]:
    """Return the tensor that a look-up saves: its indices."""
    return (Kept(product(x), "int64"),)


_PRODUCT = Memory("factors")
"""A product saves each factor for the gradient of the other (`mm`: `grad.mm(other.t())`)."""

OPERATORS = (
    Operator("embedding", "other", embed, Memory(extra=_indices)),
    Operator("linear", "linear", linear, _PRODUCT),
    Operator("matmul", "matmul", matmul, _PRODUCT),
    Operator("scaled_dot_product_attention", "matmul", attend, Memory("inputs", extra=_attention)),
)
