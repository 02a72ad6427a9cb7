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

from resnet_viz import build, report
from resnet_viz.progress import progress
from resnet_viz.zoo import entries, find

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


def differences(name: str, folder: Path) -> Iterator[str]:
    """Yield what a file says otherwise than the spec."""
    ours = report(name).totals
    for suffix in SUFFIXES:
        path = folder / f"network{suffix}"
        export(name, path)
        theirs = report(path)
        for total in ("params", "macs"):
            if total == "params" and f"{name}{suffix}" in MERGED:
                continue
            if theirs.totals[total] != ours[total] or theirs.unknown:
                amount = theirs.totals[total]
                yield f"{name}{suffix}: {total} {amount} ({ours[total]}) {theirs.unknown}"


def main(names: list[str]) -> int:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        names = names or list(entries())
        with progress("Exporting", len(names)) as advance:
            for name in names:
                try:
                    found += differences(name, Path(folder))
                except Exception as error:
                    found.append(f"{name}: {type(error).__name__}: {error}")
                advance()
    text = "\n".join(found) or "every exported network has its parameters and MACs"
    sys.stdout.write(f"{text}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
