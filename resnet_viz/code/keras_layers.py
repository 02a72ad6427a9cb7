"""The source code of layers that Keras lacks; here it is data, which is never executed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ENDING", "LAYERS"]

LAYERS: Mapping[str, str] = MappingProxyType(
    {
        "BatchNorm": """\
# PyTorch's running mean keeps 0.9 of what it was, and its epsilon is 1e-5
BatchNorm = partial(layers.BatchNormalization, momentum=0.9, epsilon=1e-5)""",
        "GroupNorm": "GroupNorm = partial(layers.GroupNormalization, epsilon=1e-5)",
        "StdConv2D": '''\
class StdConv2D(layers.Conv2D):
    """A convolution whose filters are brought to mean 0 and variance 1 before each use.

    Source: Qiao et al. 2019 (arXiv 1903.10520), equation 11; epsilon as in timm's BiT.
    """

    def convolution_op(self, inputs: KerasTensor, kernel: KerasTensor) -> KerasTensor:
        mean, variance = ops.moments(kernel, (0, 1, 2), keepdims=True)
        kernel = (kernel - mean) * ops.rsqrt(variance + 1e-8)
        return super().convolution_op(inputs, kernel)''',
        "PaddedConv2D": '''\
class PaddedConv2D(layers.Conv2D):
    """A convolution with zeros on every side: with a stride, "same" pads one side only."""

    def __init__(self, *sizes: int, zeros: int, **more: Any) -> None:
        super().__init__(*sizes, **more)
        self.zeros = zeros

    def call(self, x: KerasTensor) -> KerasTensor:
        sides = (self.zeros, self.zeros)
        return super().call(ops.pad(x, ((0, 0), sides, sides, (0, 0))))

    def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        n, high, wide, channels = shape
        more = 2 * self.zeros
        return super().compute_output_shape((n, high + more, wide + more, channels))''',
        "PaddedStdConv2D": '''\
class PaddedStdConv2D(PaddedConv2D, StdConv2D):
    """A convolution of standardized filters, with zeros on every side."""''',
        "SparseConv2D": '''\
class SparseConv2D(layers.Conv2D):
    """A convolution at every pixel, of which every stride-th is kept.

    Keras has no convolution with a stride and a dilation.
    """

    def __init__(self, filters: int, size: int, stride: int, **more: Any) -> None:
        super().__init__(filters, size, padding="same", **more)
        self.step = stride

    def call(self, x: KerasTensor) -> KerasTensor:
        return super().call(x)[:, :: self.step, :: self.step]

    def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        n, high, wide, channels = super().compute_output_shape(shape)
        return (n, -(-high // self.step), -(-wide // self.step), channels)''',
        "SparseStdConv2D": '''\
class SparseStdConv2D(SparseConv2D, StdConv2D):
    """A convolution of standardized filters, of which every stride-th pixel is kept."""''',
        "PaddedMaxPooling2D": '''\
class PaddedMaxPooling2D(layers.MaxPooling2D):
    """Max pooling beyond the edges: with a stride, "same" does so on one side only."""

    def __init__(self, pool_size: int, strides: int, edge: int) -> None:
        super().__init__(pool_size, strides)
        self.edge = edge

    def call(self, x: KerasTensor) -> KerasTensor:
        sides = (self.edge, self.edge)
        x = ops.pad(x, ((0, 0), sides, sides, (0, 0)), "constant", float("-inf"))
        return super().call(x)

    def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        n, high, wide, channels = shape
        more = 2 * self.edge
        return super().compute_output_shape((n, high + more, wide + more, channels))''',
        "BlurPooling2D": '''\
class BlurPooling2D(layers.Layer):
    """A blur by the filter (1, 2, 1) in both directions, at every stride-th pixel.

    Two averages of two pixels each are that filter; edges are reflected. Source: Zhang 2019
    (arXiv 1904.11486), section 3.
    """

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def call(self, x: KerasTensor) -> KerasTensor:
        x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
        return ops.average_pool(ops.average_pool(x, 2, 1), 2, self.stride)''',
        "FilterResponseNorm": '''\
class FilterResponseNorm(layers.Layer):
    """Each channel over its root mean square, and an activation with a threshold of its own.

    Source: Singh & Krishnan 2019 (arXiv 1911.09737), equations 1 and 3.
    """

    def __init__(self, activated: bool = True) -> None:
        super().__init__()
        self.activated = activated

    def build(self, shape: tuple[int, ...]) -> None:
        self.gamma = self.add_weight((shape[-1],), "ones", name="gamma")
        self.beta = self.add_weight((shape[-1],), "zeros", name="beta")
        if self.activated:
            self.tau = self.add_weight((shape[-1],), "zeros", name="tau")

    def call(self, x: KerasTensor) -> KerasTensor:
        square = ops.mean(ops.square(x), (1, 2), keepdims=True)
        y = x * ops.rsqrt(square + 1e-5) * self.gamma + self.beta
        return ops.maximum(y, self.tau) if self.activated else y''',
        "EvoNorm": '''\
class EvoNorm(layers.Layer):
    """EvoNorm-S0: x · sigmoid(v · x) over the standard deviation of its group.

    Source: Liu et al. 2020 (arXiv 2004.02967), Table 3. Without the activation, scale and offset.
    """

    def __init__(self, groups: int, activated: bool = True) -> None:
        super().__init__()
        self.groups, self.activated = groups, activated

    def build(self, shape: tuple[int, ...]) -> None:
        self.gamma = self.add_weight((shape[-1],), "ones", name="gamma")
        self.beta = self.add_weight((shape[-1],), "zeros", name="beta")
        if self.activated:
            self.v = self.add_weight((shape[-1],), "ones", name="v")

    def call(self, x: KerasTensor) -> KerasTensor:
        if self.activated:
            n, high, wide, channels = ops.shape(x)
            size = (n, high, wide, self.groups, channels // self.groups)
            variance = ops.var(ops.reshape(x, size), (1, 2, 4), keepdims=True)
            gated = ops.reshape(x * ops.sigmoid(x * self.v), size)
            x = ops.reshape(gated * ops.rsqrt(variance + 1e-5), x.shape)
        return x * self.gamma + self.beta''',
        "flatten": '''\
def flatten(x: KerasTensor) -> KerasTensor:
    """Return (N, C H W) of (N, H, W, C): channels first, as in PyTorch."""
    return ops.reshape(ops.moveaxis(x, -1, 1), (-1, math.prod(x.shape[1:])))''',
    }
)

ENDING = '''\
NAMES = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def leaves(layer: layers.Layer, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each layer that has none inside, by its name in PyTorch."""
    if isinstance(layer, keras.Sequential):
        inner = {str(i): one for i, one in enumerate(layer.layers)}
    else:  # on PyTorch, Keras keeps layers where PyTorch does
        inner = {**vars(layer), **vars(layer).get("_modules", {})}
        inner = {k: v for k, v in inner.items() if isinstance(v, layers.Layer)}
    if not inner:
        yield path, layer
    for name, one in inner.items():
        yield from leaves(one, f"{path}.{name}".lstrip("."))


def from_torch(state: Mapping[str, Any]) -> ResNet:
    """Return the network with the weights of a PyTorch state_dict."""
    net = ResNet(classes=len(state["fc.bias"]))
    net(keras.Input({input}))  # Keras makes the weights at the first call
    for path, layer in leaves(net):
        for weight in layer.weights:
            value = np.asarray(state[f"{path}.{NAMES.get(weight.name, weight.name)}"])
            if value.ndim > 1:  # (out, in, ...) to (..., in, out)
                value = value.transpose(*range(2, value.ndim), 1, 0)
            weight.assign(value)
    return net'''
