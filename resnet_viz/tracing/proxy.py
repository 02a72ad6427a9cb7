"""Define the stand-in for a tensor, which has a shape, a dtype and a source, but no data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Protocol

import torch

from resnet_viz.graph import Param

__all__ = ["Answering", "Proxy"]


_Size = torch.Size


class Answering(Protocol):
    """An object that handles torch functions called on stand-ins."""

    device: torch.device

    def dispatch(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Answer a torch function."""

    def refuse_data(self, proxy: Proxy, what: str) -> NoReturn:
        """Raise an error for an operation that needs data."""


class Proxy:
    """A tensor without data, which passes `isinstance` checks for a tensor.

    Attributes:
        tracer: the object that handles torch functions called on it.
        shape: the sizes.
        source: the path of the node that computes it; empty if it depends only on parameters.
        params: the parameters on which it depends and for which no node has been recorded yet.
        is_made: whether `forward` made it without a node: noise, a mask, a function of parameters
            that is no view of them.
    """

    __slots__ = ("__dict__", "dtype", "is_made", "params", "shape", "source", "tracer")

    def __init__(
        self,
        tracer: Answering,
        shape: tuple[int, ...],
        dtype: torch.dtype,
        source: str,
        params: tuple[Param, ...] = (),
        is_made: bool = False,
    ) -> None:
        self.tracer = tracer
        self.shape = shape if type(shape) is _Size else _Size(shape)
        self.dtype = dtype
        self.source = source
        self.params = params
        self.is_made = is_made

    @property  # type: ignore[misc]  # so that isinstance(x, torch.Tensor) holds
    def __class__(self) -> Any:
        return torch.Tensor

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Answer a torch function through the tracer of the first stand-in among its arguments."""
        tracer = _tracer_of((args, kwargs))
        assert tracer is not None
        return tracer.dispatch(function, args, kwargs or {})

    def __getattr__(self, name: str) -> Any:
        member = getattr(torch.Tensor, name)
        if callable(member):
            return lambda *args, **kwargs: self.tracer.dispatch(member, (self, *args), kwargs)
        return self.tracer.dispatch(member.__get__, (self,), {})

    def __repr__(self) -> str:
        return f"Proxy(shape={tuple(self.shape)}, dtype={self.dtype}, source={self.source!r})"

    def __copy__(self) -> Proxy:
        return Proxy(self.tracer, self.shape, self.dtype, self.source, self.params, self.is_made)

    def __deepcopy__(self, memo: Any) -> Proxy:
        return self.__copy__()

    def __hash__(self) -> int:
        return id(self)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tracer.dispatch(torch.Tensor.unbind, (self, 0), {}))

    def __bool__(self) -> bool:
        self.tracer.refuse_data(self, "a truth value (bool)")

    def __int__(self) -> int:
        self.tracer.refuse_data(self, "a number (int)")

    def __float__(self) -> float:
        self.tracer.refuse_data(self, "a number (float)")

    def __index__(self) -> int:
        self.tracer.refuse_data(self, "a number (index)")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        self.tracer.refuse_data(self, "its values (numpy)")

    def item(self) -> Any:
        """Refuse: there is no data."""
        self.tracer.refuse_data(self, "a number (item)")

    def tolist(self) -> Any:
        """Refuse: there is no data."""
        self.tracer.refuse_data(self, "its values (tolist)")

    def numpy(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: there is no data."""
        self.tracer.refuse_data(self, "its values (numpy)")

    def size(self, dim: int | None = None) -> Any:
        """Return the sizes, or one of them."""
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        """Return the number of dimensions."""
        return len(self.shape)

    ndimension = dim

    def numel(self) -> int:
        """Return the number of elements."""
        return self.shape.numel()

    nelement = numel

    @property
    def device(self) -> torch.device:
        """The device of the module's parameters."""
        return self.tracer.device

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def data(self) -> Proxy:
        """The same stand-in, because there is no gradient."""
        return self

    @property
    def requires_grad(self) -> bool:
        """False: nothing is differentiated."""
        return False

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        pass

    @property
    def grad(self) -> None:
        """None: nothing is differentiated."""
        return None

    @property
    def layout(self) -> torch.layout:
        """The strided layout."""
        return torch.strided

    is_cuda = is_sparse = is_quantized = is_nested = is_meta = is_mkldnn = is_complex_ = False
    is_leaf = True
    names = None

    def is_contiguous(self, *args: Any, **kwargs: Any) -> bool:
        """Return True, because it has no memory."""
        return True

    def is_floating_point(self) -> bool:
        """Return whether the elements are floating-point numbers."""
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        """Return whether the elements are complex numbers."""
        return self.dtype.is_complex

    def requires_grad_(self, requires_grad: bool = True) -> Proxy:
        """Return the same stand-in."""
        return self


def _tracer_of(value: Any) -> Answering | None:
    if type(value) is Proxy:
        return value.tracer
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (tuple, list)):
        return None
    for part in value:
        found = _tracer_of(part)
        if found is not None:
            return found
    return None


def _operator(name: str) -> Callable[..., Any]:
    member = getattr(torch.Tensor, name)

    def operate(self: Proxy, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.dispatch(member, (self, *args), kwargs)

    operate.__name__ = name
    return operate


for _name in (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"),
    *("lshift", "rshift"),
):
    for _prefix in ("", "r", "i"):
        if hasattr(torch.Tensor, f"__{_prefix}{_name}__"):
            setattr(Proxy, f"__{_prefix}{_name}__", _operator(f"__{_prefix}{_name}__"))
for _name in (
    *("eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "abs", "invert"),
    *("getitem", "setitem", "contains"),
):
    setattr(Proxy, f"__{_name}__", _operator(f"__{_name}__"))
