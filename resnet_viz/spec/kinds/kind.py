"""Define the interface in which kinds are written: calls on a network under assembly."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from resnet_viz.arithmetic import Size

if TYPE_CHECKING:
    from resnet_viz.spec.model import ResNetSpec

__all__ = ["Conv", "Net", "Value"]

Value: TypeAlias = Any
"""A tensor in a network, with its `shape` (`graph.Value`)."""


class Conv(NamedTuple):
    """A square convolution, padded so that only its stride changes the size."""

    channels: Size
    kernel: int
    stride: int = 1
    dilation: int = 1
    groups: Size = 1

    @property
    def padding(self) -> int:
        """The zeros on each side: half of the dilated kernel size minus 1."""
        return self.dilation * (self.kernel - 1) // 2


class Net(Protocol):
    """A network under assembly, on which kinds call their operators.

    A name is a PyTorch module path (`bn1`, `conv1.0`), relative to the scope around the call.
    """

    @property
    def spec(self) -> ResNetSpec:
        """The spec of the network."""

    def call(self, name: str, op: str, *inputs: Value, **attrs: Any) -> Value:
        """Call an operator of the catalogue (`ops.OPERATORS`)."""

    def scope(self, name: str, kind: str) -> AbstractContextManager[None]:
        """Collect the operators called in the `with` block in a scope."""

    def conv(self, name: str, conv: Conv, x: Value) -> Value:
        """Call a convolution with the network's settings, such as `bias`."""

    def norm(self, name: str, x: Value) -> Value:
        """Call the network's norm, if it has one, without an activation."""

    def norm_act(
        self, name: str, x: Value, activation: str = "", functional: bool = False
    ) -> Value:
        """Call the network's norm and activation with the given names."""

    def activation(self, x: Value, name: str = "", functional: bool = False) -> Value:
        """Call the network's activation."""
