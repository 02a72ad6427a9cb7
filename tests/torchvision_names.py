"""torchvision beside a torch without CUDA: its operators' schemas are declared, then it imports."""

import importlib.util
import re
from pathlib import Path

import torch

_LIBRARY = None


def declare() -> None:
    """Declare what torchvision's wheel for CUDA registers itself where it can be loaded."""
    global _LIBRARY
    if _LIBRARY is not None:
        return
    spec = importlib.util.find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        return
    _LIBRARY = torch.library.Library("torchvision", "DEF")
    folder = Path(spec.submodule_search_locations[0])
    text = (folder / "_meta_registrations.py").read_text(encoding="utf-8")
    names = re.findall(r'@register_meta\("(\w+)"\)', text)
    boxes = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    for name in ("nms", "qnms"):
        _LIBRARY.define(f"{name}{boxes}")
    for name in names:
        if name not in ("nms", "qnms"):
            _LIBRARY.define(f"{name}(Tensor x) -> Tensor")
