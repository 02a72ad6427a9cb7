"""Convert a `state_dict` between our names and timm's or torchvision's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from resnet_viz.errors import RequestError
from resnet_viz.nn.resnet import build
from resnet_viz.spec import ResNetSpec

__all__ = ["from_timm", "from_torchvision", "timm_name", "to_timm", "to_torchvision"]
__all__ += ["torchvision_name"]

_Rename = tuple[str, str | Callable[[re.Match[str]], str]]

_DEEP = ("conv", "norm")

_TIMM_RESNET: tuple[_Rename, ...] = ((r"\.eca\.", ".se."),)

_TIMM_RESNETV2: tuple[_Rename, ...] = (
    (r"^conv1\.(\d+)\.", lambda m: f"stem.{_DEEP[int(m[1]) % 3]}{int(m[1]) // 3 + 1}."),
    (r"^conv1\.", "stem.conv."),
    (r"^layer(\d+)\.(\d+)\.", lambda m: f"stages.{int(m[1]) - 1}.blocks.{m[2]}."),
    (r"\.bn(\d+)\.", r".norm\1."),
    (r"\.downsample\.\d\.", ".downsample.conv."),
    (r"^fc\.", "head.fc."),
)

_TIMM_REGNET: tuple[_Rename, ...] = (
    (r"^conv1\.", "stem.conv."),
    (r"^bn1\.", "stem.bn."),
    (r"^layer(\d+)\.(\d+)\.", lambda m: f"s{m[1]}.b{int(m[2]) + 1}."),
    (r"\.conv(\d)\.", r".conv\1.conv."),
    (r"\.bn(\d)\.", r".conv\1.bn."),
    (r"\.downsample\.0\.", ".downsample.conv."),
    (r"\.downsample\.1\.", ".downsample.bn."),
    (r"\.se_inner\.", ".se."),
    (r"^fc\.", "head.fc."),
)

_TORCHVISION_REGNET: tuple[_Rename, ...] = (
    (r"^conv1\.", "stem.0."),
    (r"^bn1\.", "stem.1."),
    (r"^layer(\d+)\.(\d+)\.", r"trunk_output.block\1.block\1-\2."),
    (r"\.conv(\d)\.", lambda m: f".f.{'abc'[int(m[1]) - 1]}.0."),
    (r"\.bn(\d)\.", lambda m: f".f.{'abc'[int(m[1]) - 1]}.1."),
    (r"\.downsample\.", ".proj."),
    (r"\.se_inner\.", ".f.se."),
)


def timm_name(name: str, spec: ResNetSpec) -> str:
    """Return timm's name for one of our parameters or buffers.

    timm's `resnet` uses torchvision's names, as we do; its `resnetv2`, for pre-activation networks,
    and its `regnet` use their own names.

    >>> from resnet_viz.zoo import find
    >>> timm_name("layer2.0.downsample.1.weight", find("resnetv2_50d"))
    'stages.1.blocks.0.downsample.conv.weight'
    """
    if spec.preactivation:
        return _renamed(name, _TIMM_RESNETV2)
    return _renamed(name, _TIMM_REGNET if _is_regnet(spec) else _TIMM_RESNET)


def torchvision_name(name: str, spec: ResNetSpec) -> str:
    """Return torchvision's name for one of our parameters or buffers; for a ResNet, the same name.

    >>> from resnet_viz.zoo import find
    >>> torchvision_name("layer2.0.conv1.weight", find("regnet_x_400mf"))
    'trunk_output.block2.block2-0.f.a.0.weight'
    """
    return _renamed(name, _TORCHVISION_REGNET) if _is_regnet(spec) else name


def _is_regnet(spec: ResNetSpec) -> bool:
    return all(stage.group_width is not None for stage in spec.stages)


def _renamed(name: str, table: tuple[_Rename, ...]) -> str:
    for pattern, new in table:
        name = re.sub(pattern, new, name)
    return name


def to_timm(state: Mapping[str, Tensor], spec: ResNetSpec) -> dict[str, Tensor]:
    """Return the `state_dict` that timm's module of that network takes.

    Args:
        state: of `build(spec)`.
        spec: the network.
    """
    renamed = {timm_name(name, spec): tensor for name, tensor in state.items()}
    if spec.preactivation:  # timm's classifier is a 1×1 convolution
        renamed["head.fc.weight"] = renamed["head.fc.weight"][:, :, None, None]
    return renamed


def to_torchvision(state: Mapping[str, Tensor], spec: ResNetSpec) -> dict[str, Tensor]:
    """Return the `state_dict` that torchvision's module of that network takes.

    Args:
        state: of `build(spec)`.
        spec: the network.
    """
    return {torchvision_name(name, spec): tensor for name, tensor in state.items()}


def from_timm(state: Mapping[str, Tensor], spec: ResNetSpec) -> dict[str, Tensor]:
    """Return the `state_dict` that `build(spec)` takes.

    Args:
        state: of timm's module of that network.
        spec: the network.

    Raises:
        RequestError: it is that of another network.
    """
    if spec.preactivation and "head.fc.weight" in state:
        state = {**state, "head.fc.weight": state["head.fc.weight"].flatten(1)}
    return _taken(state, spec, "timm", timm_name)


def from_torchvision(state: Mapping[str, Tensor], spec: ResNetSpec) -> dict[str, Tensor]:
    """Return the `state_dict` that `build(spec)` takes.

    Args:
        state: of torchvision's module of that network.
        spec: the network.

    Raises:
        RequestError: it is that of another network.
    """
    return _taken(state, spec, "torchvision", torchvision_name)


def _taken(
    state: Mapping[str, Tensor],
    spec: ResNetSpec,
    library: str,
    name_of: Callable[[str, ResNetSpec], str],
) -> dict[str, Tensor]:
    """Return our `state_dict` from a library's, after checking that each tensor is used once."""
    with torch.device("meta"):
        ours = build(spec).state_dict()
    taken: dict[str, Tensor] = {}
    for name, like in ours.items():
        theirs = name_of(name, spec)
        if theirs not in state:
            raise RequestError(
                "state_dict: lacks {key!r} (must be that of {library}'s {name})",
                key=theirs,
                library=library,
                name=spec.name,
            )
        tensor = state[theirs]
        if tensor.shape != like.shape:
            raise RequestError(
                "state_dict: {key!r} has the shape {shape} (must be {needed}, as in {library}'s "
                "{name})",
                key=theirs,
                shape=tuple(tensor.shape),
                needed=tuple(like.shape),
                library=library,
                name=spec.name,
            )
        taken[name] = tensor
    if len(taken) < len(state):
        known = {name_of(name, spec) for name in ours}
        extra = next(name for name in state if name not in known)
        raise RequestError(
            "state_dict: has {key!r}, which {name} has no place for", key=extra, name=spec.name
        )
    return taken
