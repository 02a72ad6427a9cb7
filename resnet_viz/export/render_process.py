"""A scene to the bytes of a file in a process of its own: the caller's other threads go on."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from threading import Lock

from resnet_viz.errors import RequestError, ResNetVizError
from resnet_viz.export import EXPORTERS
from resnet_viz.scene import Scene

__all__ = ["write_in_process"]

TIMEOUT = 60
"""Seconds that a file may take."""

_REFUSED = 2

_one = Lock()  # at a time, however many ask: the processors are for those who look at the page


def write_in_process(suffix: str, scene: Scene) -> bytes:
    """Return the bytes of a file of a scene, as its exporter writes it.

    vl-convert lets no other thread of its process run while it draws.

    Args:
        suffix: of a format that writes scenes, as `.png`.
        scene: what is drawn.

    Raises:
        RequestError: the exporter refuses, or takes too long.
        ResNetVizError: the process ended without an answer.
    """
    root = Path(__file__).parents[2]  # the process is to find the package where this one did
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    with _one:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "resnet_viz.export.render_process", suffix],
                input=pickle.dumps(scene),
                env={**os.environ, "PYTHONPATH": path},
                capture_output=True,
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            raise RequestError(
                "{suffix}: took longer than {timeout} seconds (an .svg is ready at once)",
                suffix=suffix,
                timeout=TIMEOUT,
            ) from None
    if done.returncode == _REFUSED:
        raise RequestError(done.stderr.decode())
    if done.returncode:
        raise ResNetVizError(
            "{suffix}: the process that writes it ended with {returncode}",
            suffix=suffix,
            returncode=done.returncode,
        )
    return done.stdout


def _main() -> int:
    """Write what comes in, from the process above and from nobody else."""
    try:
        written = EXPORTERS[sys.argv[1]].write(pickle.load(sys.stdin.buffer))
    except RequestError as error:
        sys.stderr.write(str(error))
        return _REFUSED
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
