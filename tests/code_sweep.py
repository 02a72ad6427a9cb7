"""Every network of the zoo, written for Keras and Flax, puts out what it does in PyTorch.

    python tests/code_sweep.py [NAMES]

Stages have at most two blocks and images are small; each network takes seconds, so this is a
program; tests/answers/test_to_code.py has every kind of block.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sweeping import sweep

from resnet_viz import RequestError, ResNetSpec, assemble, build, identify, to_code
from resnet_viz.zoo import find

SIDE = 64
FRAMEWORKS = ("keras", "flax")


def shallow(spec: ResNetSpec) -> ResNetSpec:
    """Return a network of at most two blocks a stage on small images."""
    stages = tuple(replace(stage, blocks=min(stage.blocks, 2)) for stage in spec.stages)
    cut = replace(spec, stages=stages)
    try:
        small = replace(cut, input=(spec.input[0], SIDE, SIDE))
        assemble(small)
    except RequestError:  # of a head that takes images of one size
        return cut
    return small


def distance(spec: ResNetSpec, framework: str) -> float:
    """Return by how much outputs differ from PyTorch's, with its weights, over their largest."""
    import numpy as np
    import torch

    net = build(spec).eval()
    for value in net.state_dict().values():  # norms that do something
        if value.dim() == 1:
            value.uniform_(0.5, 1.5)
    x = torch.rand(2, *spec.input)
    names: dict[str, Any] = {"__name__": "written"}
    exec(compile(to_code(spec, framework), "written", "exec"), names)
    theirs = names["from_torch"](net.state_dict())
    images = x.permute(0, 2, 3, 1).numpy()
    with torch.no_grad():
        ours = net(x).numpy()
        if framework == "keras":
            out = theirs(images, training=False).numpy()
        else:
            theirs.eval()
            out = np.asarray(theirs(images))
    assert out.shape == ours.shape
    return float(abs(out - ours).max() / max(abs(ours).max(), 1))


def mistakes(name: str) -> Iterator[str]:
    """Yield what is wrong with a network's code, or with how its weights are identified."""
    spec = find(name)
    if name not in identify(build(spec).state_dict()).names:
        yield "is not identified by its weights"
    for framework in FRAMEWORKS:
        off = distance(shallow(spec), framework)
        if not off < 1e-5:
            yield f"its outputs in {framework} are {off} off"


if __name__ == "__main__":
    os.environ |= {"KERAS_BACKEND": "torch", "JAX_PLATFORMS": "cpu"}
    sys.exit(sweep("Writing", mistakes, sys.argv[1:]))
