"""Build the `torch.nn.Module` of a network."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from resnet_viz.errors import RequestError, check_flag
from resnet_viz.sources import (
    find_module,
    find_spec,
    is_callable_name,
    is_module,
    torch_corner,
)
from resnet_viz.spec import ResNetSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["build"]


def build(
    network: str | os.PathLike[str] | ResNetSpec | nn.Module, *, zero_init: bool = False
) -> nn.Module:
    """Return the module of a network; see `resnet_viz.nn.ResNet`.

    Args:
        network: a zoo name, the path of a spec file, or a spec; `package.module:callable` is
            called, and a module is returned unchanged.
        zero_init: initialize the scale of each block's last norm to zero (Goyal et al. 2017, arXiv
            1706.02677, section 5.1); only for a spec.

    Raises:
        RequestError: there is no such network, or torch is not installed.

    >>> sum(p.numel() for p in build("cifar-resnet20").parameters())
    269722
    """
    check_flag("zero_init", zero_init)
    module: Any = network if is_module(network) else None
    if is_callable_name(network):
        module = find_module(network, real=True)
    if module is not None and zero_init:
        raise RequestError("zero_init: not for a module (must be a network with a spec)")
    if module is None:
        module = torch_corner("nn").build(find_spec(network), zero_init=zero_init)
    return module  # type: ignore[no-any-return]
