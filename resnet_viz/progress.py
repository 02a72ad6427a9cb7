"""Show the progress of long work: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]


@contextmanager
def progress(title: str, steps: int) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error during work; yield the function to call after each step.

    Nothing is shown if standard error is no terminal or rich is not installed.

    >>> with progress("Counting", 2) as advance:
    ...     advance()
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield _nothing
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield _nothing
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=steps)
        yield lambda: bar.advance(task)


def _nothing() -> None:
    pass
