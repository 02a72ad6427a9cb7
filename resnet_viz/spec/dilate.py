"""Turn strides of a spec into dilations, for a larger output feature map."""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.errors import SpecError, show
from resnet_viz.spec.model import ResNetSpec

__all__ = ["with_output_stride"]


def with_output_stride(spec: ResNetSpec, output_stride: int) -> ResNetSpec:
    """Return a network with the given output stride (input size over feature map size).

    In stages that would exceed it, the stride becomes a dilation (Chen et al. 2017, arXiv
    1706.05587, section 3.1), as with timm's `output_stride` and torchvision's
    `replace_stride_with_dilation`.

    Raises:
        SpecError: the stages do not reach that stride.

    >>> from resnet_viz.zoo import find
    >>> [stage.dilation for stage in with_output_stride(find("resnet50"), 8).stages]
    [1, 1, 2, 4]
    """
    stem = spec.stem.stride * (2 if spec.stem.pool else 1)
    reached = [stem]
    for stage in spec.stages:
        reached.append(reached[-1] * stage.stride)
    if type(output_stride) is not int or output_stride not in reached:
        legal = sorted(set(reached))
        raise SpecError(
            "output_stride",
            "{value} (must be one that {name} reaches: {legal})",
            value=show(output_stride),
            name=spec.name,
            legal=legal,
        )
    stages, size, dilation = [], stem, 1
    for stage in spec.stages:
        if size == output_stride:
            dilation *= stage.stride
            stages.append(replace(stage, stride=1, dilation=stage.dilation * dilation))
        else:
            size *= stage.stride
            stages.append(stage)
    return replace(spec, stages=tuple(stages))
