"""A `state_dict` of timm's to one of ours and back: one table of names for each family."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from resnet_viz.errors import RequestError
from resnet_viz.nn.resnet import build
from resnet_viz.spec import ResNetSpec

__all__ = ["from_timm", "timm_name", "to_timm"]

_Rename = tuple[str, str | Callable[[re.Match[str]], str]]

_DEEP = ("conv", "norm")

_RESNET: tuple[_Rename, ...] = ((r"\.eca\.", ".se."),)

_RESNETV2: tuple[_Rename, ...] = (
    (r"^conv1\.(\d+)\.", lambda m: f"stem.{_DEEP[int(m[1]) % 3]}{int(m[1]) // 3 + 1}."),
    (r"^conv1\.", "stem.conv."),
    (r"^layer(\d+)\.(\d+)\.", lambda m: f"stages.{int(m[1]) - 1}.blocks.{m[2]}."),
    (r"\.bn(\d+)\.", r".norm\1."),
    (r"\.downsample\.\d\.", ".downsample.conv."),
    (r"^fc\.", "head.fc."),
)


def timm_name(name: str, spec: ResNetSpec) -> str:
    """Return timm's name of a parameter or buffer of ours.

    timm's `resnet` has torchvision's names, as we do; its `resnetv2`, for pre-activation networks,
    has names of its own.

    >>> from resnet_viz.zoo import find
    >>> timm_name("layer2.0.downsample.1.weight", find("resnetv2_50d"))
    'stages.1.blocks.0.downsample.conv.weight'
    """
    for pattern, new in _RESNETV2 if spec.preactivation else _RESNET:
        name = re.sub(pattern, new, name)
    return name


def to_timm(state: Mapping[str, Tensor], spec: ResNetSpec) -> dict[str, Tensor]:
    """Return the `state_dict` that timm's module of that network takes.

    Args:
        state: of `build(spec)`.
        spec: the network.
    """
    renamed = {timm_name(name, spec): tensor for name, tensor in state.items()}
    if "head.fc.weight" in renamed:  # a 1×1 convolution there
        renamed["head.fc.weight"] = renamed["head.fc.weight"][:, :, None, None]
    return renamed


def from_timm(state: Mapping[str, Tensor], spec: ResNetSpec) -> dict[str, Tensor]:
    """Return the `state_dict` that `build(spec)` takes.

    Args:
        state: of timm's module of that network.
        spec: the network.

    Raises:
        RequestError: it is that of another network.
    """
    with torch.device("meta"):
        ours = build(spec).state_dict()
    taken: dict[str, Tensor] = {}
    for name, like in ours.items():
        theirs = timm_name(name, spec)
        if theirs not in state:
            raise RequestError(f"state_dict: lacks {theirs!r} (must be that of timm's {spec.name})")
        tensor = state[theirs]
        if theirs == "head.fc.weight":
            tensor = tensor.flatten(1)
        if tensor.shape != like.shape:
            raise RequestError(
                f"state_dict: {theirs!r} has the shape {tuple(tensor.shape)} "
                f"(must be {tuple(like.shape)}, as in timm's {spec.name})"
            )
        taken[name] = tensor
    if len(taken) < len(state):
        known = {timm_name(name, spec) for name in ours}
        extra = next(name for name in state if name not in known)
        raise RequestError(f"state_dict: has {extra!r}, which {spec.name} has no place for")
    return taken
