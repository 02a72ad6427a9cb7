"""What kinds are written in: calls on a network that is being assembled."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from resnet_viz.arithmetic import Size

if TYPE_CHECKING:
    from resnet_viz.spec.model import ResNetSpec

__all__ = ["Conv", "Net", "Value"]

Value: TypeAlias = Any
"""A tensor on its way through a network, with its `shape` (`graph.Value`)."""


class Conv(NamedTuple):
    """A square convolution that keeps the size, but for its stride."""

    channels: Size
    kernel: int
    stride: int = 1
    dilation: int = 1
    groups: Size = 1

    @property
    def padding(self) -> int:
        """Zeros on each side: half of what the kernel spans beyond one pixel."""
        return self.dilation * (self.kernel - 1) // 2


class Net(Protocol):
    """A network on its way to a graph: what kinds call, to say which operators they are made of.

    A name is a path of PyTorch's (`bn1`, `conv1.0`), relative to the scope around the call.
    """

    @property
    def spec(self) -> ResNetSpec:
        """The network's spec."""

    def call(self, name: str, op: str, *inputs: Value, **attrs: Any) -> Value:
        """Call an operator of the catalogue (`ops.OPERATORS`)."""

    def scope(self, name: str, kind: str) -> AbstractContextManager[None]:
        """Collect what is called inside in a scope of its own."""

    def conv(self, name: str, conv: Conv, x: Value) -> Value:
        """Call a convolution, as all of the network's are (biased or not)."""

    def norm(self, name: str, x: Value) -> Value:
        """Call the network's norm, if it has one, where no activation belongs to it."""

    def norm_act(
        self, name: str, x: Value, activation: str = "", functional: bool = False
    ) -> Value:
        """Call the network's norm and activation, under these names."""

    def activation(self, x: Value, name: str = "", functional: bool = False) -> Value:
        """Call the network's activation."""
