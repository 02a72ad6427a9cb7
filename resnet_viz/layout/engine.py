"""DOT source to places, through Graphviz: as a library in this process, or as its program."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from threading import Lock
from typing import Any

from resnet_viz.errors import RequestError, ResNetVizError, first_line

__all__ = ["run_dot"]

TIMEOUT = 120
"""Seconds that the program may take."""

_LOCK = Lock()  # Graphviz keeps its state in globals
_FORMAT = "json0"  # places without drawing instructions


def run_dot(source: str) -> Any:
    """Return what Graphviz's `dot` answers to a graph: its JSON, read.

    The library that pygraphviz brings along is taken where it is installed, else the program
    `dot`. Two releases of Graphviz may place the same graph in different ways; one never does.

    Raises:
        RequestError: there is neither.
        ResNetVizError: Graphviz failed.
    """
    answer = (_library() or _program())(source)
    try:
        return json.loads(answer)
    except ValueError as error:
        raise ResNetVizError(f"Graphviz answered no JSON: {first_line(error)}") from None


def _library() -> Callable[[str], bytes] | None:
    try:
        import pygraphviz
    except ImportError:
        return None

    def run(source: str) -> bytes:
        with _LOCK:
            try:
                graph = pygraphviz.AGraph(string=source)
                answer: bytes = graph.draw(format=_FORMAT, prog="dot")
            except (OSError, ValueError) as error:
                raise ResNetVizError(f"Graphviz failed: {first_line(error)}") from None
        return answer

    return run


def _program() -> Callable[[str], bytes]:
    path = shutil.which("dot")
    if path is None:
        raise RequestError(
            "Graphviz is not installed (the dot layout needs it: pip install 'resnet-viz[dot]', or "
            "its program dot)"
        )

    def run(source: str) -> bytes:
        try:
            done = subprocess.run(
                [path, f"-T{_FORMAT}"],
                input=source.encode(),
                capture_output=True,
                timeout=TIMEOUT,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise ResNetVizError(
                f"Graphviz took longer than {TIMEOUT} seconds (a smaller depth shows less)"
            ) from None
        except (OSError, subprocess.CalledProcessError) as error:
            raise ResNetVizError(f"Graphviz failed: {first_line(error)}") from None
        return done.stdout

    return run
