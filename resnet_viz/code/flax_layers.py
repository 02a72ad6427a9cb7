"""The source code of layers that Flax lacks; here it is data, which is never executed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ENDING", "LAYERS"]

LAYERS: Mapping[str, str] = MappingProxyType(
    {
        "BatchNorm": """\
# PyTorch's running mean keeps 0.9 of what it was
BatchNorm = partial(nnx.BatchNorm, momentum=0.9)""",
        "GroupNorm": "GroupNorm = partial(nnx.GroupNorm, epsilon=1e-5, use_fast_variance=False)",
        "standardized_conv": '''\
def standardized_conv(x: Array, kernel: Array, *args: Any, **kwargs: Any) -> Array:
    """Return a convolution whose filters are brought to mean 0 and variance 1 before.

    Source: Qiao et al. 2019 (arXiv 1903.10520), equation 11; epsilon as in timm's BiT.
    """
    centred = kernel - kernel.mean((0, 1, 2))
    kernel = centred / jnp.sqrt(kernel.var((0, 1, 2)) + 1e-8)
    return jax.lax.conv_general_dilated(x, kernel, *args, **kwargs)''',
        "avg_pool": '''\
def avg_pool(x: Array, size: int, stride: int) -> Array:
    """Return the average of each window, those at the edges cut off there."""
    edges = [(0, (size - n) % stride) for n in x.shape[1:3]]
    strides = (stride, stride)
    return nnx.avg_pool(x, (size, size), strides, edges, count_include_pad=False)''',
        "blur_pool": '''\
def blur_pool(x: Array, stride: int) -> Array:
    """Return a blur by the filter (1, 2, 1) in both directions, at every stride-th pixel.

    Two averages of two pixels each are that filter; edges are reflected. Source: Zhang 2019
    (arXiv 1904.11486), section 3.
    """
    x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    return nnx.avg_pool(nnx.avg_pool(x, (2, 2)), (2, 2), (stride, stride))''',
        "FilterResponseNorm": '''\
class FilterResponseNorm(nnx.Module):
    """Each channel over its root mean square, and an activation with a threshold of its own.

    Source: Singh & Krishnan 2019 (arXiv 1911.09737), equations 1 and 3.
    """

    def __init__(
        self,
        features: int,
        activated: bool = True,
        *,
        rngs: nnx.Rngs,
    ) -> None:
        self.scale = nnx.Param(jnp.ones(features))
        self.bias = nnx.Param(jnp.zeros(features))
        self.activated = activated
        if activated:
            self.tau = nnx.Param(jnp.zeros(features))

    def __call__(self, x: Array) -> Array:
        square = jnp.square(x).mean((1, 2), keepdims=True)
        y = x / jnp.sqrt(square + 1e-5) * self.scale[...] + self.bias[...]
        return jnp.maximum(y, self.tau[...]) if self.activated else y''',
        "EvoNorm": '''\
class EvoNorm(nnx.Module):
    """EvoNorm-S0: x · sigmoid(v · x) over the standard deviation of its group.

    Source: Liu et al. 2020 (arXiv 2004.02967), Table 3. Without the activation, scale and offset.
    """

    def __init__(
        self,
        features: int,
        groups: int,
        activated: bool = True,
        *,
        rngs: nnx.Rngs,
    ) -> None:
        self.scale = nnx.Param(jnp.ones(features))
        self.bias = nnx.Param(jnp.zeros(features))
        self.groups, self.activated = groups, activated
        if activated:
            self.v = nnx.Param(jnp.ones(features))

    def __call__(self, x: Array) -> Array:
        if self.activated:
            size = (*x.shape[:3], self.groups, x.shape[3] // self.groups)
            variance = x.reshape(size).var((1, 2, 4), keepdims=True)
            gated = (x * nnx.sigmoid(x * self.v[...])).reshape(size)
            x = (gated / jnp.sqrt(variance + 1e-5)).reshape(x.shape)
        return x * self.scale[...] + self.bias[...]''',
        "flatten": '''\
def flatten(x: Array) -> Array:
    """Return (N, C H W) of (N, H, W, C): channels first, as in PyTorch."""
    return jnp.moveaxis(x, -1, 1).reshape(len(x), -1)''',
    }
)

ENDING = '''\
NAMES = {
    "kernel": "weight",
    "scale": "weight",
    "mean": "running_mean",
    "var": "running_var",
}


def from_torch(state: Mapping[str, Any]) -> ResNet:
    """Return the network with the weights of a PyTorch state_dict."""
    net = ResNet(classes=len(state["fc.bias"]), rngs=nnx.Rngs(0))
    weights = nnx.state(net, (nnx.Param, nnx.BatchStat))
    for (*path, name), weight in nnx.to_flat_state(weights):
        names = [str(part) for part in path if part != "layers"]  # of nnx.Sequential
        value = np.asarray(state[".".join([*names, NAMES.get(str(name), str(name))])])
        if value.ndim > 1:  # (out, in, ...) to (..., in, out)
            value = value.transpose(*range(2, value.ndim), 1, 0)
        weight[...] = value
    nnx.update(net, weights)
    return net'''
