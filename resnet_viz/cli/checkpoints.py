"""Replace the checkpoints among a command's networks by the specs that fit them best."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["settle"]

_NETWORKS = ("network", "before", "after")


def settle(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a command's options with each checkpoint replaced by its spec."""
    settled = dict(options)
    for name in _NETWORKS:
        value = settled.get(name)
        settled[name] = [*map(_spec, value)] if isinstance(value, list) else _spec(value)
    return {name: value for name, value in settled.items() if name in options}


def _spec(network: Any) -> Any:
    """Return the spec of a checkpoint; report on standard error if others fit as well."""
    if not isinstance(network, str) or "." not in network:
        return network
    from resnet_viz.checkpoints import is_checkpoint

    if not is_checkpoint(network):
        return network
    from resnet_viz.answers.identify import identify

    made = identify(network)
    if not made.specs:
        from resnet_viz.sources import find_spec

        return find_spec(network)  # raises the error
    if len(made.specs) > 1:
        note = (
            f"{network}: taken as {made.specs[0].name}, the likeliest of {len(made.specs)} "
            "networks that fit (resnet-viz identify lists them)"
        )
        print(" ".join(note.split()), file=sys.stderr)  # noqa: T201 - a note beside the answer
    return made.specs[0]
