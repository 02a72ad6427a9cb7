"""Sweeps over the zoo: what is wrong is said as soon as it is found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from resnet_viz.progress import progress
from resnet_viz.zoo import entries

__all__ = ["sweep"]


def sweep(title: str, mistakes: Callable[[str], Iterable[str]], names: list[str]) -> int:
    """Write the mistakes of each network, by name; return 1 if there is one."""
    names = names or list(entries())
    found = 0
    with progress(title, len(names)) as advance:
        for name in names:
            try:
                lines = [f"{name}: {mistake}" for mistake in mistakes(name)]
            except Exception as error:
                lines = [f"{name}: {type(error).__name__}: {error}"]
            found += len(lines)
            sys.stdout.write("".join(f"{line}\n" for line in lines))
            sys.stdout.flush()
            advance()
    sys.stdout.write(f"{len(names)} networks, {found} mistakes\n")
    return 1 if found else 0
