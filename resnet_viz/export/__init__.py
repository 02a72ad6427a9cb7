"""Export: a scene to the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from resnet_viz.export.svg import to_svg
from resnet_viz.scene import Scene

__all__ = ["EXPORTERS", "to_svg"]


def _svg(scene: Scene) -> bytes:
    return to_svg(scene).encode()


EXPORTERS: Mapping[str, Callable[[Scene], bytes]] = MappingProxyType({".svg": _svg})
"""Each file suffix and what writes such a file."""
