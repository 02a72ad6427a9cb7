"""Export a scene in a separate process, so that the caller's other threads keep running."""

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
"""The most seconds for one file."""

_REFUSED = 2

_one = Lock()  # one export at a time, to leave the other processors to the app's visitors


def write_in_process(suffix: str, scene: Scene) -> bytes:
    """Return a scene as the bytes of a file, written by its exporter in another process.

    vl-convert blocks all threads of its process while it draws.

    Args:
        suffix: the suffix of a format that writes scenes, such as `.png`.
        scene: the scene to draw.

    Raises:
        RequestError: the exporter rejects the scene, or takes too long.
        ResNetVizError: the process ended without a result.
    """
    root = Path(__file__).parents[2]  # so that the process imports the same package
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
    """Export the scene that the parent process sends on standard input."""
    try:
        written = EXPORTERS[sys.argv[1]].write(pickle.load(sys.stdin.buffer))
    except RequestError as error:
        sys.stderr.write(str(error))
        return _REFUSED
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
