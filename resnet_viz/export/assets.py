"""The scripts and style sheets that make a figure interactive, as the package carries them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["asset"]


@cache
def asset(name: str, package: str = "resnet_viz.export") -> str:
    """Return the text of a file that a package carries."""
    return files(package).joinpath(name).read_text(encoding="utf-8")
