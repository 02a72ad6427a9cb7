"""Every network of the zoo, exported by torch, comes back with its parameters and MACs.

    python tests/exported_sweep.py [NAMES]

Exporting takes seconds for each network, so this is a program; tests/exported/ has a few of them.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from sweeping import sweep

from resnet_viz import build, report
from resnet_viz.zoo import find

SUFFIXES = (".onnx", ".pt2")
MERGED = ("resnetv2_50d_frn.onnx", "resnetv2_50d_evos.onnx")
"""Files in which scales that were never trained are one constant: their parameters are fewer."""


def export(name: str, path: Path) -> None:
    """Write a network of the zoo by torch's own exporter."""
    import torch

    spec = find(name)
    net = build(spec).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = (torch.zeros(1, *spec.input),)
        if path.suffix == ".onnx":
            torch.onnx.export(net, image, path, dynamo=True, verbose=False)
        else:
            torch.export.save(torch.export.export(net, image), path)


def mistakes(name: str) -> Iterator[str]:
    """Yield the totals in which a network that is read back differs from its spec."""
    ours = report(name).totals
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            path = Path(folder) / f"network{suffix}"
            export(name, path)
            theirs = report(path)
            if theirs.unknown:
                yield f"{suffix} has unknown operators: {theirs.unknown}"
            for total in ("params", "macs"):
                merged = total == "params" and f"{name}{suffix}" in MERGED
                if theirs.totals[total] != ours[total] and not merged:
                    yield f"{suffix} has {theirs.totals[total]} {total} (must be {ours[total]})"


if __name__ == "__main__":
    sys.exit(sweep("Exporting", mistakes, sys.argv[1:]))
