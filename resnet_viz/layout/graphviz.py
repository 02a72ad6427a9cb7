"""Run Graphviz on DOT source: the library in pygraphviz, or the installed program."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

from resnet_viz.errors import RequestError, ResNetVizError, first_line

__all__ = ["run_dot"]

TIMEOUT = 60
"""The most seconds that Graphviz may take."""

_FORMAT = "json0"  # positions without drawing instructions

_LIBRARY = f"""
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format="{_FORMAT}", prog="dot"))
"""


def run_dot(source: str) -> Any:
    """Return the JSON output of Graphviz's `dot` for a graph, parsed.

    It runs in a separate process, because a library call cannot be stopped, and some graphs of a
    few hundred edges take minutes. The same release of Graphviz always gives the same layout;
    different releases may not.

    Raises:
        RequestError: Graphviz is not installed, or takes too long.
        ResNetVizError: Graphviz failed.
    """
    command = _command()
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, timeout=TIMEOUT, check=True
        )
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise RequestError(
            f"Graphviz took longer than {TIMEOUT} seconds (a smaller depth shows less)"
        ) from None
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise ResNetVizError(f"Graphviz failed: {first_line(error)}") from None


def _command() -> list[str]:
    if find_spec("pygraphviz") is not None:
        return [sys.executable, "-P", "-c", _LIBRARY]
    program = shutil.which("dot")
    if program is None:
        raise RequestError(
            "Graphviz is not installed (the dot layout needs it: pip install 'resnet-viz[dot]', or "
            "its program dot)"
        )
    return [program, f"-T{_FORMAT}"]
