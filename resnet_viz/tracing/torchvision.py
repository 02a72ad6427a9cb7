"""Import torchvision even if its native operators do not load with the installed torch.

torchvision's wheel is built for one build of torch. With another (such as one for the CPU), its
native library does not load, and its import fails with `operator torchvision::nms does not exist`.
A trace does not need those operators, only their names.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

__all__ = ["import_beside"]

_kept: list[Any] = []  # a library's declarations last as long as it does


def import_beside(place: str) -> ModuleType:
    """Import a module; if it fails because torchvision's operators are missing, declare them."""
    try:
        return import_module(place)
    except RuntimeError as error:
        if "torchvision::" not in str(error) or not _declare():
            raise
        return import_module(place)


def _declare() -> bool:
    """Declare the operators that torchvision expects its native library to register.

    Returns:
        Whether any were missing, so that the import should be tried again.
    """
    spec = importlib.util.find_spec("torchvision")
    if _kept or spec is None or not spec.submodule_search_locations:
        return False
    for name in list(sys.modules):
        if name.partition(".")[0] in ("torchvision", "timm", "ptflops"):
            del sys.modules[name]  # partially imported
    folder = Path(spec.submodule_search_locations[0])
    text = (folder / "_meta_registrations.py").read_text(encoding="utf-8")
    library: Any = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    _kept.append(library)
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    for name in dict.fromkeys(re.findall(r'@register_meta\("(\w+)"\)', text)):
        if name not in ("nms", "qnms"):
            library.define(f"{name}(Tensor x) -> Tensor")
    return True
