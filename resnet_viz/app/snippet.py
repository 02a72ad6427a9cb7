"""Write a script that reproduces the page: it makes the spec, counts it and draws it."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass

from resnet_viz.app.state import PLAIN, Look, Paper
from resnet_viz.spec import ResNetSpec
from resnet_viz.zoo import entries

__all__ = ["snippet"]


def snippet(spec: ResNetSpec, look: Look, paper: Paper = PLAIN) -> str:
    """Return a script that counts a network and draws it with the given look.

    >>> from resnet_viz.zoo import find
    >>> print(snippet(find("resnet50"), Look(theme="paper")))
    # pip install resnet-viz
    import resnet_viz
    <BLANKLINE>
    network = "resnet50"
    print(resnet_viz.report(network))
    resnet_viz.draw(network, direction="right", theme="paper").save("resnet50.svg")
    """
    entry = entries().get(spec.name)
    is_known = entry is not None and entry.spec == spec
    lines = ["# pip install resnet-viz", "import resnet_viz"]
    if not is_known:
        lines.append("from resnet_viz import Head, ResNetSpec, Stage, Stem")
    network = python(spec.name if is_known else spec)
    asked = {**_draw_options(look), **paper.asked()}
    options = ", ".join(f"{name}={python(value)}" for name, value in asked.items())
    drawing = f"resnet_viz.draw(network, {options})"
    return "\n".join(
        [
            *lines,
            "",
            f"network = {network}",
            "print(resnet_viz.report(network))",
            f"{drawing}.save({python(_file(spec.name))})",
        ]
    )


def _draw_options(look: Look) -> dict[str, object]:
    """Return the options of `draw` that differ from its defaults."""
    values = look._asdict()
    return {
        name: value
        for name, value in values.items()
        if name == "direction" or (value and value != Look._field_defaults[name])
    }


def _file(name: str) -> str:
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
    return f"{safe}.svg"


def python(value: object) -> str:
    """Return the Python expression of a value, without default arguments.

    >>> from resnet_viz.spec import Stage
    >>> python(Stage(2, 64, stride=2))
    'Stage(blocks=2, channels=64, stride=2)'
    """
    if isinstance(value, tuple):
        return f"({''.join(python(one) + ', ' for one in value).rstrip()})"
    if not is_dataclass(value):
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    given = []
    for field in fields(value):
        own = getattr(value, field.name)
        default = field.default
        if field.default_factory is not MISSING:
            default = field.default_factory()
        if default is MISSING or own != default:
            given.append(f"{field.name}={python(own)}")
    return f"{type(value).__name__}({', '.join(given)})"
