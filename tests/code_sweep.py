"""Every network of the zoo, written for Keras and Flax, puts out what it does in PyTorch.

    python tests/code_sweep.py [NAMES]

Stages have at most two blocks and images are small; each network takes seconds, so this is a
program; tests/answers/test_to_code.py has every kind of block.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

from resnet_viz import RequestError, ResNetSpec, assemble, build, identify, to_code
from resnet_viz.progress import progress
from resnet_viz.zoo import entries, find

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


def main(names: list[str]) -> int:
    os.environ |= {"KERAS_BACKEND": "torch", "JAX_PLATFORMS": "cpu"}
    names = names or list(entries())
    found = []
    with progress("Writing", len(names)) as advance:
        for name in names:
            spec = find(name)
            try:
                if name not in identify(build(spec).state_dict()).names:
                    found.append(f"{name}: not identified by its weights")
                for framework in FRAMEWORKS:
                    off = distance(shallow(spec), framework)
                    if not off < 1e-5:
                        found.append(f"{name}: {framework} is {off} off")
            except Exception as error:
                found.append(f"{name}: {type(error).__name__}: {error}")
            advance()
    text = "\n".join(found) or "every network is written as it is, and identified"
    sys.stdout.write(f"{text}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
