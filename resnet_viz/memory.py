"""Python's garbage collector, held while values are made that form no cycles."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["no_collection"]


@contextmanager
def no_collection() -> Iterator[None]:
    """Hold the garbage collector: many small values at once make it look through all memory.

    Only the main thread holds it: of two that did, the second would find it held, and what it puts
    back in the end would be that.
    """
    if not gc.isenabled() or not _is_main_thread():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _is_main_thread() -> bool:
    threading = sys.modules.get("threading")  # where nobody has imported it, there is one thread
    return threading is None or threading.current_thread() is threading.main_thread()
